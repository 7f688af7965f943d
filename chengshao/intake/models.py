"""Tables of this room."""

from django.db import models


class AddressCount(models.Model):
    """How many reports without a name came from one address in one window."""

    key = models.CharField(max_length=64)
    window_seconds = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window_seconds"], name="address_count_once"),
        ]
