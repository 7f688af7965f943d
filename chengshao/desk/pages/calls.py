"""The second call on the case page: what the citizen of a report says when calling again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengshao.desk.forms import SecondCallForm
from chengshao.desk.pages.coming_back import comes_back_if_refused, go_on
from chengshao.desk.pages.refusals import check
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid
from chengshao.web.pages import actor_of, signed_in
from chengshao.web.texts import term
from chengshao.workorders import actions, queries
from chengshao.workorders.queries import ReportNotFound
from chengshao.workorders.terms import CaseCommand, ReportCommand, Resolution, Satisfaction


class ReasonMissing(Invalid):
    code = "call_reason_missing"


class RatingMissing(Invalid):
    code = "call_rating_missing"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the form of a second call holds, whatever its button is."""

    words: str  # of the caller
    says: str = ""  # what was read to the caller
    resolution: str = ""
    satisfaction: str = ""


def deal(report_id: int, command: str, heard: Heard, *, actor: Actor, at: datetime) -> None:
    """
    Do what the citizen who called again asks for.

    :raises ReasonMissing: if it is taken back, or marked as nuisance, without a reason
    :raises RatingMissing: if it is rated by half
    :raises Http404: if there is no such command
    :raises DomainError: see workorders.actions
    """
    of: dict[str, Any] = {"report_id": report_id, "actor": actor, "at": at}
    words = heard.words
    match command:
        case ReportCommand.ASK_PROGRESS:
            said = "\n".join(part for part in (heard.says, words) if part.strip())
            actions.answer_progress(words=said, **of)
        case ReportCommand.CHASE:
            actions.chase_report(words=words, **of)
        case ReportCommand.SUPPLEMENT:
            actions.supplement_report(words=words, **of)
        case ReportCommand.WITHDRAW:
            actions.withdraw_report(reason=_reason(words), **of)
        case ReportCommand.MARK_NUISANCE:
            actions.mark_nuisance(reason=_reason(words), **of)
        case ReportCommand.UNMARK_NUISANCE:
            actions.unmark_nuisance(reason=words, **of)
        case ReportCommand.VOID_RATING:
            actions.void_rating(words=_reason(words), **of)
        case CaseCommand.REOPEN:
            actions.reopen_by_citizen(words=words, **of)
        case ReportCommand.RATE:
            _rate(heard, of)
        case _:
            raise Http404


def _reason(words: str) -> str:
    """:raises ReasonMissing: if there is none"""
    if not words.strip():
        raise ReasonMissing
    return words


def _rate(heard: Heard, of: Mapping[str, Any]) -> None:
    """:raises RatingMissing: unless both are said"""
    if heard.resolution not in set(Resolution) or heard.satisfaction not in set(Satisfaction):
        raise RatingMissing
    actions.rate_report(
        resolution=Resolution(heard.resolution),
        satisfaction=Satisfaction(heard.satisfaction),
        comment=heard.words,
        **of,
    )


@require_POST
@signed_in
@comes_back_if_refused
def case_call(request: HttpRequest, number: str, report_id: int, command: str) -> HttpResponse:
    """The citizen of one of the case's reports calls again, and the case page stands open."""
    actor = actor_of(request)
    if queries.report_of(report_id=report_id, actor=actor).work_order.number != number:
        raise ReportNotFound
    if command == ReportCommand.RATE:  # asked at the call, where both answers are put in
        raise Http404
    form = SecondCallForm(request.POST)
    check(form)
    words = form.cleaned_data["words"]
    deal(report_id, command, Heard(words), actor=actor, at=timezone.now())
    done = _("{command}：{number}").format(command=term("deed", command), number=number)
    return go_on(request, done, keep=number)
