"""What units do with what they owe."""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import EvidenceKind, ParameterName
from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.clock import ZONE
from chengshao.kernel.errors import Invalid
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.actions._store import (
    ChangedMeanwhile,
    alert,
    all_told,
    attach,
    contacted,
    move,
)
from chengshao.workorders.models import (
    Attachment,
    ContactAttempt,
    Deadline,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules.facts import OPEN_STATES, Closing, Given
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    ContactResult,
    DeadlineAuthority,
    LedgerLevel,
    NoteName,
    OuterWhat,
    Power,
    TaskCommand,
    TaskKind,
)

_LOOKED_AT = frozenset({TaskKind.LEDGER_REVIEW, TaskKind.CHECK, TaskKind.SAMPLE})
_BEFORE_OVERDUE = frozenset({TaskCommand.ASK_EXTENSION, TaskCommand.ASK_SUSPENSION})
_ASKS_OF_CONTACT = frozenset({TaskCommand.ANSWER, TaskCommand.CONSULT})
_AFTER_THE_ANSWER = frozenset(  # the lead is asked again from here, or tells the citizen
    {TaskKind.CHECK, TaskKind.SAMPLE, TaskKind.LEDGER_APPROVAL, TaskKind.OUTER_CLOSING}
)


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
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Move a task of any kind, and the case with it. Evidence counts that is attached to the task.

    :param closing: of an answer; a leader who signs may change it, else the draft's holds
    :param asked_unit_ids: who is consulted, called in, assigned or inquired of
    :param until: end of a suspension, next review of a ledger's entry, or the day to which the
        platform moved its order
    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the task is not the one the actor saw
    :raises UnitNotFound: if a unit named is not there or closed
    :raises LeadNotByList: if the lists of duties don't let a unit help that is called in
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    if task.revision != seen_revision:
        raise ChangedMeanwhile
    today = localdate(at)
    _check_named(case, command, asked_unit_ids, proposed_unit_id, today)
    if command == TaskCommand.SIGN:
        reply = reply or _draft(task)
    ground = catalog.ground()
    settled = ground.parameters(today)
    given = Given(
        reason=reason,
        reply=reply,
        evidence=_evidence_on(task) if command == TaskCommand.ANSWER else frozenset(),
        closing=closing,
        asked_unit_ids=asked_unit_ids,
        proposed_unit_id=proposed_unit_id,
        until=until,
        today=today,
        overdue=command in _BEFORE_OVERDUE and _is_overdue(task, at),
        first_receiver_unit_id=_first_receiver(case, command, today),
        approver_unit_id=_approver(case, task, closing, today),
        contact_met=command in _ASKS_OF_CONTACT and contacted(case),
        most_extensions=settled.number(ParameterName.EXTENSIONS_MOST, case.channel),
        most_suspended_days=settled.number(ParameterName.SUSPENSION_MOST_DAYS, case.channel),
        followed_by=_followed_by(case, task, today),
    )
    move(case, task, command, given, ground=ground, actor=actor, at=at)
    _after(case, task, command, until, at)
    return case


def _evidence_on(task: Task) -> frozenset[str]:
    """Return what kinds of evidence hang on it, or on what was asked from it."""
    there = Attachment.objects.filter(Q(task=task) | Q(task__parent=task), erased_at=None)
    return frozenset(there.exclude(evidence_kind="").values_list("evidence_kind", flat=True))


def _check_named(
    case: WorkOrder,
    command: str,
    asked: frozenset[int],
    proposed_unit_id: int | None,
    today: date,
) -> None:
    named = asked | ({proposed_unit_id} if proposed_unit_id else set())
    if named:
        people.check_units(named, today)
    if command == TaskCommand.CALL_IN:
        catalog.check_may_help(asked, case.matter, case.territory, today)


def _draft(task: Task) -> str:
    """Return the words that wait for this sign-off."""
    return queries.last_note(task.work_order, NoteName.REPLY, task_id=task.parent_id)


def _is_overdue(task: Task, at: datetime) -> bool:
    return Deadline.objects.filter(
        task=task, authority=DeadlineAuthority.INNER, due_at__lt=at
    ).exists()


def _first_receiver(case: WorkOrder, command: str, today: date) -> int | None:
    if command != TaskCommand.CONSULT or not case.territory:
        return None
    if case.confidential or case.named_only:  # one more unit would know
        return None
    return people.subdistrict_unit_id(case.territory, today)


def _approver(case: WorkOrder, task: Task, closing: Closing | None, today: date) -> int | None:
    """Return who approves that a case goes on the ledger: the level's own leader (F17)."""
    closing = closing or task.facts().asked.closing
    if closing is None or closing.ledger_level is not LedgerLevel.SUBDISTRICT:
        return None
    return people.subdistrict_unit_id(case.territory, today) if case.territory else None


def _followed_by(case: WorkOrder, task: Task, today: date) -> dict[int, int | None]:
    """Return who follows the last lead, by its unit, where that is asked for."""
    if task.kind not in _AFTER_THE_ANSWER:
        return {}
    leads = case.tasks.filter(kind=TaskKind.LEAD).order_by("-round")
    units = leads.values_list("unit_id", flat=True)[:1]
    return {unit_id: people.who_follows(unit_id, today) for unit_id in units}


def _after(case: WorkOrder, task: Task, command: str, until: date | None, at: datetime) -> None:
    asked = task.facts().asked
    if command == TaskCommand.RECALL:
        alert(case, [task.unit_id], AlertKind.RECALLED, at=at)
    moved_by_platform = (
        task.kind == TaskKind.OUTER_REQUEST
        and command == TaskCommand.GRANT
        and asked.what is OuterWhat.EXTENSION
    )
    if moved_by_platform and until is not None:
        clocks.outer_moved(case, _end_of(until), at)
        case.save(update_fields=["outer_due_at"])


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZONE)


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
    :raises ContactNotTaken: if the report is not of this case, withdrawn, or has no contact (any
        more)
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    report = case.reports.filter(
        pk=report_id, withdrawn_at=None, contact__isnull=False, contact__erased_at=None
    ).first()
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
    given = Given(reason=words, met=met, today=localdate(at))
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
    taken = set(EvidenceKind) if task.kind in _LOOKED_AT else set(case.evidence_asked)
    if evidence_kind not in taken:
        raise EvidenceNotAsked
