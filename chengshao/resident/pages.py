"""Pages for citizens. No account; what became of a report stands behind its secret link."""

from collections.abc import Callable
from functools import wraps
from uuid import uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.evidence import actions as evidence
from chengshao.evidence import queries as blobs
from chengshao.intake import actions as intake
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.people import queries as people
from chengshao.resident.forms import PlaceForm, RateForm, WithdrawForm, WordsForm
from chengshao.web.http import caller_address
from chengshao.web.texts import text
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import NewReport
from chengshao.workorders.queries import Progress, ReportNotFound
from chengshao.workorders.terms import Channel, Resolution, Satisfaction, Step

ANYONE = Actor(ActorKind.CITIZEN)
ENDED = frozenset({Step.CLOSED, Step.EVALUATED, Step.DECLINED, Step.WITHDRAWN})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the portal; staff who are signed in go on to their desk."""
    if getattr(request, "actor", None) is not None:
        return redirect("desk:home")
    return render(request, "resident/home.html")


@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Two questions, a page each; the answers travel in the form and are kept at the end."""
    if request.method == "GET":
        form = WordsForm(initial={"client_key": uuid4().hex})
        return render(request, "resident/words.html", {"form": form})
    words = WordsForm(request.POST)
    if "back" in request.POST or not words.is_valid():
        return render(request, "resident/words.html", {"form": words})
    if "place" not in request.POST:
        said = {name: words.cleaned_data[name] for name in ("client_key", "words")}
        return render(request, "resident/place.html", {"form": PlaceForm(initial=said)})
    return _receive(request, PlaceForm(request.POST, request.FILES))


def _receive(request: HttpRequest, form: PlaceForm) -> HttpResponse:
    if not form.is_valid():
        return render(request, "resident/place.html", {"form": form})
    said, now = form.cleaned_data, timezone.now()
    report = NewReport(
        client_key=said["client_key"],
        channel=Channel.PORTAL,
        words=said["words"],
        place=said["place"],
        lng=said["lng"],
        lat=said["lat"],
        contact_phone=said["phone"],
        confidential=said["confidential"],
    )
    try:
        received = intake.receive(
            report=report, address=caller_address(request), actor=ANYONE, at=now
        )
    except DomainError as error:
        form.add_error(None, text(error.code, error.params))
        return render(request, "resident/place.html", {"form": form})
    _attach(request, received.id)
    return redirect(reverse("resident:follow", args=[received.token]) + "?new=1")


def _by_link(page: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open the page to whoever has the secret link, and keep the link from travelling on."""

    # A secret in the address is no ambient authority, and with no-referrer browsers send no Origin.
    @csrf_exempt
    @wraps(page)
    @never_cache
    def opened(request: HttpRequest, *, token: str, **named: int) -> HttpResponseBase:
        citizen = queries.citizen_of_link(token)
        if citizen is None:
            raise ReportNotFound
        response = page(request, token, citizen, **named)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return opened


@require_GET
@_by_link
def follow(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """What becomes of the report. Looking changes nothing."""
    return _show(request, token, queries.progress_of(citizen), RateForm())


@require_POST
@_by_link
def rate(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """The citizen's word on the result."""
    form = RateForm(request.POST)
    progress = queries.progress_of(citizen)
    if not form.is_valid():
        return _show(request, token, progress, form)
    actions.rate_report(
        report_id=progress.report_id,
        resolution=Resolution(form.cleaned_data["resolution"]),
        satisfaction=Satisfaction(form.cleaned_data["satisfaction"]),
        comment=form.cleaned_data["comment"],
        actor=citizen,
        at=timezone.now(),
    )
    messages.success(request, _("谢谢，您的评价收到了。"))
    return redirect("resident:follow", token)


@require_POST
@_by_link
def withdraw(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """The citizen takes the report back."""
    form = WithdrawForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    progress = queries.progress_of(citizen)
    actions.withdraw_report(
        report_id=progress.report_id, reason=reason, actor=citizen, at=timezone.now()
    )
    messages.success(request, _("已经撤回。"))
    return redirect("resident:follow", token)


@require_POST
@_by_link
def add_photo(request: HttpRequest, token: str, citizen: Actor) -> HttpResponse:
    """One more picture, of the citizen's own accord."""
    progress = queries.progress_of(citizen)
    _attach(request, progress.report_id)
    return redirect("resident:follow", token)


@require_GET
@_by_link
def photo(request: HttpRequest, token: str, citizen: Actor, attachment_id: int) -> HttpResponseBase:
    """A picture that came with this report."""
    blob_id = queries.blob_id_of(attachment_id=attachment_id, actor=citizen)
    return blobs.as_attachment(blobs.blob(blob_id), thumbnail="small" in request.GET)


def _show(
    request: HttpRequest, token: str, progress: Progress, rate_form: RateForm
) -> HttpResponse:
    lead_id = progress.lead_unit_id
    lead = people.unit_lines([lead_id])[lead_id].name if lead_id else ""
    context = {
        "token": token,
        "progress": progress,
        "lead": lead,
        "is_new": "new" in request.GET,
        "may_withdraw": not progress.withdrawn and progress.step not in ENDED,
        "rate_form": rate_form,
        "withdraw_form": WithdrawForm(),
        "link": request.build_absolute_uri(reverse("resident:follow", args=[token])),
    }
    return render(request, "resident/follow.html", context)


def _attach(request: HttpRequest, report_id: int) -> None:
    """Keep a picture; if it can't be kept, say so: the report itself stands already."""
    file = request.FILES.get("photo")
    if not isinstance(file, UploadedFile):
        return
    citizen, now = Actor(ActorKind.CITIZEN, report_id=report_id), timezone.now()
    try:
        actions.check_may_send_file(report_id=report_id, actor=citizen)
        blob_id = evidence.store_file(file=file, actor=citizen, at=now)
        actions.attach_to_report(report_id=report_id, blob_id=blob_id, actor=citizen, at=now)
    except DomainError as error:
        messages.error(request, text(error.code, error.params))
