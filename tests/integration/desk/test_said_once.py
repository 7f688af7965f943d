"""The case page says each thing once, and what it says is so of the kind of task it is said of."""

import re

from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import Power, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, move, owed, said, staff
from tests.turns import PHONE, handler_of, leader_of

_K, _C = TaskKind, TaskCommand


def page_of(client: Client, case: WorkOrder) -> str:
    return client.get(f"/desk/cases/{case.number}/").content.decode()


def in_hand(centre: Actor, district: District) -> WorkOrder:
    case = dispatched(centre, district.roads, report=said(phone=PHONE))
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)


def closed(centre: Actor, district: District) -> WorkOrder:
    case = in_hand(centre, district)
    move(case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="井盖已换好")
    move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.roads))
    return move(case, _K.CHECK, _C.PASS, centre)


def told(page: str) -> str:
    history = page[page.index('<ol class="time">') :]
    return re.sub(r"<[^>]+>", "", history[: history.index("</ol>")])


def test_only_what_is_acknowledged_at_all_waits_for_that(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = dispatched(centre, district.roads, report=said(phone=PHONE))

    page = page_of(sign_in(Role.OPERATOR, district.centre), case)

    states = re.findall(r'data-label="状态">([^<]+)', page)
    assert states[:2] == ["待签收", "待办"]  # the lead; who calls the citizen


def test_an_ended_case_says_what_is_still_owed_and_by_whom(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = closed(centre, district)

    page = page_of(sign_in(Role.SUPERVISOR, district.centre), case)

    assert "没有要办的了" not in page
    assert "结案。还在等：告知诉求人（区城市管理局）" in page


def test_the_words_of_the_answer_stand_with_the_result_and_once_in_the_history(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = closed(centre, district)

    page = page_of(sign_in(Role.OPERATOR, district.centre), case)

    result = page[page.index("<h2>办理结果</h2>") :]
    assert "井盖已换好" in result[: result.index("</section>")]
    assert told(page).count("井盖已换好") == 1


def test_what_the_leader_changed_is_told_beside_what_it_was(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = in_hand(centre, district)
    move(case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="井盖已换好")
    move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.roads), reply="井盖今天换好了")

    history = told(page_of(sign_in(Role.OPERATOR, district.centre), case))

    assert "井盖已换好" in history
    assert "井盖今天换好了" in history


class TestCallingFirst:
    def test_whoever_handles_calls_before_answering(
        self, centre: Actor, district: District, sign_in: SignIn
    ) -> None:
        case = in_hand(centre, district)

        page = page_of(sign_in(Role.HANDLER, district.roads), case)

        tasks = re.findall(r'id="task-(\d+)"', page)
        assert tasks == [str(owed(case, kind).pk) for kind in (_K.CONTACT, _K.LEAD)]

    def test_the_number_is_asked_for_in_one_place_and_leads_back_there(
        self, centre: Actor, district: District, sign_in: SignIn
    ) -> None:
        case = in_hand(centre, district)
        client = sign_in(Role.HANDLER, district.roads)
        here = f"/desk/queue/work/?case={case.number}"
        page = client.get(here).content.decode()
        path = f"/desk/cases/{case.number}/contact/{case.reports.get().pk}"
        assert page.count(f'action="{path}"') == 1

        number = client.post(path, {"purpose": "联系", "back": here}).content.decode()
        elsewhere = client.post(path, {"purpose": "联系", "back": "https://x.test/"})

        assert f'<a class="btn" href="{here}">' in number
        assert f'href="/desk/cases/{case.number}/">' in elsewhere.content.decode()


def test_designated_is_said_once(centre: Actor, district: District, sign_in: SignIn) -> None:
    case = in_hand(centre, district)
    asks = staff(district.roads, Power.SEE, Power.HANDLE)
    move(case, _K.LEAD, _C.ASK_RETURN, asks, reason="不归我们")
    move(case, _K.ADJUDICATE, _C.DENY, centre, reason="归你们", at=AT)
    case.tasks.filter(kind=_K.LEAD).update(principle="BY_DESIGNATION")

    page = page_of(sign_in(Role.OPERATOR, district.centre), case)

    row = page[page.index('data-label="任务"') :]
    assert row[: row.index("</tr>")].count("指定") == 1
