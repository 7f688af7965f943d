"""Tables of this room. Periods are half-open: `valid_from` in, `valid_until` out, open at None."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from chengshao.kernel.actor import Grant

EVERYWHERE = ""  # a territory: no division named


def _period() -> Func:
    # Not the model's own: a generic expression keeps migrations free of project code.
    return Func("valid_from", "valid_until", function="daterange", output_field=DateRangeField())


def _apart(name: str, *same: Any, condition: Q | None = None) -> ExclusionConstraint:
    """No two rows that are the same in these columns are in force on one day."""
    equal = [(column, RangeOperators.EQUAL) for column in same]
    return ExclusionConstraint(
        name=name,
        expressions=[*equal, (_period(), RangeOperators.OVERLAPS)],
        condition=condition,
    )


def _in_order(name: str) -> models.CheckConstraint:
    # Equal ends are allowed: what is ended on its first day was never in force.
    return models.CheckConstraint(
        condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name=name
    )


class User(AbstractUser):
    """Who signs in: a person or a machine. Own model from the first migration on."""

    display_name = models.CharField(max_length=40, default="", blank=True)
    office_phone = models.CharField(max_length=40, default="", blank=True)
    is_machine = models.BooleanField(default=False)
    password_is_initial = models.BooleanField(default=False)  # given by another: change it first
    language = models.CharField(max_length=8, default="", blank=True)  # "": as the browser asks
    theme = models.CharField(max_length=8, default="", blank=True)  # "": as the system is set
    density = models.CharField(max_length=16, default="", blank=True)
    choices = models.JSONField(default=dict, blank=True)  # terms.Choice: what was chosen

    # Where they were read with the user:
    grants: "frozenset[Grant] | None" = None
    beside: "Mapping[str, int]" = MappingProxyType({})  # numbers that every page shows

    @property
    def shown_name(self) -> str:
        return self.display_name or self.username


class Edition(models.Model):
    """A single row whose token changes with every change of units: see web.kept."""

    token = models.CharField(max_length=32)


class Unit(models.Model):
    """A department, territorial unit or partner (条/块). Its names are dated: see UnitName."""

    code = models.CharField(max_length=40, unique=True)  # the district's own, stable across names
    kind = models.CharField(max_length=24)
    service_line = models.CharField(max_length=16, default="", blank=True)  # of an ENTERPRISE
    level = models.CharField(max_length=16)
    tier = models.PositiveSmallIntegerField(null=True, blank=True)  # linkage tier (H2)
    territory = models.CharField(max_length=12, default=EVERYWHERE, blank=True)
    is_desk = models.BooleanField(default=False)  # the one that keeps the case files
    source = models.CharField(max_length=200, default="", blank=True)  # where the name is public
    source_on = models.DateField(null=True, blank=True)  # the day it was looked up
    illustrative = models.BooleanField(default=False)  # 示意: not confirmed or invented
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_desk"], condition=Q(is_desk=True), name="unit_one_desk"
            ),
            models.CheckConstraint(
                condition=Q(tier=None) | Q(tier__range=(1, 3)), name="unit_tier_known"
            ),
            models.CheckConstraint(
                condition=Q(service_line="") | Q(kind="ENTERPRISE"), name="unit_line_of_enterprise"
            ),
            _apart(
                "unit_one_per_territory",
                "kind",
                "territory",
                condition=Q(kind__in=["DISTRICT", "SUBDISTRICT", "COMMUNITY"])
                & ~Q(territory=EVERYWHERE),
            ),
            _in_order("unit_period"),
        ]


class UnitName(models.Model):
    """What a unit is called in a period: a case of last year shows the name of then."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="names")
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    face = models.CharField(max_length=2)  # stands for the unit in timelines
    initials = models.CharField(max_length=80)  # pinyin initials of name and short name
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [_apart("unit_name_one_at_a_time", "unit"), _in_order("unit_name_period")]


class UnitParent(models.Model):
    """Under whom a unit stands. Two rows of different relation are dual leadership (双重管理)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="children")
    relation = models.CharField(max_length=16)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(unit=F("parent")), name="unit_parent_is_another"),
            _apart("unit_parent_one_of_relation", "unit", "relation"),
            _in_order("unit_parent_period"),
        ]


class UnitChange(models.Model):
    """What was done to a unit, by whom, on what document. Never edited."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="changes")
    deed = models.CharField(max_length=16)
    effective_on = models.DateField()
    document = models.CharField(max_length=200, default="", blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )


class UnitSuccession(models.Model):
    """Who follows a unit that was merged, split or closed."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    effective_on = models.DateField()
    takes_over = models.BooleanField(default=False)  # what was still open: its people finish it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "successor"], name="unit_succession_once"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(takes_over=True), name="unit_succession_one_takes_over"
            ),
            models.CheckConstraint(
                condition=~Q(unit=F("successor")), name="unit_succession_is_another"
            ),
        ]


class UnitRole(models.Model):
    """Which unit is "urban management of this district": what responsibilities name."""

    role = models.CharField(max_length=40)
    territory = models.CharField(max_length=12, default=EVERYWHERE, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="roles")
    document = models.CharField(max_length=200, default="", blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [_apart("unit_role_once", "role", "territory"), _in_order("unit_role_period")]


class DutyPattern(models.Model):
    """Who is on duty in a unit, on days of a kind, from one time of day to another (值班)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="duty_patterns")
    day_kind = models.CharField(max_length=8)
    on_date = models.DateField(null=True, blank=True)  # of the kind DATE: which
    starts = models.TimeField()  # local; at or after `ends` the shift runs into the next day
    ends = models.TimeField()
    leader = models.CharField(max_length=40)  # 带班领导
    phone = models.CharField(max_length=40)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(day_kind="DATE", on_date__isnull=False)
                | (~Q(day_kind="DATE") & Q(on_date=None)),
                name="duty_date_named",
            ),
            _apart(
                "duty_one_start",
                "unit",
                "day_kind",
                "starts",
                condition=~Q(day_kind="DATE"),
            ),
            models.UniqueConstraint(
                fields=["unit", "on_date", "starts"],
                condition=Q(day_kind="DATE"),
                name="duty_one_start_on_date",
            ),
            _in_order("duty_period"),
        ]


class DutyDeputy(models.Model):
    """Who stands by the leader of a shift (副班), in the order of the roster."""

    pattern = models.ForeignKey(DutyPattern, models.PROTECT, related_name="deputies")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pattern", "position"], name="duty_deputy_place"),
            models.CheckConstraint(condition=~Q(name=""), name="duty_deputy_named"),
        ]


class Appointment(models.Model):
    """A role that a user holds in a unit (or over all), within a territory, for a time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=32)
    side = models.GeneratedField(  # terms.side_of, where no race gets past it
        expression=Case(
            When(role="SECURITY_ADMINISTRATOR", then=Value("SECURITY")),
            When(role="SYSTEM_ADMINISTRATOR", then=Value("SYSTEM")),
            When(role="AUDITOR", then=Value("AUDIT")),
            When(role="CATALOGUE_KEEPER", then=Value(None)),
            default=Value("CASES"),
        ),
        output_field=models.CharField(max_length=16, null=True),
        db_persist=True,
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    territory = models.CharField(max_length=12, default=EVERYWHERE, blank=True)
    document = models.CharField(max_length=200, default="", blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="appointment_sides_apart",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("side", RangeOperators.NOT_EQUAL),
                    (_period(), RangeOperators.OVERLAPS),
                ],
            ),
            _apart(
                "appointment_once",
                "user",
                "role",
                Func(
                    F("unit"), Value(0), function="COALESCE", output_field=models.BigIntegerField()
                ),
                "territory",
            ),
            _in_order("appointment_period"),
        ]


class RolePower(models.Model):
    """What a role may do: dated rows with their document (B4)."""

    role = models.CharField(max_length=32)
    power = models.CharField(max_length=40)
    document = models.CharField(max_length=200, default="", blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [_apart("role_power_once", "role", "power"), _in_order("role_power_period")]


class AccountEntry(models.Model):
    """What was done to an account, its appointments and keys (the auditor's log). Never edited."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    deed = models.CharField(max_length=24)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )


class Token(models.Model):
    """A machine's key. Only its digest is kept; the key itself is shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80)
    powers = ArrayField(models.CharField(max_length=40))  # its scope: no more than these
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)  # a day is enough to find dead keys


class SignIn(models.Model):
    """An attempt to sign in. A name that no user has is kept as a digest only."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name_digest = models.CharField(max_length=64)
    address_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=40, default="", blank=True)  # shortened
    outcome = models.CharField(max_length=16)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["name_digest", "at"], name="sign_in_by_name"),
            models.Index(fields=["address_digest", "at"], name="sign_in_by_address"),
        ]


class Contact(models.Model):
    """
    How a citizen can be reached, sealed (see rules.sealing). One row a demand, so that each
    can be kept and erased by itself. Erased: no name, no phone.
    """

    purpose = models.CharField(max_length=16)
    confidential = models.BooleanField(default=False)
    key_id = models.CharField(max_length=16)
    binding = models.CharField(max_length=32)  # random; ties both seals to this very row
    name = models.BinaryField(null=True, blank=True)
    phone = models.BinaryField(null=True, blank=True)
    phone_lookup = models.CharField(max_length=96, default="", blank=True, db_index=True)
    keep_until = models.DateField(db_index=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confidential=False) | Q(phone_lookup=""),
                name="contact_confidential_not_found",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(name=None, phone=None, phone_lookup=""),
                name="contact_erased_is_empty",
            ),
        ]
        indexes = [models.Index(fields=["confidential", "key_id"], name="contact_by_key")]


class ContactAccess(models.Model):
    """Who read or erased a citizen's contact, and what for. Never edited."""

    contact = models.ForeignKey(Contact, models.PROTECT, related_name="accesses")
    deed = models.CharField(max_length=16)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_kind = models.CharField(max_length=16)
    purpose = models.CharField(max_length=200)
    about = models.CharField(max_length=40, default="", blank=True)  # the case's number
    at = models.DateTimeField(db_index=True)


class NumberLookUp(models.Model):
    """Who asked the desk what was reported from a number, and how much was shown. Never edited."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_kind = models.CharField(max_length=16)
    phone = models.CharField(max_length=40, default="", blank=True)  # masked: 138****8000
    cases = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_index=True)


class SavedView(models.Model):
    """A list as somebody likes it (视图): its page and what stands in its address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="views")
    unit = models.ForeignKey(  # whose people see it too; empty: nobody else
        Unit, models.PROTECT, null=True, blank=True, related_name="+"
    )
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="view_named_once"),
        ]
