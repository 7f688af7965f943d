"""What of a case may be erased (个人信息保护法 §47), for whom it is to be decided."""

from dataclasses import dataclass
from datetime import datetime

from chengshao.desk.queries.timeline import deed_of
from chengshao.kernel.actor import Actor
from chengshao.people.queries import MaskedContact
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import CaseView
from chengshao.workorders.terms import CaseCommand, Power


@dataclass(frozen=True, slots=True)
class SaidReport:
    """What one citizen said, and what would go with it."""

    id: int
    words: str
    place: str
    channel: str
    reported_at: datetime
    contact: MaskedContact | None
    files: int
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of the history beside which free text stands."""

    seq: int
    at: datetime
    did: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptFile:
    id: int
    name: str
    of_report: bool
    added_at: datetime
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class ErasingPage:
    """All on one case that a privacy officer may have to erase."""

    number: str
    reports: tuple[SaidReport, ...]
    lines: tuple[SaidLine, ...]  # the newest first
    files: tuple[KeptFile, ...]
    erased_before: int  # how many times something was


def erasing_page(*, number: str, actor: Actor) -> ErasingPage | None:
    """
    Return what may be erased of a case; None where the actor, who sees it, may not erase.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    view = workorders.case_view(number=number, actor=actor)
    case = view.case
    if not actor.may(Power.ERASE, case.desk_unit_id, territory=case.territory):
        return None
    return ErasingPage(
        number=case.number,
        reports=_reports(view),
        lines=_lines(view),
        files=tuple(
            KeptFile(
                id=file.pk,
                name=file.blob.name if file.blob else "",
                of_report=file.report_id is not None,
                added_at=file.added_at,
                erased_at=file.erased_at,
            )
            for file in view.attachments
        ),
        erased_before=sum(e.body["command"] == CaseCommand.ERASE for e in view.entries),
    )


def _reports(view: CaseView) -> tuple[SaidReport, ...]:
    contacts = view.contacts
    held = [file.report_id for file in view.attachments if file.erased_at is None]
    return tuple(
        SaidReport(
            id=report.pk,
            words=report.words,
            place=report.place,
            channel=report.channel,
            reported_at=report.reported_at,
            contact=contacts.get(report.contact_id or 0),
            files=held.count(report.pk),
            erased_at=report.erased_at,
        )
        for report in view.reports
    )


def _lines(view: CaseView) -> tuple[SaidLine, ...]:
    kinds = {task.pk: task.kind for task in view.tasks}
    return tuple(
        SaidLine(
            seq=entry.seq,
            at=datetime.fromisoformat(entry.body["at"]),
            did=deed_of(entry.body["command"], kinds.get(entry.body.get("task_id") or 0, "")),
            texts=tuple(entry.notes.values()),
        )
        for entry in reversed(view.entries)
        if entry.notes
    )
