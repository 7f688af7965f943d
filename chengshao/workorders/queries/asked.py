"""What was asked of a unit and in whose words, as far as whoever sees the case may know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chengshao.workorders.models import Task
from chengshao.workorders.queries.case import CaseView, EntryView
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import NoteName, OuterWhat, Sight, TaskCommand, TaskKind

_NO_ASKING = (TaskCommand.ANSWER, TaskCommand.SIGN)  # their reasons are no words to who comes next
_MOST_PASSED_ON = 4


@dataclass(frozen=True, slots=True)
class ReturnedDraft:
    """An answer that was not reported: its unit's leader sent it back, or it was taken back."""

    reason: str  # of the leader; "" where the unit took it back itself
    closing: Mapping[str, Any]  # as kept
    reply: str
    words: str  # why not all parts were waited for, or what a helper did


@dataclass(frozen=True, slots=True)
class AskedView:
    """What is to be decided or done on a task, and on what its lead was chosen."""

    what: OuterWhat | None = None
    until: date | None = None  # of a suspension
    proposed_unit_id: int | None = None  # who should do it instead, says who returned it
    closing: Mapping[str, Any] = field(default_factory=dict)  # as kept; while it waits for a hand
    words: str = ""  # of who asked it
    draft: str = ""  # the words to the citizen that wait for a signature or a check
    basis: str = ""  # of a lead
    responsibility_id: int | None = None
    returned: ReturnedDraft | None = None  # to be answered anew


def asked_of(view: CaseView) -> dict[int, AskedView]:
    """Return it by the task's id, for all tasks that this view has. No statement."""
    told, leads = _Told(view), _dispatched(view)
    whole = view.sight is Sight.FULL
    found = {}
    for task in view.tasks:
        asked, sent = task.facts().asked, leads.get(task.pk)
        waits = task.asked.get("closing") if task.state in OPEN_STATES else None
        found[task.pk] = AskedView(
            what=asked.what,
            until=asked.until,
            proposed_unit_id=asked.proposed_unit_id if whole else None,
            closing=waits or {},
            words=told.words_of(task),
            draft=told.draft_of(task) if waits else "",
            basis=sent.notes.get(NoteName.BASIS, "") if sent else "",
            responsibility_id=sent.body.get("responsibility_id") if sent else None,
            returned=told.returned_to(task) if task.state in OPEN_STATES else None,
        )
    return found


def _dispatched(view: CaseView) -> dict[int, EntryView]:
    """Return the line by which each lead was chosen; in a further round it is still the same."""
    found: dict[int, EntryView] = {}
    sent: EntryView | None = None
    for entry in view.entries:
        if entry.body["command"] == TaskCommand.DISPATCH:
            sent = entry
        opened = (new for told in entry.body.get("changed", ()) for new in told.get("opened", ()))
        if sent is not None:
            found |= {new["id"]: sent for new in opened if new["kind"] == TaskKind.LEAD}
    return found


def _asking(notes: Mapping[str, str]) -> str:
    return notes.get(NoteName.TASK) or notes.get(NoteName.REASON, "")


class _Told:
    """What was said when a task was asked: it stands in the line that opened it."""

    def __init__(self, view: CaseView) -> None:
        self._at = {
            datetime.fromisoformat(str(e.body["at"])): words
            for e in view.entries
            if (words := _asking(e.notes)) and e.body["command"] not in _NO_ASKING
        }
        self._tasks = {task.pk: task for task in view.tasks}
        self._entries = view.entries

    def words_of(self, task: Task) -> str:
        """Return the words of who asked it; of what was passed on, those of who asked first."""
        seen: Task | None = task
        for _step in range(_MOST_PASSED_ON):
            if seen is None:
                break
            words = self._at.get(seen.opened_at)
            if words is not None:
                return words
            seen = self._tasks.get(seen.follows_id or 0)
        return ""

    def returned_to(self, task: Task) -> ReturnedDraft | None:
        """Return the answer to this task that came back last, unless another waits by now."""
        drafts = (t for t in self._tasks.values() if t.kind == TaskKind.SIGN_OFF)
        last = max((t for t in drafts if t.parent_id == task.pk), key=lambda t: t.pk, default=None)
        if last is None or last.state in OPEN_STATES:
            return None
        answer = self._last(task.pk, TaskCommand.ANSWER)
        back = self._last(last.pk, TaskCommand.SEND_BACK)
        return ReturnedDraft(
            reason=back.get(NoteName.REASON, ""),
            closing=last.asked.get("closing") or {},
            reply=answer.get(NoteName.REPLY, ""),
            words=answer.get(NoteName.REASON, ""),
        )

    def _last(self, task_id: int, command: str) -> Mapping[str, str]:
        lines = (e for e in reversed(self._entries) if e.body.get("task_id") == task_id)
        return next((e.notes for e in lines if e.body["command"] == command), {})

    def draft_of(self, task: Task) -> str:
        """Return the words to the citizen on the task from which this one was asked."""
        ids = {task.parent_id, task.pk} - {None}
        signed = {t.pk for t in self._tasks.values() if t.parent_id in ids}
        for entry in reversed(self._entries):
            if entry.body.get("task_id") in ids | signed and NoteName.REPLY in entry.notes:
                return entry.notes[NoteName.REPLY]
        return ""
