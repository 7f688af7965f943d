"""An answer that its unit's leader sends back: nothing has to be written twice, and it shows."""

from datetime import date

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import ClosingKind, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import District, dispatched, move
from tests.turns import doubled, handler_of, leader_of

_K, _C = TaskKind, TaskCommand
IN_COURT = Closing(
    ClosingKind.PROCEDURE,
    organ="上城区人民法院",
    procedure_number="（2026）01号",
    procedure_on=date(2026, 3, 1),
)


@pytest.fixture
def drafted(district: District, centre: Actor) -> WorkOrder:
    case = dispatched(centre, district.roads)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    return move(
        case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="已起诉", closing=IN_COURT
    )


def shown(client: Client, path: str) -> str:
    return client.get(path).content.decode()


class TestSentBack:
    @pytest.fixture
    def case(self, drafted: WorkOrder, district: District) -> WorkOrder:
        return move(
            drafted, _K.SIGN_OFF, _C.SEND_BACK, leader_of(district.roads), reason="写清案由"
        )

    def test_the_form_comes_as_it_was_written_with_the_reason_over_it(
        self, case: WorkOrder, sign_in: SignIn, district: District
    ) -> None:
        page = shown(sign_in(Role.HANDLER, district.roads), f"/desk/cases/{case.number}/")

        panel = page[page.index('class="do"') : page.index("按选的结果提交")]
        assert "写清案由" in panel
        assert 'value="PROCEDURE" checked' in panel
        assert 'value="上城区人民法院"' in panel
        assert 'value="（2026）01号"' in panel
        assert 'value="2026-03-01"' in panel
        assert ">已起诉</textarea>" in panel

    def test_the_row_says_so(self, case: WorkOrder, sign_in: SignIn, district: District) -> None:
        rows = shown(sign_in(Role.HANDLER, district.roads), "/desk/queue/work/")

        assert '<span class="mark">退回修改</span>' in rows

    def test_until_it_is_handed_in_anew(
        self, case: WorkOrder, sign_in: SignIn, district: District
    ) -> None:
        move(case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="已起诉，欠费纠纷")

        rows = shown(sign_in(Role.HANDLER, district.roads), "/desk/queue/work/")

        assert '<span class="mark">退回修改</span>' not in rows


def test_what_failed_its_check_is_marked_as_done_anew(
    district: District, centre: Actor, sign_in: SignIn
) -> None:
    case = dispatched(centre, district.roads)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="换好了")
    handler = sign_in(Role.HANDLER, district.roads)
    mark = '<span class="mark">重办</span>'
    assert mark not in shown(handler, "/desk/queue/work/")

    move(case, _K.CHECK, _C.FAIL, centre, reason="没换")

    assert mark in shown(handler, "/desk/queue/work/")


def test_who_signs_sees_whose_answer_it_is(
    district: District, centre: Actor, sign_in: SignIn
) -> None:
    case = doubled(centre, district.roads, district.parks)
    move(case, _K.DOUBLE, _C.ANSWER, handler_of(district.parks), reply="树已移")
    leader = sign_in(Role.UNIT_LEADER, district.parks)

    rows = shown(leader, "/desk/queue/sign/")
    page = shown(leader, f"/desk/queue/sign/?case={case.number}")

    assert "区园林中心 双派主办" in rows
    panel = page[page.index('class="do"') :]
    assert "<b>区园林中心</b>" in panel
    assert "双派主办" in panel
    assert "真解决" in panel
