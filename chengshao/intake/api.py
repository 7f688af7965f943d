"""HTTP doors of this room: translate, make one call, translate back."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from chengshao.intake import actions
from chengshao.intake.schemas import ReceivedOut, ReportIn
from chengshao.web.http import (
    ERRORS,
    OPEN_TO_ANYONE,
    RETRY_AFTER,
    actor_from_request,
    caller_address,
)

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
