"""When somebody may be sent something: not at night, and not more often than is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from chengshao.kernel.clock import ZONE

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ContactBudget:
    """
    At most so many messages in a local day and in seven days, none in the quiet hours. Both ends
    alike: no hour is quiet.
    """

    per_day: int  # at least 1, as per_week
    per_week: int
    quiet_from: time
    quiet_until: time


def end_of_quiet(at: datetime, budget: ContactBudget) -> datetime | None:
    """Return when the quiet hours that a moment lies in are over; None outside of them."""
    local = at.astimezone(ZONE)
    starts, ends, hour = budget.quiet_from, budget.quiet_until, local.time()
    over_midnight = starts > ends
    quiet = (hour >= starts or hour < ends) if over_midnight else starts <= hour < ends
    if not quiet:
        return None
    day = local.date() + _DAY if over_midnight and hour >= starts else local.date()
    return datetime.combine(day, ends, ZONE)


def when_to_send(at: datetime, sent: Sequence[datetime], budget: ContactBudget) -> datetime:
    """
    Return the first moment from `at` on at which one more may be sent: `at` itself if it may.

    :param sent: when messages went to the same person before
    """
    moment = at
    while (later := _not_before(moment, sent, budget)) is not None:
        moment = later
    return moment


def is_quiet(at: datetime, budget: ContactBudget) -> bool:
    return end_of_quiet(at, budget) is not None


def _not_before(at: datetime, sent: Sequence[datetime], budget: ContactBudget) -> datetime | None:
    today = at.astimezone(ZONE).date()
    if sum(one.astimezone(ZONE).date() == today for one in sent) >= budget.per_day:
        return datetime.combine(today + _DAY, time(), ZONE)
    recent = sorted(one for one in sent if at - _WEEK < one <= at)
    if len(recent) >= budget.per_week:
        return recent[-budget.per_week] + _WEEK
    return end_of_quiet(at, budget)
