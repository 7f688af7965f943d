"""What hangs on a case, as far as the caller sees it."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from chengshao.people.queries import MaskedContact
from chengshao.web.http import Out
from chengshao.workorders.models import CLOSING, Attachment, Deadline, Report, Task
from chengshao.workorders.queries import EntryView
from chengshao.workorders.terms import ClosingKind, DeadlineAuthority, LedgerLevel, TaskState


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
    def resolve_in_time(deadline: Deadline) -> bool | None:
        if deadline.void or deadline.ended_at is None or deadline.due_at is None:
            return None
        in_time = deadline.ended_at <= deadline.due_at
        if in_time and deadline.task.state == TaskState.CANCELLED:
            return None
        return in_time


class TaskOut(Out):
    id: int
    kind: str
    unit_id: int
    state: TaskState
    round: int
    designated: bool
    revision: int
    parent_id: int | None
    extensions: int
    opened_at: datetime
    ended_at: datetime | None
    deadlines: list[DeadlineOut]

    @staticmethod
    def resolve_deadlines(task: Task) -> list[object]:
        return list(task.deadlines.all())


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
    def of(kept: dict[str, Any]) -> "ClosingOut | None":
        """Return what a case keeps of it; None where it has none."""
        return ClosingOut(**asdict(CLOSING.validate_python(kept))) if kept else None


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


class EntryOut(Out):
    """One line of the history: who did what when, and the words beside it, if not erased."""

    seq: int
    at: datetime
    command: str
    step: str
    actor: str
    user_id: int | None
    task_id: int | None
    report_id: int | None
    notes: dict[str, str]

    @staticmethod
    def of(entry: EntryView) -> "EntryOut":
        body = entry.body
        return EntryOut(
            seq=entry.seq,
            at=body["at"],
            command=body["command"],
            step=body["step"],
            actor=body["actor"],
            user_id=body["user_id"],
            task_id=body.get("task_id"),
            report_id=body.get("report_id"),
            notes=entry.notes,
        )
