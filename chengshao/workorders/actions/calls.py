"""The second call (F1): what a citizen says of a case that is there already. No new order."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Refused, TooMany
from chengshao.kernel.words import is_blank
from chengshao.workorders import queries
from chengshao.workorders.actions._store import (
    alert,
    all_told,
    attach,
    decide_and_store,
    look_again,
    move,
    record,
    reopening_over,
)
from chengshao.workorders.actions.report_files import ReportErased, check_takes_files
from chengshao.workorders.actions.reports import WordsMissing, link_of
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.facts import Given
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.rules.writing import check_may_write
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    NoteName,
    Power,
    ReportCommand,
    TaskCommand,
    TaskKind,
    TaskState,
)

_AN_HOUR = timedelta(hours=1)
_MOST_AN_HOUR = 10


class SupplementedOften(TooMany):
    """`retry_after`: seconds until the citizen may add more by the own page."""

    code = "report_supplemented_often"


class ChasedLately(Refused):
    """The units heard it a moment ago; pressing a button again tells them nothing more."""

    code = "report_chased_lately"


@transaction.atomic
def chase_report(*, report_id: int, words: str = "", actor: Actor, at: datetime) -> Report:
    """
    Pass on that the citizen waits (催单): the units that handle hear it, and their leaders.

    A citizen who presses it on the own page waits a while before the next (CHASE_AGAIN_AFTER);
    whoever calls is heard by a person, who judges.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises ReportErased: if what it said was erased
    :raises WrongState: if the case has ended
    :raises ChasedLately: if its citizen presses again too soon
    """
    case, report = _open_case_of(report_id, ReportCommand.CHASE, actor)
    if actor.kind is ActorKind.CITIZEN:
        _check_not_chased_lately(case, report, at)
    units = queries.who_hears(case)
    for for_leader in (False, True):
        alert(case, units, AlertKind.CHASED, for_leader=for_leader, at=at)
    case.chases += 1
    return _enter(case, report, ReportCommand.CHASE, words, actor, at)


@transaction.atomic
def supplement_report(
    *, report_id: int, words: str = "", files: Sequence[int] = (), actor: Actor, at: datetime
) -> Report:
    """
    Add what the citizen says or shows further (补充); the units that handle hear of it, and who
    signs or checks looks again before it goes on.

    What comes twice, because a button was pressed twice, is taken once. `files` are blobs.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises WordsMissing: if it neither says nor shows anything
    :raises ReportErased: if what it said was erased
    :raises WrongState: if the case has ended
    :raises SupplementedOften: if its citizen added something ten times within the hour
    :raises FilesEnough: if more files come than a report may have
    """
    if is_blank(words) and not files:
        raise WordsMissing
    case, report = _open_case_of(report_id, ReportCommand.SUPPLEMENT, actor)
    new = _not_there_yet(report, files)
    if queries.last_said(case, report.pk, ReportCommand.SUPPLEMENT) == words and not new:
        return report
    if actor.kind is ActorKind.CITIZEN:
        _check_not_supplemented_often(case, report, at)
    check_takes_files(report, len(new))
    for blob_id in new:
        attach(case, blob_id, report=report, actor=actor, at=at)
    units = queries.who_hears(case) | look_again(case)
    alert(case, units, AlertKind.SUPPLEMENTED, at=at)
    more: dict[str, Json] = {"files": len(new)} if new else {}
    return _enter(case, report, ReportCommand.SUPPLEMENT, words, actor, at, more)


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
def write_to_citizen(
    *, report_id: int, words: str, unit_id: int, actor: Actor, at: datetime
) -> Report:
    """
    Write to the citizen of a report while the case is open (回话): it stands on the own page with
    the unit and the moment. It is no answer to the demand, and no clock stops by it.

    What comes twice, because a button was pressed twice, is taken once.

    :param unit_id: for whom it is written: who leads, or the desk
    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor may not write for this unit
    :raises WordsMissing: if it says nothing
    :raises ReportErased: if what it said was erased
    :raises WrongState: if the case has ended, or the report was taken back
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    check_may_write(case.facts(), unit_id, actor)
    if is_blank(words):
        raise WordsMissing
    _check_open(case, report, ReportCommand.WRITE)
    if queries.last_said(case, report.pk, ReportCommand.WRITE, NoteName.MESSAGE) == words:
        return report
    case.revision += 1
    line: dict[str, Json] = {
        "command": ReportCommand.WRITE,
        "report_id": report.pk,
        "unit_id": unit_id,
    }
    record(case, line, notes={NoteName.MESSAGE: words}, actor=actor, at=at)
    return report


def check_may_hand(*, report_id: int, actor: Actor) -> None:
    """
    Pass if the actor may print for its citizen what is told of this report.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor takes no calls at the desk
    """
    report = queries.report_of(report_id=report_id, actor=actor)
    case = report.work_order
    if not actor.may(Power.REPORT, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=Power.REPORT)


@transaction.atomic
def hand_link(*, report_id: int, actor: Actor, at: datetime) -> str:
    """
    Return the secret token of a report's link, to be handed to its citizen on paper. Whoever has
    it speaks as the citizen: so the history says who handed it out.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor takes no calls at the desk
    :raises ReportErased: if what it said was erased
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case.facts(), actor=actor)
    if report.erased_at is not None:
        raise ReportErased
    _enter(case, report, ReportCommand.HAND_LINK, "", actor, at)
    return link_of(report)


@transaction.atomic
def reopen_by_citizen(*, report_id: int, words: str, actor: Actor, at: datetime) -> Report:
    """
    Let an ended case go on because its citizen says it is not done (重办), within the set period.

    It is the citizen's right: whoever may speak for the citizen may say so.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises ReportErased: if what it said was erased
    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    facts = report.facts()
    lifecycle.check_speaks_for(facts, Power.REPORT, case=case.facts(), actor=actor)
    if report.erased_at is not None:
        raise ReportErased
    if facts.withdrawn:
        raise WrongState(command=CaseCommand.REOPEN, state=case.step)
    given = Given(reason=words, overdue=reopening_over(case, at))
    line: dict[str, Json] = {"report_id": report_id}
    decide_and_store(case, CaseCommand.REOPEN, given, report=facts, line=line, actor=actor, at=at)
    return queries.report_of(report_id=report_id, actor=actor)


@transaction.atomic
def read_result(*, report_id: int, actor: Actor, at: datetime) -> bool:
    """
    Note that a citizen saw the result by the own link: so it is told (告知), and the task that is
    owed for it ends once everybody who waits knows. Return whether this said anything new.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report, or was taken back
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    task = case.tasks.filter(kind=TaskKind.TELL, state=TaskState.OPEN).first()
    if task is None or report.told_since(task):
        return False
    Report.objects.filter(pk=report_id).update(told_at=at)
    given = Given(met=all_told(case, task), today=localdate(at))
    line: dict[str, Json] = {"report_id": report_id}
    move(case, task, TaskCommand.READ, given, line=line, actor=actor, at=at)
    return True


def _open_case_of(report_id: int, command: ReportCommand, actor: Actor) -> tuple[WorkOrder, Report]:
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case.facts(), actor=actor)
    _check_open(case, report, command)
    return case, report


def _check_open(case: WorkOrder, report: Report, command: ReportCommand) -> None:
    if report.erased_at is not None:
        raise ReportErased
    if case.outcome or report.withdrawn_at is not None:
        raise WrongState(command=command, state=case.step)


def _check_not_chased_lately(case: WorkOrder, report: Report, at: datetime) -> None:
    last = queries.last_chased_at(case, report.pk)
    again_at = queries.chase_again_at(case, last, on=localdate(at)) if last else at
    if again_at > at:
        raise ChasedLately(minutes=ceil((again_at - at).total_seconds() / 60))


def _check_not_supplemented_often(case: WorkOrder, report: Report, at: datetime) -> None:
    since = queries.times_said(case, report.pk, ReportCommand.SUPPLEMENT, after=at - _AN_HOUR)
    if len(since) >= _MOST_AN_HOUR:
        raise SupplementedOften(retry_after=ceil((since[0] + _AN_HOUR - at).total_seconds()))


def _not_there_yet(report: Report, blob_ids: Sequence[int]) -> list[int]:
    if not blob_ids:
        return []
    there = set(report.attachments.filter(erased_at=None).values_list("blob__digest", flat=True))
    return [blob_id for blob_id in blob_ids if blobs.blob(blob_id).digest not in there]


def _enter(
    case: WorkOrder,
    report: Report,
    command: ReportCommand,
    words: str,
    actor: Actor,
    at: datetime,
    more: Mapping[str, Json] | None = None,
) -> Report:
    case.revision += 1
    line: dict[str, Json] = {"command": command, "report_id": report.pk, **(more or {})}
    record(case, line, notes={NoteName.COMMENT: words}, actor=actor, at=at)
    return report
