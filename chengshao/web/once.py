"""
What a page asks for again and again (names of units and divisions, the calendar) is asked once
while it is made. Only where nothing is written: a form that is sent asks anew each time.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Key = TypeVar("Key", int, str)
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


def once_each(
    what: Hashable,
    keys: Iterable[Key],
    ask: Callable[[set[Key]], Mapping[Key, Value]],
) -> dict[Key, Value]:
    """
    Return what is found for these keys, in their order; asks only for what this page did not yet.

    :param ask: takes the keys that are missing, leaves out those that there is nothing for
    """
    wanted = set(keys)
    kept = _kept.get()
    if kept is None:
        return dict(ask(wanted)) if wanted else {}
    known: dict[Key, Value | None] = kept.setdefault(what, {})
    missing = wanted - known.keys()
    if missing:
        found = ask(missing)
        known.update({key: found.get(key) for key in missing})
    there = ((key, known[key]) for key in sorted(wanted))
    return {key: value for key, value in there if value is not None}
