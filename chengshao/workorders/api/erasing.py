"""Doors of the privacy officer (个人信息保护负责人): what goes for good, the proof stays."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from chengshao.web.http import ERRORS, Id, Key, actor_from_request
from chengshao.workorders import actions
from chengshao.workorders.api._shown import shown
from chengshao.workorders.schemas.cases import ErasureIn, WorkOrderOut

router = Router(tags=["workorders"])


@router.post(
    "/workorders/{number}/reports/{report_id}/erase", response={200: WorkOrderOut, **ERRORS}
)
def erase_report(
    request: HttpRequest, number: Path[Key], report_id: Path[Id], payload: ErasureIn
) -> WorkOrderOut:
    """Erase what a citizen said, the contact and the files; that it was there stays proven."""
    actor = actor_from_request(request)
    actions.erase_report(
        number=number, report_id=report_id, **payload.dict(), actor=actor, at=timezone.now()
    )
    return shown(number, actor)


@router.post("/workorders/{number}/history/{seq}/erase", response={200: WorkOrderOut, **ERRORS})
def erase_notes(
    request: HttpRequest, number: Path[Key], seq: Path[Id], payload: ErasureIn
) -> WorkOrderOut:
    """Erase the free text beside one line of the history; the line and its digest stay."""
    actor = actor_from_request(request)
    actions.erase_notes(number=number, seq=seq, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post(
    "/workorders/{number}/attachments/{attachment_id}/erase",
    response={200: WorkOrderOut, **ERRORS},
)
def erase_attachment(
    request: HttpRequest, number: Path[Key], attachment_id: Path[Id], payload: ErasureIn
) -> WorkOrderOut:
    """Erase a file; that it was there, and its digest, stay."""
    actor = actor_from_request(request)
    actions.erase_attachment(
        number=number,
        attachment_id=attachment_id,
        **payload.dict(),
        actor=actor,
        at=timezone.now(),
    )
    return shown(number, actor)
