"""What was sent to whom, and what became of it: for auditors and who keeps the messages."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengshao.kernel.errors import DomainError, NotAllowed, NotFound
from chengshao.kernel.words import whole_number
from chengshao.notices import actions, queries
from chengshao.notices.forms import LogForm, ResendForm
from chengshao.notices.queries import LogLine
from chengshao.notices.terms import NoticeState, Power
from chengshao.people.terms import Power as PeoplePower
from chengshao.web.pages import actor_of, needs
from chengshao.web.texts import text


@dataclass(frozen=True, slots=True)
class Row:
    line: LogLine
    form: ResendForm | None  # where it can be sent again


@require_GET
@needs(PeoplePower.READ_LOGS, Power.KEEP_MESSAGES)
def log(request: HttpRequest) -> HttpResponse:
    """The log, the newest first; numbers masked, no citizen's link in it."""
    asked = LogForm(request.GET, [state.value for state in NoticeState])
    chosen = asked.cleaned_data if asked.is_valid() else {}
    number, state = chosen.get("number", "").replace("\x00", ""), chosen.get("state", "")
    lines, older = queries.log_lines(
        number=number, state=state, before=whole_number(request.GET.get("before", ""))
    )
    may_resend = actor_of(request).holds(Power.KEEP_MESSAGES)
    context = {
        "rows": [
            Row(line, ResendForm(auto_id=f"%s_{line.id}") if may_resend and line.failed else None)
            for line in lines
        ],
        "older": older,
        "number": number,
        "state": state,
        "states": list(NoticeState),
        "page": "log",
        "may_keep": may_resend,
    }
    return render(request, "notices/log.html", context)


@require_POST
@needs(Power.KEEP_MESSAGES)
def resend(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Send one once more that failed, for a reason."""
    try:
        notice = actions.resend(
            notice_id=notice_id,
            reason=request.POST.get("reason", ""),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        messages.error(request, text(error.code, error.params))
        return redirect("notices:log")
    messages.success(request, _("已排队重发，案卷%(number)s") % {"number": notice.case_number})
    return redirect("notices:log")
