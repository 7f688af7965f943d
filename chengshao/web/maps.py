"""Maps on pages: what their content security policy lets in beside our own."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)
_TIANDITU = "https://*.tianditu.gov.cn"


def policy() -> dict[str, list[str]]:
    """Return what a page with a map adds: its worker, and with a key the tiles of 天地图."""
    tiles = [_TIANDITU] if settings.TIANDITU_KEY else []
    asked = {"worker-src": [SELF], "img-src": ["blob:", *tiles]}
    return asked | ({"connect-src": tiles} if tiles else {})


def shows_map(
    page: Callable[Concatenate[HttpRequest, P], Answer],
) -> Callable[Concatenate[HttpRequest, P], Answer]:
    """Let the page show a map."""

    @wraps(page)
    def mapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        answer = page(request, *args, **kwargs)
        csp_update(policy())(lambda _request: answer)(request)  # notes it on the answer
        return answer

    return mapped
