"""
What a page asks for again and again is asked once while it is made. Only where nothing is
written: a form that is sent asks anew each time.
"""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Value = TypeVar("Value")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


class OnceMiddleware:
    """Keeps what was asked until the answer to a GET is made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _kept.set({} if request.method in ("GET", "HEAD") else None)
        try:
            return self.get_response(request)
        finally:
            _kept.reset(token)


def once(what: Hashable, ask: Callable[[], Value]) -> Value:
    """Return what is asked, from memory where this page asked before."""
    kept = _kept.get()
    if kept is None:
        return ask()
    if what not in kept:
        kept[what] = ask()
    found: Value = kept[what]
    return found


def once_told(what: Hashable, found: object) -> None:
    """Keep what this page will ask for and was told already."""
    kept = _kept.get()
    if kept is not None:
        kept[what] = found
