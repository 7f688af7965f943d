"""What a page asks for again is asked once, and never kept beyond it."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from chengshao.web.once import OnceMiddleware, once


def answered(method: str, page: Callable[[], object]) -> None:
    """Let the page be made for a request of this method."""

    def view(request: HttpRequest) -> HttpResponse:
        page()
        return HttpResponse()

    OnceMiddleware(view)(RequestFactory().generic(method, "/"))


@pytest.fixture
def asked() -> list[object]:
    return []


def test_the_same_is_asked_once_a_page(asked: list[object]) -> None:
    def page() -> None:
        for _ in range(3):
            assert once("calendar", lambda: asked.append("calendar")) is None

    answered("GET", page)
    answered("GET", page)

    assert asked == ["calendar", "calendar"]


def test_where_something_may_be_written_everything_is_asked_anew(asked: list[object]) -> None:
    def page() -> None:
        once("calendar", lambda: asked.append(1))
        once("calendar", lambda: asked.append(2))

    answered("POST", page)
    page()

    assert asked == [1, 2, 1, 2]


def test_a_page_that_breaks_leaves_nothing(asked: list[object]) -> None:
    def page() -> None:
        once("calendar", lambda: asked.append(1))
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            answered("GET", page)

    assert asked == [1, 1]
