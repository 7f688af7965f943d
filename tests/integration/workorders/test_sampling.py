"""A share of what closed without a look is looked at later (抽查, F16)."""

from datetime import timedelta

import pytest

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, tasks
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import Step, TaskCommand, TaskKind
from tests.district import AT, LOADER, MANHOLE, District, closed, move, owed, said

_K, _C = TaskKind, TaskCommand
NIGHT = AT + timedelta(hours=12)
ON_THE_SPOT = "事项编码,来源渠道,紧急程度,办理方式,依据,生效日期\nC0101,,,即办,测试,2020-01-01\n"


def settle(percent: int, since: str = "2026-01-01") -> None:
    rows = f"参数,来源渠道,取值,依据,生效日期\nSAMPLE_PERCENT,,{percent},测试,{since}\n"
    catalog.import_table(kind=TableKind.PARAMETERS, content=rows.encode(), actor=LOADER, at=AT)


def fixed(actor: Actor, unit_id: int, key: str = "k-1") -> WorkOrder:
    """Return a case that one person found and fixed, and nobody looked at."""
    catalog.import_table(
        kind=TableKind.TRACK_RULES, content=ON_THE_SPOT.encode(), actor=LOADER, at=AT
    )
    report = actions.record_fixed(
        report=said(key), unit_id=unit_id, matter=MANHOLE, reply="当场盖好", actor=actor, at=AT
    )
    return report.work_order


@pytest.mark.parametrize(("percent", "drawn"), [(0, 0), (100, 1)])
def test_as_many_are_drawn_as_is_settled(
    centre: Actor, district: District, percent: int, drawn: int
) -> None:
    settle(percent)
    case = fixed(centre, district.roads)

    assert tasks.sample_at(NIGHT) == drawn

    assert case.tasks.filter(kind=_K.SAMPLE, unit=district.centre).count() == drawn


def test_some_of_many(centre: Actor, district: District) -> None:
    settle(50)
    for n in range(20):
        fixed(centre, district.roads, f"k-{n}")

    assert 0 < tasks.sample_at(NIGHT) < 20


def test_what_was_looked_at_is_not_drawn(centre: Actor, district: District) -> None:
    settle(100)
    closed(centre, district.roads)

    assert tasks.sample_at(NIGHT) == 0


def test_nothing_is_drawn_twice(centre: Actor, district: District) -> None:
    settle(100)
    case = fixed(centre, district.roads)
    tasks.sample_at(NIGHT)
    move(case, _K.SAMPLE, _C.PASS, centre, at=NIGHT)

    assert tasks.sample_at(NIGHT) == 0


def test_a_missed_night_is_made_up_for(centre: Actor, district: District) -> None:
    settle(100)
    case = fixed(centre, district.roads)

    assert tasks.sample_at(NIGHT + timedelta(days=4)) == 1

    assert owed(case, _K.SAMPLE)


def test_what_was_spared_is_not_drawn_when_the_share_rises(
    centre: Actor, district: District
) -> None:
    settle(0)
    fixed(centre, district.roads)
    tasks.sample_at(NIGHT)
    settle(100, since="2026-03-03")

    assert tasks.sample_at(NIGHT + timedelta(days=1)) == 0


def test_the_case_stays_closed_meanwhile(centre: Actor, district: District) -> None:
    settle(100)
    case = fixed(centre, district.roads)

    tasks.sample_at(NIGHT)

    case.refresh_from_db()
    assert case.step == Step.CLOSED


def test_what_is_not_so_goes_back_to_who_said_it_was(centre: Actor, district: District) -> None:
    settle(100)
    case = fixed(centre, district.roads)
    tasks.sample_at(NIGHT)

    case = move(case, _K.SAMPLE, _C.FAIL, centre, reason="没有盖", at=NIGHT)

    assert owed(case, _K.LEAD).unit_id == district.roads
    assert case.step == Step.DISPATCHED
