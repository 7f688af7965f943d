"""HTTP doors of this room: translate, make one call, translate back."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import File, Form, Path, Query, Router
from ninja.files import UploadedFile

from chengshao.evidence import actions as evidence
from chengshao.evidence import queries as blobs
from chengshao.web.http import ERRORS, Id, Key, actor_from_request
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Attachment, Report, WorkOrder
from chengshao.workorders.queries import CaseLine
from chengshao.workorders.schemas import (
    AttachmentOut,
    CasesIn,
    DispatchIn,
    EndIn,
    RateIn,
    RegisterIn,
    ReportOut,
    TaskMoveIn,
    WithdrawIn,
    WorkOrderOut,
    WorkOrderRowOut,
)

router = Router(tags=["workorders"])


@router.post("/reports/{report_id}/withdraw", response={200: ReportOut, **ERRORS})
def withdraw_report(request: HttpRequest, report_id: Path[Id], payload: WithdrawIn) -> Report:
    """Take a report back on the citizen's behalf."""
    return actions.withdraw_report(
        report_id=report_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/rating", response={200: ReportOut, **ERRORS})
def rate_report(request: HttpRequest, report_id: Path[Id], payload: RateIn) -> Report:
    """Note what the citizen says of the result."""
    return actions.rate_report(
        report_id=report_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.get("/workorders", response={200: list[WorkOrderRowOut], **ERRORS})
def list_cases(request: HttpRequest, asked: Query[CasesIn]) -> list[CaseLine]:
    """Return the newest 50 cases that this unit of the caller's sees, from the offset on."""
    return queries.cases_of_unit(
        unit_id=asked.unit_id,
        actor=actor_from_request(request),
        limit=50,
        step=asked.step or "",
        words=asked.words,
        offset=asked.offset,
    )


@router.get("/workorders/{number}", response={200: WorkOrderOut, **ERRORS})
def show_case(request: HttpRequest, number: Path[Key]) -> WorkOrder:
    """Return the case with all its tasks."""
    return queries.case_of(number=number, actor=actor_from_request(request))


@router.post("/workorders/{number}/register", response={200: WorkOrderOut, **ERRORS})
def register(request: HttpRequest, number: Path[Key], payload: RegisterIn) -> WorkOrder:
    """Accept the case and name its matter."""
    return actions.register(
        number=number,
        seen_revision=payload.seen_revision,
        matter=payload.matter,
        urgency=payload.urgency,
        place=payload.place.place() if payload.place else None,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/workorders/{number}/dispatch", response={200: WorkOrderOut, **ERRORS})
def dispatch(request: HttpRequest, number: Path[Key], payload: DispatchIn) -> WorkOrder:
    """Name who leads and who helps, and why."""
    return actions.dispatch(
        number=number,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/workorders/{number}/end", response={200: WorkOrderOut, **ERRORS})
def end_case(request: HttpRequest, number: Path[Key], payload: EndIn) -> WorkOrder:
    """Decline a case before it is registered."""
    return actions.end_case(
        number=number,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/tasks/{task_id}/moves", response={200: WorkOrderOut, **ERRORS})
def move_task(request: HttpRequest, task_id: Path[Id], payload: TaskMoveIn) -> WorkOrder:
    """Move a task and, with it, the case."""
    return actions.move_task(
        task_id=task_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


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
    found = queries.attachment_of(attachment_id=attachment_id, actor=actor_from_request(request))
    return blobs.as_attachment(found.blob)
