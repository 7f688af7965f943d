"""Why other buttons aren't there: the reasons by which the rules would refuse them, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chengshao.desk.queries.moves import button_words
from chengshao.desk.queries.tasks import TaskView
from chengshao.people.queries import UnitLine
from chengshao.web.texts import term, text
from chengshao.workorders.queries import CaseView, NotNow
from chengshao.workorders.terms import TaskCommand, TaskState

_NO_POWER, _WRONG_STATE = "workorder_power_missing", "workorder_wrong_state"
_OF_SOMEBODY_ELSE = (_NO_POWER, "workorder_not_your_own")


@dataclass(frozen=True, slots=True)
class Why:
    """Commands that are refused for one reason; `kind` is that of the task, "" of the case."""

    kind: str
    commands: str
    reason: str


def reasons(view: CaseView, tasks: Iterable[TaskView], units: Mapping[int, UnitLine]) -> list[Why]:
    """Return why not, task by task, then of the case as a whole; what has one reason together."""
    found = []
    for task in tasks:
        if task.is_open:
            said = [each for each in view.not_now.get(task.id, ()) if _is_told(task, each)]
            found += _together(task.kind, task.state, said, units)
    return [*found, *_together("", "", view.not_now_on_case, units)]


def is_others(view: CaseView, task: TaskView) -> bool:
    """Tell whether nothing can be done on a task here only because it is somebody else's."""
    refused = view.not_now.get(task.id, ())
    return not task.commands and all(
        each.refusal.code in _OF_SOMEBODY_ELSE or not _is_told(task, each) for each in refused
    )


def _is_told(task: TaskView, each: NotNow) -> bool:
    """What comes only after the next step is told to who takes that step."""
    return bool(task.commands) or not each.later


def _together(
    kind: str, state: str, refused: Iterable[NotNow], units: Mapping[int, UnitLine]
) -> list[Why]:
    by_reason: dict[str, list[str]] = {}
    for each in refused:
        by_reason.setdefault(_reason(each, state, units), []).append(
            button_words(kind or "CASE", each.command)
        )
    return [
        Why(kind, _("、").join(dict.fromkeys(words)), reason) for reason, words in by_reason.items()
    ]


def _reason(each: NotNow, state: str, units: Mapping[int, UnitLine]) -> str:
    refusal, unit = each.refusal, units.get(each.unit_id)
    if refusal.code == _NO_POWER and unit is not None:
        power = term("power", refusal.params["power"])
        return _("由{unit}有“{power}”权限的人办").format(unit=unit.name, power=power)
    if refusal.code == _WRONG_STATE:
        return _of_state(each.command, state)
    return text(refusal.code, refusal.params)


def _of_state(command: str, state: str) -> str:
    if command == TaskCommand.RESUME:
        return _("现在没有暂停计时")
    if command == TaskCommand.RECALL and state == TaskState.ACKNOWLEDGED:
        return _("已经签收，要改派请走退单")
    return _("要先签收")
