"""The second call on the case page: what the citizen of a report says when calling again."""

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
from chengshao.workorders.terms import CaseCommand, ReportCommand


class ReasonMissing(Invalid):
    code = "call_reason_missing"


def deal(
    report_id: int, command: str, *, words: str, says: str = "", actor: Actor, at: datetime
) -> None:
    """
    Do what the citizen who called again asks for.

    :param says: what was read aloud to them
    :raises ReasonMissing: if it is taken back without a reason
    :raises Http404: if there is no such command
    :raises DomainError: see workorders.actions
    """
    of: dict[str, Any] = {"report_id": report_id, "actor": actor, "at": at}
    match command:
        case ReportCommand.ASK_PROGRESS:
            said = "\n".join(part for part in (says, words) if part.strip())
            actions.answer_progress(words=said, **of)
        case ReportCommand.CHASE:
            actions.chase_report(words=words, **of)
        case ReportCommand.SUPPLEMENT:
            actions.supplement_report(words=words, **of)
        case ReportCommand.WITHDRAW:
            if not words.strip():
                raise ReasonMissing
            actions.withdraw_report(reason=words, **of)
        case ReportCommand.MARK_NUISANCE:
            actions.mark_nuisance(**of)
        case CaseCommand.REOPEN:
            actions.reopen_by_citizen(words=words, **of)
        case _:
            raise Http404


@require_POST
@signed_in
@comes_back_if_refused
def case_call(request: HttpRequest, number: str, report_id: int, command: str) -> HttpResponse:
    """The citizen of one of the case's reports calls again, and the case page stands open."""
    actor = actor_of(request)
    if queries.report_of(report_id=report_id, actor=actor).work_order.number != number:
        raise ReportNotFound
    form = SecondCallForm(request.POST)
    check(form)
    words = form.cleaned_data["words"]
    deal(report_id, command, words=words, actor=actor, at=timezone.now())
    done = _("{command}：{number}").format(command=term("deed", command), number=number)
    return go_on(request, done, keep=number)
