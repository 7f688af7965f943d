"""What units do with what they owe."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import EvidenceKind
from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Invalid
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._audience import check_somebody_knows
from chengshao.workorders.actions._clocks import end_of
from chengshao.workorders.actions._contacts import end_contacts
from chengshao.workorders.actions._given import gather
from chengshao.workorders.actions._store import (
    ChangedMeanwhile,
    alert,
    all_told,
    attach,
    contacted,
    move,
)
from chengshao.workorders.actions.copies import copy_to, districts_of
from chengshao.workorders.models import (
    Attachment,
    ContactAttempt,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules.book import HANDLING_KINDS
from chengshao.workorders.rules.facts import OPEN_STATES, Closing, Given
from chengshao.workorders.rules.refusals import PowerMissing, SubassignedOutside, WrongState
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    ContactResult,
    Outcome,
    Power,
    TaskCommand,
    TaskKind,
    TaskState,
)

_LOOKED_AT = frozenset({TaskKind.LEDGER_REVIEW, TaskKind.CHECK, TaskKind.SAMPLE})


class EvidenceNotAsked(Invalid):
    code = "workorder_evidence_not_asked"


class ContactNotTaken(Invalid):
    """The report has no contact, or is not of this case."""

    code = "workorder_contact_not_taken"


@transaction.atomic
def move_task(
    *,
    task_id: int,
    seen_revision: int,
    command: str,
    reason: str = "",
    reply: str = "",
    closing: Closing | None = None,
    asked_unit_ids: frozenset[int] = frozenset(),
    proposed_unit_id: int | None = None,
    until: date | None = None,
    outer_due_at: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Move a task of any kind, and the case with it. Evidence counts that is attached to the task.

    :param closing: of an answer; a leader who signs may change it, else the draft's holds
    :param asked_unit_ids: who is consulted, called in, assigned or inquired of
    :param proposed_unit_id: who should do it instead, in the eyes of who returns it; in the verdict
        on what was to be done beside the lead: who does it instead
    :param until: end of a suspension, next review of a ledger's entry, or the last day of an order
        whose platform names no hour
    :param outer_due_at: the moment to which the platform moved its order
    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the task is not the one the actor saw
    :raises UnitNotFound: if a unit named is not there or closed
    :raises LeadNotByList: if the lists of duties don't let a unit help that is called in, assigned
        to, or takes another's place
    :raises NobodyKnows: if a unit is named that would get an informant's case, and nobody would see
    :raises SubassignedOutside: if a unit is assigned to that neither stands below nor works for it
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    if task.revision != seen_revision:
        raise ChangedMeanwhile
    today = localdate(at)
    if task.kind == TaskKind.OUTER_REQUEST:
        until, outer_due_at = _outer_end(until, outer_due_at)
    _check_named(case, task, command, asked_unit_ids, proposed_unit_id, today)
    ground = catalog.ground()
    said = Given(
        reason=reason,
        reply=reply,
        closing=closing,
        asked_unit_ids=asked_unit_ids,
        proposed_unit_id=proposed_unit_id,
        until=until,
        outer_due_at=outer_due_at,
        today=today,
    )
    given = gather(case, task, command, said, ground=ground, actor=actor, at=at)
    copies = _copies(case, _helping(task, command, said), today)
    line: dict[str, Json] = {"copy_unit_ids": sorted(copies)} if copies else {}
    move(case, task, command, given, line=line, ground=ground, actor=actor, at=at)
    copy_to(case, copies, at)
    _after(case, task, command, at)
    return case


def _helping(task: Task, command: str, said: Given) -> frozenset[int]:
    """Return who is to help from now on: called in, or in the place of who gave it back."""
    if command == TaskCommand.CALL_IN:
        return said.asked_unit_ids
    beside = task.parent is not None and task.parent.kind != TaskKind.LEAD
    if (task.kind, command) == (TaskKind.ADJUDICATE, TaskCommand.GRANT) and beside:
        return frozenset({said.proposed_unit_id} if said.proposed_unit_id else ())
    return frozenset()


def _copies(case: WorkOrder, helping: frozenset[int], today: date) -> frozenset[int]:
    """Return the districts above sub-districts that are to help, where they owe nothing there."""
    above = districts_of(case, helping, today) if helping else frozenset()
    owing = case.tasks.filter(unit__in=above, state__in=sorted(OPEN_STATES))
    return above - set(owing.values_list("unit_id", flat=True)) if above else above


def _outer_end(
    until: date | None, outer_due_at: datetime | None
) -> tuple[date | None, datetime | None]:
    """Return the day and the moment that a platform sets; a day alone means the end of it."""
    if outer_due_at is not None:
        return localdate(outer_due_at), outer_due_at
    return until, end_of(until) if until else None


def _check_named(
    case: WorkOrder,
    task: Task,
    command: str,
    asked: frozenset[int],
    proposed_unit_id: int | None,
    today: date,
) -> None:
    named = asked | ({proposed_unit_id} if proposed_unit_id else set())
    if named:
        people.check_units(named, today)
        get_it = named if command == TaskCommand.GRANT else asked
        check_somebody_knows(case, get_it, today)
    others = asked - {task.unit_id}  # that nobody asks the own unit is for the rules to say
    if command in (TaskCommand.CALL_IN, TaskCommand.SUBASSIGN):
        catalog.check_may_help(others, case.matter, case.territory, today)
    if command == TaskCommand.SUBASSIGN:
        own = people.who_follows(task.unit_id, today) or task.unit_id
        if others - people.may_be_assigned(own, others, today):
            raise SubassignedOutside
    if command == TaskCommand.GRANT and proposed_unit_id and task.parent is not None:
        _check_takes_place(case, task.parent.kind, proposed_unit_id, today)


def _check_takes_place(case: WorkOrder, kind: str, unit_id: int, today: date) -> None:
    if kind == TaskKind.DOUBLE:
        catalog.check_may_lead(unit_id, case.matter, case.territory, today)
    else:
        catalog.check_may_help({unit_id}, case.matter, case.territory, today)


def _after(case: WorkOrder, task: Task, command: str, at: datetime) -> None:
    if command == TaskCommand.RECALL and task.kind != TaskKind.SIGN_OFF:
        alert(case, [task.unit_id], AlertKind.RECALLED, at=at)
    if case.outcome == Outcome.RETURNED:
        alert(case, _let_go(case, at), AlertKind.RECALLED, at=at)
    elif (task.kind, command) == (TaskKind.OUTER_REQUEST, TaskCommand.GRANT):
        end_contacts(case, at)


def _let_go(case: WorkOrder, at: datetime) -> set[int]:
    """Return the units that had the case in hand until its platform took it back."""
    ended = case.tasks.filter(kind__in=HANDLING_KINDS, state=TaskState.CANCELLED, ended_at=at)
    return set(ended.values_list("unit_id", flat=True))


@transaction.atomic
def record_contact(
    *,
    task_id: int,
    report_id: int,
    result: ContactResult,
    words: str = "",
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Note an attempt to get in touch with a citizen; the task ends when the rule is met.

    For a CONTACT task that is first contact (先行联系), for a TELL task the result told (告知).

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ContactNotTaken: if the report is not of this case, or there is nobody to call
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    report = queries.reachable_reports(case).filter(pk=report_id).first()
    if report is None:
        raise ContactNotTaken
    ContactAttempt.objects.create(
        report=report, task=task, result=result, by_id=actor.user_id, at=at
    )
    command = TaskCommand.TELL if task.kind == TaskKind.TELL else TaskCommand.CONTACT
    if command == TaskCommand.TELL and result in (ContactResult.TALKED, ContactResult.MESSAGE):
        Report.objects.filter(pk=report_id).update(told_at=at)
    met = all_told(case, task) if command == TaskCommand.TELL else contacted(case)
    line: dict[str, Json] = {"report_id": report_id, "result": result}
    given = Given(reason=words, attempt=result, met=met, today=localdate(at))
    move(case, task, command, given, line=line, actor=actor, at=at)
    return case


@transaction.atomic
def check_may_attach(*, task_id: int, evidence_kind: str, actor: Actor) -> None:
    """
    Pass if such evidence would be taken now: doors ask before they keep a stranger's file.

    :raises DomainError: as attach_evidence
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    _check_may_attach(case, case.tasks.get(pk=task_id), evidence_kind, actor)


@transaction.atomic
def attach_evidence(
    *, task_id: int, evidence_kind: str, blob_id: int, actor: Actor, at: datetime
) -> Attachment:
    """
    Put a stored file on a task as evidence; of handlers only what the matter asks (domain.md §6).

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises WrongState: if the task is not open
    :raises PowerMissing: if the actor may not do this task
    :raises EvidenceNotAsked: if the case's matter does not ask this kind
    :raises BlobNotFound: if the actor did not upload this file
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    _check_may_attach(case, task, evidence_kind, actor)
    blobs.check_own([blob_id], actor=actor)
    return attach(case, blob_id, task=task, kind=evidence_kind, actor=actor, at=at)


def _check_may_attach(case: WorkOrder, task: Task, evidence_kind: str, actor: Actor) -> None:
    if task.state not in OPEN_STATES:
        raise WrongState(command=CaseCommand.ATTACH, state=task.state)
    checks = task.kind in (TaskKind.CHECK, TaskKind.SAMPLE)
    power = Power.CHECK if checks else Power.HANDLE
    if not actor.may(power, task.unit_id, territory=case.territory):
        raise PowerMissing(power=power)
    if evidence_kind not in _taken_on(case, task):
        raise EvidenceNotAsked


def _taken_on(case: WorkOrder, task: Task) -> set[str]:
    """Whoever only looks may show anything; who works for another unit, what it looks like now."""
    if task.kind in _LOOKED_AT:
        return set(EvidenceKind)
    asked = set(case.evidence_asked)
    return asked | {EvidenceKind.PHOTO_AFTER} if task.kind == TaskKind.SUBASSIGNED else asked
