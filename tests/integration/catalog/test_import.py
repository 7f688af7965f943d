"""Tables from outside: all or nothing, every fault with its row and column, nothing rewritten."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction

from chengshao.catalog import actions, queries
from chengshao.catalog.models import Matter, MatterClass, Responsibility, TaskLimit
from chengshao.catalog.terms import TableKind
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import TableRefused
from tests.integration.catalog.conftest import (
    AT,
    KEEPER,
    REGISTRAR,
    duty,
    matter,
    responsibility,
    table,
    take,
)

pytestmark = pytest.mark.django_db


def faults_of(kind: TableKind, *rows: Mapping[str, str | int]) -> list[tuple[int, str, str]]:
    with pytest.raises(TableRefused) as refused:
        take(kind, *rows)
    return sorted((fault.row, fault.column, fault.code) for fault in refused.value.faults)


def test_all_faults_are_named_and_nothing_is_taken_in() -> None:
    faults = faults_of(
        TableKind.MATTERS,
        matter(),
        matter("X1", 时限="很快", 核查方式="飞行检查"),
        matter("C0103", "", 序号=0, 生效日期="去年"),
        matter("C0104", "井" * 41, 失效日期="2019-01-01"),
        matter("C0105", 弹性="也许", 佐证要求="处置后照片、录像"),
    )

    assert faults == [
        (3, "事项编码", "matter_code_invalid"),
        (3, "时限", "limit_unreadable"),
        (3, "核查方式", "value_unknown"),
        (4, "事项", "value_missing"),
        (4, "序号", "value_invalid"),
        (4, "生效日期", "value_not_a_date"),
        (5, "事项", "value_too_long"),
        (6, "佐证要求", "value_unknown"),
        (6, "弹性", "value_unknown"),
    ]
    assert not Matter.objects.exists()
    assert not MatterClass.objects.exists()


def test_a_period_that_ends_before_it_begins_is_a_fault() -> None:
    assert faults_of(TableKind.MATTERS, matter(失效日期="2019-01-01")) == [
        (2, "失效日期", "value_invalid")
    ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableRefused) as refused:
        actions.import_table(
            kind=TableKind.MATTERS, content="事项\n井盖".encode(), actor=KEEPER, at=AT
        )

    assert {f.code for f in refused.value.faults} == {"column_missing"}
    assert "事项编码" in {f.column for f in refused.value.faults}


def test_the_rows_of_one_matter_must_agree() -> None:
    faults = faults_of(TableKind.MATTERS, matter(), matter(name="下水井盖", 序号=2))

    assert faults == [(3, "事项", "rows_disagree")]


def test_the_same_row_twice_is_a_fault() -> None:
    assert faults_of(TableKind.MATTERS, matter(), matter()) == [(3, "事项编码", "value_repeated")]


def test_a_class_has_one_name_on_one_day() -> None:
    other = matter("C0102", 大类="道路设施")

    assert faults_of(TableKind.MATTERS, matter(), other) == [(3, "大类", "class_named_differently")]


def test_what_is_in_force_is_not_overwritten() -> None:
    take(TableKind.MATTERS, matter())

    assert faults_of(TableKind.MATTERS, matter("C0199", "新"), matter(时限="1天")) == [
        (3, "生效日期", "version_exists")
    ]
    assert Matter.objects.count() == 1


def test_versions_may_come_in_any_order() -> None:
    later = responsibility("greening", 生效日期="2026-01-01")
    earlier = responsibility("greening", 条款="第一条")
    take(TableKind.MATTERS, matter())

    take(TableKind.RESPONSIBILITIES, later)
    done = take(TableKind.RESPONSIBILITIES, later, earlier)

    rows = Responsibility.objects.order_by("valid_from").values_list("article", "valid_until")
    assert done.added == 1
    assert [(a, d and d.isoformat()) for a, d in rows] == [("第一条", "2026-01-01"), ("", None)]


def test_codes_that_nobody_knows_are_faults() -> None:
    take(TableKind.MATTERS, matter())

    faults = faults_of(
        TableKind.RESPONSIBILITIES,
        responsibility("sanitation"),
        responsibility("sanitation", matter="C02"),
        responsibility("sanitation", territory="999999999999"),
        responsibility("sanitation", territory="3301"),
    )

    assert faults == [
        (3, "事项编码", "value_unknown"),
        (4, "区划代码", "value_unknown"),
        (5, "区划代码", "division_code_invalid"),
    ]
    assert not Responsibility.objects.exists()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (duty("配合履职"), ("牵头部门角色", "value_missing")),
        (duty("基本履职", department="ecology"), ("牵头部门角色", "value_invalid")),
        (duty("基本履职", territory="330102000000"), ("区划代码", "value_invalid")),
    ],
)
def test_a_duty_list_says_which_department_leads(
    row: dict[str, str | int], fault: tuple[str, str]
) -> None:
    take(TableKind.MATTERS, matter())

    assert (2, *fault) in faults_of(TableKind.DUTY_LISTS, row)


def test_a_power_has_one_holder() -> None:
    power = {"职权": "召集权", "依据文件": "示意", "生效日期": "2020-01-01"}

    assert faults_of(
        TableKind.UNIT_POWERS,
        power,
        power | {"单位类别": "SUBDISTRICT", "单位角色": "enforcement", "职权": "指挥权"},
    ) == [(2, "单位角色", "value_missing"), (3, "单位角色", "value_invalid")]


def test_the_powers_of_a_unit_come_with_their_document() -> None:
    power = {"单位类别": "SUBDISTRICT", "职权": "召集权", "依据文件": "条例", "条款": "第四条",
             "生效日期": "2020-01-01"}  # fmt: skip
    take(TableKind.UNIT_POWERS, power)

    found = queries.unit_powers(kind="SUBDISTRICT", roles=[], on=AT.date())

    assert [(p.name, p.document, p.article) for p in found] == [("召集权", "条例", "第四条")]
    assert not queries.unit_powers(kind="DEPARTMENT", roles=[], on=AT.date()).exists()


@pytest.mark.parametrize("kind", list(TableKind))
def test_only_a_keeper_takes_tables_in(kind: TableKind) -> None:
    with pytest.raises(actions.CatalogPowerMissing):
        actions.import_table(kind=kind, content=table(kind), actor=REGISTRAR, at=AT)


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04junk", "事项\x00".encode()])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError):
        actions.import_table(kind=TableKind.MATTERS, content=content, actor=KEEPER, at=AT)

    assert not Matter.objects.exists()


def test_the_database_refuses_two_versions_at_once() -> None:
    take(TableKind.MATTERS, matter())
    row = Matter.objects.get()
    row.pk = None

    with pytest.raises(IntegrityError, match="matter_version_once"), transaction.atomic():
        row.save()


@pytest.mark.django_db(transaction=True)
def test_two_keepers_at_once_make_one_version_each_thing() -> None:
    limit = {"环节": "LEAD", "时限": "5天", "依据": "示意", "生效日期": "2020-01-01"}

    def take_in(days: int) -> str:
        try:
            take(TableKind.TASK_LIMITS, limit | {"时限": f"{days}天"})
        except TableRefused as error:
            return error.faults[0].code
        else:
            return "taken in"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(take_in, [5, 6]))

    assert outcomes == ["taken in", "version_exists"]
    assert TaskLimit.objects.count() == 1
