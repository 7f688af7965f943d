"""What is hidden from a unit is hidden from who answers to it: no task, no copy, no sight."""

from dataclasses import replace

import pytest

from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.refusals import UnitComplainedAbout
from chengshao.workorders.terms import Principle, TaskCommand, TaskKind
from tests.district import (
    AT,
    QINGBOMEN,
    District,
    dispatched,
    move,
    registered,
    reported,
    said,
)
from tests.orders import refused

_K, _C = TaskKind, TaskCommand


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    """A complaint about a sub-district, in the hands of a department."""
    report = said(about=district.qingbo)
    in_hand = dispatched(centre, district.roads, report=report)
    return move(in_hand, _K.LEAD, _C.ACKNOWLEDGE, centre)


def seers(case: WorkOrder) -> set[int]:
    return set(case.audience.values_list("unit_id", flat=True))


def test_a_community_of_it_is_asked_nothing(
    centre: Actor, district: District, case: WorkOrder
) -> None:
    with refused(UnitComplainedAbout, case):
        move(case, _K.LEAD, _C.INQUIRE, centre, reason="请说明", asked=[district.qingbomen])


def test_a_squad_of_a_department_is_not_called_in(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.parks, report=said(about=district.roads))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)

    with refused(UnitComplainedAbout, case):
        move(case, _K.LEAD, _C.CALL_IN, centre, reason="请协助", asked=[district.squad])


def test_nor_consulted(centre: Actor, district: District) -> None:
    case = registered(centre, said(about=district.qingbo))

    with refused(UnitComplainedAbout, case):
        move(case, _K.DISPATCH, _C.CONSULT, centre, reason="谁", asked=[district.qingbomen])


def test_nor_sent_it(centre: Actor, district: District) -> None:
    case = registered(centre, said(about=district.roads))

    with refused(UnitComplainedAbout, case):
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=district.parks,
            co_handle_unit_ids=frozenset({district.squad}),
            principle=Principle.BY_AGREEMENT,
            basis="清单",
            actor=centre,
            at=AT,
        )


def test_nor_told_of_it(centre: Actor, district: District, case: WorkOrder) -> None:
    with refused(UnitComplainedAbout, case):
        actions.send_copies(
            number=case.number,
            seen_revision=case.revision,
            unit_ids=frozenset({district.qingbomen}),
            actor=centre,
            at=AT,
        )


def test_who_was_told_before_the_complaint_came_sees_it_no_more(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    actions.copy_to(case, [district.qingbomen], AT)
    assert district.qingbomen in seers(case)

    reported(centre, said("k-2", "街道没人管", joins=case.number, about=district.qingbo))

    assert seers(case) & {district.qingbo, district.qingbomen} == set()
    assert district.office in seers(case)


def test_a_complaint_does_not_come_where_a_squad_of_whom_it_is_about_works(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.parks, district.squad)

    with refused(UnitComplainedAbout, case):
        reported(centre, said("k-2", joins=case.number, about=district.roads))


def test_one_about_the_government_leaves_who_keeps_the_file(
    centre: Actor, district: District
) -> None:
    report = replace(said(about=district.office), territory=QINGBOMEN)

    case = reported(centre, report).work_order

    assert case.desk_unit_id == district.centre
    assert district.centre in seers(case)
    assert district.office not in seers(case)
    about = frozenset({district.office})
    assert people.kept_from(about, desk_unit_id=district.centre) == about
