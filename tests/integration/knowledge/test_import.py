"""Items come by a table, all or none; an export is that very table."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.tables import TableRefused
from chengshao.knowledge import actions, queries
from chengshao.knowledge.models import Version
from chengshao.knowledge.rules.tables import HEADINGS
from chengshao.knowledge.terms import Power
from chengshao.web.sheets import read_table, write_table
from tests.district import AT, NO_WATER, District
from tests.integration.knowledge.conftest import everything, keeper_of

pytestmark = pytest.mark.django_db
KEEPER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_KNOWLEDGE, None)}))
ANSWER = {
    "编号": "W-1",
    "类别": "答复口径",
    "标题": "停水怎么办",
    "来电人说法": "家里没水了、水龙头没水",
    "答复": "计划停水会提前通知。",
    "依据": "供水条例（示意）",
    "事项编码": NO_WATER,
    "单位代码": "water",
    "生效时间": "2026-01-01",
    "失效时间": "2027-06-30 18:00",
}
LINE = ANSWER | {"编号": "W-2", "类别": "临时通知", "标题": "今晚停水", "事项编码": ""}


def table(*rows: Mapping[str, str]) -> bytes:
    return write_table(HEADINGS, ([row.get(h, "") for h in HEADINGS] for row in rows))


def take(*rows: Mapping[str, str], actor: Actor = KEEPER) -> actions.Imported:
    return actions.import_items(content=table(*rows), actor=actor, at=AT)


def faults(*rows: Mapping[str, str], actor: Actor = KEEPER) -> list[tuple[int, str, str]]:
    before = everything()
    with pytest.raises(TableRefused) as refused:
        take(*rows, actor=actor)
    assert everything() == before
    return [(fault.row, fault.column, fault.code) for fault in refused.value.faults]


def test_a_table_is_taken_in_and_again_changes_nothing(district: District) -> None:
    assert take(ANSWER, LINE) == actions.Imported(rows=2, published=2)
    assert take(ANSWER, LINE) == actions.Imported(rows=2, published=0)

    assert take(ANSWER | {"答复": "请打96106。"}, LINE).published == 1
    assert Version.objects.filter(item__code="W-1").count() == 2


def test_what_is_taken_out_is_what_was_handed_in(district: District) -> None:
    take(ANSWER, LINE)

    taken_out = queries.export_items(units=None)

    assert [{k: v for k, v in row.items() if v} for row in read_table(taken_out)] == [
        {k: v for k, v in row.items() if v} for row in (ANSWER, LINE)
    ]
    assert (
        actions.import_items(content=taken_out, actor=KEEPER, at=AT + timedelta(1)).published == 0
    )


def test_every_fault_is_told_and_nothing_taken_in(district: District) -> None:
    assert faults(
        ANSWER,
        ANSWER,
        ANSWER | {"编号": "坏 号", "类别": "怪", "单位代码": "nobody", "生效时间": "昨天"},
        ANSWER | {"编号": "W-3", "答复": "一。二。三。四。"},
        LINE | {"失效时间": ""},
        ANSWER | {"编号": "W-4", "事项编码": "D9999"},
        ANSWER | {"编号": "W-5", "类别": "差案例", "答复": "区供水公司拖了三天"},
        ANSWER | {"编号": "", "标题": ""},
    ) == [
        (3, "编号", "value_repeated"),
        (4, "编号", "value_invalid"),
        (4, "类别", "value_unknown"),
        (4, "单位代码", "value_unknown"),
        (4, "生效时间", "value_not_a_date"),
        (5, "答复", "knowledge_too_long_to_read_aloud"),
        (6, "失效时间", "knowledge_expiry_missing"),
        (9, "编号", "value_missing"),
        (7, "事项编码", "matter_not_found"),
        (8, "答复", "knowledge_case_names_unit"),
    ]


def test_a_column_that_is_needed_is_there(district: District) -> None:
    with pytest.raises(TableRefused):
        actions.import_items(content="编号,标题\nW-1,停水\n".encode(), actor=KEEPER, at=AT)


def test_who_keeps_one_unit_s_items_takes_in_no_other_s(district: District) -> None:
    assert faults(ANSWER, actor=keeper_of(district.roads)) == [
        (2, "单位代码", "knowledge_power_missing")
    ]
    assert take(ANSWER, actor=keeper_of(district.water)).published == 1


def test_who_keeps_nothing_takes_nothing_in(district: District) -> None:
    with pytest.raises(actions.KnowledgePowerMissing):
        take(ANSWER, actor=Actor(ActorKind.PERSON))
