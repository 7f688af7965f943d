"""Doors on what units owe, and on files."""

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import File, Form, Path, Router
from ninja.files import UploadedFile

from chengshao.evidence import actions as evidence
from chengshao.evidence import queries as blobs
from chengshao.web.http import ERRORS, Id, Key, actor_from_request
from chengshao.workorders import actions, queries
from chengshao.workorders.api._shown import shown
from chengshao.workorders.models import Attachment
from chengshao.workorders.schemas.cases import TaskMoveIn, WorkOrderOut
from chengshao.workorders.schemas.parts import AttachmentOut
from chengshao.workorders.schemas.reports import ContactIn
from chengshao.workorders.terms import ViewingKind

router = Router(tags=["workorders"])


@router.post("/tasks/{task_id}/moves", response={200: WorkOrderOut, **ERRORS})
def move_task(request: HttpRequest, task_id: Path[Id], payload: TaskMoveIn) -> WorkOrderOut:
    """Move a task and, with it, the case."""
    actor = actor_from_request(request)
    given = payload.dict() | {"closing": payload.closing.closing() if payload.closing else None}
    if isinstance(payload.until, datetime):
        given |= {"until": None, "outer_due_at": payload.until}
    case = actions.move_task(task_id=task_id, **given, actor=actor, at=timezone.now())
    return shown(case.number, actor)


@router.post("/tasks/{task_id}/contacts", response={200: WorkOrderOut, **ERRORS})
def record_contact(request: HttpRequest, task_id: Path[Id], payload: ContactIn) -> WorkOrderOut:
    """Note an attempt to get in touch with a citizen."""
    actor = actor_from_request(request)
    case = actions.record_contact(task_id=task_id, **payload.dict(), actor=actor, at=timezone.now())
    return shown(case.number, actor)


@router.post("/tasks/{task_id}/evidence", response={200: AttachmentOut, **ERRORS})
def attach_evidence(
    request: HttpRequest, task_id: Path[Id], evidence_kind: Form[Key], file: File[UploadedFile]
) -> Attachment:
    """Hand in a file that the matter asks for."""
    actor, at = actor_from_request(request), timezone.now()
    actions.check_may_attach(task_id=task_id, evidence_kind=evidence_kind, actor=actor)
    blob_id = evidence.store_file(file=file, actor=actor, at=at)
    return actions.attach_evidence(
        task_id=task_id, evidence_kind=evidence_kind, blob_id=blob_id, actor=actor, at=at
    )


@router.get("/attachments/{attachment_id}", response={200: bytes, **ERRORS})
def show_attachment(request: HttpRequest, attachment_id: Path[Id]) -> HttpResponseBase:
    """Return the file as an attachment."""
    actor = actor_from_request(request)
    file = queries.attachment_of(attachment_id=attachment_id, actor=actor)
    answer = blobs.as_attachment(blobs.blob(queries.blob_id_on(file)))
    actions.log_viewing(
        case=file.work_order, kind=ViewingKind.EXPORT, actor=actor, at=timezone.now()
    )
    return answer
