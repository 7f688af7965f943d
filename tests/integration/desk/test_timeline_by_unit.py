"""The history of a case in the order of time, or unit by unit."""

import re

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, move
from tests.turns import citizen_of


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    found = dispatched(centre, district.roads)
    move(found, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    report = found.reports.get()
    citizen = citizen_of(found)
    actions.chase_report(report_id=report.pk, words="还没来", actor=citizen, at=AT)
    return move(found, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="已换好")


def strands_on(client: Client, case: WorkOrder) -> dict[str, int]:
    """Return whose lines there are, and how many of each."""
    page = client.get(f"/desk/cases/{case.number}/?by=unit").content.decode()
    found = {}
    for strand in re.findall(r'<section class="strand">(.*?)</section>', page, re.S):
        (name,) = re.findall(r"<h3.*?<span>([^<]+)</span>", strand, re.S)
        found[name] = strand.count("<li")
    return found


def test_each_unit_s_deeds_stand_together_the_citizen_s_too(
    leader: Client, district: District, case: WorkOrder
) -> None:
    strands = strands_on(leader, case)

    assert strands["区城市管理局"] == 2
    assert strands["诉求人"] == 1


def test_nothing_is_lost_by_it(leader: Client, case: WorkOrder) -> None:
    plain = leader.get(f"/desk/cases/{case.number}/").content.decode()
    (timeline,) = re.findall(r'<ol class="time">(.*?)</ol>', plain, re.S)

    assert sum(strands_on(leader, case).values()) == timeline.count("<li")


def test_unasked_it_stands_in_the_order_of_time(leader: Client, case: WorkOrder) -> None:
    page = leader.get(f"/desk/cases/{case.number}/").content.decode()

    assert 'class="strand"' not in page
    assert "?by=unit#time" in page
