"""Why other buttons aren't there is told on demand, by the rules that would refuse them."""

import re

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import District, closed, dispatched, move
from tests.orders import in_hand, suspended
from tests.turns import handler_of


def reasons_on(client: Client, case: WorkOrder) -> list[str]:
    """Return the lines of the fold, as they are read."""
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    folds = re.findall(r"<summary>为什么不能……</summary><ul[^>]*>(.*?)</ul>", page, re.S)
    lines = re.findall(r"<li>(.*?)</li>", folds[0], re.S) if folds else []
    return [re.sub(r"<[^>]+>", "", line) for line in lines]


def one_of(lines: list[str], words: str) -> str:
    (found,) = [line for line in lines if words in line.partition("：")[0]]
    return found


@pytest.fixture
def handler(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.roads)


def test_before_it_is_acknowledged_the_rest_waits_for_that(
    handler: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)

    assert one_of(reasons_on(handler, case), "申请延期").endswith("要先签收")


def test_what_was_asked_for_already_names_where_it_waits(
    handler: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    asking = handler_of(district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ASK_EXTENSION, asking, reason="配件未到")

    assert one_of(reasons_on(handler, case), "申请延期").endswith("“单位审批”已在办理中")


def test_it_is_suspended_once(handler: Client, centre: Actor, district: District) -> None:
    case = suspended(in_hand(centre, district.roads), centre)

    line = one_of(reasons_on(handler, case), "申请暂停计时")

    assert line.endswith("暂停计时只能一次")


def test_who_sent_it_reads_why_it_can_no_longer_be_taken_back(
    sign_in: SignIn, handler: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    leader = sign_in(Role.DUTY_LEADER, district.centre)

    lines = reasons_on(leader, case)

    assert "撤回派单（主办）：已经签收，要改派请走退单" in lines


def test_of_the_case_as_a_whole_it_names_who_may(
    handler: Client, centre: Actor, district: District
) -> None:
    case = closed(centre, district.roads)

    line = one_of(reasons_on(handler, case), "重办")

    assert "联动指挥中心" in line


def test_a_button_that_is_there_has_no_reason_against_it(
    handler: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)

    lines = reasons_on(handler, case)

    assert not [line for line in lines if "申请退单" in line or "申请延期" in line]
