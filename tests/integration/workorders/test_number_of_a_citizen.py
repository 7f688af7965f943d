"""A citizen's number opens to who has to call, and to nobody else who sees the case."""

from dataclasses import replace

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.terms import Power as PeoplePower
from chengshao.workorders import actions, queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import ContactNotOpen
from chengshao.workorders.terms import Power, TaskCommand, TaskKind
from tests.district import (
    AT,
    QINGBOMEN,
    District,
    dispatched,
    move,
    registered,
    reported,
    said,
    staff,
)

_K, _C = TaskKind, TaskCommand
REVEAL = PeoplePower.REVEAL_CONTACT
TOLD = said(phone="13800138000")


def opens(case: WorkOrder, unit_id: int) -> bool:
    """Tell whether somebody of this unit, who sees the case, may open the first number on it."""
    report = case.reports.order_by("pk")[0]
    actor = staff(unit_id, Power.SEE, REVEAL)
    assert queries.visible_to(actor).filter(pk=case.pk).exists()
    try:
        found = queries.contact_of(
            report_id=report.pk, number=case.number, power=REVEAL, actor=actor
        )
    except ContactNotOpen:
        return False
    return found == report.contact_id


def test_to_the_desk_while_it_registers(centre: Actor, district: District) -> None:
    assert opens(reported(centre, TOLD).work_order, district.centre)


def test_to_who_leads_and_who_helps(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads, district.water, report=TOLD)

    assert opens(case, district.roads)
    assert opens(case, district.water)


def test_to_the_first_receiver_while_nobody_leads(centre: Actor, district: District) -> None:
    case = registered(centre, replace(TOLD, territory=QINGBOMEN))
    assert not opens(case, district.qingbo)  # sees it by its place

    move(case, _K.DISPATCH, _C.CONSULT, centre, reason="谁办", asked=[district.water])

    assert opens(case, district.qingbo)
    assert not opens(case, district.water)  # is asked for an opinion


def test_to_who_tells_the_result_and_then_no_more(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads, report=TOLD)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="换好了")
    assert not opens(case, district.roads)  # its task ended; it still sees what it did

    move(case, _K.CHECK, _C.PASS, centre)
    assert opens(case, district.roads)

    citizen = Actor(ActorKind.CITIZEN, report_id=case.reports.get().pk)
    actions.read_result(report_id=case.reports.get().pk, actor=citizen, at=AT)
    assert not opens(case, district.roads)


@pytest.mark.parametrize("command", [_C.INQUIRE, _C.SUBASSIGN])
def test_not_to_who_is_only_asked(centre: Actor, district: District, command: str) -> None:
    asked = district.squad if command == _C.SUBASSIGN else district.parks
    case = dispatched(centre, district.roads, report=TOLD)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)

    move(case, _K.LEAD, command, centre, reason="请协助", asked=[asked])

    assert not opens(case, asked)
    assert opens(case, district.roads)


def test_not_to_who_returned_it(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.parks, report=TOLD)
    move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们")
    other = staff(district.centre, Power.SEE, Power.DISPATCH)

    move(case, _K.ADJUDICATE, _C.GRANT, other, reason="确实不归")

    assert not opens(case, district.parks)


def test_not_of_what_was_taken_back(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads, report=TOLD)
    reported(centre, said("k-2", joins=case.number))
    report = case.reports.order_by("pk")[0]
    citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)

    actions.withdraw_report(report_id=report.pk, reason="好了", actor=citizen, at=AT)

    assert not opens(case, district.roads)
    assert not opens(case, district.centre)
