"""
What a citizen may know of the history: what was done with the own demand, and by which unit.

Never by which person, never what was written for colleagues, never anything that another citizen
said or did. Where reports are dealt with together, only what happened while the own one was there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chengshao.workorders.rules.facts import TaskFacts
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    ContactResult,
    Milestone,
    OuterWhat,
    ReportCommand,
    Step,
    TaskCommand,
    TaskKind,
)

_M = Milestone
_BY_THE_CITIZEN = {
    ReportCommand.CHASE: _M.CHASED,
    ReportCommand.SUPPLEMENT: _M.SUPPLEMENTED,
    ReportCommand.ASK_PROGRESS: _M.ASKED,
    ReportCommand.WRITE: _M.WRITTEN,
    ReportCommand.RATE: _M.RATED,
    ReportCommand.VOID_RATING: _M.RATING_VOIDED,
    ReportCommand.WITHDRAW: _M.WITHDRAWN,
    TaskCommand.READ: _M.READ,
    CaseCommand.ERASE: _M.ERASED,
}
_OF_THE_CASE = {
    TaskCommand.REGISTER: _M.ACCEPTED,
    TaskCommand.DISPATCH: _M.SENT,
    TaskCommand.FAIL: _M.NOT_DONE,
    TaskCommand.KEEP: _M.KEPT_ON_LEDGER,
    TaskCommand.STRIKE_OFF: _M.ANSWERED,
    CaseCommand.DECLINE: _M.DECLINED,
    CaseCommand.REOPEN: _M.REOPENED,
    CaseCommand.COME_BACK: _M.CAME_BACK,
    CaseCommand.RESUME: _M.RESUMED,
}
_OF_A_CALL = {
    ContactResult.TALKED: _M.TALKED,
    ContactResult.REFUSED: _M.TALKED,
    ContactResult.NOBODY: _M.CALLED,
    ContactResult.UNAVAILABLE: _M.CALLED,
    ContactResult.WRONG_NUMBER: _M.CALLED,
    ContactResult.MESSAGE: _M.MESSAGED,
}
_ALLOWED = {OuterWhat.EXTENSION: _M.EXTENDED, OuterWhat.SUSPENSION: _M.SUSPENDED}
_DENIED_IS_REWORK = frozenset({TaskKind.LEDGER_APPROVAL, TaskKind.OUTER_CLOSING})
_MERGING = frozenset({CaseCommand.MERGE, CaseCommand.UNDO_MERGE})
_CHECKED_AS_SOLVED = frozenset({CaseCommand.COME_BACK, TaskCommand.STRIKE_OFF, CaseCommand.FIX})
_LEAVES = CaseCommand.PLATFORM_LEAVES
_OUT = (_LEAVES, CaseCommand.PLATFORM_DONE)  # from then on its platform decides no more
_ENDED = frozenset({Step.CLOSED, Step.EVALUATED})


@dataclass(frozen=True, slots=True)
class Passed:
    """One thing that happened, as its citizen may know it."""

    what: Milestone
    at: datetime
    unit_id: int | None = None
    day: date | None = None  # until when
    closing: ClosingKind | None = None
    words: str = ""  # the citizen's own; of WRITTEN what was written to the citizen
    case_id: int = 0
    seq: int = 0  # of the line on its case


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line of a case's history, with what the citizen said there on the own page."""

    case_id: int
    body: Mapping[str, Any]
    words: str = ""
    seq: int = 0


@dataclass(slots=True)
class _Walk:
    """What was seen on the way through the history of one case."""

    report_id: int
    tasks: Mapping[int, TaskFacts]
    outer: bool
    here: bool = False  # the report is on this case
    step: str = ""
    lead: int | None = None
    closing: ClosingKind | None = None
    lines: int = 0
    found: list[Passed] = field(default_factory=list)


def milestones(
    lines: Iterable[HistoryLine], *, report_id: int, tasks: Mapping[int, TaskFacts], outer: bool
) -> list[Passed]:
    """
    Return what the citizen of this report may know of the history, in the order it happened.

    :param lines: of every case that the report was ever on, each in its order
    :param tasks: of these cases, by id
    :param outer: whether another platform has the last word on extensions and suspensions
    """
    lines = list(lines)
    left = {line.case_id for line in lines if line.body["command"] in _OUT}
    walks: dict[int, _Walk] = {}
    for line in lines:
        of_platform = outer or line.case_id in left
        walk = walks.setdefault(line.case_id, _Walk(report_id, tasks, of_platform))
        _step(walk, line)
    return sorted((one for walk in walks.values() for one in walk.found), key=lambda one: one.at)


def was_on(lines: Iterable[HistoryLine], report_id: int) -> set[int]:
    """Return the other cases that the report was on, as far as these lines tell."""
    return {
        int(line.body["other_id"])
        for line in lines
        if line.body["command"] in _MERGING and report_id in line.body["report_ids"]
    }


def _step(walk: _Walk, line: HistoryLine) -> None:
    body, was_here = line.body, walk.here
    walk.lines += 1
    if body["command"] == CaseCommand.IMPORT:  # its times are not those of what happened there
        walk.here, walk.step = body["report_id"] == walk.report_id, body["step"]
        return
    walk.lead = body.get("lead_unit_id") or walk.lead
    if body.get("closing"):
        walk.closing = ClosingKind(body["closing"]["kind"])
    elif body["command"] in _CHECKED_AS_SOLVED and walk.step in ("", *_ENDED):
        walk.closing = ClosingKind.SOLVED
    for what in _arriving(walk, body):
        _add(walk, what, line)
    if walk.here:
        for what in _seen(walk, body):
            _add(walk, what, line)
    if was_here and (_is_moved(walk, body) or _is_taken_back(walk, body)):
        walk.here = False
    walk.outer = walk.outer and body["command"] not in _OUT
    walk.step = body["step"]


def _arriving(walk: _Walk, body: Mapping[str, Any]) -> Iterator[Milestone]:
    command = body["command"]
    if command in (ReportCommand.REPORT, CaseCommand.FIX):
        if body["report_id"] == walk.report_id:
            walk.here = True
            yield _M.RECEIVED
            if walk.lines > 1:
                yield _M.TOGETHER
    elif not walk.here and _is_moved(walk, body):
        walk.here = True
        yield _M.TOGETHER if command == CaseCommand.MERGE else _M.APART


def _is_moved(walk: _Walk, body: Mapping[str, Any]) -> bool:
    """Tell whether the report goes to another case by this line, or comes from one."""
    return body["command"] in _MERGING and walk.report_id in body["report_ids"]


def _is_taken_back(walk: _Walk, body: Mapping[str, Any]) -> bool:
    """Tell whether the report is an order that its platform takes back by this line."""
    orders = body["orders"] if body["command"] == _LEAVES else ()
    return any(order["report_id"] == walk.report_id for order in orders)


def _seen(walk: _Walk, body: Mapping[str, Any]) -> Iterator[Milestone]:
    command, own = body["command"], body.get("report_id") == walk.report_id
    if command in _BY_THE_CITIZEN:
        if own:
            yield _BY_THE_CITIZEN[command]
    elif command in (TaskCommand.CONTACT, TaskCommand.TELL):
        if own:
            yield _OF_A_CALL[ContactResult(body["result"])]
    elif command in _OF_THE_CASE:
        yield _OF_THE_CASE[command]
    elif _is_taken_back(walk, body):
        yield _M.RETURNED
    elif command == TaskCommand.GRANT and (allowed := _allowed(walk, body)):
        yield allowed
    elif command == TaskCommand.CANNOT_CHECK and _kind(walk, body) == TaskKind.CHECK:
        yield _M.NOT_SEEN
    elif command == TaskCommand.DENY and _kind(walk, body) in _DENIED_IS_REWORK:
        yield _M.NOT_DONE
    yield from _turned(walk, body)


def _turned(walk: _Walk, body: Mapping[str, Any]) -> Iterator[Milestone]:
    """What shows in where the case stood before and stands now."""
    step, command = body["step"], body["command"]
    if step in _ENDED and walk.step not in _ENDED:
        yield _M.CLOSED
    elif step == Step.RETURNED and walk.step != step:
        yield _M.RETURNED
    elif step == Step.ANSWERED and command == TaskCommand.PASS:
        yield _M.WITH_PLATFORM
    elif step == Step.ANSWERED and walk.step not in (step, *_ENDED):
        yield _M.FOR_APPROVAL if walk.closing is ClosingKind.LEDGER else _M.ANSWERED


def _allowed(walk: _Walk, body: Mapping[str, Any]) -> Milestone | None:
    """Return what took effect: of an order of another platform only once it grants, too."""
    kind = _kind(walk, body)
    if body.get("too_late"):
        return None
    decides = TaskKind.OUTER_REQUEST if walk.outer else TaskKind.CENTRE_APPROVAL
    if kind != decides:
        return None
    what = walk.tasks[body["task_id"]].asked.what
    return _ALLOWED.get(what) if what else None


def _kind(walk: _Walk, body: Mapping[str, Any]) -> str:
    task = walk.tasks.get(body.get("task_id") or 0)
    return task.kind if task else ""


def _add(walk: _Walk, what: Milestone, line: HistoryLine) -> None:
    body = line.body
    task = walk.tasks.get(body.get("task_id") or 0)
    until = body.get("until") or (task.asked.until if task else None)
    walk.found.append(
        Passed(
            what=what,
            at=datetime.fromisoformat(body["at"]),
            unit_id=_who(what, line, task) or walk.lead,
            day=date.fromisoformat(until) if isinstance(until, str) else until,
            closing=walk.closing if what is _M.CLOSED else None,
            words=line.words if body.get("report_id") == walk.report_id else "",
            case_id=line.case_id,
            seq=line.seq,
        )
    )


def _who(what: Milestone, line: HistoryLine, task: TaskFacts | None) -> int | None:
    """Return the unit that spoke to the citizen by this line, if one did."""
    if what is _M.WRITTEN:
        return int(line.body["unit_id"])
    return task.unit_id if task and what in (_M.TALKED, _M.CALLED, _M.MESSAGED) else None
