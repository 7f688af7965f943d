"""Whether what is finished was done in time, by whoever held it, each by the own clock (B8)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chengshao.desk.queries._chips import day_of_clock
from chengshao.kernel.clock import ClockUnit, WorkCalendar, remaining
from chengshao.web.due import DueChip, amount_words, ended, finished
from chengshao.workorders.queries import TimeHeld
from chengshao.workorders.terms import TaskState


@dataclass(frozen=True, slots=True)
class Kept:
    """In time or how late; and how long the unit held it, by the clock of the limit."""

    chip: DueChip | None  # None: nothing was owed any more when it ended
    held: str


def kept_of(
    task: Any, deadline: Any, held: TimeHeld | None, calendar: WorkCalendar, now: datetime
) -> Kept | None:
    """
    Return how a finished task stood to its limit; None while it is open, or without a limit.

    What was returned and taken back never was the unit's to keep: its time is told, no verdict.
    What was called off counts only if it was late already.
    """
    if task.ended_at is None or deadline is None or held is None:
        return None
    unit = ClockUnit(deadline.unit)
    day = day_of_clock(unit)
    amount = amount_words(held.seconds, day)
    if held.returned:
        return Kept(finished(_("退单成立，不计时限")), _("持单{amount}").format(amount=amount))
    said = _("用时{amount}").format(amount=amount)
    if deadline.due_at is None:  # it ended while the clock was stopped
        left = deadline.remaining_seconds
    else:
        left = remaining(task.ended_at, deadline.due_at, unit, calendar)
    if task.state == TaskState.CANCELLED and left >= 0:
        return Kept(None, said)
    return Kept(ended(left=left, due_at=deadline.due_at, now=now, day=day), said)
