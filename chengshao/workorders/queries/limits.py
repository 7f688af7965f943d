"""How long each task of a case may take, by what the catalogue says on a day."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Ground, Parameters
from chengshao.catalog.terms import ParameterName, Urgency
from chengshao.kernel.clock import Limit, WorkCalendar, add_seconds, due_at
from chengshao.workorders.rules.book import HANDLING_KINDS, STAY_AFTER_THE_END
from chengshao.workorders.rules.clocks import Pace, within
from chengshao.workorders.terms import TaskKind


class Clocked(Protocol):
    """What of a case decides on its limits."""

    @property
    def channel(self) -> str: ...

    @property
    def matter(self) -> str: ...

    @property
    def urgency(self) -> str: ...

    @property
    def outer_due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What every deadline of a case goes by on a day: read once for all of them."""

    on: date
    ground: Ground
    parameters: Parameters
    calendar: WorkCalendar
    pace: Pace


def clockwork(case: Clocked, on: date, ground: Ground | None = None) -> Clockwork:
    """Return what this case's deadlines go by: one statement where the ground is not at hand."""
    ground = ground or catalog.ground()
    parameters = ground.parameters(on)
    pace = Pace(
        parameters.number(ParameterName.REMIND_PERCENT, case.channel),
        parameters.limit(ParameterName.LEADER_AFTER, case.channel),
    )
    return Clockwork(on, ground, parameters, ground.calendar_for(on), pace)


def limits_for(
    case: Clocked, kinds: AbstractSet[str], works: Clockwork, at: datetime
) -> Mapping[str, Limit]:
    """
    Return our own limit for each kind: the matter's for handling it, else that of the kind, which
    is never longer than the lead's while the case is open.

    :param at: when the clocks start
    """
    urgency = case.urgency or Urgency.ORDINARY
    handling = _limits_of_handling(case, works, at)
    own = works.ground.limits_of_tasks(kinds - handling.keys(), case.channel, urgency, works.on)
    whole = handling.get(TaskKind.LEAD)
    if whole is None:
        return own
    steps = {
        kind: within(limit, whole, start=at, calendar=works.calendar)
        for kind, limit in own.items()
        if kind not in STAY_AFTER_THE_END
    }
    return own | steps | {kind: handling[kind] for kind in kinds & handling.keys()}


def _limits_of_handling(case: Clocked, works: Clockwork, at: datetime) -> Mapping[str, Limit]:
    """
    Return the matter's limit for all who handle it; nothing where it has none.

    One that holds at any urgency yields to a shorter one of the kind that names this urgency.
    """
    urgency = case.urgency or Urgency.ORDINARY
    if not case.matter:
        return {}
    of_matter = works.ground.limits_of_matter(case.matter, urgency, works.on)
    if of_matter.shortest is None:
        return {}
    limits: dict[str, Limit] = dict.fromkeys(HANDLING_KINDS, of_matter.shortest)
    if of_matter.at_any is None or urgency == Urgency.ORDINARY:
        return limits
    named = works.ground.limits_naming(HANDLING_KINDS, case.channel, urgency, works.on)
    return limits | {
        kind: within(limit, limits[kind], start=at, calendar=works.calendar)
        for kind, limit in named.items()
    }


def due_by(case: Clocked, limit: Limit, works: Clockwork, at: datetime) -> datetime:
    """Return when a clock of ours that starts now is over."""
    return no_later(case, due_at(at, limit, works.calendar), works, at)


def no_later(case: Clocked, due: datetime, works: Clockwork, started_at: datetime) -> datetime:
    """
    Return an end of ours, or where that is sooner the platform's less the reserve; once less than
    the reserve is left, the platform's own. What is past already bounds nothing.
    """
    if case.outer_due_at is None or case.outer_due_at <= started_at:
        return due
    reserve = works.parameters.limit(ParameterName.OUTER_RESERVE, case.channel)
    latest = add_seconds(case.outer_due_at, -reserve.seconds, reserve.unit, works.calendar)
    return min(due, latest if latest > started_at else case.outer_due_at)
