"""Doors on the case as a whole."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Router

from chengshao.kernel.actor import ActorKind
from chengshao.web.http import ERRORS, Key, actor_from_request
from chengshao.workorders import actions, queries
from chengshao.workorders.api._shown import shown, told
from chengshao.workorders.schemas.cases import (
    AnswerDirectlyIn,
    CaseMoveIn,
    CopyIn,
    DispatchIn,
    MergeIn,
    PersonIn,
    RegisterIn,
    RemarkIn,
    UndoMergeIn,
    WorkOrderOut,
)
from chengshao.workorders.terms import ViewingKind

router = Router(tags=["workorders"])


@router.get("/workorders/{number}", response={200: WorkOrderOut, 304: None, **ERRORS})
def show_case(
    request: HttpRequest, response: HttpResponse, number: Path[Key]
) -> WorkOrderOut | tuple[int, None]:
    """
    Return the case with what hangs on it; third parties see their own task alone.

    `revision`, of the case and of each task, is what a move sends back as `seen_revision`: a
    caller who decides on what has changed meanwhile is refused (409). The `ETag` changes with
    every line of the history: sent back as `If-None-Match` it is answered 304 until then.

    A person who reads it has opened it: what the own units were told of it (`alerts`) is seen.
    """
    actor = actor_from_request(request)
    view = queries.case_view(number=number, actor=actor)
    response["ETag"] = f'"{actor.user_id}-{view.case.revision}-{view.case.history_seq}"'
    if request.headers.get("If-None-Match") == response["ETag"]:
        return 304, None
    at = timezone.now()
    actions.log_viewing(case=view.case, kind=ViewingKind.VIEW, actor=actor, at=at)
    if view.alerts and actor.kind is ActorKind.PERSON:
        actions.see_alerts(view.case, actor, at)
    return told(view)


@router.post("/workorders/{number}/register", response={200: WorkOrderOut, **ERRORS})
def register(request: HttpRequest, number: Path[Key], payload: RegisterIn) -> WorkOrderOut:
    """Accept the case and name its matter."""
    actor = actor_from_request(request)
    actions.register(
        number=number,
        seen_revision=payload.seen_revision,
        matter=payload.matter,
        urgency=payload.urgency,
        place=payload.place.place() if payload.place else None,
        actor=actor,
        at=timezone.now(),
    )
    return shown(number, actor)


@router.post("/workorders/{number}/dispatch", response={200: WorkOrderOut, **ERRORS})
def dispatch(request: HttpRequest, number: Path[Key], payload: DispatchIn) -> WorkOrderOut:
    """Name who leads and who helps, and why."""
    actor = actor_from_request(request)
    actions.dispatch(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/direct-answer", response={200: WorkOrderOut, **ERRORS})
def answer_directly(
    request: HttpRequest, number: Path[Key], payload: AnswerDirectlyIn
) -> WorkOrderOut:
    """Close a demand that the desk answers at once."""
    actor = actor_from_request(request)
    actions.answer_directly(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/moves", response={200: WorkOrderOut, **ERRORS})
def move_case(request: HttpRequest, number: Path[Key], payload: CaseMoveIn) -> WorkOrderOut:
    """Move the case as a whole: decline it, reopen it, ask its platform to take it back."""
    actor = actor_from_request(request)
    actions.move_case(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/merge", response={200: WorkOrderOut, **ERRORS})
def merge(request: HttpRequest, number: Path[Key], payload: MergeIn) -> WorkOrderOut:
    """Hang the reports of this case on another, and return that one."""
    actor = actor_from_request(request)
    actions.merge_cases(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(payload.into, actor)


@router.post("/workorders/{number}/undo-merge", response={200: WorkOrderOut, **ERRORS})
def undo_merge(request: HttpRequest, number: Path[Key], payload: UndoMergeIn) -> WorkOrderOut:
    """Take the reports of a merged case back."""
    actor = actor_from_request(request)
    actions.undo_merge(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/persons", response={200: WorkOrderOut, **ERRORS})
def name_person(request: HttpRequest, number: Path[Key], payload: PersonIn) -> WorkOrderOut:
    """Let one more person know of a case that is not open to whole units."""
    actor = actor_from_request(request)
    actions.name_person(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/persons/end", response={204: None, **ERRORS})
def end_naming(request: HttpRequest, number: Path[Key], payload: PersonIn) -> tuple[int, None]:
    """Take the case from a person who was named, be it the caller."""
    actor = actor_from_request(request)
    actions.end_naming(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return 204, None


@router.post("/workorders/{number}/copies", response={200: WorkOrderOut, **ERRORS})
def send_copies(request: HttpRequest, number: Path[Key], payload: CopyIn) -> WorkOrderOut:
    """Tell further units of the case that owe nothing on it; no clock runs for them."""
    actor = actor_from_request(request)
    actions.send_copies(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/remarks", response={200: WorkOrderOut, **ERRORS})
def remark(request: HttpRequest, number: Path[Key], payload: RemarkIn) -> WorkOrderOut:
    """
    Say something inside: whoever sees the whole case reads it in its history, as the note REMARK;
    no citizen and no third party ever does.
    """
    actor = actor_from_request(request)
    actions.remark(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)
