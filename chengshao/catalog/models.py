"""
Tables of this room. Rows are dated: `valid_from` in, `valid_until` out, open at None. A row in
force is never edited, only ended by the next.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

ANY = ""  # a source, urgency or territory that a row does not narrow


def _apart(name: str, *same: str, condition: Q | None = None) -> ExclusionConstraint:
    """No two rows that are the same in these columns are in force on one day."""
    equal: list[Any] = [(column, RangeOperators.EQUAL) for column in same]
    period = Func("valid_from", "valid_until", function="daterange", output_field=DateRangeField())
    return ExclusionConstraint(
        name=name, expressions=[*equal, (period, RangeOperators.OVERLAPS)], condition=condition
    )


def _in_order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")), name=name
    )


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


class MatterClass(Dated):
    """A class of matters (大类); the tree is in the code."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [_apart("matter_class_once", "code"), _in_order("matter_class_period")]


class Matter(Dated):
    """One version of a matter (事项, 小类): what it is and how it goes its way."""

    code = models.CharField(max_length=12)
    kind = models.CharField(max_length=16)
    class_code = models.CharField(max_length=12)
    name = models.CharField(max_length=40)
    aliases = ArrayField(models.CharField(max_length=40), default=list)  # callers' words
    evidence_asked = ArrayField(models.CharField(max_length=24), default=list)
    verify = models.BooleanField()  # 立案前核实
    check_mode = models.CharField(max_length=16)
    sign_off_waived = models.BooleanField(default=False)  # 免审签: no leader signs the answer
    flexible = models.BooleanField(default=False)  # 弹性: closed by a plan where season or law asks
    sensitivity = models.CharField(max_length=16)
    track = models.CharField(max_length=16)
    source = models.CharField(max_length=80)  # the standard or document it comes from
    initials = models.CharField(max_length=400)  # pinyin of name and aliases, blank between
    words = models.TextField()  # all that it is found by, folded
    bigrams = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        constraints = [_apart("matter_version_once", "code"), _in_order("matter_period")]
        indexes = [GinIndex(fields=["bigrams"], name="matter_bigrams")]


class MatterCondition(models.Model):
    """One condition on which the matter is registered and on which it is closed (立案条件)."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="conditions")
    serial = models.PositiveSmallIntegerField()
    register_condition = models.CharField(max_length=400)
    close_condition = models.CharField(max_length=400)
    default_urgency = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "serial"], name="matter_condition_once")
        ]


class MatterLimit(models.Model):
    """How long handling may take under one condition, at one urgency or at any."""

    condition = models.ForeignKey(MatterCondition, models.PROTECT, related_name="limits")
    urgency = models.CharField(max_length=16, default=ANY, blank=True)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=16)
    note = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["condition", "urgency"], name="matter_limit_once"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="matter_limit_amount"),
        ]


class CodeMap(Dated):
    """What another system's code means here; some swap the classes 04 and 05."""

    system = models.CharField(max_length=40)
    foreign_code = models.CharField(max_length=40)
    matter_code = models.CharField(max_length=16)

    class Meta:
        constraints = [
            _apart("code_map_once", "system", "foreign_code"),
            _in_order("code_map_period"),
        ]


class TaskLimit(Dated):
    """How long a task of a kind may take, by source and urgency of the case, or any of them."""

    kind = models.CharField(max_length=24)
    source = models.CharField(max_length=24, default=ANY, blank=True)
    urgency = models.CharField(max_length=16, default=ANY, blank=True)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=16)
    note = models.CharField(max_length=40, default="", blank=True)
    basis = models.CharField(max_length=200)

    class Meta:
        constraints = [
            _apart("task_limit_once", "kind", "source", "urgency"),
            _in_order("task_limit_period"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="task_limit_amount"),
        ]


class Parameter(Dated):
    """A number or a limit that the district has settled, for one source or any (业务参数)."""

    name = models.CharField(max_length=32)
    source = models.CharField(max_length=24, default=ANY, blank=True)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=16, default="", blank=True)  # "": a number, 0/1 for no/yes
    note = models.CharField(max_length=40, default="", blank=True)
    basis = models.CharField(max_length=200)

    class Meta:
        constraints = [
            _apart("parameter_once", "name", "source"),
            _in_order("parameter_period"),
            models.CheckConstraint(
                condition=Q(unit="") | Q(amount__gte=1), name="parameter_limit_amount"
            ),
        ]


class TrackRule(Dated):
    """
    How much way a demand has to go, by matter or class, source and urgency, or any of them (F16).

    A row goes before what the matter says of itself: one that names no matter before all matters.
    """

    matter_code = models.CharField(max_length=16, default=ANY, blank=True)  # of a class too
    source = models.CharField(max_length=24, default=ANY, blank=True)
    urgency = models.CharField(max_length=16, default=ANY, blank=True)
    track = models.CharField(max_length=16)
    basis = models.CharField(max_length=200)

    class Meta:
        constraints = [
            _apart("track_rule_once", "matter_code", "source", "urgency"),
            _in_order("track_rule_period"),
            models.CheckConstraint(
                condition=~Q(urgency="EMERGENCY", track="SIMPLE"),
                name="track_rule_emergency_not_simple",
            ),
        ]


class Responsibility(Dated):
    """Who leads a matter or class in a territory and who helps, on what document (权责清单, B5)."""

    matter_code = models.CharField(max_length=16)  # of a class, a matter or one condition
    territory = models.CharField(max_length=12, default=ANY, blank=True)
    lead_role = models.CharField(max_length=40)
    co_roles = ArrayField(models.CharField(max_length=40), default=list)
    document = models.CharField(max_length=120)
    document_number = models.CharField(max_length=60, default="", blank=True)
    article = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            _apart("responsibility_once", "matter_code", "territory", "lead_role"),
            _in_order("responsibility_period"),
        ]
        indexes = [models.Index(fields=["matter_code", "territory"], name="responsibility_of")]


class DutyListRow(Dated):
    """One line of the three lists of a sub-district, or of a community's list (C3)."""

    territory = models.CharField(max_length=12)
    matter_code = models.CharField(max_length=16)
    list_kind = models.CharField(max_length=16)
    department_role = models.CharField(max_length=40, default="", blank=True)
    document = models.CharField(max_length=120)
    document_number = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            _apart("duty_list_once", "territory", "matter_code"),
            _in_order("duty_list_period"),
            models.CheckConstraint(
                condition=Q(list_kind="BASIC", department_role="")
                | (Q(list_kind__in=["ASSISTING", "TAKEN_BACK"]) & ~Q(department_role="")),
                name="duty_list_department_where_it_leads",
            ),
        ]


class UnitPower(Dated):
    """A power that a kind of unit or a unit role has, with its document (六权 B4, 权力清单 B5)."""

    unit_kind = models.CharField(max_length=24, default=ANY, blank=True)
    unit_role = models.CharField(max_length=40, default=ANY, blank=True)
    name = models.CharField(max_length=80)
    content = models.CharField(max_length=400, default="", blank=True)
    document = models.CharField(max_length=120)
    document_number = models.CharField(max_length=60, default="", blank=True)
    article = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            _apart("unit_power_once", "unit_kind", "unit_role", "name"),
            _in_order("unit_power_period"),
            models.CheckConstraint(
                condition=(Q(unit_kind=ANY) & ~Q(unit_role=ANY))
                | (~Q(unit_kind=ANY) & Q(unit_role=ANY)),
                name="unit_power_of_kind_or_role",
            ),
        ]


class Draft(models.Model):
    """
    A change of one table that somebody has drafted: its rows as they were handed in, what was
    found when it was checked against past cases, and what became of it.
    """

    kind = models.CharField(max_length=24)
    rows = models.JSONField()  # [number, {heading: cell}] of each
    changes = models.JSONField()  # what it was to change, when it was last looked at
    note = models.CharField(max_length=400, default="", blank=True)
    state = models.CharField(max_length=16, default="DRAFT")
    first_day = models.DateField()  # on which something becomes different
    last_day = models.DateField()  # from which all of it is
    check_found = models.JSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_edition = models.CharField(max_length=120, default="", blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="DRAFT", ended_at=None)
                | Q(state__in=["IN_FORCE", "DROPPED"], ended_at__isnull=False),
                name="draft_ended_when_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="IN_FORCE") | Q(checked_at__isnull=False),
                name="draft_checked_before_in_force",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="draft_days_in_order"
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="draft_by_state")]


class Edition(models.Model):
    """A single row whose token changes with every change of this room's tables."""

    token = models.CharField(max_length=32)


class CalendarVersion(models.Model):
    """Every change of the calendar, with the days whose working time it may have moved."""

    version = models.PositiveIntegerField(primary_key=True)
    token = models.CharField(max_length=32)  # a restored database may count the same number anew
    reason = models.CharField(max_length=200)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)  # None: until further notice
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )


class CalendarYear(models.Model):
    """A year whose holidays the State Council's office has announced; others are provisional."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField(max_length=120)
    since = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+")


class CalendarDay(models.Model):
    """A day unlike the week, from one version of the calendar to before another."""

    day = models.DateField()
    is_city = models.BooleanField()  # the city's own stands above the statutory
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=120)
    since = models.ForeignKey(CalendarVersion, models.PROTECT, related_name="+")
    until = models.ForeignKey(
        CalendarVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "is_city"], condition=Q(until=None), name="calendar_day_once"
            )
        ]


class OfficeHours(Dated):
    """When offices are open on a working day: `08:00-12:00 14:00-18:00`, Asia/Shanghai."""

    spans = models.CharField(max_length=100)
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="office_hours_once",
                expressions=[
                    (
                        Func(
                            "valid_from",
                            "valid_until",
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
            _in_order("office_hours_period"),
        ]
