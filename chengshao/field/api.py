"""HTTP doors for the phone: translate, make one call, translate back."""

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import timezone
from ninja import File, Form, Path, Router
from ninja.files import UploadedFile

from chengshao.evidence.terms import MAX_BYTES
from chengshao.field import actions, queries
from chengshao.field.models import Deed
from chengshao.field.schemas import (
    CheckIn,
    CheckOut,
    DoneOut,
    FixedIn,
    KeptFor,
    MatterOut,
    MeOut,
    NoteIn,
    ReportIn,
    SolvedOut,
)
from chengshao.intake import actions as intake
from chengshao.kernel.actor import Actor
from chengshao.web.http import ERRORS, Id, Key, actor_from_request, caller_address
from chengshao.workorders.actions import NewReport, PowerMissing
from chengshao.workorders.terms import Power, Step

router = Router(tags=["field"])


@router.get("/me", response={200: MeOut, **ERRORS})
def show_me(request: HttpRequest) -> MeOut:
    """Tell who is signed in, with a fresh token: a phone asks before it sends what it kept."""
    actor = actor_from_request(request)
    home = queries.home(actor, timezone.now())
    return MeOut(
        user_id=actor.user_id or 0,
        csrf_token=get_token(request),
        checks=actor.holds(Power.CHECK),
        verifies=actor.holds(Power.VERIFY),
        records=actor.holds(Power.HANDLE),
        reports=actor.holds(Power.REPORT),
        matters=[MatterOut.from_orm(matter) for matter in home.matters],
        more_matters=[MatterOut.from_orm(matter) for matter in home.more_matters],
        solved=SolvedOut(number=home.solved.number, matter=home.solved_matter)
        if home.solved
        else None,
    )


@router.get("/checks", response={200: list[CheckOut], **ERRORS})
def list_checks(request: HttpRequest) -> list[CheckOut]:
    """Return what the caller is to look at outdoors, the soonest due first; at most 100."""
    actor = actor_from_request(request)
    if not _looks(actor):
        raise PowerMissing(power=Power.CHECK)
    return [CheckOut.of(each) for each in queries.checks(actor, timezone.now())]


@router.post("/checks/{task_id}", response={200: DoneOut, **ERRORS})
def decide_check(
    request: HttpRequest,
    task_id: Path[Id],
    payload: CheckIn,
    kept_for: KeptFor = None,
) -> Deed:
    """Decide on a check; if the case moved meanwhile nothing changes, and a note may be left."""
    actor = _sender(request, kept_for)
    return actions.check(
        client_key=payload.client_key,
        task_id=task_id,
        seen_revision=payload.seen_revision,
        command=payload.command,
        reason=payload.reason,
        actor=actor,
        at=timezone.now(),
    )


@router.post("/checks/{task_id}/notes", response={200: DoneOut, **ERRORS})
def leave_note(
    request: HttpRequest, task_id: Path[Id], payload: NoteIn, kept_for: KeptFor = None
) -> Deed:
    """Leave on the case what was seen by who came too late to decide. Nothing moves."""
    return actions.note(
        client_key=payload.client_key,
        task_id=task_id,
        words=payload.words,
        actor=_sender(request, kept_for),
        at=timezone.now(),
    )


@router.post("/fixed", response={200: DoneOut, **ERRORS})
def record_fixed(request: HttpRequest, payload: FixedIn, kept_for: KeptFor = None) -> DoneOut:
    """Record what one person found and fixed there and then: one closed case."""
    actor, at = _sender(request, kept_for), timezone.now()
    photos = [(photo.content, photo.name) for photo in payload.photos]
    received = actions.record_fixed(
        report=_report(payload, actor),
        matter=payload.matter,
        files=actions.keep_asked_photos(files=photos, actor=actor, at=at),
        actor=actor,
        at=at,
    )
    return DoneOut(client_key=payload.client_key, number=received.number, step=Step(received.step))


@router.post("/reports", response={200: DoneOut, **ERRORS})
def hand_on(request: HttpRequest, payload: ReportIn, kept_for: KeptFor = None) -> DoneOut:
    """Report what one person found and could not fix."""
    actor = _sender(request, kept_for)
    received = intake.receive(
        report=_report(payload, actor),
        address=caller_address(request),
        actor=actor,
        at=timezone.now(),
    )
    return DoneOut(client_key=payload.client_key, number=received.number, step=Step(received.step))


@router.post("/photos", response={200: DoneOut, **ERRORS})
def add_photo(
    request: HttpRequest,
    client_key: Form[Key],
    of: Form[Key],
    file: File[UploadedFile],
    kept_for: KeptFor = None,
) -> Deed:
    """Put a photograph on what the caller sent before under the key `of`."""
    return actions.add_photo(
        client_key=client_key,
        of=of,
        content=file.read(MAX_BYTES + 1),
        name=file.name or "",
        actor=_sender(request, kept_for),
        at=timezone.now(),
    )


def _looks(actor: Actor) -> bool:
    return actor.holds(Power.CHECK) or actor.holds(Power.VERIFY)


def _sender(request: HttpRequest, kept_for: int | None) -> Actor:
    actor = actor_from_request(request)
    actions.check_whose(kept_for, actor)
    return actor


def _report(payload: FixedIn | ReportIn, actor: Actor) -> NewReport:
    return actions.new_report(
        client_key=payload.client_key,
        words=payload.words,
        matter=payload.matter,
        place=payload.place,
        point=payload.point.wgs84() if payload.point else None,
        actor=actor,
        at=timezone.now(),
    )
