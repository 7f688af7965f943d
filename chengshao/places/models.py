"""Tables of this room. All ground data are dated: periods are half-open, nothing is lost."""

from datetime import date
from typing import TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left

Row = TypeVar("Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[Row]):
    def in_force(self, on: date) -> "DatedQuerySet[Row]":
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on)

    def ever_after(self, day: date) -> "DatedQuerySet[Row]":
        """Return what is in force on this day or on one that follows."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=day))


class DatedRow(models.Model):
    """A record with the days it holds and where it was taken from."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120, default="", blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)  # the first day it no longer holds
    source = models.CharField(max_length=200, default="", blank=True)
    illustrative = models.BooleanField(default=False)  # 示意: invented or not confirmed

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="%(class)s_code_from"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_until=None), name="%(class)s_one_open"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="%(class)s_period",
            ),
        ]


class Shaped(models.Model):
    """A geometry: GeoJSON in WGS84, with its box."""

    geometry = models.JSONField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    class Meta:
        abstract = True


class Division(DatedRow):
    """A division (行政区划) under one of its names."""

    code = models.CharField(max_length=12)
    level = models.CharField(max_length=16)
    parent_code = models.CharField(max_length=12, default="", blank=True)  # "": province

    class Meta(DatedRow.Meta):
        indexes = [models.Index("parent_code", "code", name="division_parent")]


class Outline(DatedRow, Shaped):
    """The border of a division as it is known here."""

    code = models.CharField(max_length=12)  # of the division

    class Meta(DatedRow.Meta):
        pass


class Grid(DatedRow, Shaped):
    """A unit grid (单元网格, GB/T 30428.1): 12 digits of its community, 3 of its own."""

    code = models.CharField(max_length=15)
    community = models.CharField(max_length=12)
    area_m2 = models.PositiveBigIntegerField()
    land_use = models.CharField(max_length=40, default="", blank=True)
    management_grade = models.CharField(max_length=20, default="", blank=True)
    responsible_unit = models.ForeignKey(  # none: territorial fallback (属地)
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(DatedRow.Meta):
        constraints = [
            *DatedRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(community=Left("code", 12)), name="grid_in_community"
            ),
        ]
        indexes = [models.Index("community", "code", name="grid_community")]


class Zone(DatedRow, Shaped):
    """A territory beside the grids: a road section, an estate, a market, a river section."""

    kind = models.CharField(max_length=16)
    territory = models.CharField(max_length=12)
    buffer_m = models.PositiveSmallIntegerField(null=True, blank=True)  # to each side of a line
    responsible_unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(DatedRow.Meta):
        pass


class Located(models.Model):
    """A point in WGS84, if it is known, and what it lies in (kept in step with the grids)."""

    lng = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    territory = models.CharField(max_length=12, default="", blank=True)
    grid = models.CharField(max_length=15, default="", blank=True)

    class Meta:
        abstract = True


class ManagedObject(DatedRow, Located):
    """A shop, bin, site, lamp post (部件与管理对象). No person's name is kept here."""

    kind = models.CharField(max_length=16)
    address = models.CharField(max_length=200, default="", blank=True)
    owner_unit = models.ForeignKey(  # 权属单位
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    sayings = models.TextField()
    grams = ArrayField(models.CharField(max_length=4))

    class Meta(DatedRow.Meta):
        indexes = [
            models.Index("territory", "kind", "code", name="object_territory"),
            models.Index("grid", name="object_grid"),
            GinIndex("grams", name="object_grams"),
        ]


class KnownPlace(DatedRow, Located):
    """A place people name: handed in, or derived from a division or a zone."""

    code = models.CharField(max_length=50)
    kind = models.CharField(max_length=16)
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    detail = models.CharField(max_length=200, default="", blank=True)
    derived = models.BooleanField(default=False)
    sayings = models.TextField()
    grams = ArrayField(models.CharField(max_length=4))

    class Meta(DatedRow.Meta):
        indexes = [GinIndex("grams", name="knownplace_grams")]


class Edition(models.Model):
    """
    The one row that every write of ground data takes first. Its token changes with each, so
    that processes know their shapes in memory are old; a token never comes twice.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="edition_one_row")]


class DataImport(models.Model):
    """What was handed in, by whom, and what it changed."""

    kind = models.CharField(max_length=16)
    at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    added = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()
    ended = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(F("at").desc(), name="import_latest")]


class GridChange(models.Model):
    """What was redrawn on the map (网格变更), by whom and why: which grids gave way to which."""

    community = models.CharField(max_length=12)
    kind = models.CharField(max_length=16)
    valid_from = models.DateField()
    basis = models.CharField(max_length=200)  # 依据
    before = ArrayField(models.CharField(max_length=15))
    after = ArrayField(models.CharField(max_length=15))
    at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index("community", F("at").desc(), name="gridchange_latest")]
