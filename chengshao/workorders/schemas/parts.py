"""What hangs on a case, as far as the caller sees it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from chengshao.people.queries import MaskedContact
from chengshao.web.http import Out
from chengshao.workorders.models import CLOSING, Attachment, Deadline, Report, Task
from chengshao.workorders.queries import AskedView, EntryView, OldCaseView
from chengshao.workorders.terms import (
    AlertKind,
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    DeclineGround,
    LedgerLevel,
    OuterWhat,
    Principle,
    Resolution,
    Satisfaction,
    TaskState,
)


class DeadlineOut(Out):
    authority: DeadlineAuthority
    started_at: datetime
    amount: int
    unit: str
    due_at: datetime | None
    ended_at: datetime | None
    void: bool  # a return was granted: it never was the unit's to keep
    in_time: bool | None  # of what was done, or was late when it was called off; else None

    @staticmethod
    def of(row: Deadline, state: str) -> "DeadlineOut":
        """Return a task's clock, where the task has come to this state."""
        return DeadlineOut(
            authority=DeadlineAuthority(row.authority),
            started_at=row.started_at,
            amount=row.amount,
            unit=row.unit,
            due_at=row.due_at,
            ended_at=row.ended_at,
            void=row.void,
            in_time=_in_time(row, state),
        )


class NamedOut(Out):
    """Who knows of a case by name."""

    user_id: int
    unit_id: int
    opened_at: datetime


class ClosingOut(Out):
    """What became of the demand (F17); empty is what its kind does not name, or what was erased."""

    kind: ClosingKind
    promised_on: date | None
    organ: str
    procedure_number: str
    procedure_on: date | None
    ledger_level: LedgerLevel | None
    review_on: date | None

    @staticmethod
    def of(kept: Mapping[str, Any]) -> "ClosingOut | None":
        """Return what a case keeps of it; None where it has none."""
        return ClosingOut(**asdict(CLOSING.validate_python(kept))) if kept else None


class OldCaseOut(Out):
    """
    Whence a case came that another system had (IMPORT), as the history proves it. Nobody here took
    its steps before `imported_at`: they count in no statistics of steps.
    """

    source: str  # the system, as people call it
    number: str  # of the case there
    file_sha256: str  # of the table in which it came
    row: int  # of that table, as a spreadsheet counts: the header is row 1
    row_sha256: str  # of all that the row says
    imported_at: datetime
    unit_id: int | None  # that handled it there, or had it
    due_at: datetime | None  # as its system had it
    in_time: bool | None  # as its system counted

    @staticmethod
    def of(old: OldCaseView) -> "OldCaseOut":
        return OldCaseOut(
            source=old.source,
            number=old.key,
            file_sha256=old.file,
            row=old.row,
            row_sha256=old.digest,
            imported_at=old.imported_at,
            unit_id=old.unit_id,
            due_at=old.due_at,
            in_time=old.in_time,
        )


class AskedOut(Out):
    """What is to be decided or done on a task, and in whose words it was asked."""

    what: OuterWhat | None
    until: date | None  # of a suspension
    proposed_unit_id: int | None  # who should do it instead, says who returned it
    closing: ClosingOut | None  # what the answer that waits says becomes of the demand
    words: str  # of who asked it
    draft: str  # the words to the citizen that wait for a signature or a check

    @staticmethod
    def of(asked: AskedView) -> "AskedOut":
        return AskedOut(
            what=asked.what,
            until=asked.until,
            proposed_unit_id=asked.proposed_unit_id,
            closing=ClosingOut.of(asked.closing),
            words=asked.words,
            draft=asked.draft,
        )


class TaskOut(Out):
    """What one unit owes or owed; of a lead, on what it was chosen."""

    id: int
    kind: str
    unit_id: int
    state: TaskState
    round: int
    designated: bool
    principle: Principle | None
    basis: str
    responsibility_id: int | None
    revision: int
    parent_id: int | None
    extensions: int
    opened_at: datetime
    ended_at: datetime | None
    asked: AskedOut
    deadlines: list[DeadlineOut]

    @staticmethod
    def of(task: Task, asked: AskedView) -> "TaskOut":
        return TaskOut(
            id=task.pk,
            kind=task.kind,
            unit_id=task.unit_id,
            state=TaskState(task.state),
            round=task.round,
            designated=task.designated,
            principle=Principle(task.principle) if task.principle else None,
            basis=asked.basis,
            responsibility_id=asked.responsibility_id,
            revision=task.revision,
            parent_id=task.parent_id,
            extensions=task.extensions,
            opened_at=task.opened_at,
            ended_at=task.ended_at,
            asked=AskedOut.of(asked),
            deadlines=[DeadlineOut.of(row, task.state) for row in task.deadlines.all()],
        )


class CopyOut(Out):
    """A unit that was told of the case and owes nothing on it."""

    unit_id: int
    at: datetime


class ToldOut(Out):
    """What a unit of the caller's was told of the case and nobody of it had opened."""

    kind: AlertKind
    unit_id: int
    for_leader: bool
    at: datetime


class AttachmentOut(Out):
    id: int
    evidence_kind: str
    added_at: datetime


class MaskedOut(Out):
    """A citizen's contact as far as it shows without a purpose: 王*, 138****8000."""

    name: str
    phone: str
    confidential: bool
    erased: bool


class RatingOut(Out):
    resolution: str
    satisfaction: str
    contacted: bool | None
    lapses_at: datetime
    ended_at: datetime | None


class ReportLineOut(Out):
    """What one citizen said. Words that were erased are empty."""

    id: int
    channel: str
    kind: str
    source_number: str
    words: str
    place: str
    complained_about: str
    reported_at: datetime
    withdrawn_at: datetime | None
    told_at: datetime | None
    nuisance: bool
    erased_at: datetime | None
    contact: MaskedOut | None
    rating: RatingOut | None

    @staticmethod
    def of(report: Report, contact: MaskedContact | None) -> "ReportLineOut":
        return ReportLineOut(
            id=report.pk,
            channel=report.channel,
            kind=report.kind,
            source_number=report.source_number,
            words=report.words,
            place=report.place,
            complained_about=report.complained_about,
            reported_at=report.reported_at,
            withdrawn_at=report.withdrawn_at,
            told_at=report.told_at,
            nuisance=report.nuisance,
            erased_at=report.erased_at,
            contact=MaskedOut.from_orm(contact) if contact else None,
            rating=RatingOut.from_orm(report.rating) if report.rating else None,
        )


class FileOut(Out):
    """A file on a case; `/attachments/{id}` gives its bytes. An erased one has only its id."""

    id: int
    report_id: int | None
    task_id: int | None
    evidence_kind: str
    name: str
    media_type: str
    size: int
    added_at: datetime
    erased_at: datetime | None

    @staticmethod
    def of(file: Attachment) -> "FileOut":
        return FileOut(
            id=file.pk,
            report_id=file.report_id,
            task_id=file.task_id,
            evidence_kind=file.evidence_kind,
            name=file.blob.name if file.blob else "",
            media_type=file.blob.media_type if file.blob else "",
            size=file.blob.size if file.blob else 0,
            added_at=file.added_at,
            erased_at=file.erased_at,
        )


class ClockSaidOut(Out):
    """That a limit is near or over was said to who owes the task."""

    task_id: int
    authority: DeadlineAuthority
    said: str


class EntryOut(Out):
    """
    One line of the history: who did what when, and the words beside it, if not erased. What a
    command does not name is empty.
    """

    seq: int
    at: datetime
    command: str
    step: str
    actor: str
    user_id: int | None
    task_id: int | None = None
    report_id: int | None = None
    lead_unit_id: int | None = None
    double_unit_ids: list[int] = []
    co_handle_unit_ids: list[int] = []
    copy_unit_ids: list[int] = []
    principle: Principle | None = None
    responsibility_id: int | None = None
    asked_unit_ids: list[int] = []
    proposed_unit_id: int | None = None
    until: date | None = None
    closing: ClosingOut | None = None  # organ and number of a procedure stand in the notes
    result: ContactResult | None = None  # of an attempt to get in touch
    ground: DeclineGround | None = None
    resolution: Resolution | None = None
    satisfaction: Satisfaction | None = None
    source: str | None = None  # the case that was merged; of an import, the system it came from
    target: str | None = None  # and into which
    named_user_id: int | None = None  # who was named, or is no more
    unit_id: int | None = None  # and for which unit
    deadlines: list[ClockSaidOut] = []
    notes: dict[str, str]

    @staticmethod
    def of(entry: EntryView, task_ids: Collection[int]) -> "EntryOut":
        """Return what a line says, to who sees these tasks."""
        body = entry.body
        said = {name: body[name] for name in _FACTS if body.get(name) is not None}
        return EntryOut(
            **said,
            seq=entry.seq,
            at=body["at"],
            command=body["command"],
            step=body["step"],
            actor=body["actor"],
            user_id=body["user_id"],
            closing=ClosingOut.of(body.get("closing") or {}),
            deadlines=[d for d in body.get("deadlines", ()) if d["task_id"] in task_ids],
            notes=entry.notes,
        )


_FACTS = EntryOut.model_fields.keys() - {
    *("seq", "at", "command", "step", "actor", "user_id"),
    *("closing", "deadlines", "notes"),
}


def _in_time(row: Deadline, state: str) -> bool | None:
    if row.void or row.ended_at is None:
        return None
    if row.due_at is None:  # it ended while the clock was stopped
        in_time = (row.remaining_seconds or 0) >= 0
    else:
        in_time = row.ended_at <= row.due_at
    return None if in_time and state == TaskState.CANCELLED else in_time
