"""What nothing can be called by is found nowhere: on pages and over the API."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/r/%00/", "/desk/cases/%00/", "/a%00b"])
def test_a_nul_in_an_address_leads_nowhere(path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_over_the_api_neither() -> None:
    answer = Client().get("/api/v1/follow/%00")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
