"""The second call (F1): what a citizen says of a case that is there already. No new order."""

from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.workorders import queries
from chengshao.workorders.actions._store import alert, decide_and_store, record, reopening_over
from chengshao.workorders.actions.reports import WordsMissing
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.book import HANDLING_KINDS
from chengshao.workorders.rules.facts import OPEN_STATES, Given
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    NoteName,
    Power,
    ReportCommand,
)


@transaction.atomic
def chase_report(*, report_id: int, words: str = "", actor: Actor, at: datetime) -> Report:
    """
    Pass on that the citizen waits (催单): the units that handle hear it, and their leaders.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises WrongState: if the case has ended
    """
    case, report = _open_case_of(report_id, ReportCommand.CHASE, actor)
    units = _handling(case)
    for for_leader in (False, True):
        alert(case, units, AlertKind.CHASED, for_leader=for_leader, at=at)
    case.chases += 1
    return _enter(case, report, ReportCommand.CHASE, words, actor, at)


@transaction.atomic
def supplement_report(*, report_id: int, words: str, actor: Actor, at: datetime) -> Report:
    """
    Add what the citizen says further (补充); the units that handle hear that there is more.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises WordsMissing: if it says nothing
    :raises WrongState: if the case has ended
    """
    if not words.strip():
        raise WordsMissing
    case, report = _open_case_of(report_id, ReportCommand.SUPPLEMENT, actor)
    alert(case, _handling(case), AlertKind.SUPPLEMENTED, at=at)
    return _enter(case, report, ReportCommand.SUPPLEMENT, words, actor, at)


@transaction.atomic
def answer_progress(*, report_id: int, words: str, actor: Actor, at: datetime) -> Report:
    """
    Note that the citizen asked how it stands and what was said (询问进度): the next one knows.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor may not speak for the citizen
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case.facts(), actor=actor)
    return _enter(case, report, ReportCommand.ASK_PROGRESS, words, actor, at)


@transaction.atomic
def reopen_by_citizen(*, report_id: int, words: str, actor: Actor, at: datetime) -> Report:
    """
    Let an ended case go on because its citizen says it is not done (重办), within the set period.

    It is the citizen's right: whoever may speak for the citizen may say so.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    facts = report.facts()
    lifecycle.check_speaks_for(facts, Power.REPORT, case=case.facts(), actor=actor)
    if facts.withdrawn:
        raise WrongState(command=CaseCommand.REOPEN, state=case.step)
    given = Given(reason=words, overdue=reopening_over(case, at))
    line: dict[str, Json] = {"report_id": report_id}
    decide_and_store(case, CaseCommand.REOPEN, given, report=facts, line=line, actor=actor, at=at)
    return queries.report_of(report_id=report_id, actor=actor)


@transaction.atomic
def mark_nuisance(*, report_id: int, actor: Actor, at: datetime) -> Report:
    """
    Mark a call as nuisance (骚扰): it is not called back nor rated. Nothing sticks to a person.

    Who takes calls at the desk may; its citizen not.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor may not report at the desk
    :raises WrongState: if it is marked already, or the case has ended
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    if not actor.may(Power.REPORT, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=Power.REPORT)
    if report.nuisance or case.outcome:
        raise WrongState(command=ReportCommand.MARK_NUISANCE, state=case.step)
    report.nuisance = True
    report.save(update_fields=["nuisance"])
    return _enter(case, report, ReportCommand.MARK_NUISANCE, "", actor, at)


def _open_case_of(report_id: int, command: ReportCommand, actor: Actor) -> tuple[WorkOrder, Report]:
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case.facts(), actor=actor)
    if case.outcome or report.withdrawn_at is not None:
        raise WrongState(command=command, state=case.step)
    return case, report


def _handling(case: WorkOrder) -> set[int]:
    """Return the units that work on the case now; the desk where none does yet."""
    tasks = case.tasks.filter(kind__in=HANDLING_KINDS, state__in=sorted(OPEN_STATES))
    return set(tasks.values_list("unit_id", flat=True)) or {case.desk_unit_id}


def _enter(
    case: WorkOrder,
    report: Report,
    command: ReportCommand,
    words: str,
    actor: Actor,
    at: datetime,
) -> Report:
    case.revision += 1
    line: dict[str, Json] = {"command": command, "report_id": report.pk}
    record(case, line, notes={NoteName.COMMENT: words}, actor=actor, at=at)
    return report
