"""What nobody can do on a task just now, whoever it is and whatever is brought along."""

from collections.abc import Mapping

from chengshao.kernel.errors import DomainError
from chengshao.workorders.rules.answering import awaits_double
from chengshao.workorders.rules.facts import CaseFacts, TaskFacts
from chengshao.workorders.rules.granting import requests_on
from chengshao.workorders.rules.refusals import (
    AlreadyWaiting,
    DoubleAwaited,
    SuspendedBefore,
    SuspendedNow,
    WrongState,
)
from chengshao.workorders.terms import OuterWhat, TaskCommand, TaskKind, TaskMove

_ASKS_FOR: Mapping[str, OuterWhat] = {
    TaskCommand.ASK_EXTENSION: OuterWhat.EXTENSION,
    TaskCommand.ASK_SUSPENSION: OuterWhat.SUSPENSION,
}


def why_idle(case: CaseFacts, task: TaskFacts, move: TaskMove) -> DomainError | None:
    """
    Return how the rules would refuse the move of anybody: what it asks for waits already or was
    had, or what it ends isn't there; None where it can be tried.
    """
    if move.command == TaskCommand.RESUME and not case.suspended:
        return WrongState(command=move.command, state=case.step)
    if move.command == TaskCommand.ANSWER and awaits_double(case, task):
        return DoubleAwaited()
    if move.command == TaskCommand.ANSWER and _waits(case, task, TaskKind.SIGN_OFF):
        return AlreadyWaiting(task_kind=TaskKind.SIGN_OFF)
    if waiting := in_the_way(case, task, move):
        return AlreadyWaiting(task_kind=waiting)
    return _why_not_asked(case, task, move)


def in_the_way(case: CaseFacts, task: TaskFacts, move: TaskMove) -> str | None:
    """
    Return the kind that waits on this task and must be decided before the move opens another:
    nobody asks twice, nor returns what was answered and waits to be signed.
    """
    if move.opens is None:
        return None
    answered = (TaskKind.SIGN_OFF,) if move.command == TaskCommand.ASK_RETURN else ()
    return next((kind for kind in (move.opens, *answered) if _waits(case, task, kind)), None)


def _why_not_asked(case: CaseFacts, task: TaskFacts, move: TaskMove) -> DomainError | None:
    what = _ASKS_FOR.get(move.command)
    if what is None:
        return None
    if what is OuterWhat.EXTENSION and case.suspended:
        return SuspendedNow()
    if what is OuterWhat.SUSPENSION and case.suspended_before:
        return SuspendedBefore()
    waiting = next(iter(requests_on(case, task, what)), None)
    return AlreadyWaiting(task_kind=waiting.kind) if waiting else None


def _waits(case: CaseFacts, task: TaskFacts, kind: str) -> bool:
    return any(waiting.parent_id == task.id for waiting in case.open_of(kind))
