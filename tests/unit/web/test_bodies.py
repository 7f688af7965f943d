import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from chengshao.web.bodies import MAX_BODY_BYTES, BodySizeMiddleware


def answered(path: str, stated: str) -> tuple[int, str]:
    """Return the answer to a request that states this length, without any body behind it."""

    def door(request: HttpRequest) -> HttpResponse:
        return HttpResponse("read")

    request = RequestFactory().generic("POST", path)
    request.META["CONTENT_LENGTH"] = stated
    answer = BodySizeMiddleware(door)(request)
    assert isinstance(answer, HttpResponse)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("stated", ["", "0", str(MAX_BODY_BYTES), "x", "-1"])
def test_what_is_not_too_large_goes_on(stated: str) -> None:
    assert answered("/api/v1/reports", stated) == (200, "read")


def test_the_api_says_in_its_own_shape_that_a_request_is_too_large() -> None:
    status, body = answered("/api/v1/reports", str(MAX_BODY_BYTES + 1))

    assert status == 413
    assert json.loads(body) == {"code": "request_too_large", "message": "提交的内容太大"}


def test_a_page_says_so_as_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []

    def said(request: HttpRequest, body: dict[str, object], status: int) -> HttpResponse:
        told.append(body["message"])
        return HttpResponse("page", status=status)

    monkeypatch.setattr("chengshao.web.pages.error_response", said)

    assert answered("/report", str(MAX_BODY_BYTES + 1)) == (413, "page")
    assert told == ["提交的内容太大"]
