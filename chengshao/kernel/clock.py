"""
Time limits and the clocks they run on (domain: 紧急工作时, 工作时, 工作日, 自然日).

All amounts are whole seconds of one clock. The two running clocks count real time; the two
working clocks count only office hours of working days, as told by a `WorkCalendar`. Both are
positions on a line: what lies between two moments is the difference of their positions, so that
adding, measuring, pausing and resuming can't disagree.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from chengshao.kernel.errors import Invalid

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 2000, 2199

_HOUR = 3600
_DAY = 24 * _HOUR
_MAX_AMOUNT = 9999
_MAX_NOTE = 40


class LimitUnreadable(Invalid):
    code = "limit_unreadable"


class OfficeHoursUnreadable(Invalid):
    code = "office_hours_unreadable"


class ClockOutOfRange(Invalid):
    code = "clock_out_of_range"


class ClockUnit(StrEnum):
    URGENT_HOUR = "URGENT_HOUR"  # 紧急工作时: runs on through nights and holidays
    WORKING_HOUR = "WORKING_HOUR"  # 工作时: office hours of working days
    WORKING_DAY = "WORKING_DAY"  # 工作日: eight working hours
    NATURAL_DAY = "NATURAL_DAY"  # 自然日: 24 hours running on


_SECONDS = {
    ClockUnit.URGENT_HOUR: _HOUR,
    ClockUnit.WORKING_HOUR: _HOUR,
    ClockUnit.WORKING_DAY: 8 * _HOUR,
    ClockUnit.NATURAL_DAY: _DAY,
}
_WORKING = frozenset({ClockUnit.WORKING_HOUR, ClockUnit.WORKING_DAY})


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take, e.g. 2 working days; the note is what else the rule says."""

    amount: int
    unit: ClockUnit
    note: str = ""

    @property
    def seconds(self) -> int:
        """The amount in seconds of its own clock."""
        return self.amount * _SECONDS[self.unit]


_READ = re.compile(
    r"([0-9]{1,5})\s*个?\s*(紧急工作时|紧急工作日|工作时|工作小时|小时|工作日|自然日|天)(.*)"
)
_NARROW_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_UNITS = {
    "紧急工作时": (1, ClockUnit.URGENT_HOUR),
    "紧急工作日": (24, ClockUnit.URGENT_HOUR),
    "工作时": (1, ClockUnit.WORKING_HOUR),
    "工作小时": (1, ClockUnit.WORKING_HOUR),
    "小时": (1, ClockUnit.WORKING_HOUR),
    "工作日": (1, ClockUnit.WORKING_DAY),
    "天": (1, ClockUnit.WORKING_DAY),
    "自然日": (1, ClockUnit.NATURAL_DAY),
}
_WRITE = {
    ClockUnit.URGENT_HOUR: "紧急工作时",
    ClockUnit.WORKING_HOUR: "工作时",
    ClockUnit.WORKING_DAY: "工作日",
    ClockUnit.NATURAL_DAY: "自然日",
}


def parse_limit(text: str) -> Limit:
    """
    Read a limit as the standards write it: 2紧急工作时, 4小时, 2天, 3自然日, １紧急工作时制止.

    小时 and 天 are working time, as in the tables of the standards; 紧急工作日 becomes 24
    紧急工作时; trailing words are the note.

    :raises LimitUnreadable: if it is no such text, is nothing or too much, or goes on in numbers
    """
    shown = text[:_MAX_NOTE]
    folded = text[:200].translate(_NARROW_DIGITS).strip()  # the note keeps its punctuation
    match = _READ.fullmatch(folded)
    if match is None:
        raise LimitUnreadable(value=shown)
    times, unit = _UNITS[match[2]]
    amount, note = int(match[1]) * times, match[3].strip()
    if not 1 <= amount <= _MAX_AMOUNT or len(note) > _MAX_NOTE or len(text) > 200:
        raise LimitUnreadable(value=shown)
    # 2小时30分 is two amounts: half of it as a note would be a wrong limit
    if note[:1].isdecimal() or not note.isprintable():
        raise LimitUnreadable(value=shown)
    return Limit(amount, unit, note)


def format_limit(limit: Limit) -> str:
    """Write a limit so that `parse_limit` reads the same one."""
    return f"{limit.amount}{_WRITE[limit.unit]}{limit.note}"


@dataclass(frozen=True, slots=True)
class Span:
    """Open from one second of the day to another, half-open, as the clock on the wall shows."""

    opens: int
    closes: int


_SPAN = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")


def parse_hours(text: str) -> tuple[Span, ...]:
    """
    Read office hours: `08:00-12:00 14:00-18:00` (also with 、 or , between, — or ~ or 至 inside).

    :raises OfficeHoursUnreadable: if they are none, overlap, are out of order or leave the day
    """
    shown = text[:_MAX_NOTE]
    folded = unicodedata.normalize("NFKC", text[:200])
    folded = re.sub(r"\s*[—–~至-]+\s*", "-", folded)
    spans: list[Span] = []
    for part in re.split(r"[\s,、;]+", folded.strip()):
        match = _SPAN.fullmatch(part)
        if match is None or int(match[2]) > 59 or int(match[4]) > 59:
            raise OfficeHoursUnreadable(value=shown)
        opens, closes = (int(match[i]) * _HOUR + int(match[i + 1]) * 60 for i in (1, 3))
        if not (spans[-1].closes if spans else 0) <= opens < closes <= _DAY:
            raise OfficeHoursUnreadable(value=shown)
        spans.append(Span(opens, closes))
    if len(text) > 200 or len(spans) > 6:
        raise OfficeHoursUnreadable(value=shown)
    return tuple(spans)


def format_hours(spans: tuple[Span, ...]) -> str:
    """Write office hours so that `parse_hours` reads the same ones."""
    return " ".join(f"{_hour_of(span.opens)}-{_hour_of(span.closes)}" for span in spans)


def _hour_of(second: int) -> str:
    return f"{second // _HOUR:02}:{second % _HOUR // 60:02}"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Office hours from a day on, to before another (None: until further notice)."""

    valid_from: date
    valid_until: date | None
    spans: tuple[Span, ...]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


# 全国年节及纪念日放假办法 (since 2025): the days with a fixed date. Those by the moon and the
# solar terms, and the swaps around all of them, are known only once a year is announced.
_FIXED_STATUTORY_DAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True)
class WorkCalendar:
    """
    When offices are open, in the zone Asia/Shanghai, from 2000 to 2199.

    A day that is no exception is a working day from Monday to Friday. In a year that has not
    been announced yet (provisional) the statutory days with a fixed date rest as well.
    """

    version: int
    office_hours: tuple[OfficeHours, ...]
    exceptions: Mapping[date, bool]  # True: worked (调休上班), False: at rest
    announced_years: frozenset[int]
    holidays: frozenset[date] = frozenset()  # statutory, with the days swapped for them
    _years: dict[int, tuple[int, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _starts: dict[int, int] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_provisional(self, year: int) -> bool:
        """Tell whether the holidays of this year have not been announced."""
        return year not in self.announced_years

    def provisional_years(self, start: datetime, due: datetime) -> tuple[int, ...]:
        """Return the provisional years that a span touches: its end may still move."""
        years = range(start.astimezone(ZONE).year, due.astimezone(ZONE).year + 1)
        return tuple(year for year in years if self.is_provisional(year))

    def is_workday(self, day: date) -> bool:
        exception = self.exceptions.get(day)
        if exception is not None:
            return exception
        if self.is_provisional(day.year) and (day.month, day.day) in _FIXED_STATUTORY_DAYS:
            return False
        return day.weekday() < 5

    def is_holiday(self, day: date) -> bool:
        """Tell whether a day at rest is a statutory holiday (法定节假日) and no mere weekend."""
        fixed = self.is_provisional(day.year) and (day.month, day.day) in _FIXED_STATUTORY_DAYS
        return (fixed or day in self.holidays) and not self.is_workday(day)

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Return when offices are open on this day; () on a day of rest."""
        if not self.is_workday(day):
            return ()
        return next((hours.spans for hours in self.office_hours if hours.holds_on(day)), ())

    def position(self, moment: datetime) -> int:
        """
        Return how many office seconds lie between the calendar's beginning and a moment.

        :raises ClockOutOfRange: outside the calendar's years
        """
        local = _whole(moment).astimezone(ZONE)
        day = local.date()
        second = local.hour * _HOUR + local.minute * 60 + local.second
        passed = sum(
            min(max(second - span.opens, 0), span.closes - span.opens)
            for span in self.spans_on(day)
        )
        before = self._ends(day.year)[day.timetuple().tm_yday - 1]
        return self._start(day.year) + before + passed

    def moment(self, position: int, *, near: date, opening: bool = False) -> datetime:
        """
        Return the first moment at a position; with `opening` the last, where work goes on.

        They differ where offices are shut: 18:00 and the next 08:00 have the same position.

        :raises ClockOutOfRange: outside the calendar's years
        """
        year = near.year
        while position < self._start(year) or (not opening and position == self._start(year)):
            year -= 1
        while self._start(year) + self._ends(year)[-1] < position + opening:
            year += 1
        ends, rest = self._ends(year), position - self._start(year)
        at = bisect_right(ends, rest) if opening else bisect_left(ends, rest)
        day = date(year, 1, 1) + timedelta(days=at - 1)
        rest -= ends[at - 1]
        for span in self.spans_on(day):
            length = span.closes - span.opens
            if rest + opening <= length:
                return _at_second(day, span.opens + rest)
            rest -= length
        raise AssertionError("a day's spans add up to its length")

    def _ends(self, year: int) -> tuple[int, ...]:
        """Office seconds from New Year to the end of each day; index 0 is New Year itself."""
        if year not in self._years:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ClockOutOfRange(year=year)
            ends, day = [0], date(year, 1, 1)
            while day.year == year:
                ends.append(ends[-1] + sum(s.closes - s.opens for s in self.spans_on(day)))
                day += timedelta(days=1)
            self._years[year] = tuple(ends)
        return self._years[year]

    def _start(self, year: int) -> int:
        """Office seconds from the calendar's beginning to the beginning of a year."""
        if year not in self._starts:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ClockOutOfRange(year=year)
            total = 0
            for past in range(FIRST_YEAR, year + 1):
                self._starts[past] = total
                total += self._ends(past)[-1] if past < year else 0
        return self._starts[year]


def due_at(start: datetime, limit: Limit, calendar: WorkCalendar) -> datetime:
    """
    Return when a limit that starts now runs out (aware UTC).

    :raises ClockOutOfRange: if that lies outside the calendar's years
    """
    return add_seconds(start, limit.seconds, limit.unit, calendar)


def remaining(now: datetime, due: datetime, unit: ClockUnit, calendar: WorkCalendar) -> int:
    """
    Return the seconds of this clock from now until due; negative when that is past.

    :raises ClockOutOfRange: if one of them lies outside the calendar's years
    """
    if unit in _WORKING:
        return calendar.position(due) - calendar.position(now)
    span = _whole(due) - _whole(now)
    return span.days * _DAY + span.seconds


def add_seconds(start: datetime, seconds: int, unit: ClockUnit, calendar: WorkCalendar) -> datetime:
    """
    Return the moment this many seconds of a clock after start (aware UTC, whole seconds).

    A working clock that starts outside office hours starts at the next opening, and runs out at
    closing rather than at the opening after. Negative seconds go back (resuming what was overdue).

    :raises ClockOutOfRange: if one of them lies outside the calendar's years
    """
    start = _whole(start)
    near = start.astimezone(ZONE).date()
    if unit not in _WORKING:
        try:
            return start + timedelta(seconds=seconds)
        except OverflowError as error:
            raise ClockOutOfRange(year=near.year) from error
    position = calendar.position(start) + seconds
    due = calendar.moment(position, near=near)
    if seconds == 0 and due != start:
        return calendar.moment(position, near=near, opening=True)
    return due


def stops_at(now: datetime, unit: ClockUnit, calendar: WorkCalendar) -> datetime | None:
    """
    Return until when a clock runs on from now: the next closing, or now where it stands.

    None for a clock that runs through (for countdowns that go on by themselves).
    """
    if unit not in _WORKING:
        return None
    local = _whole(now).astimezone(ZONE)
    second = local.hour * _HOUR + local.minute * 60 + local.second
    for span in calendar.spans_on(local.date()):
        if span.opens <= second < span.closes:
            return _at_second(local.date(), span.closes)
    return local.astimezone(UTC)


def _whole(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone is no moment")
    return moment.astimezone(UTC).replace(microsecond=0)


def _at_second(day: date, second: int) -> datetime:
    days, second = divmod(second, _DAY)  # 24:00 is the next day's beginning
    clock = time(second // _HOUR, second % _HOUR // 60, second % 60)
    return datetime.combine(day + timedelta(days=days), clock, ZONE).astimezone(UTC)
