"""How much of a limit is left, as a chip."""

from datetime import datetime

from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar, remaining, stops_at
from chengshao.web.due import DueChip, running


def chip_of(amount: int, unit: str, due_at: datetime, now: datetime) -> DueChip:
    """Return the chip of a deadline."""
    return chip(Limit(amount, ClockUnit(unit)), due_at, catalog.calendar_for(localdate(now)), now)


def day_of_clock(unit: ClockUnit) -> int:
    """Return how many seconds of this clock make a day."""
    working = unit in (ClockUnit.WORKING_HOUR, ClockUnit.WORKING_DAY)
    return 8 * 3600 if working else 24 * 3600


def chip(
    limit: Limit, due_at: datetime, calendar: WorkCalendar, now: datetime, label: str = ""
) -> DueChip:
    """Return the chip of a limit that runs; the label stands before the amount."""
    return running(
        left=remaining(now, due_at, limit.unit, calendar),
        amount=limit.seconds,
        due_at=due_at,
        now=now,
        day=day_of_clock(limit.unit),
        label=label,
        runs_until=stops_at(now, limit.unit, calendar),
    )
