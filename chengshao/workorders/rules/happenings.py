"""What of a line of the history citizens and units are told at once: ids and terms, no words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chengshao.catalog.terms import Urgency
from chengshao.kernel.canonical import Json
from chengshao.notices.terms import Happening, NoticeKind
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import (
    CaseCommand,
    Outcome,
    ReportCommand,
    TaskCommand,
    TaskKind,
)

_N = NoticeKind
_ENDED = {
    Outcome.CLOSED: _N.DONE,
    Outcome.DECLINED: _N.DECLINED,
    Outcome.RETURNED: _N.GIVEN_BACK,
}
_DUE = {CaseCommand.REMIND: _N.DUE_SOON, CaseCommand.SAY_OVERDUE: _N.OVERDUE}
_SENDS_BACK = frozenset({TaskCommand.FAIL, TaskCommand.DENY, TaskCommand.UNANSWERED})
# What the desk's own lists count is not told once more, save where every minute counts.
_ON_LISTS = frozenset(
    {
        TaskKind.VERIFY,
        TaskKind.REGISTER,
        TaskKind.DISPATCH,
        TaskKind.CENTRE_APPROVAL,
        TaskKind.OUTER_REQUEST,
        TaskKind.OUTER_CLOSING,
        TaskKind.CHECK,
        TaskKind.SAMPLE,
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """The case that a line is of."""

    case_id: int
    number: str
    urgency: str

    def that(self, kind: NoticeKind, **facts: Any) -> Happening:
        return Happening(kind=kind, case_id=self.case_id, case_number=self.number, **facts)


def happenings(
    case: Told, line: Mapping[str, Json], changed: Sequence[Mapping[str, Json]]
) -> list[Happening]:
    """
    Return what a line that is being written tells to somebody; nothing for most.

    :param line: with its command
    :param changed: what was decided since the line before, as rules.replay.changed says it
    """
    if line["command"] == CaseCommand.IMPORT:  # long ago, and told there
        return []
    return [*_to_citizens(case, line, changed), *_to_staff(case, line, changed)]


def _to_citizens(
    case: Told, line: Mapping[str, Any], changed: Sequence[Mapping[str, Any]]
) -> Iterator[Happening]:
    command, opened = line["command"], list(_opened(changed))
    outcomes = [told["outcome"] for told in changed if told.get("outcome")]
    if command == ReportCommand.REPORT:
        yield case.that(_N.RECEIVED, report_id=line["report_id"])
    elif command == ReportCommand.WRITE:
        yield case.that(_N.WRITTEN, report_id=line["report_id"])
    elif command == CaseCommand.REOPEN:
        yield case.that(_N.REOPENED)
    elif command == TaskCommand.GRANT and not line.get("too_late") and _is_extended(changed):
        yield case.that(_N.EXTENDED)
    elif command == TaskCommand.DISPATCH and _first_lead(opened):
        yield case.that(_N.ACCEPTED)
    for outcome in outcomes:
        if outcome in _ENDED:
            yield case.that(_ENDED[Outcome(outcome)], reason=line.get("ground") or "")


def _to_staff(
    case: Told, line: Mapping[str, Any], changed: Sequence[Mapping[str, Any]]
) -> Iterator[Happening]:
    command = line["command"]
    if command == ReportCommand.CHASE:
        yield case.that(_N.CHASED)
    elif command == TaskCommand.SEND_BACK:
        yield case.that(_N.REWORK, task_id=line["task_id"], task_kind=TaskKind.SIGN_OFF)
    for deadline in line.get("deadlines", ()):
        kind = _DUE.get(deadline["said"], _N.OVERDUE)
        leader = deadline["said"] == CaseCommand.TELL_LEADER
        reason = CaseCommand.TELL_LEADER.value if leader else ""
        yield case.that(kind, task_id=deadline["task_id"], reason=reason)
    told: set[int] = set()
    for task in _opened(changed):
        news = _kind_of(task, command, case.urgency)
        if news is not None and task["unit_id"] not in told:
            told.add(task["unit_id"])
            yield case.that(
                news, task_id=task["id"], task_kind=task["kind"], unit_id=task["unit_id"]
            )


def _kind_of(task: Mapping[str, Any], command: str, urgency: str) -> NoticeKind | None:
    if urgency == Urgency.EMERGENCY:
        return _N.EMERGENCY
    if task["kind"] == TaskKind.ADJUDICATE:
        return _N.RETURNED
    if task["kind"] == TaskKind.LEAD and command in _SENDS_BACK:
        return _N.REWORK
    return None if task["kind"] in _ON_LISTS else _N.TASK_OPENED


def _opened(changed: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for told in changed:
        for task in told.get("opened", ()):
            if task["state"] in OPEN_STATES:
                yield task


def _first_lead(opened: Iterable[Mapping[str, Any]]) -> bool:
    return any(task["kind"] == TaskKind.LEAD and task["round"] == 1 for task in opened)


def _is_extended(changed: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether the time of a task that goes on was made longer by this line."""
    moved = (task for told in changed for task in told.get("moved", ()))
    return any(task.get("extensions") and task["state"] in OPEN_STATES for task in moved)
