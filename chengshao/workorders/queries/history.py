"""The history as it is proven: what was changed, removed or cut off shows."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
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
    LedgerEntry,
    Note,
    Promise,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.queries.locks import lock_case_by_id
from chengshao.workorders.rules.contacting import Attempt, contact_met
from chengshao.workorders.rules.facts import CaseFacts
from chengshao.workorders.rules.joining import recalled_untouched
from chengshao.workorders.rules.proof import (
    Fault,
    Kept,
    Line,
    Salted,
    first_fault,
    named_in,
    place_holds,
)
from chengshao.workorders.rules.replay import (
    Present,
    ToldRating,
    ToldTask,
    ratings_told,
    replayed,
)
from chengshao.workorders.rules.seals import span_of
from chengshao.workorders.rules.standing import (
    OF_CASE,
    OF_LEDGER,
    OF_PROMISE,
    OF_REPORT,
    Attempted,
    Facts,
    Standing,
    facts_of,
    facts_of_report,
    moment,
    standing_told,
)
from chengshao.workorders.terms import BrokenPart, ContactResult, NoteName, TaskCommand

_UNREADABLE = "unreadable"  # the digest of no file
_AT_ONCE = 1 << 20  # bytes of a file
_OF_TASK = (
    "kind",
    "unit_id",
    "round",
    "state",
    "opened_at",
    "ended_at",
    "designated",
    "extensions",
)


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
    Return the first broken place of each of these cases: ten statements for any number of them.
    A case whose history is whole must stand where that leads: outcome, step and matter, who held
    what since when, what was promised or put on the ledger, who was called, and what citizens
    said of the result. Deadlines follow from these and from the calendar; they are not in the
    history.

    They are read without locks, while others may move them: a case that seems broken is read
    again under its lock before anything is said.

    :param read_files: read the stored files too, instead of believing what their rows say
    """
    cases = list(WorkOrder.objects.filter(pk__in=case_ids).order_by("pk"))
    faults = _faults(cases, read_files)
    found = []
    for suspect in cases:
        fault = _fault_under_lock(suspect.pk, read_files) if suspect.pk in faults else None
        if fault is not None:
            found.append(Broken(suspect.number, fault.seq, fault.part))
    return found


@transaction.atomic
def _fault_under_lock(case_id: int, read_files: bool) -> Fault | None:
    return _faults([lock_case_by_id(case_id)], read_files).get(case_id)


def _faults(cases: Sequence[WorkOrder], read_files: bool) -> dict[int, Fault]:
    """Return the first fault of each of these cases that has one."""
    kept, found = _kept(cases, read_files), _found(cases)
    rated = _ratings({report_id for each in kept.values() for report_id in each.words})
    faults = {}
    for case in cases:
        fault = first_fault(kept[case.pk]) or _present_fault(kept[case.pk], found[case.pk], rated)
        if fault is not None:
            faults[case.pk] = fault
    return faults


@dataclass(frozen=True, slots=True)
class _Found:
    """What a case's own rows say."""

    present: Present
    standing: Standing
    place: str


def _present_fault(kept: Kept, found: _Found, rated: AbstractSet[ToldRating]) -> Fault | None:
    bodies = [json.loads(line.body) for line in kept.lines]
    whole = (
        replayed(bodies) == found.present
        and standing_told(bodies).leads_to(found.standing)
        and ratings_told(bodies) <= rated
        and place_holds(found.place, kept)
    )
    return None if whole else Fault(kept.seq, BrokenPart.PRESENT)


def _found(cases: Sequence[WorkOrder]) -> dict[int, _Found]:
    """Return what the rows of these cases say: five statements."""
    present, standing = _present(cases), _standing(cases)
    return {case.pk: _Found(present[case.pk], standing[case.pk], case.place) for case in cases}


def _standing(cases: Sequence[WorkOrder]) -> dict[int, Standing]:
    """Return what hangs on these cases by its own rows: four statements."""
    promises: dict[int, dict[int, Facts]] = defaultdict(dict)
    for promise in Promise.objects.filter(work_order__in=cases):
        promises[promise.work_order_id][promise.pk] = facts_of(promise, OF_PROMISE)
    ledger: dict[int, dict[int, Facts]] = defaultdict(dict)
    for entry in LedgerEntry.objects.filter(work_order__in=cases):
        ledger[entry.work_order_id][entry.pk] = facts_of(entry, OF_LEDGER)
    reports: dict[int, dict[int, Facts]] = defaultdict(dict)
    for report in Report.objects.filter(work_order__in=cases).only("work_order", *OF_REPORT):
        reports[report.work_order_id][report.pk] = facts_of_report(report)
    attempts: dict[int, set[Attempted]] = defaultdict(set)
    tried = ContactAttempt.objects.filter(task__work_order__in=cases)
    for case_id, task_id, report_id, result, at, by in tried.values_list(
        "task__work_order_id", "task_id", "report_id", "result", "at", "by_id"
    ):
        attempts[case_id].add(Attempted(task_id, report_id, result, moment(at), by))
    return {
        case.pk: Standing(
            case=facts_of(case, OF_CASE),
            promises=promises[case.pk],
            ledger=ledger[case.pk],
            reports=reports[case.pk],
            attempts=frozenset(attempts[case.pk]),
        )
        for case in cases
    }


def _present(cases: Sequence[WorkOrder]) -> dict[int, Present]:
    """Return where these cases stand by their own rows: one statement."""
    tasks: dict[int, list[ToldTask]] = defaultdict(list)
    rows = Task.objects.filter(work_order__in=cases)
    for t in rows.only("work_order", *_OF_TASK):
        told = ToldTask(t.pk, **{name: getattr(t, name) for name in _OF_TASK})
        tasks[t.work_order_id].append(told)
    return {
        case.pk: Present(
            case.step,
            case.outcome,
            case.closing_kind,
            case.matter,
            case.urgency,
            tuple(sorted(tasks[case.pk])),
        )
        for case in cases
    }


def _ratings(report_ids: Collection[int]) -> set[ToldRating]:
    """Return what was stored of what these citizens said of the result."""
    given = Rating.objects.filter(report__in=report_ids, ended_at__isnull=False)
    return {
        ToldRating(
            rating.report_id,
            rating.ended_at,
            rating.resolution,
            rating.satisfaction,
            rating.voided_at,
        )
        for rating in given
        if rating.ended_at is not None
    }


def _kept(cases: Sequence[WorkOrder], read_files: bool = False) -> dict[int, Kept]:
    """Return what there is of each case, in this order: four statements."""
    ids = [case.pk for case in cases]
    lines = _lines(ids)
    named = [named_in(line.body) for own in lines.values() for line in own]
    told = {pk for reports, _ in named for pk in reports}
    attached = {pk for _, files in named for pk in files}
    words: dict[int, Salted | None] = {}
    places: dict[int, Salted | None] = {}
    reports_on: dict[int, set[int]] = defaultdict(set)
    reports = Report.objects.filter(Q(pk__in=told) | Q(work_order__in=ids))
    for pk, case_id, salt, text, place, erased_at in reports.values_list(
        "pk", "work_order_id", "words_salt", "words", "place", "erased_at"
    ):
        words[pk] = None if erased_at else Salted(salt, text)
        places[pk] = None if erased_at else Salted(salt, place)
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
            places=places,
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


def was_refuted(case: WorkOrder) -> bool:
    """Tell whether who went to verify it found nothing (核实不属实)."""
    return case.entries.filter(body__contains=f'"command":"{TaskCommand.REFUTE}"').exists()


def tried_by_rule(task: Task, report_ids: Iterable[int]) -> bool:
    """Tell whether each of these citizens was told on this task, or tried by the rule."""
    tried = ContactAttempt.objects.filter(task=task)
    attempts = [Attempt(a.report_id, a.at, ContactResult(a.result)) for a in tried]
    return contact_met(attempts, report_ids)


def facts_with_recalls(case: WorkOrder) -> CaseFacts:
    """
    Return what the rules need of a case to which more is to come: also what was recalled before
    anything was done, and whether it is on the ledger.
    """
    bodies = (json.loads(body) for body in case.entries.values_list("body", flat=True))
    return replace(case.facts(), untouched=recalled_untouched(bodies), on_ledger=case.is_on_ledger)
