"""What the case page and the handler's list say, and that long words fold."""

import re

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.district import AT, LOADER, SINCE, District, dispatched, move, said


@pytest.fixture
def handler(district: District) -> Client:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    new = people.NewAccount(username="handler", display_name="办的人")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id,
        role=Role.HANDLER,
        unit_id=district.roads,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def answered(district: District, centre: Actor, reply: str) -> WorkOrder:
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    return move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply=reply)


def timeline(client: Client, case: WorkOrder) -> str:
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    return page[page.index('<ol class="time">') :]


def test_a_long_answer_folds_and_its_beginning_is_shown(
    handler: Client, district: District, centre: Actor
) -> None:
    case = answered(district, centre, "井盖已换好，" * 60 + "完。")

    (folded,) = re.findall(r'<details class="long">(.*?)</details>', timeline(handler, case), re.S)

    first, whole = folded.split("</summary>")
    assert "井盖已换好" in first
    assert "完。" not in first
    assert "完。" in whole


def test_a_short_answer_stands_as_it_is(handler: Client, district: District, centre: Actor) -> None:
    case = answered(district, centre, "井盖已换好")

    assert '<details class="long"' not in timeline(handler, case)


def test_the_handlers_list_says_how_much_is_led_and_how_much_helped(
    handler: Client, district: District, centre: Actor
) -> None:
    dispatched(centre, district.roads, report=said("k-1"))
    dispatched(centre, district.roads, report=said("k-2"))
    dispatched(centre, district.water, district.roads, report=said("k-3"))

    page = handler.get("/desk/queue/work/").content.decode()

    (tabs,) = re.findall(r'<nav class="tabs".*?</nav>', page, re.S)
    assert re.sub(r"<[^>]+>", " ", tabs).split() == ["全部", "主办", "2", "协办", "1"]
