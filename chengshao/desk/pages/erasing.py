"""The privacy officer's page (个人信息保护负责人): what goes for good, and why; the proof stays."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengshao.desk.forms import ErasureForm
from chengshao.desk.queries.erasing import erasing_page
from chengshao.kernel.errors import DomainError, NotAllowed, NotFound
from chengshao.web.http import status_of
from chengshao.web.pages import PageNotAllowed, actor_of, needs, signed_in
from chengshao.web.texts import text
from chengshao.workorders import actions, queries
from chengshao.workorders.terms import Power, ViewingKind

_MOST = 10
_DEEDS: dict[str, tuple[Callable[..., None], str]] = {
    "report": (actions.erase_report, "report_id"),
    "note": (actions.erase_notes, "seq"),
    "file": (actions.erase_attachment, "attachment_id"),
}


@require_GET
@never_cache
@needs(Power.ERASE)
def find_to_erase(request: HttpRequest) -> HttpResponse:
    """Which case it is about: by its number, or the end of it."""
    words = request.GET.get("number", "")[:40].replace("\x00", "").strip()
    today = timezone.localdate()
    found = queries.cases_numbered(words, actor=actor_of(request), on=today, limit=_MOST)
    if len(found) == 1:
        return redirect("desk:erasing", found[0].number)
    return render(request, "desk/erasing_find.html", {"words": words, "found": found})


@require_GET
@never_cache
@signed_in
def erasing(request: HttpRequest, number: str) -> HttpResponse:
    """What of a case may be erased."""
    return _show(request, number.replace("\x00", ""))


@require_POST
@signed_in
def erase(request: HttpRequest, number: str, what: str, key: int) -> HttpResponse:
    """Erase a citizen's words, the text beside a line, or a file."""
    if what not in _DEEDS:
        raise Http404
    deed, names = _DEEDS[what]
    form = ErasureForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    number = number.replace("\x00", "")
    try:
        deed(
            number=number,
            reason=reason,
            actor=actor_of(request),
            at=timezone.now(),
            **{names: key},
        )
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        refusal = (what, key, text(error.code, error.params))
        return _show(request, number, refusal, status=status_of(error))
    messages.success(request, _("已删除。案卷经过里留下了删除记录。"))
    return redirect("desk:erasing", number)


def _show(
    request: HttpRequest,
    number: str,
    refusal: tuple[str, int, str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    page = erasing_page(number=number, actor=actor)
    if page is None:
        raise PageNotAllowed
    case = queries.case_of(number=number, actor=actor)
    actions.log_viewing(case=case, kind=ViewingKind.VIEW, actor=actor, at=timezone.now())
    context = {"page": page, "refusal": refusal, "reason": request.POST.get("reason", "")[:4000]}
    return render(request, "desk/erasing.html", context, status=status)
