"""How large a request may be: told from its head, before any of it is read or put on the disk."""

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from chengshao.web.pages import error_response
from chengshao.web.texts import text

MAX_BODY_BYTES = 64 * 1024 * 1024  # three of the largest files, or one import, and words


class BodySizeMiddleware:
    """Refuses what is too large. Django bounds forms and JSON by itself, but not files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _stated_length(request) <= MAX_BODY_BYTES:
            return self.get_response(request)
        body: dict[str, object] = {
            "code": "request_too_large",
            "message": text("request_too_large"),
        }
        if request.path_info.startswith("/api/"):
            return JsonResponse(body, status=413)
        return error_response(request, body, 413)


def _stated_length(request: HttpRequest) -> int:
    # Without a length, or with a broken one, Django reads nothing.
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
