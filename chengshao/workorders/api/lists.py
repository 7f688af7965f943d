"""Lists, each of 50 lines from an offset on, of what the caller sees and no more."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from chengshao.web.http import ERRORS, Key, actor_from_request
from chengshao.workorders import actions, queries
from chengshao.workorders.queries import (
    AlertLine,
    CallLine,
    CaseLine,
    LedgerLine,
    PromiseLine,
    SimilarCase,
    TimeHeld,
    Viewer,
    Waiting,
)
from chengshao.workorders.schemas.lists import (
    AlertOut,
    CallerIn,
    CallOut,
    CasesIn,
    LedgerIn,
    LedgerRowOut,
    PageIn,
    PromiseRowOut,
    PromisesIn,
    QueueIn,
    QueueOut,
    QueueRowOut,
    SimilarOut,
    TimeHeldOut,
    ViewerOut,
    WorkOrderRowOut,
)

router = Router(tags=["workorders"])
MOST_CALLS = 12


@router.get("/ledger", response={200: list[LedgerRowOut], **ERRORS})
def list_ledger(request: HttpRequest, asked: Query[LedgerIn]) -> list[LedgerLine]:
    """Return 50 cases on the ledger that the caller sees, the next review first."""
    return queries.ledger_entries(
        actor=actor_from_request(request),
        limit=50,
        offset=asked.offset,
        unit_id=asked.unit_id,
        level=asked.level or "",
        struck_off=asked.struck_off,
    )


@router.get("/promises", response={200: list[PromiseRowOut], **ERRORS})
def list_promises(request: HttpRequest, asked: Query[PromisesIn]) -> list[PromiseLine]:
    """Return 50 promises on cases that the caller sees, by their date."""
    return queries.promises(
        actor=actor_from_request(request),
        state=asked.state,
        today=timezone.localdate(),
        limit=50,
        offset=asked.offset,
        unit_id=asked.unit_id,
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


@router.get("/queues", response={200: list[QueueOut], **ERRORS})
def list_queues(request: HttpRequest) -> list[Waiting]:
    """Return what work the caller may do and how much of each waits; 1001 is "more than 1000"."""
    return queries.queues_waiting(actor_from_request(request))


@router.get("/queues/{name}", response={200: list[QueueRowOut], **ERRORS})
def list_queue(request: HttpRequest, name: Path[Key], asked: Query[QueueIn]) -> list[CaseLine]:
    """
    Return 50 cases of a queue of the caller's from the offset on, the soonest due first.

    Beside those that `/queues` tells there is `sent`: what the desk dispatched and no lead has
    acknowledged, so that it can still be recalled; the newest first.
    """
    return queries.queue_lines(
        name,
        actor=actor_from_request(request),
        limit=50,
        offset=asked.offset,
        kind=asked.kind,
        words=asked.words,
        territory=asked.territory,
    )


@router.get("/alerts", response={200: list[AlertOut], **ERRORS})
def list_alerts(request: HttpRequest, asked: Query[PageIn]) -> list[AlertLine]:
    """Return the newest 50 things that units of the caller's were told and nobody has opened."""
    return queries.alerts_of(actor_from_request(request), limit=50, offset=asked.offset)


@router.post("/callers", response={200: list[CallOut], **ERRORS})
def list_reports_of_caller(request: HttpRequest, payload: CallerIn) -> list[CallLine]:
    """
    Return at most twelve reports in sight that were made from exactly this number, the open ones
    first; never what was told in confidence. Who asked is logged, with the cases shown.
    """
    return actions.look_up_phone(
        phone=payload.phone,
        actor=actor_from_request(request),
        at=timezone.now(),
        limit=MOST_CALLS,
    )


@router.get("/workorders/{number}/similar", response={200: list[SimilarOut], **ERRORS})
def list_similar(request: HttpRequest, number: Path[Key]) -> list[SimilarCase]:
    """Return at most four open cases nearby that may be the same, the likest first."""
    return queries.similar_to(number=number, actor=actor_from_request(request), at=timezone.now())


@router.get("/workorders/{number}/viewings", response={200: list[ViewerOut], **ERRORS})
def list_viewings(request: HttpRequest, number: Path[Key]) -> list[Viewer]:
    """Return who has seen the case, printed it, or read a number in it; the last first."""
    return queries.viewings_of(number=number, actor=actor_from_request(request))


@router.get("/workorders/{number}/time-held", response={200: list[TimeHeldOut], **ERRORS})
def list_time_held(request: HttpRequest, number: Path[Key]) -> list[TimeHeld]:
    """Return how long each unit held what it owed on the case, and how late it was; to now."""
    return queries.times_of(number=number, actor=actor_from_request(request), at=timezone.now())
