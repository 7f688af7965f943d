"""What whoever answers a call must know: the caller's reports, and what is said of one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, QuerySet, When
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import due_at
from chengshao.people import queries as people
from chengshao.workorders.models import (
    CLOSING,
    Deadline,
    Entry,
    Note,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.queries.scope import ReportNotFound, reports_visible_to, visible_to
from chengshao.workorders.rules.facts import OPEN_STATES, Closing
from chengshao.workorders.rules.openings import opening_of
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.rules.registry import kind_of
from chengshao.workorders.terms import (
    CaseCommand,
    DeadlineAuthority,
    NoteName,
    Outcome,
    Power,
    TaskKind,
)

_TO_DISPATCH = (TaskKind.VERIFY, TaskKind.REGISTER, TaskKind.DISPATCH)


@dataclass(frozen=True, slots=True)
class CallLine:
    """A report of somebody who calls again: where it stands and what may be said of it."""

    report_id: int
    number: str
    words: str
    place: str
    territory: str
    contact_id: int | None
    reported_at: datetime
    withdrawn: bool
    given_back: bool  # its platform has it back: it was not the citizen who withdrew it
    nuisance: bool
    outer: bool  # an order of another platform: only there is it taken back
    step: str
    outcome: str
    lead_unit_id: int | None  # who is on it now
    due_at: datetime | None  # of what holds the case; our own limit
    due_amount: int
    due_unit: str
    returned: bool  # the lead says that it is not its own
    for_approval: bool  # it may go on the ledger
    suspended_until: datetime | None
    chases: int  # since the last answer
    ended_at: datetime | None
    closing_kind: str
    comes_back_on: date | None  # promised by, or reviewed on the ledger
    closing: Closing | None
    reply: str  # the last words to the citizen, once it has ended
    may_be_rated: bool  # it is closed, and its citizen has not said yet whether it is solved


@dataclass(frozen=True, slots=True)
class Receipt:
    """What whoever took a report in tells the citizen. Nothing of what it says."""

    report_id: int
    number: str
    channel: str
    kind: str
    urgency: str  # as it was heard, or as the matter has it; "" not known yet
    confidential: bool
    phone_left: bool
    nuisance: bool
    reported_at: datetime
    dispatch_by: datetime | None  # None: it is with a unit, or over
    reviewed_on: date | None  # of a case on the ledger that it joined
    in_sight: bool  # whether the case itself is there for this actor
    desk_unit_id: int
    territory: str


def reports_of_contacts(
    contact_ids: Collection[int], *, actor: Actor, limit: int = 10
) -> list[CallLine]:
    """
    Return what these contacts reported, of what the actor sees: what is open first, then the
    newest. Four statements, none for no contact.
    """
    if not contact_ids:
        return []
    is_open = When(work_order__outcome="", withdrawn_at=None, then=0)
    reports = reports_visible_to(actor).filter(contact__in=contact_ids)
    return _lines(reports.order_by(Case(is_open, default=1), "-reported_at", "-pk")[:limit])


def reports_of_phone(phone: str, *, actor: Actor, limit: int = 10) -> list[CallLine]:
    """
    Return what was reported from exactly this number: see `reports_of_contacts`. Of a number that
    was left in confidence there is nothing. Five statements.

    :raises PowerMissing: if the actor takes no calls
    :raises PhoneInvalid: if it can't be a telephone number
    """
    if not actor.holds(Power.REPORT):
        raise PowerMissing(power=Power.REPORT)
    return reports_of_contacts(people.contact_ids_of_phone(phone), actor=actor, limit=limit)


def call_line(*, report_id: int, actor: Actor) -> CallLine:
    """
    Return the same of one report.

    :raises ReportNotFound: if it is not there for this actor
    """
    found = _lines(reports_visible_to(actor).filter(pk=report_id))
    if not found:
        raise ReportNotFound
    return found[0]


def receipt_of(*, report_id: int, actor: Actor) -> Receipt:
    """
    Return what is told of a report to who took it in, and to nobody else: also of an informant's,
    whose case they may not see. Seven statements.

    :raises ReportNotFound: if this actor did not take it in
    """
    own = Report.objects.filter(pk=report_id, caller=actor.user_id, caller__isnull=False)
    told = own.annotate(phone_left=Q(contact__phone__isnull=False))
    report = told.defer("bigrams", "words").select_related("work_order").first()
    if report is None:
        raise ReportNotFound
    case = report.work_order
    return Receipt(
        report_id=report.pk,
        number=case.number,
        channel=report.channel,
        kind=report.kind,
        urgency=case.urgency if not case.outcome else "",
        confidential=report.confidential,
        phone_left=report.phone_left,
        nuisance=report.nuisance,
        reported_at=report.reported_at,
        dispatch_by=_dispatch_by(case),
        reviewed_on=_closing(case).review_on if case.outcome and case.closing else None,
        in_sight=visible_to(actor).filter(pk=case.pk).exists(),
        desk_unit_id=case.desk_unit_id,
        territory=case.territory,
    )


def _dispatch_by(case: WorkOrder) -> datetime | None:
    """Return when the case is with a unit at the latest, if everybody keeps the limits."""
    before = case.tasks.filter(kind__in=_TO_DISPATCH, state__in=sorted(OPEN_STATES))
    task = before.prefetch_related("deadlines").order_by("-pk").first()
    due = _inner_due(task) if task else None
    if task is None or due is None:
        return None
    today = localdate(due)
    rest = _TO_DISPATCH[_TO_DISPATCH.index(TaskKind(task.kind)) + 1 :]
    limits = catalog.limits_of_tasks(
        set(rest), case.channel, case.urgency or Urgency.ORDINARY, today
    )
    calendar = catalog.calendar_for(today)
    for kind in rest:
        due = due_at(due, limits[kind], calendar)
    return due


def _last_replies(case_ids: Collection[int]) -> dict[int, str]:
    """Return the last words to the citizen of each of these cases."""
    if not case_ids:
        return {}
    notes = Note.objects.filter(entry__work_order__in=case_ids, name=NoteName.REPLY)
    last = notes.order_by("entry__work_order", "-entry__seq").distinct("entry__work_order")
    return dict(last.values_list("entry__work_order", "text"))


def _lines(reports: QuerySet[Report]) -> list[CallLine]:
    open_tasks = Task.objects.filter(state__in=sorted(OPEN_STATES)).prefetch_related("deadlines")
    tasks = Prefetch("work_order__tasks", open_tasks, to_attr="open_tasks")
    asked = Exists(Rating.objects.filter(report=OuterRef("pk"), ended_at=None))
    left = Entry.objects.filter(
        work_order=OuterRef("work_order"),
        at=OuterRef("withdrawn_at"),
        body__contains=f'"command":"{CaseCommand.PLATFORM_LEAVES}"',
    )
    told = reports.defer("bigrams").annotate(waits_for_rating=asked, given_back=Exists(left))
    found = list(told.select_related("work_order").prefetch_related(tasks))
    replies = _last_replies([r.work_order_id for r in found if r.work_order.outcome])
    return [_line(report, replies.get(report.work_order_id, "")) for report in found]


def _line(report: Report, reply: str) -> CallLine:
    case = report.work_order
    tasks: list[Task] = case.open_tasks  # type: ignore[attr-defined]
    lead = next((task for task in tasks if task.kind == TaskKind.LEAD), None)
    holding = lead or next((task for task in tasks if kind_of(task.kind).holds_case), None)
    inner = _inner(holding) if holding else None
    closing = _closing(case) if case.closing else None
    return CallLine(
        report_id=report.pk,
        number=case.number,
        words=opening_of(report.words),
        place=report.place or case.place,
        territory=case.territory,
        contact_id=report.contact_id,
        reported_at=report.reported_at,
        withdrawn=report.withdrawn_at is not None,
        given_back=report.given_back,  # type: ignore[attr-defined]  # annotated by `_lines`
        nuisance=report.nuisance,
        outer=report.outer_due_at is not None,
        step=case.step,
        outcome=case.outcome,
        lead_unit_id=lead.unit_id if lead else None,
        due_at=inner.due_at if inner else None,
        due_amount=inner.amount if inner else 0,
        due_unit=inner.unit if inner else "",
        returned=lead is not None
        and any(t.kind == TaskKind.ADJUDICATE and t.parent_id == lead.pk for t in tasks),
        for_approval=holding is not None and holding.kind == TaskKind.LEDGER_APPROVAL,
        suspended_until=case.resumes_at,
        chases=case.chases,
        ended_at=case.ended_at,
        closing_kind=case.closing_kind,
        closing=closing,
        comes_back_on=(closing.promised_on or closing.review_on) if closing else None,
        reply=reply,
        may_be_rated=case.outcome == Outcome.CLOSED
        and report.withdrawn_at is None
        and report.waits_for_rating,  # type: ignore[attr-defined]
    )


def _closing(case: WorkOrder) -> Closing:
    return CLOSING.validate_python(case.closing)


def _inner(task: Task) -> Deadline | None:
    return next((d for d in task.deadlines.all() if d.authority == DeadlineAuthority.INNER), None)


def _inner_due(task: Task) -> datetime | None:
    inner = _inner(task)
    return inner.due_at if inner else None
