"""What the case page and the handler's list say, and that long words fold."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import ContactResult, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import (
    AT,
    LOADER,
    SINCE,
    District,
    dispatched,
    move,
    owed,
    registered,
    said,
)
from tests.turns import handler_of


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


class TestWhoSigns:
    @pytest.mark.parametrize("called", [False, True])
    def test_sees_whether_the_citizen_was_called(
        self, sign_in: SignIn, district: District, centre: Actor, called: bool
    ) -> None:
        case = dispatched(centre, district.roads, report=said(phone="13800138000"))
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        if called:
            actions.record_contact(
                task_id=owed(case, TaskKind.CONTACT).pk,
                report_id=case.reports.get().pk,
                result=ContactResult.TALKED,
                actor=centre,
                at=AT,
            )
        move(case, TaskKind.LEAD, TaskCommand.ANSWER, handler_of(district.roads), reply="换好了")

        page = sign_in(Role.UNIT_LEADER, district.roads).get(f"/desk/cases/{case.number}/")

        assert ("先行联系没有做完" not in page.content.decode()) is called


def test_a_key_presses_one_button_of_the_page(
    sign_in: SignIn, district: District, centre: Actor
) -> None:
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    asking = handler_of(district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ASK_EXTENSION, asking, reason="配件未到")
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, asking, reply="换好了")

    page = sign_in(Role.UNIT_LEADER, district.roads).get(f"/desk/cases/{case.number}/")

    keys = re.findall(r'data-key="(\d)"', page.content.decode())
    assert sorted(set(keys)) == sorted(keys)
    assert keys


class TestNotices:
    def test_the_leader_reads_once_what_the_unit_and_its_leader_are_told(
        self, sign_in: SignIn, district: District, centre: Actor
    ) -> None:
        case = dispatched(centre, district.roads)
        actions.chase_report(report_id=case.reports.get().pk, words="还没来", actor=centre, at=AT)

        page = sign_in(Role.UNIT_LEADER, district.roads).get("/desk/").content.decode()

        assert page.count("市民催单") == 1

    def test_what_is_owed_at_the_desk_is_told_to_who_does_it(
        self, sign_in: SignIn, district: District, centre: Actor
    ) -> None:
        registered(centre)
        case = WorkOrder.objects.get()
        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=AT + timedelta(days=9))

        told = {
            role: "已超期" in sign_in(role, district.centre).get("/desk/").content.decode()
            for role in (Role.DISPATCHER, Role.REGISTRAR, Role.PRIVACY_OFFICER)
        }

        assert told == {Role.DISPATCHER: True, Role.REGISTRAR: False, Role.PRIVACY_OFFICER: False}
