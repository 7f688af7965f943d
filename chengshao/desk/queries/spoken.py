"""What was said on a case: to its citizens, and inside, which they never read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chengshao.people.queries import UnitLine
from chengshao.workorders.queries import CaseView
from chengshao.workorders.terms import CaseCommand, NoteName, Step

_TOLD_AT = (Step.CLOSED, Step.EVALUATED, Step.DECLINED)  # then the last answer is the citizen's


@dataclass(frozen=True, slots=True)
class Spoken:
    """Some words, for which unit and when; an answer waits until the case ends."""

    seq: int
    words: str
    unit: UnitLine | None
    who: str  # of what is said inside; citizens are told units
    at: datetime
    waits: bool = False


def to_citizens(view: CaseView, units: Mapping[int, UnitLine]) -> list[Spoken]:
    """
    Return what citizens of the case read, the newest first, and the answer that they will read
    once it ends. What was written over before it ended is nobody's.
    """
    tasks = {task.pk: task.unit_id for task in view.tasks}
    found: list[Spoken] = []
    answer: Spoken | None = None
    before = ""
    for entry in view.entries:
        body = entry.body
        unit_id = body.get("unit_id") or tasks.get(body.get("task_id") or 0)
        by = units.get(unit_id or view.case.desk_unit_id)
        if words := entry.notes.get(NoteName.MESSAGE):
            found.append(Spoken(entry.seq, words, by, "", _at(body)))
        if words := entry.notes.get(NoteName.REPLY):
            answer = Spoken(entry.seq, words, by, "", _at(body), waits=True)
        if answer and body["step"] in _TOLD_AT and before not in _TOLD_AT:
            found.append(Spoken(answer.seq, answer.words, answer.unit, "", _at(body)))
            answer = None
        before = body["step"]
    found += [answer] if answer else []
    return found[::-1]


def inside(view: CaseView, units: Mapping[int, UnitLine], names: Mapping[int, str]) -> list[Spoken]:
    """Return what units said to each other, the newest first."""
    return [
        Spoken(
            entry.seq,
            entry.notes[NoteName.REMARK],
            units.get(entry.body["unit_id"]),
            names.get(entry.body["user_id"] or 0, ""),
            _at(entry.body),
        )
        for entry in reversed(view.entries)
        if entry.body["command"] == CaseCommand.REMARK and NoteName.REMARK in entry.notes
    ]


def _at(body: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(body["at"]))
