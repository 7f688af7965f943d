"""The one table of this room: what phones sent, so that sending it again changes nothing."""

from django.conf import settings
from django.db import models


class Deed(models.Model):
    """What somebody did outdoors, as it came from the phone. Reports keep their own keys."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    client_key = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)  # of the request that brought it
    task = models.ForeignKey(  # what was checked; empty where a picture came with a report
        "workorders.Task", models.PROTECT, null=True, blank=True, related_name="+"
    )
    number = models.CharField(max_length=20)  # of the case
    step = models.CharField(max_length=16)  # of the case, just after
    done_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client_key"], name="field_deed_once"),
        ]
