"""What may leave the history: words, contacts and files, never the proof that they were there."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Refused
from chengshao.kernel.words import is_blank
from chengshao.people import actions as people
from chengshao.workorders import queries
from chengshao.workorders.actions._contacts import end_contacts
from chengshao.workorders.actions._store import PROCEDURE, keep, record
from chengshao.workorders.models import CLOSING, Attachment, Note, Report, Task, WorkOrder
from chengshao.workorders.rules.refusals import NeedMissing, PowerMissing
from chengshao.workorders.terms import CaseCommand, Need, NoteName, Power

_PURPOSE = "删除诉求内容"  # in the access log of contacts
_BY_ITSELF = Actor(ActorKind.SYSTEM)


class NothingToErase(Refused):
    """It was erased before, or nothing ever stood there."""

    code = "workorder_nothing_to_erase"


@transaction.atomic
def erase_notes(*, number: str, seq: int, reason: str, actor: Actor, at: datetime) -> None:
    """
    Erase the free text beside an entry. The entry and its digests stay, so the chain stays whole.
    What stands of it on the case and its tasks goes too.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises PowerMissing: if the actor may not erase at the desk
    :param reason: who asked for it, and on what ground; it stands in the history
    :raises NeedMissing: without a reason
    :raises NothingToErase: if no text stands there, or not any more
    """
    case = queries.lock_case(number=number, actor=actor)
    _check_may_erase([case], actor)
    _check_reason(reason)
    notes = Note.objects.filter(entry__work_order=case, entry__seq=seq)
    procedure = notes.filter(name=NoteName.PROCEDURE).values_list("text", flat=True).first()
    place = notes.filter(name=NoteName.PLACE).values_list("text", flat=True).first()
    if not _erase_notes(notes):
        raise NothingToErase
    if procedure is not None:
        _forget_procedure(case, procedure)
    if case.place and case.place == place:
        case.place = ""
        keep(case, "place")
    line: dict[str, Json] = {"command": CaseCommand.ERASE, "erased_seq": seq}
    record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)


@transaction.atomic
def erase_attachment(
    *, number: str, attachment_id: int, reason: str, actor: Actor, at: datetime
) -> None:
    """
    Erase a file on the case, its bytes too where nothing else has the same.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises AttachmentNotFound: if the file is not on this case
    :raises PowerMissing: if the actor may not erase at the desk
    :raises NeedMissing: without a reason
    :raises NothingToErase: if it was erased before
    """
    case = queries.lock_case(number=number, actor=actor)
    _check_may_erase([case], actor)
    _check_reason(reason)
    file = case.attachments.filter(pk=attachment_id).first()
    if file is None:
        raise queries.AttachmentNotFound
    if file.erased_at is not None:
        raise NothingToErase
    _erase_files([file], at)
    line: dict[str, Json] = {"command": CaseCommand.ERASE, "attachment_id": attachment_id}
    record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)


@transaction.atomic
def erase_report(*, number: str, report_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """
    Erase what a citizen said (Personal Information Protection Law §47): words, place and point as
    told, whom it is about in words, the number that its source gave it, contact, files, and the
    notes of whatever was said later.

    The answer stays, it is the office's own; so do the division and the grid of the matter, and
    its place where it is not as this citizen told it. What was owed to the citizen by phone ends
    where nobody else is to be called. Every case that the report was ever on gets a line, so that
    each can be proven alone.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises ReportNotFound: if the report is not of this case
    :raises PowerMissing: if the actor may not erase at the desk of each of these cases
    :raises NeedMissing: without a reason
    :raises PeoplePowerMissing: if there is a contact that the actor may not erase
    :raises NothingToErase: if it was erased before
    """
    cases = queries.lock_cases_of_report(number=number, report_id=report_id, actor=actor)
    report = Report.objects.get(pk=report_id)
    _check_may_erase(cases, actor)
    _check_reason(reason)
    if report.erased_at is not None:
        raise NothingToErase
    if report.contact_id is not None:
        with suppress(people.ContactErased):  # its time was over
            people.erase_contact(
                contact_id=report.contact_id, purpose=_PURPOSE, about=number, actor=actor, at=at
            )
    files = list(Attachment.objects.filter(report=report, erased_at=None).order_by("pk"))
    placed = {case.pk: _erase_place(case, report) for case in cases}
    seqs = {case.pk: sorted({*_seqs_said(case, report), *placed[case.pk]}) for case in cases}
    for case in cases:
        _erase_notes(Note.objects.filter(entry__work_order=case, entry__seq__in=seqs[case.pk]))
    _erase_files(files, at)
    Report.objects.filter(pk=report_id).update(
        words="",
        words_salt="",
        bigrams=[],
        place="",
        lng=None,
        lat=None,
        complained_about="",
        source_number="",  # by which another system tells who it is
        fingerprint="",  # no salt is in it: who guesses the words could tell that they were these
        erased_at=at,
    )
    for case in cases:
        line: dict[str, Json] = {
            "command": CaseCommand.ERASE,
            "report_id": report_id,
            "erased_seqs": seqs[case.pk],
            "attachment_ids": [file.pk for file in files if file.work_order_id == case.pk],
            "contact_id": report.contact_id,
        }
        record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
        end_contacts(case, at)


def _forget_procedure(case: WorkOrder, text: str) -> None:
    """Take the organ and the number of a procedure from wherever an answer put them."""
    case.closing = _without_procedure(case.closing, text)
    for task in case.tasks.exclude(asked={}):
        closing = task.asked.get("closing") or {}
        kept = _without_procedure(closing, text)
        if kept != closing:
            Task.objects.filter(pk=task.pk).update(asked=task.asked | {"closing": kept})


def _without_procedure(closing: Mapping[str, Any], text: str) -> dict[str, Any]:
    if not closing or CLOSING.validate_python(closing).procedure != text:
        return dict(closing)
    return {name: value for name, value in closing.items() if name not in PROCEDURE}


def _erase_place(case: WorkOrder, report: Report) -> list[int]:
    """
    Take the place from a case that has it from this report, and from no other; return the lines
    beside which a registrar has written it down once more.
    """
    others = case.reports.filter(erased_at=None).exclude(pk=report.pk)
    seqs: list[int] = []
    if case.place == report.place and not others.filter(place=report.place).exists():
        case.place = ""
        written = Note.objects.filter(
            entry__work_order=case, name=NoteName.PLACE, text=report.place
        )
        seqs = list(written.values_list("entry__seq", flat=True))
    if (case.lng, case.lat) == (report.lng, report.lat):
        case.lng = case.lat = None
    keep(case, "place", "lng", "lat")
    return seqs


def _seqs_said(case: WorkOrder, report: Report) -> list[int]:
    """Return the lines with notes of what this citizen said, or what was said with them."""
    lines = case.entries.filter(
        body__regex=rf'"report_id":{report.pk}[,}}]', notes__isnull=False
    ).exclude(body__contains=f'"command":"{CaseCommand.FIX}"')  # the note there is the answer
    return list(lines.order_by("seq").values_list("seq", flat=True).distinct())


def _erase_notes(notes: QuerySet[Note]) -> int:
    """Delete notes, which the database allows here only; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chengshao.erasing', 'on', true)")
        count, _ = notes.delete()
        cursor.execute("SELECT set_config('chengshao.erasing', 'off', true)")
    return count


def _erase_files(files: Collection[Attachment], at: datetime) -> None:
    blob_ids = {file.blob_id for file in files if file.blob_id is not None}
    ids = [file.pk for file in files]
    Attachment.objects.filter(pk__in=ids).update(blob=None, erased_at=at)
    evidence.remove_released(blob_ids=blob_ids)


def _check_may_erase(cases: Iterable[WorkOrder], actor: Actor) -> None:
    for case in cases:
        if not actor.may(Power.ERASE, case.desk_unit_id, territory=case.territory):
            raise PowerMissing(power=Power.ERASE)


def _check_reason(reason: str) -> None:
    if is_blank(reason):
        raise NeedMissing(need=Need.REASON)
