"""What a registrar says of a report that its citizen couldn't: 投诉、举报."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.words import is_blank
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._audience import (
    narrow_to_named,
    review_sight,
    show_to,
)
from chengshao.workorders.actions._contacts import end_contacts
from chengshao.workorders.actions._store import ChangedMeanwhile, apply, keep, record
from chengshao.workorders.actions.report_files import ReportErased
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.queries import ReportNotFound
from chengshao.workorders.rules.qualifying import (
    Said,
    check_may_be_about,
    check_may_qualify,
    handed_to,
    newly_said,
)
from chengshao.workorders.rules.refusals import NeedMissing, WrongState
from chengshao.workorders.terms import Need, NoteName, Power, ReportCommand, ReportKind


@transaction.atomic
def qualify_report(
    *,
    number: str,
    seen_revision: int,
    report_id: int,
    kind: ReportKind | None = None,
    complained_about_unit_id: int | None = None,
    complained_about: str = "",
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Say of a report what its citizen couldn't, before any unit has the case.

    A unit that it is about sees it no more; where that is the desk, the desk above takes it on. An
    informant's (举报) is for named persons from now on, its contact for nobody. What is not said
    stays as it is; the actor may not see the case afterwards.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises ReportNotFound: if the report is not of this case
    :raises ReportErased: if what it said was erased
    :raises UnitNotFound: if the unit is not there or closed
    :raises UnitComplainedAbout: if the unit works or worked on the case, or no desk is left
    :raises DomainError: see rules.qualifying
    """
    asked = Said(kind or "", complained_about_unit_id, complained_about.strip())
    case, report = _not_sent(
        number, seen_revision, report_id, ReportCommand.QUALIFY, Power.REGISTER, actor
    )
    new = newly_said(report.said, asked)
    if new.unit_id:
        people.check_units({new.unit_id}, localdate(at))
        kept_from = people.kept_from({new.unit_id}, desk_unit_id=case.desk_unit_id)
        check_may_be_about(queries.facts_with_recalls(case), kept_from)
    report.kind = new.kind or report.kind
    report.complained_about_unit_id = new.unit_id or report.complained_about_unit_id
    report.complained_about = new.words or report.complained_about
    report.save(update_fields=["kind", "complained_about_unit", "complained_about"])
    if new.kind == ReportKind.INFORMANT:
        _leave_to_named(case, report, at)
    if new.unit_id == case.desk_unit_id:
        _hand_to(case, people.desk_unit_id(complained_about=new.unit_id), actor, at)
    review_sight(case, at)
    line: dict[str, Json] = {"command": ReportCommand.QUALIFY, "report_id": report_id}
    line |= {"kind": new.kind} if new.kind else {}
    line |= {"about_unit_id": new.unit_id} if new.unit_id else {}
    case.revision += 1
    record(case, line, actor=actor, at=at)
    end_contacts(case, at)
    return case


@transaction.atomic
def take_off_complaint(
    *,
    number: str,
    seen_revision: int,
    report_id: int,
    reason: str,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Take off the unit that a report was said to be about, where it was the wrong one.

    Who looks on sees the case again, and it comes back to its own desk. A duty leader does it.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises ReportNotFound: if the report is not of this case
    :raises NeedMissing: without a reason
    :raises WrongState: if it is about no unit, or the case is dispatched or has ended
    :raises DomainError: see rules.qualifying.check_may_qualify
    """
    command = ReportCommand.TAKE_OFF
    case, report = _not_sent(number, seen_revision, report_id, command, Power.DESIGNATE, actor)
    if is_blank(reason):
        raise NeedMissing(need=Need.REASON)
    wrong = report.complained_about_unit_id
    if wrong is None:
        raise WrongState(command=command, state=case.step)
    report.complained_about_unit_id = None
    report.save(update_fields=["complained_about_unit"])
    near = people.desk_and_subdistrict(case.territory, localdate(at))
    about = case.facts().complained_about
    if near.desk_unit_id not in about:
        _hand_to(case, near.desk_unit_id, actor, at)
    show_to(case, {case.desk_unit_id}, about, at=at)
    review_sight(case, at)
    line: dict[str, Json] = {"command": command, "report_id": report_id, "about_unit_id": wrong}
    case.revision += 1
    record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
    return case


def _not_sent(
    number: str,
    seen_revision: int,
    report_id: int,
    command: ReportCommand,
    power: Power,
    actor: Actor,
) -> tuple[WorkOrder, Report]:
    case = queries.lock_case(number=number, actor=actor)
    if case.revision != seen_revision:
        raise ChangedMeanwhile
    check_may_qualify(case.facts(), command, power, actor)
    report = case.reports.filter(pk=report_id).first()
    if report is None:
        raise ReportNotFound
    if report.erased_at is not None:
        raise ReportErased
    return case, report


def _leave_to_named(case: WorkOrder, report: Report, at: datetime) -> None:
    """An informant's report opens to named persons alone, and its contact to nobody (举报)."""
    report.confidential = True
    report.save(update_fields=["confidential"])
    if report.contact_id is not None:
        people_actions.make_confidential(contact_id=report.contact_id)
    if not case.named_only:
        case.named_only = True
        keep(case, "named_only")
        narrow_to_named(case, at)


def _hand_to(case: WorkOrder, desk_unit_id: int, actor: Actor, at: datetime) -> None:
    """Let another desk keep the file, and owe what this one owed."""
    if desk_unit_id == case.desk_unit_id:
        return
    facts = case.facts()
    about = facts.complained_about
    decision = handed_to(facts, desk_unit_id, complained_about=about, actor=actor)
    case.desk_unit_id = desk_unit_id
    keep(case, "desk_unit")
    apply(case, decision, actor=actor, at=at)
