"""When the sweep looks at a deadline, and what it says then. Pure arithmetic on kernel.clock."""

from dataclasses import dataclass
from datetime import datetime

from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar, add_seconds, due_at
from chengshao.workorders.terms import CaseCommand

NOTHING_SAID = ""
SAYS = (CaseCommand.REMIND, CaseCommand.SAY_OVERDUE, CaseCommand.TELL_LEADER)  # in this order
OVERDUE_SAID = frozenset({CaseCommand.SAY_OVERDUE, CaseCommand.TELL_LEADER})


@dataclass(frozen=True, slots=True)
class Pace:
    """At which share of a limit to remind, and how long after its end the leader is told."""

    remind_percent: int
    leader_after: Limit


def within(limit: Limit, whole: Limit, *, start: datetime, calendar: WorkCalendar) -> Limit:
    """
    Return how long a step may take: no longer than the whole of which it is a step.

    Of two clocks the one that runs out first counts, as hours through the night are no office
    hours.

    :raises ClockOutOfRange: outside the calendar's years
    """
    return min(limit, whole, key=lambda each: due_at(start, each, calendar))


def next_look(
    *,
    said: str,
    started_at: datetime,
    due_at: datetime,
    seconds: int,
    unit: ClockUnit,
    pace: Pace,
    calendar: WorkCalendar,
) -> datetime | None:
    """
    Return when to look again after what was said last; None: all is said.

    The reminder comes at a share of the time (X8: a parameter); overdue when it is; the leader of
    the unit hears when it stays so.

    :raises ClockOutOfRange: outside the calendar's years
    """
    if said == NOTHING_SAID:
        rest = seconds * (100 - pace.remind_percent) // 100
        return max(started_at, add_seconds(due_at, -rest, unit, calendar))
    if said == CaseCommand.REMIND:
        return due_at
    if said == CaseCommand.SAY_OVERDUE:
        return add_seconds(due_at, pace.leader_after.seconds, pace.leader_after.unit, calendar)
    return None


def say_now(
    *,
    said: str,
    now: datetime,
    started_at: datetime,
    due_at: datetime,
    seconds: int,
    unit: ClockUnit,
    pace: Pace,
    calendar: WorkCalendar,
) -> str:
    """
    Return the last thing there is to say by now: a sweep that was late skips what is stale.

    :raises ClockOutOfRange: outside the calendar's years
    """
    word = said
    while True:
        look = next_look(
            said=word,
            started_at=started_at,
            due_at=due_at,
            seconds=seconds,
            unit=unit,
            pace=pace,
            calendar=calendar,
        )
        if look is None or look > now:
            return word
        word = SAYS[SAYS.index(CaseCommand(word)) + 1 if word else 0]
