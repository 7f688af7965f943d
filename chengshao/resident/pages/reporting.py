"""The portal's first page, and reporting: two questions, no account."""

from collections.abc import Iterable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.intake import actions as intake
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.places.queries import PointOutside
from chengshao.resident.forms import JoinForm, PlaceForm, WordsForm
from chengshao.resident.pages._alike import Offer, is_asked, joined, offers
from chengshao.resident.pages._photos import attach, keep_meanwhile
from chengshao.web.bodies import files_left_out, keeps_words
from chengshao.web.http import caller_address, say_when_to_retry, status_of
from chengshao.web.maps import shows_map
from chengshao.web.switches import remember_switch, switch_in_form
from chengshao.web.texts import text
from chengshao.workorders.actions import ClientKeyReused, NewReport
from chengshao.workorders.terms import Channel, ReportKind

ANYONE = Actor(ActorKind.CITIZEN)
PHOTO_TOO_LARGE = gettext_lazy("照片太大，没有收到。请换一张小的，或者不带照片提交。")
_OF_PAGE_2 = ("place", "lng", "lat", "phone", "confidential", "kind", "about", "photo_kept")
_KEPT = "kept-"  # under this name the answers of page 2 wait on page 1
_FIELD_OF = {
    "contact_phone_invalid": "phone",
    "point_outside": "place",
    "report_words_missing": "words",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the portal; staff who are signed in go on to their desk."""
    if getattr(request, "actor", None) is not None:
        return redirect("desk:home")
    return render(request, "resident/home.html")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What becomes of what somebody tells, in plain words."""
    return render(request, "resident/privacy.html")


# Words must not be lost for want of a cookie. Browsers tell whose page makes them post.
@csrf_exempt
@cache_control(private=True, max_age=0)  # kept for the browser's own back button, never shared
@require_http_methods(["GET", "POST"])
@keeps_words
@shows_map
def report(request: HttpRequest) -> HttpResponse:
    """Two questions, a page each; the answers travel in the form and are kept at the end."""
    if request.method == "GET":
        return _ask_words(request, WordsForm(initial={"client_key": uuid4().hex}))
    switch = switch_in_form(request)
    if switch is not None:
        asked = _ask_place(request) if "place" in request.POST else _ask_words_again(request)
        return remember_switch(asked, switch)
    if "back" in request.POST:
        return _ask_words_again(request)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":  # let the person press it here
        return _ask_words_again(request, status=403)
    words = WordsForm(request.POST)
    if not words.is_valid():
        return _ask_words(request, words, status=422)
    if "place" not in request.POST:
        return _ask_place(request)
    return _receive(request, JoinForm(request.POST, request.FILES))


@csrf_exempt  # as the form itself: what is kept belongs to nobody until a report comes with it
@require_POST
@keeps_words
def report_photo(request: HttpRequest) -> HttpResponse:
    """
    Keep a picture as soon as it is chosen, so that a lost connection loses neither it nor the
    words; answers what the form then says of it, or why it was not kept.
    """
    if files_left_out(request):
        return JsonResponse({"said": str(PHOTO_TOO_LARGE)}, status=413)
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return JsonResponse({"said": text("not_allowed", {})}, status=403)
    try:
        return JsonResponse({"kept": keep_meanwhile(request)})
    except DomainError as error:
        answer = JsonResponse({"said": _words_of(error)}, status=status_of(error))
        return say_when_to_retry(answer, error)


def _ask_words(request: HttpRequest, form: WordsForm, status: int = 200) -> HttpResponse:
    """Page 1; what was answered on page 2 travels back and forth."""
    prefix = "" if "place" in request.POST else _KEPT
    kept = {name: request.POST.get(f"{prefix}{name}", "") for name in _OF_PAGE_2}
    context = {"form": form, "kept": {f"{_KEPT}{n}": v for n, v in kept.items() if v}}
    return render(request, "resident/words.html", context, status=status)


def _ask_words_again(request: HttpRequest, status: int = 200) -> HttpResponse:
    said = _said(request, ("client_key", "words"))
    return _ask_words(request, WordsForm(initial=said), status)


def _ask_place(request: HttpRequest) -> HttpResponse:
    prefix = "" if "place" in request.POST else _KEPT
    said = _said(request, ("client_key", "words")) | _said(request, _OF_PAGE_2, prefix)
    return render(request, "resident/place.html", {"form": PlaceForm(initial=said)})


def _said(request: HttpRequest, names: Iterable[str], prefix: str = "") -> dict[str, str]:
    return {name: request.POST.get(f"{prefix}{name}", "") for name in names}


def _receive(request: HttpRequest, form: JoinForm) -> HttpResponse:
    if files_left_out(request):
        form.add_error("photo", PHOTO_TOO_LARGE)
        return _ask_place_again(request, form, status=413)
    if not form.is_valid():
        return _ask_place_again(request, form, status=422)
    said, now = form.cleaned_data, timezone.now()
    offered = offers(said, now)
    if is_asked(said["join"], offered):
        try:
            kept = keep_meanwhile(request)
        except DomainError as error:
            form.add_error("photo", _words_of(error))
            again = _ask_place_again(request, form, status=status_of(error), code=error.code)
            return say_when_to_retry(again, error)
        return _ask_whether_alike(request, form, offered, kept)
    report = NewReport(
        client_key=said["client_key"],
        channel=Channel.PORTAL,
        words=said["words"],
        place=said["place"],
        lng=said["lng"],
        lat=said["lat"],
        contact_phone=said["phone"],
        confidential=said["confidential"],
        complained_about=said["about"],
        kind=ReportKind(said["kind"]) if said["kind"] else None,
        joins=joined(said["join"], offered),
    )
    try:
        received = intake.receive(
            report=report, address=caller_address(request), actor=ANYONE, at=now
        )
    except DomainError as error:
        form.add_error(_FIELD_OF.get(error.code), _words_of(error))
        again = _ask_place_again(request, form, status=status_of(error), code=error.code)
        return say_when_to_retry(again, error)
    attach(request, received.id)
    return redirect(reverse("resident:follow", args=[received.token]) + "?new=1")


def _ask_whether_alike(
    request: HttpRequest, form: JoinForm, offered: list[Offer], kept: str
) -> HttpResponse:
    """Page 3: is it one of these? What was said travels along, and where the picture lies."""
    said = _said(request, ("client_key", "words", *_OF_PAGE_2)) | {"photo_kept": kept}
    context = {
        "form": form,
        "said": said,
        "offers": offered,
        "today": localdate(),
    }
    return render(request, "resident/alike.html", context)


def _words_of(error: DomainError) -> str:
    if error.code == PointOutside.code:
        return _("您在的位置不在本区。请写一下事情出在哪里，再按一次提交。")
    seconds = error.params.get("retry_after")
    if not isinstance(seconds, int):
        return text(error.code, error.params)
    minutes = _("约{minutes}分钟后可以再提交，急事请打12345。").format(minutes=-(-seconds // 60))
    return f"{text(error.code, error.params)}。{minutes}"


def _ask_place_again(
    request: HttpRequest, form: PlaceForm, *, status: int, code: str = ""
) -> HttpResponse:
    """Show page 2 as it was filled in, each reason beside its field; what is hidden is mended."""
    errors = {name: list(found) for name, found in form.errors.items()}
    data = request.POST.copy()
    if code == ClientKeyReused.code or "client_key" in errors:
        data["client_key"] = uuid4().hex
    if code == PointOutside.code or errors.keys() & {"lng", "lat"}:
        data["lng"] = data["lat"] = ""
    if "photo" not in errors:  # a browser doesn't choose it again by itself
        try:
            data["photo_kept"] = keep_meanwhile(request, data.get("client_key", ""))
        except DomainError as error:
            errors["photo"] = [_words_of(error)]
    again = PlaceForm(data)
    again.is_valid()
    for name in again.errors.keys() & errors.keys():
        del again.errors[name]
    if errors.pop("lng", []) + errors.pop("lat", []):
        again.add_error("place", _("位置没有收到。请写一下在哪里，再按一次提交。"))
    for name, found in errors.items():
        place = None if name in ("__all__", "client_key", "words") else name
        for fault in found:
            again.add_error(place, fault)
    wrong = next((name for name in again.fields if name in again.errors), "place")
    again.fields["place"].widget.attrs.pop("autofocus", None)
    again.fields[wrong].widget.attrs["autofocus"] = True
    return render(request, "resident/place.html", {"form": again}, status=status)
