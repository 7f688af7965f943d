"""Doors on one citizen's report: what is said of it, its files, how its citizen is reached."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Path, Router
from ninja.files import UploadedFile

from chengshao.evidence import actions as evidence
from chengshao.people import actions as people
from chengshao.people.actions import RevealedContact
from chengshao.people.terms import Power
from chengshao.web.http import ERRORS, Id, Key, actor_from_request
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Attachment, Report
from chengshao.workorders.queries import Progress
from chengshao.workorders.schemas.parts import AttachmentOut
from chengshao.workorders.schemas.reports import (
    ContactOut,
    NuisanceIn,
    PurposeIn,
    QualifyIn,
    RateIn,
    ReportOut,
    ReportStateOut,
    TakeOffIn,
    UnmarkIn,
    WithdrawIn,
    WordsIn,
    WriteIn,
)

router = Router(tags=["workorders"])


@router.get("/reports/{report_id}", response={200: ReportStateOut, **ERRORS})
def show_report(request: HttpRequest, report_id: Path[Id]) -> Progress:
    """
    Return what becomes of a report, as far as its citizen may know it.

    A key that names REPORT opens what came with it: a system may ask how its own reports stand,
    and chase, add to, rate or withdraw them as their citizens say. Others are not there for it.
    """
    return queries.progress_of_report(
        report_id=report_id, actor=actor_from_request(request), now=timezone.now()
    )


@router.post("/reports/{report_id}/withdraw", response={200: ReportOut, **ERRORS})
def withdraw_report(request: HttpRequest, report_id: Path[Id], payload: WithdrawIn) -> Report:
    """Take a report back on the citizen's behalf."""
    return actions.withdraw_report(
        report_id=report_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/workorders/{number}/reports/{report_id}/qualify", response={204: None, **ERRORS})
def qualify_report(
    request: HttpRequest, number: Path[Key], report_id: Path[Id], payload: QualifyIn
) -> tuple[int, None]:
    """
    Say before dispatch what a report is: a complaint about a unit, an informant's (投诉、举报).

    The caller may not see the case afterwards. Nothing of it is said otherwise later.
    """
    actor = actor_from_request(request)
    actions.qualify_report(
        number=number, report_id=report_id, **payload.dict(), actor=actor, at=timezone.now()
    )
    return 204, None


@router.post("/workorders/{number}/reports/{report_id}/take-off", response={204: None, **ERRORS})
def take_off_complaint(
    request: HttpRequest, number: Path[Key], report_id: Path[Id], payload: TakeOffIn
) -> tuple[int, None]:
    """Take off the unit that a report was said to be about, where it was the wrong one."""
    actor = actor_from_request(request)
    actions.take_off_complaint(
        number=number, report_id=report_id, **payload.dict(), actor=actor, at=timezone.now()
    )
    return 204, None


@router.post("/reports/{report_id}/rating", response={200: ReportOut, **ERRORS})
def rate_report(request: HttpRequest, report_id: Path[Id], payload: RateIn) -> Report:
    """Note what the citizen says of the result."""
    return actions.rate_report(
        report_id=report_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/chase", response={200: ReportOut, **ERRORS})
def chase_report(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Pass on that the citizen waits."""
    return actions.chase_report(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/supplement", response={200: ReportOut, **ERRORS})
def supplement_report(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Add what the citizen says further."""
    return actions.supplement_report(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/write", response={200: ReportOut, **ERRORS})
def write_to_citizen(request: HttpRequest, report_id: Path[Id], payload: WriteIn) -> Report:
    """Write to the citizen while the case is open, for the unit that leads or for the desk."""
    return actions.write_to_citizen(
        report_id=report_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/progress", response={200: ReportOut, **ERRORS})
def answer_progress(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Note that the citizen asked how it stands, and what was said."""
    return actions.answer_progress(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/nuisance", response={200: ReportOut, **ERRORS})
def mark_nuisance(request: HttpRequest, report_id: Path[Id], payload: NuisanceIn) -> Report:
    """Mark a call as nuisance, with the reason: it is not called back nor rated."""
    return actions.mark_nuisance(
        report_id=report_id,
        reason=payload.reason,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/unmark-nuisance", response={200: ReportOut, **ERRORS})
def unmark_nuisance(request: HttpRequest, report_id: Path[Id], payload: UnmarkIn) -> Report:
    """Take that mark back: its citizen is called, told and asked again as far as it goes."""
    return actions.unmark_nuisance(
        report_id=report_id,
        reason=payload.reason,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/reopen", response={200: ReportOut, **ERRORS})
def reopen_report(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Let an ended case go on because its citizen says that it is not done."""
    return actions.reopen_by_citizen(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/files", response={200: AttachmentOut, **ERRORS})
def attach_to_report(
    request: HttpRequest, report_id: Path[Id], file: File[UploadedFile]
) -> Attachment:
    """Hang a file on a report that its citizen sent; at most nine."""
    actor, at = actor_from_request(request), timezone.now()
    actions.check_may_send_file(report_id=report_id, actor=actor)
    blob_id = evidence.store_file(file=file, actor=actor, at=at)
    return actions.attach_to_report(report_id=report_id, blob_id=blob_id, actor=actor, at=at)


@router.post(
    "/workorders/{number}/reports/{report_id}/contact", response={200: ContactOut, **ERRORS}
)
def reveal_contact(
    request: HttpRequest, number: Path[Key], report_id: Path[Id], payload: PurposeIn
) -> RevealedContact:
    """Open a citizen's name and number for a purpose; who, when and what for is logged first."""
    actor = actor_from_request(request)
    contact_id = queries.contact_of(
        report_id=report_id, number=number, power=Power.REVEAL_CONTACT, actor=actor
    )
    return people.reveal_contact(
        contact_id=contact_id,
        purpose=payload.purpose,
        about=number,
        actor=actor,
        at=timezone.now(),
    )
