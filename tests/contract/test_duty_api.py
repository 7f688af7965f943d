"""The duty office over HTTP: its log and its hand-overs, to be read."""

import pytest
from django.test import Client

from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import District
from tests.integration.duty.test_duty_pages import given, written

pytestmark = pytest.mark.django_db
API = "/api/v1/duty"


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


def test_the_log_is_read_page_by_page(leader: Client) -> None:
    for _n in range(3):
        written(leader)

    newest = leader.get(f"{API}/log", {"limit": 2}).json()
    (oldest,) = leader.get(f"{API}/log", {"before": newest[-1]["id"]}).json()

    assert (oldest["words"], oldest["stays_open"], oldest["settled"]) == ("电梯困人", False, False)


def test_a_hand_over_is_read_as_it_was_given(leader: Client) -> None:
    row = given(leader, "钥匙在抽屉里")

    told = leader.get(f"{API}/hand-overs/{row.pk}").json()

    assert (told["remarks"], told["digest"], told["taken_at"]) == ("钥匙在抽屉里", row.digest, None)
    assert [each["part"] for each in told["parts"]] == [
        "EMERGENCIES",
        "CALLS",
        "PROMISES",
        "LOGGED",
    ]


def test_nobody_else_reads_it(leader: Client, sign_in: SignIn, district: District) -> None:
    row = given(leader)
    handler = sign_in(Role.HANDLER, district.roads)

    assert handler.get(f"{API}/log").status_code == 403
    assert handler.get(f"{API}/hand-overs/{row.pk}").status_code == 403
    assert leader.get(f"{API}/hand-overs/{row.pk + 1}").json()["code"] == (
        "duty_hand_over_not_found"
    )
