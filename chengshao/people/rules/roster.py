"""Who is on duty (值班), from dated patterns. Times of day are the city's own."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from chengshao.kernel.clock import WorkCalendar
from chengshao.people.rules.periods import Period
from chengshao.people.terms import DayKind


@dataclass(frozen=True, slots=True)
class Deputy:
    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    day_kind: DayKind
    starts: time
    ends: time  # at or before `starts`: on the next day
    leader: str
    phone: str
    deputies: tuple[Deputy, ...] = ()
    on_date: date | None = None  # of the kind DATE
    period: Period

    def span(self, day: date) -> tuple[datetime, datetime]:
        """Return the first and the last moment (excluded) of the shift that begins this day."""
        last_day = day if self.ends > self.starts else day + timedelta(days=1)
        return datetime.combine(day, self.starts), datetime.combine(last_day, self.ends)


def day_kind(day: date, calendar: WorkCalendar) -> DayKind:
    """Return which pattern a day goes by, unless the roster names the very date."""
    if calendar.is_workday(day):
        return DayKind.WORKDAY
    return DayKind.HOLIDAY if calendar.is_holiday(day) else DayKind.RESTDAY


def shifts_of(shifts: Iterable[Shift], day: date, kind: DayKind) -> list[Shift]:
    """
    Return what begins on this day, early first. Rows for the very date replace the pattern; a
    holiday that has none of its own goes by that of days at rest.
    """
    today = Period(day, day + timedelta(days=1))
    in_force = [shift for shift in shifts if shift.period.overlaps(today)]
    found = [shift for shift in in_force if shift.on_date == day]
    found = found or [shift for shift in in_force if shift.day_kind is kind]
    if not found and kind is DayKind.HOLIDAY:
        found = [shift for shift in in_force if shift.day_kind is DayKind.RESTDAY]
    return sorted(found, key=lambda shift: shift.starts)


def on_duty_at(
    shifts: Sequence[Shift], moment: datetime, kind_of: Callable[[date], DayKind]
) -> tuple[Shift, datetime] | None:
    """
    Return the shift that runs at this local moment (naive) and when it ends; the one that
    began last where two meet, for it has taken over. A night goes by the day on which it began.
    """
    day = moment.date()
    candidates = [
        (shift, begun_on)
        for begun_on in (day - timedelta(days=1), day)
        for shift in shifts_of(shifts, begun_on, kind_of(begun_on))
    ]
    for shift, begun_on in reversed(candidates):
        start, end = shift.span(begun_on)
        if start <= moment < end:
            return shift, end
    return None


_SEPARATORS = re.compile(r"[、，,；;\n]")


def parts_of(cell: str) -> list[str]:
    """Return what stands in one cell with 、 (or a comma or a line end) between; blanks count."""
    return [part.strip() for part in _SEPARATORS.split(cell)] if cell.strip() else []


def deputies_of(names: str, phones: str) -> tuple[Deputy, ...] | None:
    """
    Read the two cells as a duty office types them: 张三、李四 and their numbers in the same order.

    Without any number all stand without one, and a gap stands for one (、0571-…). None if they
    don't go together.
    """
    said, dialled = parts_of(names), parts_of(phones)
    dialled = dialled or [""] * len(said)
    if len(said) != len(dialled) or not all(said):
        return None
    return tuple(Deputy(*pair) for pair in zip(said, dialled, strict=True))


def cells_of(deputies: Sequence[Deputy]) -> tuple[str, str]:
    """Return the two cells that `deputies_of` reads."""
    phones = [one.phone for one in deputies]
    return "、".join(one.name for one in deputies), "、".join(phones) if any(phones) else ""


def meet(shifts: Iterable[Shift]) -> bool:
    """Tell whether two of these shifts of one day run at the same time."""
    some_day = date(2000, 1, 1)
    spans = sorted(shift.span(some_day) for shift in shifts)
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))
