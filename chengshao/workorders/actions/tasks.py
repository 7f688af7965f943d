"""What units do with what they owe."""

from datetime import datetime

from django.db import transaction

from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid
from chengshao.workorders import queries
from chengshao.workorders.actions._store import ChangedMeanwhile, attach, move
from chengshao.workorders.models import (
    Attachment,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.lifecycle import OPEN_STATES, Given
from chengshao.workorders.terms import (
    CaseCommand,
    Power,
)


class EvidenceNotAsked(Invalid):
    code = "workorder_evidence_not_asked"


@transaction.atomic
def move_task(
    *,
    task_id: int,
    seen_revision: int,
    command: str,
    reason: str = "",
    reply: str = "",
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Move a task of any kind, and the case with it. Evidence counts that is attached to the task.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the task is not the one the actor saw
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    if task.revision != seen_revision:
        raise ChangedMeanwhile
    evidence = frozenset(task.attachments.values_list("evidence_kind", flat=True)) - {""}
    given = Given(reason=reason, reply=reply, evidence=evidence)
    move(case, task, command, given, actor=actor, at=at)
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
    Put a stored file on a task as evidence; only what the matter asks is taken (domain.md §6).

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises WrongState: if the task is not open
    :raises PowerMissing: if the actor may not handle for the task's unit
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
        raise lifecycle.WrongState(command=CaseCommand.ATTACH, state=task.state)
    if not actor.may(Power.HANDLE, task.unit_id, territory=case.territory):
        raise lifecycle.PowerMissing(power=Power.HANDLE)
    if evidence_kind not in case.evidence_asked:
        raise EvidenceNotAsked
