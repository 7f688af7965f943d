"""What becomes of a report, and what its citizen may still do: for whoever has the secret link."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.resident.forms import (
    ChaseForm,
    RateForm,
    ReopenForm,
    SupplementForm,
    UrgedForm,
    WithdrawForm,
)
from chengshao.resident.pages._photos import keep
from chengshao.resident.queries import taken_back_there, told
from chengshao.web.bodies import files_left_out, keeps_words
from chengshao.web.http import status_of
from chengshao.web.pages import stand_at
from chengshao.web.texts import text
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import AskThePlatform
from chengshao.workorders.queries import Progress
from chengshao.workorders.terms import Resolution, Satisfaction

# One form a deed; its name is how a refusal finds it again.
_FORMS: dict[str, type[Form]] = {
    "chase": ChaseForm,
    "supplement": SupplementForm,
    "rate": RateForm,
    "urged": UrgedForm,
    "reopen": ReopenForm,
    "withdraw": WithdrawForm,
}


def _by_link(page: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open the page to whoever has the secret link, and keep the link from travelling on."""

    # A secret in the address is no ambient authority, and with no-referrer browsers send no Origin.
    @csrf_exempt
    @wraps(page)
    @never_cache
    def opened(request: HttpRequest, *, token: str, **named: int) -> HttpResponseBase:
        citizen = queries.citizen_of_link(token)
        if citizen is None:
            return render(request, "resident/wrong_link.html", status=404)
        response = page(request, token, citizen, **named)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return opened


@require_GET
@_by_link
def follow(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """What becomes of the report. Looking changes nothing."""
    return _show(request, token, queries.progress_of(citizen, timezone.now()))


@require_POST
@_by_link
def chase(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """The citizen waits: the units hear it."""
    now = timezone.now()
    progress = queries.progress_of(citizen, now)
    form = _form("chase", request)
    if not form.is_valid():
        return _show(request, token, progress, form, status=422)
    try:
        actions.chase_report(
            report_id=progress.report_id, words=form.cleaned_data["words"], actor=citizen, at=now
        )
    except DomainError as error:
        _say_why(request, error)
    else:
        messages.success(request, _("催过了：单位和它的负责人会看到。"))
    return redirect("resident:follow", token)


@require_POST
@_by_link
@keeps_words
def supplement(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """Words or a picture more, of the citizen's own accord."""
    progress = queries.progress_of(citizen, timezone.now())
    form = _form("supplement", request)
    if files_left_out(request):
        form.add_error("photo", _("照片太大，没有收到。请换一张小的。"))
        return _show(request, token, progress, form, status=413)
    if not form.is_valid():
        return _show(request, token, progress, form, status=422)
    said, file = form.cleaned_data, form.cleaned_data["photo"]
    try:
        files = [keep(file, progress.report_id)] if isinstance(file, UploadedFile) else []
        actions.supplement_report(
            report_id=progress.report_id,
            words=said["words"],
            files=files,
            actor=citizen,
            at=timezone.now(),
        )
    except DomainError as error:
        if progress.erased or not progress.goes_on:
            _say_why(request, error)
            return redirect("resident:follow", token)
        form.add_error("photo" if file else "words", text(error.code, error.params))
        return _show(request, token, progress, form, status=status_of(error))
    messages.success(request, _("收到了，单位会看到。"))
    return redirect("resident:follow", token)


@require_POST
@_by_link
def read(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """The citizen saw the result: the page's script says so, or a button does."""
    report_id = citizen.report_id or 0
    try:
        actions.read_result(report_id=report_id, actor=citizen, at=timezone.now())
    except DomainError as error:
        _say_why(request, error)
    return redirect("resident:follow", token)


@require_POST
@_by_link
def rate(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """The citizen's word on the result; who says that it is not solved may have it go on."""
    progress = queries.progress_of(citizen, timezone.now())
    form = _form("rate", request)
    if not form.is_valid():
        return _show(request, token, progress, form, status=422)
    try:
        actions.rate_report(
            report_id=progress.report_id,
            resolution=Resolution(form.cleaned_data["resolution"]),
            satisfaction=Satisfaction(form.cleaned_data["satisfaction"]),
            comment=form.cleaned_data["comment"],
            actor=citizen,
            at=timezone.now(),
        )
    except DomainError:
        messages.warning(request, _("这件事现在不能评价，下面是最新进展。"))
    else:
        messages.success(request, _("谢谢，您的评价收到了。"))
    return redirect("resident:follow", token)


@require_POST
@_by_link
def urged(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """Somebody asked for another rating: the one that was given is void, a new one is asked."""
    progress = queries.progress_of(citizen, timezone.now())
    form = _form("urged", request)
    if not form.is_valid():
        return _show(request, token, progress, form, status=422)
    try:
        actions.void_rating(
            report_id=progress.report_id,
            words=form.cleaned_data["words"],
            actor=citizen,
            at=timezone.now(),
        )
    except DomainError as error:
        _say_why(request, error)
    else:
        messages.success(request, _("那次评价作废了，受理中心会看到。您可以重新评价。"))
    return redirect("resident:follow", token)


@require_POST
@_by_link
def reopen(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """It is not done: the case goes on, by right, within the set period."""
    progress = queries.progress_of(citizen, timezone.now())
    form = _form("reopen", request)
    if not form.is_valid():
        return _show(request, token, progress, form, status=422)
    try:
        actions.reopen_by_citizen(
            report_id=progress.report_id,
            words=form.cleaned_data["words"],
            actor=citizen,
            at=timezone.now(),
        )
    except DomainError as error:
        _say_why(request, error)
    else:
        messages.success(request, _("知道了，接着办。您写的话单位会看到。"))
    return redirect("resident:follow", token)


@require_POST
@_by_link
def withdraw(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """The citizen takes the report back."""
    progress = queries.progress_of(citizen, timezone.now())
    form = _form("withdraw", request)
    if not form.is_valid():
        return _show(request, token, progress, form, status=422)
    try:
        actions.withdraw_report(
            report_id=progress.report_id,
            reason=form.cleaned_data["reason"],
            actor=citizen,
            at=timezone.now(),
        )
    except DomainError as error:
        there = taken_back_there(progress) if isinstance(error, AskThePlatform) else ""
        messages.warning(request, there or _("这件事已经结束或已撤回，下面是最新进展。"))
    else:
        messages.success(request, _("已经撤回。"))
    return redirect("resident:follow", token)


@require_GET
@_by_link
def photo(request: HttpRequest, token: str, citizen: Actor, attachment_id: int) -> HttpResponseBase:
    """A picture that came with this report."""
    blob_id = queries.blob_id_of(attachment_id=attachment_id, actor=citizen)
    return blobs.as_attachment(blobs.blob(blob_id), thumbnail="small" in request.GET)


def _form(name: str, request: HttpRequest | None = None, **initial: str) -> Form:
    """Return one of the page's forms; each has ids of its own beside the others."""
    kind = _FORMS[name]
    if request is None:
        return kind(auto_id=f"id_{name}_%s", initial=initial)
    return kind(request.POST, request.FILES, auto_id=f"id_{name}_%s")


def _say_why(request: HttpRequest, error: DomainError) -> None:
    """What can't be done any more has mostly been done: the page below shows how it stands."""
    if status_of(error) == 409 and error.code != "workorder_wrong_state":
        messages.warning(request, text(error.code, error.params))
    else:
        messages.warning(request, _("这件事刚有变化，现在不能这样做。下面是最新进展。"))


def _show(
    request: HttpRequest,
    token: str,
    progress: Progress,
    refused: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    here = reverse("resident:follow", args=[token])
    stand_at(request, here)
    forms = {name: _form(name) for name in _FORMS}
    forms["reopen"] = _form("reopen", words=progress.rating_words)
    for name, kind in _FORMS.items():
        if refused is not None and isinstance(refused, kind):
            forms[name] = refused
    context = {
        "token": token,
        "progress": progress,
        "told": told(progress, timezone.now()),
        "is_new": "new" in request.GET,
        "forms": forms,
        "link": request.build_absolute_uri(here),
    }
    return render(request, "resident/follow.html", context, status=status)
