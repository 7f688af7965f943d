"""
Doors for a citizen's program. Its authority is the secret in the address: the last part of the
link that filing a report answered with. What a page shows behind the link, these tell.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Path, Router

from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.resident.schemas import ProgressOut, RatedIn, SaidIn, SaidMoreIn
from chengshao.web.http import ERRORS, OPEN_TO_ANYONE, Key
from chengshao.workorders import actions, queries
from chengshao.workorders.queries import ReportNotFound

router = Router(tags=["resident"])
_ANSWERS = {200: ProgressOut, **ERRORS}


def _kept_close(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the link from travelling on, whatever the answer."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        answer = view(request, *args, **named)
        answer["Referrer-Policy"] = "no-referrer"
        answer["Cache-Control"] = "private, no-store"
        return answer

    return answered


router.add_decorator(_kept_close, mode="view")


def _citizen(token: str) -> tuple[Actor, int]:
    """
    Return whom the link stands for, with the report.

    :raises ReportNotFound: if no report has such a link
    """
    citizen = queries.citizen_of_link(token)
    if citizen is None or citizen.report_id is None:
        raise ReportNotFound
    return citizen, citizen.report_id


def _told(citizen: Actor) -> ProgressOut:
    progress = queries.progress_of(citizen, timezone.now())
    passed = (each.unit_id for each in progress.milestones)
    named = {unit_id for unit_id in (progress.lead_unit_id, *passed) if unit_id is not None}
    return ProgressOut.of(progress, people.unit_lines(named))


@router.get("/follow/{token}", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def follow(request: HttpRequest, token: Path[Key]) -> ProgressOut:
    """Return what becomes of the report. Looking changes nothing."""
    citizen, _report_id = _citizen(token)
    return _told(citizen)


@router.post("/follow/{token}/chase", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def chase(request: HttpRequest, token: Path[Key], payload: SaidIn) -> ProgressOut:
    """The citizen waits: the units and their leaders hear it (催单)."""
    citizen, report_id = _citizen(token)
    actions.chase_report(report_id=report_id, words=payload.words, actor=citizen, at=timezone.now())
    return _told(citizen)


@router.post("/follow/{token}/supplement", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def supplement(request: HttpRequest, token: Path[Key], payload: SaidMoreIn) -> ProgressOut:
    """Words more, of the citizen's own accord (补充)."""
    citizen, report_id = _citizen(token)
    actions.supplement_report(
        report_id=report_id, words=payload.words, actor=citizen, at=timezone.now()
    )
    return _told(citizen)


@router.post("/follow/{token}/read", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def read(request: HttpRequest, token: Path[Key]) -> ProgressOut:
    """The citizen has seen the result: nobody needs to tell it any more."""
    citizen, report_id = _citizen(token)
    actions.read_result(report_id=report_id, actor=citizen, at=timezone.now())
    return _told(citizen)


@router.post("/follow/{token}/rate", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def rate(request: HttpRequest, token: Path[Key], payload: RatedIn) -> ProgressOut:
    """What the citizen says of the result (评价)."""
    citizen, report_id = _citizen(token)
    actions.rate_report(
        report_id=report_id,
        resolution=payload.resolution,
        satisfaction=payload.satisfaction,
        contacted=payload.contacted,
        comment=payload.words,
        actor=citizen,
        at=timezone.now(),
    )
    return _told(citizen)


@router.post("/follow/{token}/void-rating", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def void_rating(request: HttpRequest, token: Path[Key], payload: SaidIn) -> ProgressOut:
    """Somebody asked for another rating: the one that was given is void, a new one is asked."""
    citizen, report_id = _citizen(token)
    actions.void_rating(report_id=report_id, words=payload.words, actor=citizen, at=timezone.now())
    return _told(citizen)


@router.post("/follow/{token}/reopen", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def reopen(request: HttpRequest, token: Path[Key], payload: SaidMoreIn) -> ProgressOut:
    """It is not done: the case goes on, by the citizen's right and within its time (重办)."""
    citizen, report_id = _citizen(token)
    actions.reopen_by_citizen(
        report_id=report_id, words=payload.words, actor=citizen, at=timezone.now()
    )
    return _told(citizen)


@router.post("/follow/{token}/withdraw", response=_ANSWERS, openapi_extra=OPEN_TO_ANYONE)
def withdraw(request: HttpRequest, token: Path[Key], payload: SaidIn) -> ProgressOut:
    """The citizen takes the report back (撤回)."""
    citizen, report_id = _citizen(token)
    actions.withdraw_report(
        report_id=report_id, reason=payload.words, actor=citizen, at=timezone.now()
    )
    return _told(citizen)
