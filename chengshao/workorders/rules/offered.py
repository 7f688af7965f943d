"""What nobody can do on a task just now, whoever it is and whatever is brought along."""

from collections.abc import Mapping

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
    if move.command == TaskCommand.ANSWER and _waits(case, task, TaskKind.SIGN_OFF):
        return True
    if move.opens and _waits(case, task, move.opens):
        return True
    what = _ASKS_FOR.get(move.command)
    if what is None:
        return False
    had = case.suspended_before if what is OuterWhat.SUSPENSION else case.suspended
    return had or bool(requests_on(case, task, what))


def _waits(case: CaseFacts, task: TaskFacts, kind: str) -> bool:
    return any(waiting.parent_id == task.id for waiting in case.open_of(kind))
