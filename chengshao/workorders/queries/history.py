"""The history as it is proven: what was changed, removed or cut off shows."""

import json
from collections.abc import Iterable

from chengshao.kernel.canonical import first_break, salted_digest
from chengshao.workorders.models import ContactAttempt, Entry, Note, Task, WorkOrder
from chengshao.workorders.rules.contacting import Attempt, contact_met
from chengshao.workorders.terms import ContactResult, NoteName


def first_broken_entry(work_order: WorkOrder) -> int | None:
    """Return the seq of the first entry or note that was changed or removed, or None."""
    entries = list(work_order.entries.prefetch_related("notes").order_by("seq"))
    links = [(entry.body, entry.hash) for entry in entries]
    broken = first_break(links, head=work_order.history_head)
    false_notes = [entry.seq for entry in entries if not _notes_are_true(entry)]
    return min([seq for seq in (broken, *false_notes) if seq is not None], default=None)


def _notes_are_true(entry: Entry) -> bool:
    said = json.loads(entry.body).get("notes", {})
    return all(said.get(n.name) == salted_digest(n.salt, n.text) for n in entry.notes.all())


def last_note(case: WorkOrder, name: NoteName, *, task_id: int | None = None) -> str:
    """Return the last text of this name on the case, or on what was done with one of its tasks."""
    notes = Note.objects.filter(entry__work_order=case, name=name).order_by("-entry__seq")
    if task_id is not None:
        notes = notes.filter(entry__body__contains=f'"task_id":{task_id}')
    return notes.values_list("text", flat=True).first() or ""


def tried_by_rule(task: Task, report_ids: Iterable[int]) -> bool:
    """Tell whether each of these citizens was told on this task, or tried by the rule."""
    tried = ContactAttempt.objects.filter(task=task)
    attempts = [Attempt(a.report_id, a.at, ContactResult(a.result)) for a in tried]
    return contact_met(attempts, report_ids)
