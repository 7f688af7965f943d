"""Tables of this room: what happened, what is told of it to whom, and how that is settled."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from chengshao.notices.rules.budget import ContactBudget
from chengshao.notices.terms import NoticeChannel, NoticeState

OUTSIDE = ~Q(channel=NoticeChannel.IN_APP.value)
_WAITING = (NoticeState.QUEUED.value, NoticeState.HELD.value)


class Outbox(models.Model):
    """
    What happened, stored with it in one transaction; a job makes notices of it and takes it away.
    Ids and terms only.
    """

    kind = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    case_number = models.CharField(max_length=20)
    unit_id = models.BigIntegerField(null=True, blank=True)
    task_id = models.BigIntegerField(null=True, blank=True)
    task_kind = models.CharField(max_length=24, default="", blank=True)
    report_id = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=32, default="", blank=True)
    at = models.DateTimeField()


class Dated(models.Model):
    """In force in a period, and who said so when."""

    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True


def _period_rules(name: str, *same: str) -> list[models.BaseConstraint]:
    equal: list[Any] = [(column, RangeOperators.EQUAL) for column in same]
    period = Func("valid_from", "valid_until", function="daterange", output_field=DateRangeField())
    return [
        ExclusionConstraint(
            name=f"{name}_once", expressions=[*equal, (period, RangeOperators.OVERLAPS)]
        ),
        models.CheckConstraint(
            condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
            name=f"{name}_period",
        ),
    ]


class Template(Dated):
    """What a message says (消息模板), with names in braces for the facts."""

    kind = models.CharField(max_length=16)
    text = models.CharField(max_length=300)

    class Meta:
        constraints = _period_rules("notice_template", "kind")


class Budget(Dated):
    """How often one person may be sent something, and when not (联系次数上限、免打扰时段)."""

    per_day = models.PositiveSmallIntegerField()
    per_week = models.PositiveSmallIntegerField()
    quiet_from = models.TimeField()
    quiet_until = models.TimeField()

    class Meta:
        constraints = [
            *_period_rules("notice_budget"),
            models.CheckConstraint(
                condition=Q(per_day__range=(1, 20), per_week__range=(1, 100)),
                name="notice_budget_bounds",
            ),
        ]

    def rule(self) -> ContactBudget:
        return ContactBudget(self.per_day, self.per_week, self.quiet_from, self.quiet_until)


class Preference(models.Model):
    """That somebody wants, or doesn't want, a kind of notice by a channel; no row: the default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=8)
    wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once")
        ]


class Address(models.Model):
    """Where a member of staff wants to get messages, as they said themselves."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8)
    address = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="address_once")]


class Notice(models.Model):
    """
    One message to one person by one channel. Neither its words nor the number it goes to are
    kept: the words follow from template and facts, the number stays sealed with the contact.
    """

    happening = models.BigIntegerField()  # of the outbox: the row there is gone by now
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=8)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    contact = models.ForeignKey(
        "people.Contact", models.PROTECT, null=True, blank=True, related_name="+"
    )
    report_id = models.BigIntegerField(null=True, blank=True)
    case_id = models.BigIntegerField()
    case_number = models.CharField(max_length=20, db_index=True)
    unit = models.ForeignKey(
        "people.Unit", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    task_kind = models.CharField(max_length=24, default="", blank=True)
    reason_told = models.CharField(max_length=32, default="", blank=True)  # a term
    day = models.DateField(null=True, blank=True)
    template = models.ForeignKey(  # by which it was sent
        Template, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=16, default="", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    resent_at = models.DateTimeField(null=True, blank=True)
    resent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    resent_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["happening", "user", "channel"],
                condition=Q(user__isnull=False),
                name="notice_once_to_staff",
            ),
            models.UniqueConstraint(
                fields=["happening", "report_id", "channel"],
                condition=Q(contact__isnull=False),
                name="notice_once_to_citizen",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, contact=None)
                | Q(user=None, contact__isnull=False, report_id__isnull=False),
                name="notice_to_one",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_WAITING, next_at__isnull=False)
                | ~Q(state__in=_WAITING) & Q(next_at=None),
                name="notice_waits_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user"],
                condition=Q(channel=NoticeChannel.IN_APP.value, read_at=None),
                name="notice_unread",
            ),
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(
                fields=["next_at"], condition=Q(next_at__isnull=False), name="notice_waiting"
            ),
            models.Index(fields=["state", "-id"], condition=OUTSIDE, name="notice_by_state"),
            models.Index(fields=["-id"], condition=OUTSIDE, name="notice_outside"),
        ]
