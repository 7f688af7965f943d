"""A call that was no demand (骚扰来电): marked with a reason, and taken back."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._contacts import end_contacts, voices_of
from chengshao.workorders.actions._store import apply, ask_for_ratings, contacted, record
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules.facts import Given
from chengshao.workorders.rules.nuisance import check_may_mark, decide_unmark
from chengshao.workorders.rules.refusals import NeedMissing, PowerMissing, WrongState
from chengshao.workorders.terms import (
    Need,
    NoteName,
    Outcome,
    Power,
    ReportCommand,
    TaskKind,
)


@transaction.atomic
def mark_nuisance(*, report_id: int, reason: str, actor: Actor, at: datetime) -> Report:
    """
    Mark a call as nuisance (骚扰): it is not called back nor rated. Nothing sticks to a person.

    Who registers or dispatches at the desk may; who only takes calls not, nor its citizen: what is
    marked so counts in no rate.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor does not judge of calls at the desk, or see the case
    :raises NeedMissing: without a reason
    :raises WrongState: if it is marked already, or the case has ended
    """
    command = ReportCommand.MARK_NUISANCE
    case, report = _judged(report_id, actor)
    if not reason.strip():
        raise NeedMissing(need=Need.REASON)
    if report.nuisance or case.outcome:
        raise WrongState(command=command, state=case.step)
    _set(report, nuisance=True)
    case.revision += 1
    _enter(case, report, command, reason, actor, at)
    end_contacts(case, at)
    return report


@transaction.atomic
def unmark_nuisance(*, report_id: int, reason: str = "", actor: Actor, at: datetime) -> Report:
    """
    Take the mark back: what its citizen lost by it and is still possible is possible again, being
    called, being told the result and rating it.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor does not judge of calls at the desk, or see the case
    :raises WrongState: if it is not marked, was taken back, or the case is filed away
    """
    command = ReportCommand.UNMARK_NUISANCE
    case, report = _judged(report_id, actor)
    if not report.nuisance or report.withdrawn_at is not None or case.archived_at is not None:
        raise WrongState(command=command, state=case.step)
    _set(report, nuisance=False)
    if case.outcome == Outcome.CLOSED:
        ask_for_ratings(case, case.reports.filter(pk=report_id), at)
    decision = decide_unmark(
        case=case.facts(),
        led_by=case.closed_unit_id,
        actor=actor,
        given=_who_talks(case, localdate(at)),
    )
    apply(case, decision, actor=actor, at=at)
    _enter(case, report, command, reason, actor, at)
    return report


def _judged(report_id: int, actor: Actor) -> tuple[WorkOrder, Report]:
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    check_may_mark(case.facts(), actor)
    if not queries.visible_to(actor).filter(pk=case.pk).exists():
        raise PowerMissing(power=Power.REGISTER)
    return case, case.reports.get(pk=report_id)


def _set(report: Report, *, nuisance: bool) -> None:
    report.nuisance = nuisance
    report.save(update_fields=["nuisance"])


def _who_talks(case: WorkOrder, today: date) -> Given:
    leads = case.tasks.filter(kind=TaskKind.LEAD, ended_at=None).values_list("unit_id", flat=True)
    led_by = {case.closed_unit_id} if case.closed_unit_id else set(leads)
    now = {unit_id: people.who_follows(unit_id, today) for unit_id in led_by}
    return Given(
        followed_by=now,
        voices=voices_of(case, {unit_id for unit_id in now.values() if unit_id}, today),
        contact_met=contacted(case),
        today=today,
    )


def _enter(
    case: WorkOrder,
    report: Report,
    command: ReportCommand,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    line: dict[str, Json] = {"command": command, "report_id": report.pk}
    record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
