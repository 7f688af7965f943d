"""Tables of this room: what the duty office wrote down, and what one shift left to the next."""

from django.conf import settings
from django.db import models
from django.db.models import Q

WAITS = Q(taken_at=None, replaced_at=None)


class LogEntry(models.Model):
    """A line of the duty log (值班日志). Never changed: what follows is another line."""

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    words = models.TextField()
    case = models.ForeignKey(
        "workorders.WorkOrder", models.PROTECT, null=True, blank=True, related_name="+"
    )
    stays_open = models.BooleanField(default=False)  # the next shift goes on with it
    settles = models.OneToOneField(  # the open line that this one brings to an end
        "self", models.PROTECT, null=True, blank=True, related_name="settled_by"
    )
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__lte=models.F("written_at")), name="duty_log_not_ahead"
            ),
            models.CheckConstraint(
                condition=Q(settles=None) | Q(stays_open=False), name="duty_log_settling_is_over"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-id"], name="duty_log_of_unit"),
            models.Index(fields=["unit"], condition=Q(stays_open=True), name="duty_log_open"),
        ]


class HandOver(models.Model):
    """
    What one shift leaves to the next (交接班单): the text stands from the moment it is given, and
    whoever takes over confirms that very text.
    """

    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    body = models.JSONField()  # rules.handing.body_of
    digest = models.CharField(max_length=64)  # of the body: what both confirmed
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)  # given anew before it was taken

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=WAITS, name="duty_one_hand_over_waits"
            ),
            models.CheckConstraint(
                condition=Q(taken_at=None, taken_by=None)
                | Q(taken_at__isnull=False, taken_by__isnull=False, replaced_at=None),
                name="duty_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_by=None) | ~Q(taken_by=models.F("given_by")),
                name="duty_two_persons",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-id"], name="duty_hand_over_of_unit")]
