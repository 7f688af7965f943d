"""When the sweep looks at a deadline, and what it says then. Pure arithmetic on kernel.clock."""

from dataclasses import dataclass
from datetime import datetime

from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar, add_seconds, due_at, remaining
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


def seconds_held(
    *,
    opened_at: datetime,
    started_at: datetime,
    until: datetime,
    suspended_at: datetime | None,
    rests: bool,
    unit: ClockUnit,
    calendar: WorkCalendar,
) -> int:
    """
    Return how long a unit has held a task, in seconds of the task's own clock; while the case was
    suspended nobody's clock ran.

    :param started_at: of the clock: later than the opening where it stood still and ran on
    :param rests: whether it stood still at the end
    :raises ClockOutOfRange: outside the calendar's years
    """
    resumed = started_at > opened_at
    if suspended_at is None or not (rests or resumed):
        return remaining(opened_at, until, unit, calendar)
    before = remaining(opened_at, max(opened_at, suspended_at), unit, calendar)
    return before + (0 if rests else remaining(started_at, until, unit, calendar))


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


def told_by(said: str, word: str) -> tuple[str, ...]:
    """
    Return what is told when a sweep goes on from one word to another.

    However late it comes, a unit hears that it is overdue, and so does its leader; a reminder
    would come too late.
    """
    if said == word:
        return ()
    first = SAYS.index(CaseCommand(said)) + 1 if said else 0
    passed = SAYS[first : SAYS.index(CaseCommand(word)) + 1]
    return tuple(each for each in passed if each == word or each in OVERDUE_SAID)


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
