"""More time, or a rest of the clocks: who asks whom for it, and what a grant brings about."""

from dataclasses import replace
from datetime import datetime

from chengshao.workorders.rules.closings import check_ahead
from chengshao.workorders.rules.facts import (
    Asked,
    CaseFacts,
    Extended,
    Resumed,
    Suspended,
    TaskFacts,
    Turn,
)
from chengshao.workorders.rules.refusals import (
    AlreadyOverdue,
    AlreadyWaiting,
    DateOutOfReach,
    ExtensionsUsedUp,
    NeedMissing,
    SuspendedBefore,
    SuspendedNow,
    SuspensionOver,
    WrongState,
)
from chengshao.workorders.rules.signing import may_sign, passes_to_centre, who_signs
from chengshao.workorders.terms import Need, OuterWhat, TaskCommand, TaskKind

_K = TaskKind
_MOST_DAYS_OF_PLATFORM = 5 * 366


def asked_extension(turn: Turn) -> None:
    """:raises DomainError: as the rule names it, if no more time may be asked for"""
    _check_in_time(turn)
    if turn.case.suspended:
        raise SuspendedNow
    if _granted_before(turn) >= turn.given.most_extensions:
        raise ExtensionsUsedUp(most=turn.given.most_extensions)
    _ask(turn, Asked(what=OuterWhat.EXTENSION))


def _granted_before(turn: Turn) -> int:
    """Return how often this unit got more time since it was sent the case, in all its rounds."""
    task, tasks = turn.task, turn.case.tasks
    sent = max((t.id for t in tasks if t.kind == _K.DISPATCH and t.id < task.id), default=0)
    rounds = (t for t in tasks if (t.kind, t.unit_id) == (task.kind, task.unit_id))
    return sum(t.extensions for t in rounds if t.id > sent)


def asked_suspension(turn: Turn) -> None:
    """:raises DomainError: as the rule names it, if the clocks may not rest, or not so long"""
    given = turn.given
    _check_in_time(turn)
    if turn.case.suspended or turn.case.suspended_before:
        raise SuspendedBefore
    if given.until is None:
        raise NeedMissing(need=Need.DATE)
    check_ahead(given.until, today=given.today, most_days=given.most_suspended_days)
    _ask(turn, Asked(what=OuterWhat.SUSPENSION, until=given.until))


def _check_in_time(turn: Turn) -> None:
    if turn.given.overdue:
        raise AlreadyOverdue


def _ask(turn: Turn, asked: Asked) -> None:
    """Who may sign for the unit asks the centre at once, all others their leader."""
    task = turn.task
    for waiting in requests_on(turn.case, task, asked.what):
        raise AlreadyWaiting(task_kind=waiting.kind)
    if may_sign(turn) or passes_to_centre(turn):
        turn.open(_K.CENTRE_APPROVAL, turn.case.desk_unit_id, parent=task.id, asked=asked)
    else:
        turn.open(_K.LEADER_APPROVAL, who_signs(turn), parent=task.id, asked=asked)


def requests_on(case: CaseFacts, task: TaskFacts, what: OuterWhat | None) -> list[TaskFacts]:
    """Return where it waits that this was asked for: with the unit's leader, centre or platform."""
    waiting = case.open_of(_K.LEADER_APPROVAL, _K.CENTRE_APPROVAL, _K.OUTER_REQUEST)
    return [t for t in waiting if t.parent_id == task.id and t.asked.what is what]


def resumed(turn: Turn) -> None:
    """:raises WrongState: if no clock of the case rests"""
    if not turn.case.suspended:
        raise WrongState(command=TaskCommand.RESUME, state=turn.case.step)
    turn.effects.append(Resumed())


def asked_centre(turn: Turn) -> None:
    """The unit's leader passes on what a colleague asks for."""
    approval = turn.task
    check_lasts(turn)
    turn.open(
        _K.CENTRE_APPROVAL,
        turn.case.desk_unit_id,
        parent=approval.parent_id,
        asked=approval.asked,
    )


def check_lasts(turn: Turn) -> None:
    """:raises SuspensionOver: if what is granted would be over before it began"""
    until = turn.task.asked.until
    if until is not None and until <= turn.given.today:
        raise SuspensionOver


def allowed(turn: Turn) -> None:
    """The centre grants it; for an order of another platform that one is asked, too."""
    check_lasts(turn)
    if turn.case.outer:
        approval = turn.task
        turn.open(
            _K.OUTER_REQUEST,
            turn.case.desk_unit_id,
            parent=approval.parent_id,
            asked=approval.asked,
        )
        return
    take_effect(turn)


def take_effect(turn: Turn) -> None:
    """What was asked for is granted by whoever has the last word."""
    asked = turn.task.asked
    if asked.what is OuterWhat.SUSPENSION and asked.until:
        turn.effects.append(Suspended(asked.until))
        return
    extended = turn.now(turn.task.parent_id)
    turn.change(replace(extended, extensions=extended.extensions + 1))
    turn.effects.append(Extended(extended.id))


def new_end(turn: Turn) -> datetime:
    """
    Return the end that the platform sets; late as its word may come, it takes no time away.

    :raises NeedMissing: if it sets none
    :raises DateOutOfReach: if it lies before the old end, or further off than any limit
    """
    due, case = turn.given.outer_due_at, turn.case
    if due is None:
        raise NeedMissing(need=Need.DATE)
    earlier = case.outer_due_at is not None and due < case.outer_due_at
    if earlier or (due.date() - turn.given.today).days > _MOST_DAYS_OF_PLATFORM:
        raise DateOutOfReach(field="date")
    return due
