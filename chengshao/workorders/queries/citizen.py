"""What the citizen may know of the own report, by its link."""

from dataclasses import dataclass
from datetime import datetime

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.models import Note, Rating, WorkOrder
from chengshao.workorders.queries.scope import ReportNotFound, report_of
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import DeadlineAuthority, NoteName, Outcome, TaskKind


@dataclass(frozen=True, slots=True)
class Progress:
    """What the citizen may know of the own report: what was said, where it stands, the answer."""

    report_id: int
    number: str
    words: str
    erased: bool
    place: str
    reported_at: datetime
    withdrawn: bool
    step: str
    lead_unit_id: int | None  # who is on it now
    promised_by: datetime | None
    reply: str  # only when the case is closed
    ended_at: datetime | None
    may_rate: bool
    rate_until: datetime | None
    rating: Rating | None  # once given
    photos: tuple[int, ...]  # pictures that came with the report
    has_contact: bool


def progress_of(actor: Actor) -> Progress:
    """
    Return what becomes of the report that this citizen's link is of: four statements.

    :raises ReportNotFound: if there is no such report
    """
    if actor.kind is not ActorKind.CITIZEN or actor.report_id is None:
        raise ReportNotFound
    report = report_of(report_id=actor.report_id, actor=actor)
    case = report.work_order
    leads = case.tasks.filter(kind=TaskKind.LEAD, state__in=sorted(OPEN_STATES))
    lead = leads.prefetch_related("deadlines").first()
    inner = (
        [d.due_at for d in lead.deadlines.all() if d.authority == DeadlineAuthority.INNER]
        if lead
        else []
    )
    rating = report.rating
    closed = case.outcome == Outcome.CLOSED
    waits = rating is not None and rating.ended_at is None and closed and not report.withdrawn_at
    return Progress(
        report_id=report.pk,
        number=case.number,
        words=report.words,
        erased=report.erased_at is not None,
        place=report.place,
        reported_at=report.reported_at,
        withdrawn=report.withdrawn_at is not None,
        step=case.step,
        lead_unit_id=lead.unit_id if lead else None,
        promised_by=inner[0] if inner else None,
        reply=_last_reply(case) if closed else "",
        ended_at=case.ended_at,
        may_rate=waits,
        rate_until=rating.lapses_at if rating and waits else None,
        rating=rating if rating and rating.satisfaction else None,
        photos=tuple(
            report.attachments.filter(blob__has_thumbnail=True).values_list("pk", flat=True)
        ),
        has_contact=report.contact_id is not None,
    )


def _last_reply(case: WorkOrder) -> str:
    replies = Note.objects.filter(entry__work_order=case, name=NoteName.REPLY)
    return replies.order_by("-entry__seq").values_list("text", flat=True).first() or ""
