"""What all HTML pages share: who acts, what is refused and how that is told."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError, NotAllowed
from chengshao.web.http import error_body, say_when_to_retry, status_of
from chengshao.web.texts import text

P = ParamSpec("P")
Page: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class PageNotAllowed(NotAllowed):
    code = "not_allowed"


def actor_of(request: HttpRequest) -> Actor:
    """Return who is signed in; only for pages behind `signed_in` or `needs`."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise TypeError("this page is open to anyone: it can't name an actor")
    return actor


def signed_in(page: Page[P]) -> Page[P]:
    """Let only signed-in staff see the page; others are sent to sign in and come back."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(getattr(request, "actor", None), Actor):
            return redirect_to_login(_page_asked_for(request))
        response = page(request, *args, **kwargs)
        if not response.has_header("Cache-Control"):  # desks are shared
            response["Cache-Control"] = "private, no-store"
        return response

    return guarded


def _page_asked_for(request: HttpRequest) -> str:
    """Return where to go once signed in: what was asked for, or the page whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    ours = came.netloc == request.get_host() and came.path.startswith("/")
    return came._replace(scheme="", netloc="").geturl() if ours else "/"


def needs(*powers: str) -> Callable[[Page[P]], Page[P]]:
    """Let only staff see the page who hold one of these powers; the action checks where."""

    def guard(page: Page[P]) -> Page[P]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(actor_of(request).holds(power) for power in powers):
                raise PageNotAllowed
            return page(request, *args, **kwargs)

        return signed_in(guarded)

    return guard


class DomainErrorMiddleware:
    """Tells an error of the domain in words: a fragment for htmx, else a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        response = error_response(request, error_body(error), status_of(error))
        return say_when_to_retry(response, error)


def error_response(request: HttpRequest, body: dict[str, object], status: int) -> HttpResponse:
    """Return the error as htmx swaps it in, or as a whole page."""
    name = "web/error_fragment.html" if "HX-Request" in request.headers else "web/error.html"
    return render(request, name, {"error": body, "status": status}, status=status)


def refuse(request: HttpRequest, code: str, status: int) -> HttpResponse:
    """Refuse a request before any page or operation has seen it, in the form that it expects."""
    body: dict[str, object] = {"code": code, "message": text(code)}
    if request.path_info.startswith("/api/"):
        return JsonResponse(body, status=status)
    return error_response(request, body, status)


class AddressMiddleware:
    """Knows that nothing is called by a NUL, which no database takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path_info:
            return refuse(request, "not_found", 404)
        return self.get_response(request)


_OPEN = ("", "resident", "web")  # rooms whose pages need no account
_SIGNS_IN = ("sign_in", "sign_in_demo", "sign_out")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """
    Answer a POST whose token is missing or old: usually a page left open over night. Who has lost
    the session with it signs in and comes back: what was typed waits in the browser.
    """
    match = request.resolver_match
    staff = match is not None and match.app_name not in _OPEN and match.url_name not in _SIGNS_IN
    if staff and not isinstance(getattr(request, "actor", None), Actor):
        return redirect_to_login(_page_asked_for(request))
    body: dict[str, object] = {"code": "page_too_old", "message": text("page_too_old")}
    return error_response(request, body, 403)


def stand_at(request: HttpRequest, address: str) -> None:
    """
    Say which entry of the rail this page belongs to, where its own address is none of them: a form
    that was refused stands on its own page, not at the address it was sent to.
    """
    vars(request)["stands_at"] = address
