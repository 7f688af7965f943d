"""HTTP doors of this room: translate, make one call, translate back."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from chengshao.intake import actions
from chengshao.intake.schemas import FixedIn, ReceivedOut, ReportIn
from chengshao.web.http import (
    ERRORS,
    OPEN_TO_ANYONE,
    RETRY_AFTER,
    actor_from_request,
    caller_address,
)

router = Router(tags=["intake"])
open_router = Router(tags=["intake"])  # for callers without a name too


@open_router.post(
    "/reports",
    response={200: ReceivedOut, **ERRORS},
    openapi_extra={**OPEN_TO_ANYONE, **RETRY_AFTER},
)
def receive_report(request: HttpRequest, payload: ReportIn) -> actions.Received:
    """File a report; the caller's same `client_key` with the same content gives the same one."""
    return actions.receive(
        report=payload.new_report(),
        address=caller_address(request),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/fixed", response={200: ReceivedOut, **ERRORS})
def record_fixed(request: HttpRequest, payload: FixedIn) -> actions.Received:
    """
    Record what one person found and fixed there and then: one closed case. The caller's same
    `client_key` with the same content gives the same one.
    """
    actor, at = actor_from_request(request), timezone.now()
    files = [(file.content, file.name, file.evidence_kind) for file in payload.files]
    return actions.record_fixed(
        report=payload.new_report(),
        unit_id=payload.unit_id,
        matter=payload.matter,
        reply=payload.reply,
        files=actions.keep_found(files=files, actor=actor, at=at),
        actor=actor,
        at=at,
    )
