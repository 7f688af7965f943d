"""What somebody saw who looked where it lies, and sends after: photographs, and words too late."""

from datetime import datetime

from django.db import transaction

from chengshao.catalog.terms import EvidenceKind
from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.words import is_blank
from chengshao.workorders import queries
from chengshao.workorders.actions._store import attach, record
from chengshao.workorders.actions.report_files import check_number_of_files, check_takes_files
from chengshao.workorders.actions.reports import WordsMissing
from chengshao.workorders.models import Attachment, Task, WorkOrder
from chengshao.workorders.rules.jobs import JOBS
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.terms import CaseCommand, NoteName


@transaction.atomic
def show_seen(*, task_id: int, blob_id: int, actor: Actor, at: datetime) -> Attachment:
    """
    Put a photograph on a check or a verification, also after it: the verdict goes first, pictures
    follow as the network lets them.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor may not check, or verify, there
    :raises WrongState: if it is no check, or the case is filed away
    :raises FilesEnough: if it has as many as a report may have
    :raises BlobNotFound: if the actor did not upload this file
    """
    case, task = _checked(task_id, CaseCommand.ATTACH, actor)
    check_number_of_files(task.attachments.count() + 1)
    blobs.check_own([blob_id], actor=actor)
    before = task.kind in JOBS["verify"].kinds
    kind = EvidenceKind.PHOTO_BEFORE if before else EvidenceKind.PHOTO_AFTER
    return attach(case, blob_id, task=task, kind=kind, actor=actor, at=at)


@transaction.atomic
def show_found(*, report_id: int, blob_id: int, actor: Actor, at: datetime) -> Attachment:
    """
    Put a photograph on what this person found on the way: it follows the record.

    :raises ReportNotFound: if somebody else found it
    :raises ReportErased: if what it said was erased
    :raises FilesEnough: if it has as many as a report may have
    :raises WrongState: if its case is filed away
    :raises BlobNotFound: if the actor did not upload this file
    """
    case = queries.lock_case_of_own_find(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    check_takes_files(report, 1)
    if case.archived_at is not None:
        raise WrongState(command=CaseCommand.ATTACH, state=case.step)
    blobs.check_own([blob_id], actor=actor)
    return attach(case, blob_id, report=report, actor=actor, at=at)


@transaction.atomic
def note_seen(*, task_id: int, words: str, actor: Actor, at: datetime) -> WorkOrder:
    """
    Note on the case what somebody saw who came too late to decide on its check. Nothing moves.

    :raises WordsMissing: if it says nothing
    :raises WorkOrderNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor may not check, or verify, there
    :raises WrongState: if it is no check, or the case is filed away
    """
    if is_blank(words):
        raise WordsMissing
    case, task = _checked(task_id, CaseCommand.NOTE_SEEN, actor)
    case.revision += 1
    line: dict[str, Json] = {"command": CaseCommand.NOTE_SEEN, "task_id": task.pk}
    record(case, line, notes={NoteName.REASON: words}, actor=actor, at=at)
    return case


def _checked(task_id: int, command: CaseCommand, actor: Actor) -> tuple[WorkOrder, Task]:
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    job = JOBS["verify" if task.kind in JOBS["verify"].kinds else "check"]
    if not actor.may(job.power, task.unit_id, territory=case.territory):
        raise PowerMissing(power=job.power)
    if task.kind not in job.kinds or case.archived_at is not None:
        raise WrongState(command=command, state=task.state)
    return case, task
