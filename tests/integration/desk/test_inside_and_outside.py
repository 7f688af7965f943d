"""Words to the citizen and words that stay inside stand apart, each saying who reads it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Entry, WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, move, said
from tests.turns import third_party

WORDS = "物业今天下午回话"


@pytest.fixture
def handler(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.roads)


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    found = dispatched(centre, district.roads, report=said(phone="13800138000"))
    return move(found, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)


def beside(client: Client, case: WorkOrder) -> tuple[str, str]:
    """Return what stands outside and what inside, as it is read."""
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    outside, inside = re.findall(r'aria-labelledby="said-\w+">(.*?)</section>', page, re.S)
    return re.sub(r"<[^>]+>", "", outside), re.sub(r"<[^>]+>", "", inside)


def test_each_says_who_reads_it(handler: Client, case: WorkOrder) -> None:
    outside, inside = beside(handler, case)

    assert "市民看得到" in outside
    assert "市民看不到" in inside


def test_what_is_said_inside_stands_inside_with_person_and_unit(
    handler: Client, case: WorkOrder
) -> None:
    door = reverse("desk:remark", args=[case.number])

    after = handler.post(door, {"words": WORDS}, follow=True)

    outside, inside = beside(handler, case)
    assert "内部意见已记下" in after.content.decode()
    assert WORDS in inside
    assert "区城市管理局" in inside
    assert WORDS not in outside


def test_without_words_it_comes_back_with_a_reason(handler: Client, case: WorkOrder) -> None:
    before = Entry.objects.count()

    answer = handler.post(
        reverse("desk:remark", args=[case.number]), {"words": " ", "form": "remark"}
    )

    assert answer.status_code == 422
    assert "请写一句内部意见" in answer.content.decode()
    assert Entry.objects.count() == before


def test_an_answer_that_waits_says_that_the_citizen_has_not_read_it(
    handler: Client, centre: Actor, case: WorkOrder
) -> None:
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="已换好")

    assert "还没发出，办结后市民才看到" in beside(handler, case)[0]

    move(case, TaskKind.CHECK, TaskCommand.PASS, centre)

    outside = beside(handler, case)[0]
    assert "已换好" in outside
    assert "还没发出" not in outside


def test_what_was_written_over_before_the_end_is_nobodys(
    handler: Client, centre: Actor, case: WorkOrder
) -> None:
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="先这样")
    move(case, TaskKind.CHECK, TaskCommand.FAIL, centre, reason="没好")
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="真好了")

    outside = beside(handler, case)[0]

    assert "真好了" in outside
    assert "先这样" not in outside


def test_a_third_party_has_no_such_place(sign_in: SignIn, centre: Actor, case: WorkOrder) -> None:
    unit_id = third_party()
    asked = [unit_id]
    move(case, TaskKind.LEAD, TaskCommand.SUBASSIGN, centre, reason="换盖", asked=asked)
    actions.remark(number=case.number, words=WORDS, actor=centre, at=AT)

    page = sign_in(Role.HANDLER, unit_id).get(f"/desk/cases/{case.number}/")

    assert page.status_code == 200
    assert WORDS not in page.content.decode()
    assert "内部意见" not in page.content.decode()
