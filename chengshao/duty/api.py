"""HTTP doors of this room: reading only. What is signed is signed on the pages, by a person."""

from django.http import HttpRequest
from ninja import Path, Query, Router

from chengshao.duty import queries
from chengshao.duty.schemas import HandOverOut, LogAsked, LogEntryOut
from chengshao.web.http import ERRORS, Id, actor_from_request

router = Router(tags=["duty"])


@router.get("/duty/log", response={200: list[LogEntryOut], **ERRORS})
def read_log(request: HttpRequest, asked: Query[LogAsked]) -> list[LogEntryOut]:
    """Return the duty log of one's own unit, the newest line first."""
    actor = actor_from_request(request)
    lines = queries.log_of(actor, before=asked.before, limit=asked.limit)
    return [LogEntryOut.of(line) for line in lines]


@router.get("/duty/hand-overs/{hand_over_id}", response={200: HandOverOut, **ERRORS})
def read_hand_over(request: HttpRequest, hand_over_id: Path[Id]) -> HandOverOut:
    """Return what one shift left to the next, as it was given."""
    return HandOverOut.of(queries.hand_over(hand_over_id, actor_from_request(request)))
