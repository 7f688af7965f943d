"""HTTP doors of this room: translate, make one call, translate back."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from chengshao.dispatch import actions
from chengshao.dispatch.schemas import DirectIn, DirectOut
from chengshao.web.http import ERRORS, Key, actor_from_request
from chengshao.workorders import queries as workorders

router = Router(tags=["dispatch"])


@router.post("/workorders/{number}/register-and-dispatch", response={200: DirectOut, **ERRORS})
def register_and_dispatch(request: HttpRequest, number: Path[Key], payload: DirectIn) -> object:
    """
    Register a case and send it at once to the one lead that the catalogue names (目录直派); where
    it names none or several, nothing is changed (409 dispatch_no_sole_lead).
    """
    actor = actor_from_request(request)
    actions.register_and_dispatch(
        number=number,
        seen_revision=payload.seen_revision,
        matter=payload.matter,
        urgency=payload.urgency,
        place=payload.place.place() if payload.place else None,
        actor=actor,
        at=timezone.now(),
    )
    return workorders.case_of(number=number, actor=actor)
