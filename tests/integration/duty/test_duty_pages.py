"""The duty office as pages: plain forms, what is refused comes back, two persons confirm."""

import re

import pytest
from django.test import Client

from chengshao.duty.models import HandOver, LogEntry
from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import District, registered, said
from tests.statements import count_statements

MOST = 8


@pytest.fixture
def leaves(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


@pytest.fixture
def comes(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DISPATCHER, district.centre)


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def written(client: Client, **more: str) -> int:
    return client.post("/duty/", {"words": "电梯困人", **more}).status_code


def given(client: Client, remarks: str = "") -> HandOver:
    digest = digest_on(client.get("/duty/handover/").content.decode())
    answer = client.post("/duty/handover/", {"digest": digest, "remarks": remarks})
    row = HandOver.objects.latest("pk")
    assert answer.headers["Location"] == f"/duty/handover/{row.pk}/"
    return row


def test_a_line_is_written_and_settled(leaves: Client, centre: Actor) -> None:
    case = registered(centre, said("k-1", "电梯里有人"))

    assert written(leaves, case=case.number, stays_open="on", happened_at="2026-03-02T08:30") == 302
    page = leaves.get("/duty/").content.decode()
    row = LogEntry.objects.get()
    assert (page.count("电梯困人"), page.count(f"/desk/cases/{case.number}/")) == (2, 2)
    leaves.post(f"/duty/log/{row.pk}/settle", {"words": "人已救出"})

    assert "没有留给下一班的事" in leaves.get("/duty/").content.decode()


@pytest.mark.parametrize(
    ("said_wrong", "status", "told"),
    [
        ({"words": ""}, 422, "请写是什么事"),
        ({"case": "20260302-9999"}, 404, "没有找到此案卷"),
        ({"happened_at": "2999-01-01T00:00"}, 422, "时间还没有到"),
    ],
)
def test_what_is_refused_comes_back_as_it_was_written(
    leaves: Client, said_wrong: dict[str, str], status: int, told: str
) -> None:
    answer = leaves.post("/duty/", {"words": "电梯困人", **said_wrong})
    page = answer.content.decode()

    assert answer.status_code == status
    assert told in page
    assert all(value in page for value in said_wrong.values())
    assert not LogEntry.objects.exists()


def test_two_persons_hand_over(leaves: Client, comes: Client) -> None:
    row = given(leaves, "钥匙在抽屉里")
    address = f"/duty/handover/{row.pk}/"
    assert "接班</button>" not in leaves.get(address).content.decode().replace(" ", "")
    page = comes.get(address).content.decode()
    assert "钥匙在抽屉里" in page

    comes.post(f"{address}take", {"digest": digest_on(page)})

    row.refresh_from_db()
    assert row.taken_by_id not in (None, row.given_by_id)
    assert "接班" in leaves.get(address).content.decode()
    assert "接班人签字" in leaves.get(f"{address}print").content.decode()


def test_who_gave_is_told_that_it_takes_another(leaves: Client) -> None:
    row = given(leaves)

    answer = leaves.post(f"/duty/handover/{row.pk}/take", {"digest": row.digest}, follow=True)

    assert "要两个人确认" in answer.content.decode()
    row.refresh_from_db()
    assert row.taken_at is None


def test_a_text_that_changed_is_shown_again_with_what_was_written(leaves: Client) -> None:
    digest = digest_on(leaves.get("/duty/handover/").content.decode())
    written(leaves, stays_open="on")

    answer = leaves.post("/duty/handover/", {"digest": digest, "remarks": "钥匙"})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "又有变化" in page
    assert "钥匙" in page
    assert "电梯困人" in page
    assert not HandOver.objects.exists()


def test_more_lines_are_no_more_statements(leaves: Client) -> None:
    def counted(path: str) -> int:
        leaves.get(path)
        with count_statements() as found:
            assert leaves.get(path).status_code == 200
        return found.number

    paths = ("/duty/", "/duty/handover/")
    written(leaves, stays_open="on")
    few = [counted(path) for path in paths]
    for _n in range(10):
        written(leaves, stays_open="on")

    assert [counted(path) for path in paths] == few
    assert max(few) <= MOST


def test_others_find_no_duty_office(sign_in: SignIn, district: District) -> None:
    handler = sign_in(Role.HANDLER, district.roads)

    assert handler.get("/duty/").status_code == 403
    assert handler.get("/duty/handover/").status_code == 403
