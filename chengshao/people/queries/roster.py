"""Who is on duty."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q
from django.utils.timezone import get_default_timezone

from chengshao.kernel.clock import WorkCalendar
from chengshao.people.models import (
    DutyPattern,
    Unit,
)
from chengshao.people.queries.units import KEPT
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Deputy, Shift, day_kind, on_duty_at
from chengshao.people.terms import DayKind
from chengshao.web.kept import kept_each


@dataclass(frozen=True, slots=True)
class OnDuty:
    name: str
    phone: str
    until: datetime
    deputies: tuple[Deputy, ...] = ()


def on_duty(unit_ids: Iterable[int], at: datetime, calendar: WorkCalendar) -> dict[int, OnDuty]:
    """
    Return who is on duty in these units at a moment; units with nobody are left out.

    The calendar tells working days, days at rest and statutory holidays apart.
    """
    local = at.astimezone(get_default_timezone()).replace(tzinfo=None)
    answer = {}
    for unit_id, own in kept_each(KEPT, "shifts", unit_ids, _shifts).items():
        if running := on_duty_at(own, local, lambda day: day_kind(day, calendar)):
            shift, end = running
            until = end.replace(tzinfo=get_default_timezone()).astimezone(UTC)
            answer[unit_id] = OnDuty(shift.leader, shift.phone, until, shift.deputies)
    return answer


def _shifts(unit_ids: AbstractSet[int]) -> dict[int, list[Shift]]:
    shifts: dict[int, list[Shift]] = {}
    rows = DutyPattern.objects.filter(unit__in=unit_ids).prefetch_related("deputies")
    for row in rows:
        shifts.setdefault(row.unit_id, []).append(shift_of(row))
    return shifts


def shift_of(row: DutyPattern) -> Shift:
    """Return a row as the rules know it; its deputies are read ahead where there are many."""
    return Shift(
        day_kind=DayKind(row.day_kind),
        on_date=row.on_date,
        starts=row.starts,
        ends=row.ends,
        leader=row.leader,
        phone=row.phone,
        deputies=tuple(Deputy(one.name, one.phone) for one in row.deputies.all()),
        period=Period(row.valid_from, row.valid_until),
    )


def patterns_of(unit: Unit, on: date) -> list[DutyPattern]:
    """Return a unit's duty patterns that are not over, by kind of day and hour."""
    order = list(DayKind)
    rows = unit.duty_patterns.filter(Q(valid_until=None) | Q(valid_until__gt=on))
    rows = rows.exclude(on_date__lt=on).prefetch_related("deputies")
    return sorted(
        rows, key=lambda row: (order.index(DayKind(row.day_kind)), row.on_date or on, row.starts)
    )
