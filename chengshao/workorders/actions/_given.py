"""What the rules of a task's move need to know, gathered from rows and lists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q

from chengshao.catalog.queries import Ground
from chengshao.catalog.terms import ParameterName
from chengshao.kernel.actor import Actor
from chengshao.kernel.words import is_blank
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._contacts import voices_of
from chengshao.workorders.actions._open_ends import has_open_ends
from chengshao.workorders.actions._store import (
    contacted,
    nobody_talked,
)
from chengshao.workorders.models import (
    Attachment,
    Deadline,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules.facts import Closing, Given
from chengshao.workorders.terms import (
    ClosingKind,
    DeadlineAuthority,
    LedgerLevel,
    NoteName,
    Power,
    TaskCommand,
    TaskKind,
    TaskState,
)

_BEFORE_OVERDUE = frozenset({TaskCommand.ASK_EXTENSION, TaskCommand.ASK_SUSPENSION})
_ANSWERS = frozenset({TaskCommand.ANSWER, TaskCommand.SIGN})
_SIGNED_FOR = _BEFORE_OVERDUE | {TaskCommand.ANSWER}
_SHOWS_EVIDENCE = _ANSWERS | {TaskCommand.STRIKE_OFF}
_LEADING = (TaskKind.LEAD, TaskKind.DOUBLE)
_AFTER_THE_ANSWER = frozenset(  # the lead is asked again from here, or tells the citizen
    {TaskKind.CHECK, TaskKind.SAMPLE, TaskKind.LEDGER_APPROVAL, TaskKind.OUTER_CLOSING}
)


def gather(
    case: WorkOrder,
    task: Task,
    command: str,
    said: Given,
    *,
    ground: Ground,
    actor: Actor,
    at: datetime,
) -> Given:
    """Return what the rules of a task's move ask for: what the actor said, and what is so."""
    today, closing = said.today, said.closing
    settled = ground.parameters(today)
    signs = command == TaskCommand.SIGN
    followed_by = _followed_by(case, task, today)
    says_unreachable = command in _ANSWERS and _says_unreachable(task, closing)
    return replace(
        said,
        reply=_draft(task) if signs and is_blank(said.reply) else said.reply,
        evidence=_evidence_on(task, command),
        overdue=command in _BEFORE_OVERDUE and _is_overdue(task, at),
        first_receiver_unit_id=_first_receiver(case, command, today),
        approver_unit_id=_approver(case, task, closing, today),
        signers=_signers(case, task, command, actor, today),
        contact_met=(says_unreachable or command == TaskCommand.CONSULT) and contacted(case),
        tried_in_vain=says_unreachable and nobody_talked(case),
        most_extensions=settled.number(ParameterName.EXTENSIONS_MOST, case.channel),
        most_suspended_days=settled.number(ParameterName.SUSPENSION_MOST_DAYS, case.channel),
        most_review_days=settled.number(ParameterName.LEDGER_REVIEW_MOST_DAYS, case.channel),
        open_ends=command in _ANSWERS and has_open_ends(case),
        followed_by=followed_by,
        voices=voices_of(case, _who_may_tell(task, command, followed_by), today),
    )


def _says_unreachable(task: Task, closing: Closing | None) -> bool:
    closing = closing or task.facts().asked.closing
    return closing is not None and closing.kind is ClosingKind.UNREACHABLE


def _evidence_on(task: Task, command: str) -> frozenset[str]:
    """Return what kinds of evidence hang on what is answered, or on what was asked from it."""
    if command not in _SHOWS_EVIDENCE:
        return frozenset()
    of = task.parent_id if command == TaskCommand.SIGN else task.pk
    there = Attachment.objects.filter(Q(task=of) | Q(task__parent=of), erased_at=None)
    return frozenset(there.exclude(evidence_kind="").values_list("evidence_kind", flat=True))


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
    """
    Return who approves that a case goes on the ledger: the level's own leader (F17).

    None: the centre, as nobody signs there, or it has led itself.
    """
    closing = closing or task.facts().asked.closing
    if closing is None or closing.ledger_level is not LedgerLevel.SUBDISTRICT or not case.territory:
        return None
    unit_id = people.subdistrict_unit_id(case.territory, today)
    led_by = _led_by(task)
    if unit_id is None or unit_id in (led_by, people.who_follows(led_by, today)):
        return None
    desk = case.desk_unit_id
    signers = people.users_upwards(
        Power.SIGN_OFF, unit_id, today, last=desk, territory=case.territory
    )
    return None if unit_id not in signers and desk in signers else unit_id


def _led_by(task: Task) -> int:
    """Return the unit whose answer it is, whoever signs it."""
    return task.parent.unit_id if task.kind == TaskKind.SIGN_OFF and task.parent else task.unit_id


def _signers(
    case: WorkOrder, task: Task, command: str, actor: Actor, today: date
) -> dict[int, frozenset[int]]:
    """Return who could sign for the unit, there, above it and at the desk, unless the actor can."""
    territory = case.territory
    if command not in _SIGNED_FOR or actor.may(Power.SIGN_OFF, task.unit_id, territory=territory):
        return {}
    return people.users_upwards(
        Power.SIGN_OFF, task.unit_id, today, last=case.desk_unit_id, territory=territory
    )


def _followed_by(case: WorkOrder, task: Task, today: date) -> dict[int, int | None]:
    """Return who follows whoever led or answered beside, by unit, where that is asked for."""
    if task.kind not in _AFTER_THE_ANSWER:
        return {}
    led = case.tasks.filter(kind__in=_LEADING, state=TaskState.DONE)
    units = set(led.values_list("unit_id", flat=True))
    return {unit_id: people.who_follows(unit_id, today) for unit_id in units}


def _who_may_tell(task: Task, command: str, followed_by: Mapping[int, int | None]) -> set[int]:
    """Return the lead whose answer may end the case by this move, if it may."""
    if command in _ANSWERS:
        return {_led_by(task)}
    return {unit_id for unit_id in followed_by.values() if unit_id}
