"""HTTP doors of this room: one's own notices; the log for who may read it."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from chengshao.notices import actions, queries
from chengshao.notices.schemas import LogIn, LogOut, MyNoticesOut, PageIn
from chengshao.notices.terms import Power
from chengshao.people.terms import Power as PeoplePower
from chengshao.web.http import ERRORS, Id, actor_from_request

router = Router(tags=["notices"])


@router.get("/notices", response={200: MyNoticesOut, **ERRORS})
def list_notices(request: HttpRequest, asked: Query[PageIn]) -> dict[str, object]:
    """Return 50 notices to the caller, unread first, then the newest."""
    rows, older = queries.my_notices(actor_from_request(request), before=asked.before)
    return {"notices": rows, "before": older}


@router.get("/notices/log", response={200: LogOut, **ERRORS})
def list_log(request: HttpRequest, asked: Query[LogIn]) -> dict[str, object]:
    """Return 50 lines of what was sent to whom, the newest first (READ_LOGS or KEEP_MESSAGES)."""
    actor = actor_from_request(request)
    if not actor.holds(PeoplePower.READ_LOGS) and not actor.holds(Power.KEEP_MESSAGES):
        raise actions.MessagesPowerMissing(power=PeoplePower.READ_LOGS)
    lines, older = queries.log_lines(
        number=asked.number, state=asked.state or "", before=asked.before
    )
    return {"lines": lines, "before": older}


@router.post("/notices/{notice_id}/read", response={204: None, **ERRORS})
def read_notice(request: HttpRequest, notice_id: Path[Id]) -> tuple[int, None]:
    """Note that the caller has read an own notice; again changes nothing."""
    actions.read(notice_id=notice_id, actor=actor_from_request(request), at=timezone.now())
    return 204, None
