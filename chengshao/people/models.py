"""Tables of this room."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Who signs in: a person or a machine. Own model from the first migration on."""


class Unit(models.Model):
    """A department, territorial unit or partner (条/块)."""

    code = models.CharField(max_length=40, unique=True)  # the district's own, stable across names
    name = models.CharField(max_length=80)
    is_desk = models.BooleanField(default=False)  # the one that keeps the case files
