"""What nobody can do on a task just now, whoever it is and whatever is brought along."""

from collections.abc import Mapping

from chengshao.workorders.rules.answering import awaits_double
from chengshao.workorders.rules.facts import CaseFacts, TaskFacts
from chengshao.workorders.rules.granting import requests_on
from chengshao.workorders.terms import OuterWhat, TaskCommand, TaskKind, TaskMove

_ASKS_FOR: Mapping[str, OuterWhat] = {
    TaskCommand.ASK_EXTENSION: OuterWhat.EXTENSION,
    TaskCommand.ASK_SUSPENSION: OuterWhat.SUSPENSION,
}


def is_idle(case: CaseFacts, task: TaskFacts, move: TaskMove) -> bool:
    """Tell whether what the move asks for waits already or was had, or what it ends isn't there."""
    if move.command == TaskCommand.RESUME:
        return not case.suspended
    if move.command == TaskCommand.ANSWER and (
        awaits_double(case, task) or _waits(case, task, TaskKind.SIGN_OFF)
    ):
        return True
    if in_the_way(case, task, move) is not None:
        return True
    what = _ASKS_FOR.get(move.command)
    if what is None:
        return False
    had = case.suspended_before if what is OuterWhat.SUSPENSION else case.suspended
    return had or bool(requests_on(case, task, what))


def in_the_way(case: CaseFacts, task: TaskFacts, move: TaskMove) -> str | None:
    """
    Return the kind that waits on this task and must be decided before the move opens another:
    nobody asks twice, nor returns what was answered and waits to be signed.
    """
    if move.opens is None:
        return None
    answered = (TaskKind.SIGN_OFF,) if move.command == TaskCommand.ASK_RETURN else ()
    return next((kind for kind in (move.opens, *answered) if _waits(case, task, kind)), None)


def _waits(case: CaseFacts, task: TaskFacts, kind: str) -> bool:
    return any(waiting.parent_id == task.id for waiting in case.open_of(kind))
