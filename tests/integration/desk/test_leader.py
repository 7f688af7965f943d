"""The leader's page: what it asks, what one tap does, figures that are the lists behind them."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.actions import Place
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import Principle, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import (
    MANHOLE,
    NO_WATER,
    QINGBOMEN,
    District,
    dispatched,
    move,
    owed,
    registered,
    reported,
    said,
)
from tests.orders import outer
from tests.statements import count_statements

_K, _C = TaskKind, TaskCommand
LEADER = "/desk/leader/"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIGURES = ("近7天新收", "其中已结案", "现在在办", "在办已超期", "在办特急", "外部时限今天到")


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DISTRICT_LEADER, district.centre)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def page_of(client: Client) -> str:
    answer = client.get(LEADER)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).partition("<main")[2]


def decisions(page: str) -> list[str]:
    return re.findall(r'<article class="decision">(.*?)</article>', page, re.S)


def buttons(decision: str) -> list[str]:
    return re.findall(r'<button class="btn[^"]*">(.*?)</button>', decision)


def tap(client: Client, decision: str, words: str) -> None:
    """Send the form of this button as it stands on the page."""
    forms = re.findall(r'<form class="deed".*?</form>', decision, re.S)
    (form,) = [each for each in forms if f">{words}</button>" in each]
    (action,) = re.findall(r'action="([^"]*)"', form)
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert sent["csrfmiddlewaretoken"]
    (sent["reason"],) = re.findall(r"<textarea[^>]*>(.*?)</textarea>", form, re.S)
    answer = client.post(action, sent)
    assert (answer.status_code, answer["Location"]) == (302, LEADER)


def emergency(centre: Actor, now: datetime, key: str = "k-e") -> WorkOrder:
    case = reported(centre, said(key, "路面塌陷"), now).work_order
    return actions.register(
        number=case.number,
        seen_revision=case.revision,
        matter=MANHOLE,
        urgency=Urgency.EMERGENCY,
        place=Place("和平路口东侧", QINGBOMEN),
        actor=centre,
        at=now,
    )


def returned_twice(centre: Actor, district: District, at: datetime, key: str = "k-r") -> WorkOrder:
    """Return a case that roads and then water say is the other's."""
    case = dispatched(centre, district.roads, report=said(key, "人行道塌了"), at=at)
    move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="井是供水的，我局电话13800138000", at=at)
    move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="看着像供水的", at=at)
    case.refresh_from_db()
    actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=district.water,
        principle=Principle.BY_AGREEMENT,
        basis="井盖权属",
        actor=centre,
        at=at,
    )
    return move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="路面下沉归城管养护", at=at)


def asked_for_time(centre: Actor, district: District, at: datetime, key: str = "k-x") -> WorkOrder:
    case = dispatched(centre, district.roads, report=said(key, "要换新井盖"), at=at)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, at=at)
    return move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="配件周三到货", at=at)


def test_nothing_to_decide_says_so(leader: Client) -> None:
    page = page_of(leader)

    assert not decisions(page)
    assert "没有特急、扯皮、突增的事" in page


def test_home_is_this_page_for_who_leads_the_district(leader: Client) -> None:
    assert "今日要事" in leader.get("/desk/").content.decode().partition("<h1>")[2][:40]


@pytest.mark.parametrize("role", [Role.DUTY_LEADER, Role.DISPATCHER, Role.SUPERVISOR])
def test_it_is_no_page_for_others(sign_in: SignIn, district: District, role: Role) -> None:
    client = sign_in(role, district.centre)

    assert client.get(LEADER).status_code == 403
    assert client.get("/desk/").status_code == 200


class TestStuck:
    def test_both_sides_are_quoted_without_numbers(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        returned_twice(centre, district, now)

        (decision,) = decisions(page_of(leader))

        assert "井是供水的" in decision
        assert "路面下沉归城管养护" in decision
        assert "13800138000" not in decision

    def test_no_words_of_a_citizen_are_on_a_page_that_is_printed(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        returned_twice(centre, district, now)

        assert "人行道塌了" not in page_of(leader)

    def test_one_tap_leaves_it_with_the_unit_that_returned_it(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        case = returned_twice(centre, district, now)
        (decision,) = decisions(page_of(leader))

        tap(leader, decision, "由区供水公司办")

        lead = owed(case, _K.LEAD)
        assert (lead.unit_id, lead.designated) == (district.water, True)
        assert not decisions(page_of(leader))

    def test_one_tap_lets_it_go_to_another(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        case = returned_twice(centre, district, now)
        (decision,) = decisions(page_of(leader))

        tap(leader, decision, "准退，另派")

        assert case.tasks.filter(kind=_K.DISPATCH, ended_at=None).exists()

    def test_what_was_returned_once_is_the_desks(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        case = dispatched(centre, district.roads, at=now)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们管", at=now)

        assert not decisions(page_of(leader))

    def test_what_units_could_not_agree_on_opens_where_a_lead_is_designated(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        case = registered(centre, said("k-c", "树倒在井上"), at=now)
        asked = [district.roads, district.water]
        move(case, _K.DISPATCH, _C.CONSULT, centre, reason="归谁？", asked=asked, at=now)
        for task in case.tasks.filter(kind=_K.CONSULT).order_by("pk"):
            actions.move_task(
                task_id=task.pk, seen_revision=task.revision, command=_C.OPINE,
                reason=f"不归{task.unit_id}", actor=centre, at=now,
            )  # fmt: skip

        (decision,) = decisions(page_of(leader))

        assert f"/desk/queue/dispatch/?case={case.number}" in decision
        assert all(f"不归{unit_id}" in decision for unit_id in asked)


class TestRequests:
    def test_a_request_for_time_is_granted_by_one_tap(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        case = asked_for_time(centre, district, now)
        (decision,) = decisions(page_of(leader))
        assert "配件周三到货" in decision

        tap(leader, decision, "同意延期")

        assert owed(case, _K.LEAD).extensions == 1

    def test_or_refused(
        self, leader: Client, centre: Actor, district: District, now: datetime
    ) -> None:
        case = asked_for_time(centre, district, now)
        (decision,) = decisions(page_of(leader))

        tap(leader, decision, "不同意，按原时限办")

        assert owed(case, _K.LEAD).extensions == 0
        assert not case.tasks.filter(kind=_K.CENTRE_APPROVAL, ended_at=None).exists()


def test_an_emergency_says_for_whom_it_waits(leader: Client, centre: Actor, now: datetime) -> None:
    case = emergency(centre, now)

    (decision,) = decisions(page_of(leader))

    assert f"/desk/cases/{case.number}/" in decision
    assert "清波门社区" in decision


def test_an_order_whose_platform_wants_it_today(
    leader: Client, centre: Actor, district: District, now: datetime
) -> None:
    dispatched(centre, district.roads, report=outer(due=now - HOUR), at=now - 2 * HOUR)

    (decision,) = decisions(page_of(leader))

    assert "外部超1小时" in decision


class TestGrowth:
    def test_a_matter_that_grows_in_a_place_opens_its_cases(
        self, leader: Client, centre: Actor, now: datetime
    ) -> None:
        for n in range(6):
            registered(centre, said(f"k-g{n}", "井盖"), at=now - timedelta(minutes=n))
        registered(centre, said("k-old", "井盖"), at=now - 10 * DAY)

        (decision,) = decisions(page_of(leader))

        assert "近7天反映6次，前四周平均每周0.2次，最多的一周1次" in decision
        (href,) = re.findall(r'href="(/desk/cases/\?[^"]*)"', decision)
        assert leader.get(href).content.decode().count("data-row") == 6

    def test_what_is_usual_is_not_named(self, leader: Client, centre: Actor, now: datetime) -> None:
        for n in range(6):
            registered(centre, said(f"k-a{n}", "井盖"), at=now - timedelta(minutes=n))
            registered(centre, said(f"k-b{n}", "井盖"), at=now - 8 * DAY)

        assert not decisions(page_of(leader))


class TestFigures:
    @pytest.fixture
    def filled(self, centre: Actor, district: District, now: datetime) -> None:
        emergency(centre, now)
        dispatched(centre, district.roads, report=said("k-1"), at=now - 40 * DAY)
        dispatched(centre, district.roads, report=said("k-2"), at=now - HOUR)
        handled(dispatched(centre, district.roads, report=said("k-3"), at=now), centre, now)
        past = replace(outer(due=now - HOUR), client_key="k-4")
        dispatched(centre, district.roads, report=past, at=now - 2 * HOUR)
        registered(centre, said("k-5"), matter=NO_WATER, at=now - 9 * DAY)
        handled(
            dispatched(centre, district.roads, report=said("k-6"), at=now - 20 * DAY), centre, now
        )

    def test_each_is_the_list_that_it_opens(self, leader: Client, filled: None) -> None:
        shown = figures(page_of(leader))

        assert tuple(shown) == FIGURES
        for words, (number, href, _change) in shown.items():
            listed = leader.get(href).content.decode()
            assert listed.count("data-row") == number, words
        assert {words: number for words, (number, *_rest) in shown.items()} == {
            "近7天新收": 4,
            "其中已结案": 1,
            "现在在办": 5,
            "在办已超期": 3,
            "在办特急": 1,
            "外部时限今天到": 1,
        }

    def test_each_says_how_it_changed_in_a_week(self, leader: Client, filled: None) -> None:
        changes = {words: change for words, (_n, _href, change) in figures(page_of(leader)).items()}

        assert changes["近7天新收"] == "+3"
        assert changes["现在在办"] == "+2"  # three were open a week ago
        assert changes["在办特急"] == "+1"


def handled(case: WorkOrder, centre: Actor, at: datetime) -> None:
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, at=at)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=at)
    move(case, _K.CHECK, _C.PASS, centre, at=at)


def figures(page: str) -> dict[str, tuple[int, str, str]]:
    """Return by their words the number, the list and the change of each figure."""
    found = re.findall(
        r'<li><a href="([^"]*)"><span>(.*?)</span><b>([\d,]+)</b><small>(.*?)</small>', page
    )
    return {
        words: (int(number.replace(",", "")), href, change.split(" ")[-1])
        for href, words, number, change in found
    }


Grow = Callable[[Actor, District, datetime, str], WorkOrder]


@pytest.mark.parametrize("grow", [returned_twice, asked_for_time])
def test_more_is_no_more_statements(
    leader: Client, centre: Actor, district: District, now: datetime, grow: Grow
) -> None:
    def asked() -> int:
        leader.get(LEADER)
        with count_statements() as counted:
            leader.get(LEADER)
        return counted.number

    grow(centre, district, now, "k-0")
    few = asked()
    for n in range(1, 8):
        grow(centre, district, now, f"k-{n}")

    assert asked() == few <= 8
    page = page_of(leader)
    assert len(decisions(page)) == 5
    assert "没列在这一页" in page
