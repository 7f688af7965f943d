"""
The key property of a draft's check: what the drafted catalogue says of a case is what the real
one says once the draft is in force.
"""

from datetime import date, timedelta

import pytest

from chengshao.catalog import actions, queries
from chengshao.catalog.queries import Cells, ResponsibilityLine
from chengshao.catalog.terms import TableKind, Urgency
from tests.district import (
    AT,
    HUBIN,
    LOADER,
    MANHOLE,
    NO_WATER,
    QINGBO,
    QINGBOMEN,
    TREE,
    District,
)
from tests.statements import count_statements

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 3, 3)
MATTERS = (MANHOLE, f"{MANHOLE}-1", TREE, NO_WATER)
PLACES = (QINGBOMEN, QINGBO, HUBIN, "")
CHANNELS = ("HOTLINE", "PATROL")
KINDS = {"LEAD", "CHECK", "REGISTER"}

RESPONSIBILITIES = "事项编码,区划代码,主办角色,协办角色,依据文件,生效日期,失效日期\n"
DUTIES = "区划代码,事项编码,清单,牵头部门角色,依据文件,生效日期\n"
TRACKS = "事项编码,来源渠道,紧急程度,办理方式,依据,生效日期\n"
LIMITS = "环节,来源渠道,紧急程度,时限,依据,生效日期\n"
SETTLED = "参数,来源渠道,取值,依据,生效日期\n"
OF_MATTERS = (
    "事项编码,大类,事项,序号,立案条件,结案条件,时限,紧急程度,佐证要求,核查方式,来源,生效日期\n"
)

DRAFTS = [
    (TableKind.RESPONSIBILITIES,
     RESPONSIBILITIES
     + "C0101,,供水,,办法,{day},\nC0101,,园林绿化,供水、没有这个,办法,{day},\n"
     + "C,330102001000,街道,供水,办法,{day},\n"),
    (TableKind.RESPONSIBILITIES, RESPONSIBILITIES + "C0401,,园林绿化,城市管理,办法,{day},\n"),
    (TableKind.DUTY_LISTS,
     DUTIES + "330102001000,C0101,上级收回,供水,清单,{day}\n330102003000,C,基本履职,,清单,{day}\n"),
    (TableKind.DUTY_LISTS, DUTIES + "330102001000,C01,配合履职,园林绿化,清单,{day}\n"
     "330102001051,C0101,基本履职,,清单,{day}\n"),
    (TableKind.TRACK_RULES,
     TRACKS + "C01,PATROL,,简易,约定,{day}\n,,特急,复杂,约定,{day}\nC0101,,,即办,约定,{day}\n"),
    (TableKind.TASK_LIMITS,
     LIMITS + "LEAD,,,1工作时,约定,{day}\nLEAD,HOTLINE,特急,1紧急工作时,约定,{day}\n"
     "CHECK,,,9自然日,约定,{day}\n"),
    (TableKind.PARAMETERS, SETTLED + "OUTER_RESERVE,,1工作时,约定,{day}\n"),
    (TableKind.MATTERS,
     OF_MATTERS
     + "C0101,公用设施,供水井盖,1,缺失,恢复,1工作日,一般,处置后照片,图片核查,测试,{day}\n"
     "C0101,公用设施,供水井盖,2,破损,更换,5工作日,紧急,处置后照片,图片核查,测试,{day}\n"
     "C0499,园林绿化,新的,1,有,没了,3自然日,一般,,免核查,测试,{day}\n"),
]  # fmt: skip


def cells(content: str, day: date = TOMORROW) -> list[Cells]:
    head, *lines = content.format(day=day).splitlines()
    rows = (dict(zip(head.split(","), line.split(","), strict=True)) for line in lines)
    return [Cells(number, row) for number, row in enumerate(rows, start=2)]


def without_id(lines: list[ResponsibilityLine]) -> list[tuple[object, ...]]:
    return [
        (line.lead_unit_id, line.lead_role, line.co_unit_ids, line.document, line.territory,
         line.list_kind, line.reason)
        for line in lines
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "content"), DRAFTS)
def test_what_is_drafted_decides_as_what_is_in_force(
    kind: TableKind, content: str, district: District
) -> None:
    made = actions.draft_rows(kind=kind, cells=cells(content), actor=LOADER, at=AT)
    drafted = queries.standing_with(queries.standing(TOMORROW), made.plan)
    actions.keep_check(
        draft_id=made.row.pk, plan=made.plan, found={}, edition=queries.edition(),
        actor=LOADER, at=AT,
    )  # fmt: skip

    actions.put_in_force(draft_id=made.row.pk, actor=LOADER, at=AT)

    ground = queries.ground()
    assert drafted.ground.parameters(TOMORROW) == ground.parameters(TOMORROW)
    for matter in (*MATTERS, "C0499") if kind is TableKind.MATTERS else MATTERS:
        for place in PLACES:
            assert without_id(drafted.lines(matter, place)) == without_id(
                queries.responsibilities_for(matter, place, TOMORROW)
            )
        version = queries.matter_in_force(matter, TOMORROW)
        asks = drafted.asks(matter)
        assert asks is not None
        assert (asks.evidence, asks.verify, asks.check_mode, asks.conditions) == (
            frozenset(version.evidence_asked), version.verify, version.check_mode,
            len(version.conditions),
        )  # fmt: skip
        for urgency in Urgency:
            assert drafted.ground.limits_of_matter(
                matter, urgency, TOMORROW
            ) == ground.limits_of_matter(matter, urgency, TOMORROW)
            for channel in CHANNELS:
                assert drafted.track(matter, channel, urgency) == queries.track_of(
                    version, channel, urgency, TOMORROW
                )
                of_kinds = (KINDS, channel, urgency, TOMORROW)
                assert drafted.ground.limits_of_tasks(*of_kinds) == ground.limits_of_tasks(
                    *of_kinds
                )


def test_without_a_plan_it_decides_as_now(district: District) -> None:
    today = TOMORROW - timedelta(days=1)
    now = queries.standing(today)

    for matter in MATTERS:
        for place in PLACES:
            assert now.lines(matter, place) == queries.responsibilities_for(matter, place, today)
        version = queries.matter_in_force(matter, today)
        assert now.track(matter, "HOTLINE", Urgency.ORDINARY) == queries.track_of(
            version, "HOTLINE", Urgency.ORDINARY, today
        )


def test_it_asks_the_same_however_many_rows(district: District) -> None:
    def asked() -> int:
        queries.standing(TOMORROW)  # what is read once and kept
        with count_statements() as seen:
            queries.standing(TOMORROW)
        return seen.number

    few = asked()
    rows = "".join(f"C0101,,角色{n},,办法,{TOMORROW},\n" for n in range(50))
    content = (RESPONSIBILITIES + rows).encode()
    actions.import_table(kind=TableKind.RESPONSIBILITIES, content=content, actor=LOADER, at=AT)

    assert asked() == few
