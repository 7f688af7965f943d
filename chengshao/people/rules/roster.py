"""Who is on duty (值班), from dated patterns. Times of day are the city's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from chengshao.people.rules.periods import Period
from chengshao.people.terms import DayKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    day_kind: DayKind
    starts: time
    ends: time  # at or before `starts`: on the next day
    leader: str
    phone: str
    deputy: str = ""
    deputy_phone: str = ""
    on_date: date | None = None  # of the kind DATE
    period: Period

    def span(self, day: date) -> tuple[datetime, datetime]:
        """Return the first and the last moment (excluded) of the shift that begins this day."""
        last_day = day if self.ends > self.starts else day + timedelta(days=1)
        return datetime.combine(day, self.starts), datetime.combine(last_day, self.ends)


def shifts_of(shifts: Iterable[Shift], day: date, *, workday: bool) -> list[Shift]:
    """Return what begins on this day, early first; rows for the very date replace the pattern."""
    today = Period(day, day + timedelta(days=1))
    in_force = [shift for shift in shifts if shift.period.overlaps(today)]
    dated = [shift for shift in in_force if shift.on_date == day]
    kind = DayKind.WORKDAY if workday else DayKind.RESTDAY
    usual = [shift for shift in in_force if shift.day_kind is kind]
    return sorted(dated or usual, key=lambda shift: shift.starts)


def on_duty_at(
    shifts: Sequence[Shift], moment: datetime, *, workday: bool, workday_before: bool
) -> tuple[Shift, datetime] | None:
    """
    Return the shift that runs at this local moment (naive) and when it ends; the one that
    began last where two meet, for it has taken over.
    """
    day = moment.date()
    before = day - timedelta(days=1)
    candidates = [
        *((shift, before) for shift in shifts_of(shifts, before, workday=workday_before)),
        *((shift, day) for shift in shifts_of(shifts, day, workday=workday)),
    ]
    for shift, begun_on in reversed(candidates):
        start, end = shift.span(begun_on)
        if start <= moment < end:
            return shift, end
    return None


def meet(shifts: Iterable[Shift]) -> bool:
    """Tell whether two of these shifts of one day run at the same time."""
    some_day = date(2000, 1, 1)
    spans = sorted(shift.span(some_day) for shift in shifts)
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))
