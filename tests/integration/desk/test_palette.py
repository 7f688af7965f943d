"""Ctrl-K: pages, cases, units and matters by a few characters."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from tests.district import AT, LOADER, SINCE, District, dispatched, reported, said

YESTERDAY = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


def signed_in(role: Role, *unit_ids: int) -> Client:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    new = people.NewAccount(username="looks", display_name="看的人")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    for unit_id in unit_ids:
        people.appoint(
            user_id=user_id, role=role, unit_id=unit_id, valid_from=SINCE, actor=LOADER, at=AT
        )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def leader(district: District) -> Client:
    return signed_in(Role.DUTY_LEADER, district.centre)


def found(client: Client, words: str, group: str) -> list[tuple[str, str]]:
    """Return where each line of a group leads, and what it says."""
    answer = client.get("/desk/palette", {"q": words}, headers={"HX-Request": "true"})
    parts = re.findall(
        r'role="group" aria-label="([^"]*)">(.*?)</div>', answer.content.decode(), re.S
    )
    lines = dict(parts).get(group, "")
    return re.findall(r'href="([^"]*)"[^>]*><span>([^<]*)', lines)


class TestPages:
    @pytest.mark.parametrize(
        ("words", "href"),
        [
            ("派单台", "/desk/queue/dispatch/"),
            ("派单", "/desk/queue/dispatch/"),
            ("pdt", "/desk/queue/dispatch/"),
            ("PDT", "/desk/queue/dispatch/"),
            ("paidantai", "/desk/queue/dispatch/"),
            ("派dt", "/desk/queue/dispatch/"),
            ("dispatch", "/desk/queue/dispatch/"),
            ("slla", "/desk/queue/register/"),
            ("shouli", "/desk/queue/register/"),
            ("gzt", "/desk/"),
            ("工作台", "/desk/"),
            ("hc", "/desk/queue/check/"),
            ("check", "/desk/queue/check/"),
            ("案件", "/desk/cases/"),
            ("案卷", "/desk/cases/"),
            ("工单", "/desk/cases/"),
            ("gd", "/desk/cases/"),
            ("全部案卷", "/desk/cases/"),
            ("权责", "/catalog/"),
            ("units", "/units/"),
            ("单位", "/units/"),
        ],
    )
    def test_by_characters_pinyin_english_and_other_names(
        self, leader: Client, words: str, href: str
    ) -> None:
        assert found(leader, words, "页面")[0][0] == href

    def test_only_those_that_are_for_me(self, district: District) -> None:
        handler = signed_in(Role.HANDLER, district.roads)

        assert found(handler, "pdt", "页面") == []
        assert found(handler, "wddb", "页面")[0][0] == "/desk/queue/work/"

    def test_no_words_give_all_of_mine(self, leader: Client) -> None:
        assert {"/desk/", "/desk/queue/dispatch/"} <= {h for h, _ in found(leader, "", "页面")}

    def test_what_is_called_nothing_like_it_finds_nothing(self, leader: Client) -> None:
        answer = leader.get("/desk/palette", {"q": "zzzz"}, headers={"HX-Request": "true"})

        assert answer.content.decode().strip() == ""


class TestCases:
    @pytest.mark.parametrize(
        "words", ["0001", "1", "0302-0001", "2-0001", "20260302-0001", "202603020001", "０００１"]
    )
    def test_by_the_tail_of_their_number(
        self, leader: Client, centre: Actor, words: str, settled: None
    ) -> None:
        reported(centre)

        assert "/desk/cases/20260302-0001/" in [h for h, _ in found(leader, words, "案卷")]

    def test_the_newest_first(self, leader: Client, centre: Actor, settled: None) -> None:
        reported(centre, said("k-1"), at=YESTERDAY)
        reported(centre, said("k-2"))

        assert [h for h, _ in found(leader, "0001", "案卷")] == [
            "/desk/cases/20260302-0001/",
            "/desk/cases/20260301-0001/",
        ]
        assert [h for h, _ in found(leader, "0301-0001", "案卷")] == ["/desk/cases/20260301-0001/"]

    def test_only_those_that_i_see(self, district: District, centre: Actor, settled: None) -> None:
        dispatched(centre, district.roads, report=said("k-1"))
        reported(centre, said("k-2"))
        handler = signed_in(Role.HANDLER, district.roads)

        assert [h for h, _ in found(handler, "0001", "案卷")] == ["/desk/cases/20260302-0001/"]
        assert found(handler, "0002", "案卷") == []

    @pytest.mark.parametrize("words", ["0002", "0301-0001", "9999-0001", "-0001", "0-"])
    def test_another_number_is_not_it(
        self, leader: Client, centre: Actor, words: str, settled: None
    ) -> None:
        reported(centre)

        assert found(leader, words, "案卷") == []

    def test_by_words_too(self, leader: Client, centre: Actor) -> None:
        reported(centre, said(words="路口井盖翘起"))

        assert [words for _, words in found(leader, "翘起", "案卷")] == ["路口井盖翘起"]

    def test_of_all_units_that_i_work_for(self, district: District, centre: Actor) -> None:
        dispatched(centre, district.roads, report=said("k-1", words="路口井盖翘起"))
        dispatched(centre, district.parks, report=said("k-2", words="园里井盖翘起"))
        handler = signed_in(Role.HANDLER, district.roads, district.parks)

        of_both = {words for _, words in found(handler, "翘起", "案卷")}

        assert of_both == {"路口井盖翘起", "园里井盖翘起"}


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at AT: a serial alone looks back from today."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def test_without_scripts_it_is_a_page(leader: Client) -> None:
    page = leader.get("/desk/palette", {"q": "pdt"}).content.decode()

    assert "<h1>" in page
    assert 'href="/desk/queue/dispatch/"' in page
    assert "没有找到" in leader.get("/desk/palette", {"q": "zzzz"}).content.decode()
