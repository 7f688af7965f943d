"""The switches of look: kept in cookies, read back only where they are one of the choices."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from chengshao.web.look import look_of, remember_look
from chengshao.web.switches import LookUnknown, change_look

REQUESTS = RequestFactory()
DEFAULT = {"theme": "", "type": "", "density": ""}


def look_with(**cookies: str) -> dict[str, str]:
    request = REQUESTS.get("/")
    request.COOKIES.update(cookies)
    return look_of(request)


def test_nothing_chosen_is_the_default() -> None:
    assert look_with() == DEFAULT


def test_choices_are_read_back() -> None:
    chosen = look_with(theme="dark", type="large", density="compact")
    assert chosen == {"theme": "dark", "type": "large", "density": "compact"}


@pytest.mark.parametrize("forged", ['dark" onload="', "DARK", "large", "x" * 4000])
def test_what_is_no_choice_never_reaches_a_page(forged: str) -> None:
    assert look_with(theme=forged) == DEFAULT


def test_a_choice_is_kept_for_a_year_and_forgotten_with_the_default() -> None:
    response = HttpResponse()
    remember_look(response, "type", "large")
    assert response.cookies["type"]["max-age"] == 365 * 24 * 3600
    remember_look(response, "type", "")
    assert response.cookies["type"]["max-age"] == 0


def test_the_switch_goes_back_to_where_one_was() -> None:
    data = {"name": "type", "value": "large", "next": "/report?step=2"}
    response = change_look(REQUESTS.post("/look", data))
    assert (response.status_code, response["Location"]) == (302, "/report?step=2")
    assert response.cookies["type"].value == "large"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:x", ""])
def test_the_switch_never_leads_elsewhere(elsewhere: str) -> None:
    data = {"name": "theme", "value": "dark", "next": elsewhere}
    assert change_look(REQUESTS.post("/look", data))["Location"] == "/"


def test_an_unknown_switch_is_refused() -> None:
    with pytest.raises(LookUnknown) as refused:
        change_look(REQUESTS.post("/look", {"name": "sessionid", "value": "x"}))
    assert refused.value.code == "invalid_request"


def test_looking_changes_nothing() -> None:
    assert change_look(REQUESTS.get("/look")).status_code == 405
