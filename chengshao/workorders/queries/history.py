"""The history as it is proven: what was changed, removed or cut off shows."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from chengshao.evidence import queries as blobs
from chengshao.workorders.models import (
    Attachment,
    ContactAttempt,
    Entry,
    Note,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.queries.locks import lock_case_by_id
from chengshao.workorders.rules.contacting import Attempt, contact_met
from chengshao.workorders.rules.facts import OPEN_STATES, CaseFacts
from chengshao.workorders.rules.joining import recalled_untouched
from chengshao.workorders.rules.proof import Fault, Kept, Line, Salted, first_fault, named_in
from chengshao.workorders.rules.replay import OpenTask, Present, replayed
from chengshao.workorders.rules.seals import span_of
from chengshao.workorders.terms import BrokenPart, ContactResult, NoteName

_UNREADABLE = "unreadable"  # the digest of no file
_AT_ONCE = 1 << 20  # bytes of a file


@dataclass(frozen=True, slots=True)
class Broken:
    """A place of a case's history that is not as it was written; line 0: no line speaks of it."""

    number: str
    seq: int
    part: BrokenPart


def first_broken_entry(work_order: WorkOrder) -> int | None:
    """Return the seq of the first line of which something was changed or removed, or None."""
    (kept,) = _kept([work_order]).values()
    fault = first_fault(kept)
    return fault.seq if fault else None


def cases_to_verify(
    *, after_id: int = 0, since: date | None = None, number: str = "", limit: int = 500
) -> list[int]:
    """
    Return the next cases to verify, by id: with a line since that local day, or of this number.
    """
    cases = WorkOrder.objects.filter(pk__gt=after_id).order_by("pk")
    if number:
        cases = cases.filter(number=number)
    if since is not None:
        lines = Entry.objects.filter(work_order=OuterRef("pk"), at__gte=span_of(since)[0])
        cases = cases.filter(Exists(lines))
    return list(cases.values_list("pk", flat=True)[:limit])


def broken_cases(case_ids: Sequence[int], *, read_files: bool = False) -> list[Broken]:
    """
    Return the first broken place of each of these cases: six statements for any number of them.
    A case whose history is whole must stand where that leads: outcome, step, and who owes what.

    They are read without locks, while others may move them: a case that seems broken is read
    again under its lock before anything is said.

    :param read_files: read the stored files too, instead of believing what their rows say
    """
    cases = list(WorkOrder.objects.filter(pk__in=case_ids).order_by("pk"))
    present = _present(cases)
    suspects = [
        case
        for case, kept in zip(cases, _kept(cases, read_files).values(), strict=True)
        if _first_fault(kept, present[case.pk])
    ]
    found = []
    for suspect in suspects:
        fault = _fault_under_lock(suspect.pk, read_files)
        if fault is not None:
            found.append(Broken(suspect.number, fault.seq, fault.part))
    return found


@transaction.atomic
def _fault_under_lock(case_id: int, read_files: bool) -> Fault | None:
    case = lock_case_by_id(case_id)
    (kept,) = _kept([case], read_files).values()
    return _first_fault(kept, _present([case])[case_id])


def _first_fault(kept: Kept, present: Present) -> Fault | None:
    fault = first_fault(kept)
    if fault is None and replayed(json.loads(line.body) for line in kept.lines) != present:
        return Fault(kept.seq, BrokenPart.PRESENT)
    return fault


def _present(cases: Sequence[WorkOrder]) -> dict[int, Present]:
    """Return where these cases stand by their own rows: one statement."""
    owed: dict[int, list[OpenTask]] = defaultdict(list)
    waiting = Task.objects.filter(work_order__in=cases, state__in=sorted(OPEN_STATES))
    for pk, case_id, kind, unit_id, round_, state in waiting.order_by("pk").values_list(
        "pk", "work_order_id", "kind", "unit_id", "round", "state"
    ):
        owed[case_id].append(OpenTask(pk, kind, unit_id, round_, state))
    return {
        case.pk: Present(case.step, case.outcome, case.closing_kind, tuple(owed[case.pk]))
        for case in cases
    }


def _kept(cases: Sequence[WorkOrder], read_files: bool = False) -> dict[int, Kept]:
    """Return what there is of each case, in this order: four statements."""
    ids = [case.pk for case in cases]
    lines = _lines(ids)
    named = [named_in(line.body) for own in lines.values() for line in own]
    told = {pk for reports, _ in named for pk in reports}
    attached = {pk for _, files in named for pk in files}
    words: dict[int, Salted | None] = {}
    reports_on: dict[int, set[int]] = defaultdict(set)
    reports = Report.objects.filter(Q(pk__in=told) | Q(work_order__in=ids))
    for pk, case_id, salt, text, erased_at in reports.values_list(
        "pk", "work_order_id", "words_salt", "words", "erased_at"
    ):
        words[pk] = None if erased_at else Salted(salt, text)
        reports_on[case_id].add(pk)
    files: dict[int, str | None] = {}
    files_on: dict[int, set[int]] = defaultdict(set)
    attachments = Attachment.objects.filter(Q(pk__in=attached) | Q(work_order__in=ids))
    for file in attachments.select_related("blob"):
        files[file.pk] = _digest_of(file, read_files)
        files_on[file.work_order_id].add(file.pk)
    return {
        case.pk: Kept(
            seq=case.history_seq,
            head=case.history_head,
            lines=lines[case.pk],
            words=words,
            files=files,
            reports_on_it=frozenset(reports_on[case.pk]),
            files_on_it=frozenset(files_on[case.pk]),
        )
        for case in cases
    }


def _lines(case_ids: Sequence[int]) -> dict[int, list[Line]]:
    notes: dict[int, dict[str, Salted]] = defaultdict(dict)
    for entry_id, name, salt, text in Note.objects.filter(
        entry__work_order__in=case_ids
    ).values_list("entry_id", "name", "salt", "text"):
        notes[entry_id][name] = Salted(salt, text)
    lines: dict[int, list[Line]] = defaultdict(list)
    entries = Entry.objects.filter(work_order__in=case_ids).order_by("work_order_id", "seq")
    for pk, case_id, seq, at, body, link in entries.values_list(
        "pk", "work_order_id", "seq", "at", "body", "hash"
    ):
        lines[case_id].append(Line(seq, at, body, link, notes.get(pk, {})))
    return lines


def _digest_of(file: Attachment, read_files: bool) -> str | None:
    if file.blob is None:
        return None
    if not read_files:
        return file.blob.digest
    try:
        with blobs.open_file(file.blob) as content:
            digest = sha256()
            while some := content.read(_AT_ONCE):
                digest.update(some)
            return digest.hexdigest()
    except blobs.BlobFileMissing:
        return _UNREADABLE


def last_note(case: WorkOrder, name: NoteName, *, task_id: int | None = None) -> str:
    """Return the last text of this name on the case, or on what was done with one of its tasks."""
    notes = Note.objects.filter(entry__work_order=case, name=name).order_by("-entry__seq")
    if task_id is not None:
        notes = notes.filter(entry__body__regex=rf'"task_id":{task_id}[,}}]')
    return notes.values_list("text", flat=True).first() or ""


def tried_by_rule(task: Task, report_ids: Iterable[int]) -> bool:
    """Tell whether each of these citizens was told on this task, or tried by the rule."""
    tried = ContactAttempt.objects.filter(task=task)
    attempts = [Attempt(a.report_id, a.at, ContactResult(a.result)) for a in tried]
    return contact_met(attempts, report_ids)


def facts_with_recalls(case: WorkOrder) -> CaseFacts:
    """Return what the rules need of the case, and what was recalled before anything was done."""
    bodies = (json.loads(body) for body in case.entries.values_list("body", flat=True))
    return replace(case.facts(), untouched=recalled_untouched(bodies))
