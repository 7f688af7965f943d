"""Reading and writing this room's tables, without a file or a database."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules import tables
from chengshao.catalog.rules.matters import gather, spread
from chengshao.catalog.rules.tables import (
    MATTERS,
    PARAMETERS,
    RESPONSIBILITIES,
    TASK_LIMITS,
    TRACK_RULES,
    Holds,
    Table,
)
from chengshao.catalog.terms import ParameterName
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.kernel.tables import Faults

WORDS = {
    "urgency": {"ORDINARY": "一般", "URGENT": "紧急", "EMERGENCY": "特急"},
    "check_mode": {"SITE": "现场核查", "REPLY_REVIEW": "答复审核"},
    "evidence_kind": {"PHOTO_AFTER": "处置后照片", "DOCUMENT": "文书"},
    "sensitivity": {"ORDINARY": "一般"},
    "track": {"ORDINARY": "一般", "SIMPLE": "简易"},
    "channel": {"HOTLINE": "12345热线"},
    "parameter_name": {name.value: f"参数{name}" for name in ParameterName},
}


class Row(dict[str, str]):
    def __init__(self, cells: Mapping[str, str], number: int = 2) -> None:
        super().__init__(cells)
        self.number = number

    def __missing__(self, heading: str) -> str:
        return ""


def matter(**cells: str) -> dict[str, str]:
    return {"事项编码": "C0101", "大类": "公用设施", "事项": "井盖", "序号": "1", "来源": "标准",
            "生效日期": "2020-01-01"} | cells  # fmt: skip


def read(table: Table, *rows: dict[str, str]) -> tuple[list[tables.Parsed], list[tuple[str, str]]]:
    faults = Faults()
    numbered = [Row(row, number) for number, row in enumerate(rows, start=2)]
    parsed = tables.read(table, numbered, WORDS, faults)
    return parsed, [(fault.column, fault.code) for fault in faults.found]


def test_words_stand_in_chinese_and_what_may_be_left_out_has_a_default() -> None:
    (row,), faults = read(MATTERS, matter(核查方式="现场核查", 佐证要求="处置后照片、文书"))

    assert faults == []
    assert row.values["check_mode"] == "SITE"
    assert row.values["evidence_asked"] == ("PHOTO_AFTER", "DOCUMENT")
    assert (row.values["default_urgency"], row.values["verify"]) == ("ORDINARY", False)


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"事项编码": "C0101-1"}, ("事项编码", "value_invalid")),
        ({"事项编码": "C01"}, ("事项编码", "matter_code_invalid")),
        ({"事项": ""}, ("事项", "value_missing")),
        ({"事项": "盖\x00"}, ("事项", "value_invalid")),
        ({"别名": "、".join(f"名{n}" for n in range(31))}, ("别名", "value_too_long")),
        ({"序号": "一"}, ("序号", "value_not_a_number")),
        ({"序号": "100"}, ("序号", "value_invalid")),
        ({"弹性": "yes"}, ("弹性", "value_unknown")),
        ({"生效日期": "2026-02-30"}, ("生效日期", "value_not_a_date")),
        ({"生效日期": "0026-01-01"}, ("生效日期", "value_not_a_date")),
        ({"失效日期": "2020-01-01"}, ("失效日期", "value_invalid")),
        ({"立案条件": "很" * 401}, ("立案条件", "value_too_long")),
    ],
)
def test_a_fault_names_its_column(cells: dict[str, str], fault: tuple[str, str]) -> None:
    parsed, faults = read(MATTERS, matter(**cells))

    assert faults == [fault]
    assert parsed == []


@pytest.mark.parametrize("shown", ["2026-3-1", "2026/03/01", "2026.3.1", "2026-03-01 00:00:00"])
def test_dates_come_as_offices_write_them(shown: str) -> None:
    (row,), _ = read(MATTERS, matter(生效日期=shown))

    assert row.values["valid_from"].isoformat() == "2026-03-01"


def test_a_table_has_a_bound() -> None:
    with pytest.raises(tables.TableTooLong):
        tables.read(MATTERS, [Row({})] * (tables.MAX_ROWS + 1), WORDS, Faults())


def test_conditions_of_one_version_are_gathered_in_order_and_spread_again() -> None:
    rows = [
        matter(序号="2", 立案条件="破损", 时限="4小时"),
        matter(立案条件="缺失", 特急时限="1天"),
    ]
    parsed, _ = read(MATTERS, *rows)
    faults = Faults()

    (version,) = gather(parsed, faults)

    assert not faults.found
    assert [c.register_condition for c in version.draft.conditions] == ["缺失", "破损"]
    again = [dict(values) for values in spread(version)]
    assert again == [parsed[1].values, parsed[0].values]


def parameter(name: ParameterName, value: str, **cells: str) -> dict[str, str]:
    return {"参数": f"参数{name}", "取值": value, "依据": "示意", "生效日期": "2020-01-01"} | cells


def track_rule(track: str = "简易", **cells: str) -> dict[str, str]:
    return {"办理方式": track, "依据": "示意", "生效日期": "2020-01-01"} | cells


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        (ParameterName.REMIND_PERCENT, "80", 80),
        (ParameterName.SAMPLE_PERCENT, "0", 0),
        (ParameterName.VERIFY_FIRST, "是", True),
        (ParameterName.VERIFY_FIRST, "0", False),
        (ParameterName.REOPEN_WITHIN, "15自然日", Limit(15, ClockUnit.NATURAL_DAY)),
        (ParameterName.OUTER_RESERVE, "4小时", Limit(4, ClockUnit.WORKING_HOUR)),
    ],
)
def test_a_parameter_is_a_number_a_limit_or_yes_and_no(
    name: ParameterName, written: str, value: int | Limit
) -> None:
    (row,), faults = read(PARAMETERS, parameter(name, written, 来源渠道="12345热线"))

    assert faults == []
    assert row.values["value"] == value
    assert (row.values["name"], row.values["source"]) == (name, "HOTLINE")


@pytest.mark.parametrize(
    ("name", "written", "code"),
    [
        (ParameterName.REMIND_PERCENT, "很多", "parameter_unreadable"),
        (ParameterName.REMIND_PERCENT, "-1", "parameter_unreadable"),
        (ParameterName.REMIND_PERCENT, "80.5", "parameter_unreadable"),
        (ParameterName.REMIND_PERCENT, "0", "parameter_out_of_range"),
        (ParameterName.REMIND_PERCENT, "100", "parameter_out_of_range"),
        (ParameterName.SUSPENSION_MOST_DAYS, "99999", "parameter_out_of_range"),
        (ParameterName.SUSPENSION_MOST_DAYS, "365自然日", "value_not_a_number"),
        (ParameterName.EXTENSIONS_MOST, "是", "value_not_a_number"),
        (ParameterName.VERIFY_FIRST, "2", "parameter_not_yes_or_no"),
        (ParameterName.VERIFY_FIRST, "1工作日", "parameter_not_yes_or_no"),
        (ParameterName.LEADER_AFTER, "4", "limit_unreadable"),
        (ParameterName.LEADER_AFTER, "否", "limit_unreadable"),
        (ParameterName.LEADER_AFTER, "", "value_missing"),
    ],
)
def test_a_parameter_says_what_its_name_asks(name: ParameterName, written: str, code: str) -> None:
    parsed, faults = read(PARAMETERS, parameter(name, written))

    assert (parsed, faults) == ([], [("取值", code)])


def test_a_parameter_that_nobody_knows_is_a_fault() -> None:
    row = parameter(ParameterName.REMIND_PERCENT, "80") | {"参数": "NIGHT_SHIFTS"}

    assert read(PARAMETERS, row) == ([], [("参数", "value_unknown")])


def test_a_rule_without_matter_source_and_urgency_holds_for_any() -> None:
    (row,), faults = read(TRACK_RULES, track_rule())

    assert faults == []
    assert [row.values[name] for name in TRACK_RULES.key] == ["", "", ""]


def test_no_rule_makes_an_emergency_simple() -> None:
    fault = ("办理方式", "emergency_not_simple")

    assert read(TRACK_RULES, track_rule(紧急程度="特急")) == ([], [fault])
    assert read(TRACK_RULES, track_rule("一般", 紧急程度="特急"))[1] == []


def test_a_row_that_comes_twice_is_named_by_what_is_filled_in() -> None:
    urgent = track_rule(紧急程度="紧急")

    assert read(TRACK_RULES, urgent, urgent)[1] == [("紧急程度", "value_repeated")]


cell_text = st.text(max_size=60)
headings = st.sampled_from(
    [*MATTERS.headings, *RESPONSIBILITIES.headings, *PARAMETERS.headings, *TRACK_RULES.headings]
)


@given(
    st.sampled_from(ParameterName),
    st.integers(0, 99_999).map(str)
    | st.sampled_from(["是", "否", "2紧急工作时", "1紧急工作日", "4小时", "5天", "3自然日止损"]),
)
def test_a_parameter_that_is_written_is_read_back(name: ParameterName, written: str) -> None:
    parsed, faults = read(PARAMETERS, parameter(name, written))
    assert bool(parsed) != bool(faults)
    for row in parsed:
        cells = ["" if c is None else str(c) for c in tables.write(PARAMETERS, row.values, WORDS)]
        (again,), _ = read(PARAMETERS, dict(zip(PARAMETERS.headings, cells, strict=True)))

        assert again.values == row.values


@pytest.mark.parametrize("table", [MATTERS, RESPONSIBILITIES, TASK_LIMITS, PARAMETERS, TRACK_RULES])
@given(st.dictionaries(headings, cell_text))
def test_any_row_is_read_or_has_a_fault(table: Table, cells: dict[str, str]) -> None:
    parsed, faults = read(table, cells)

    assert bool(parsed) != bool(faults)


@given(
    name=st.text(st.characters(categories=("L", "N")), min_size=1, max_size=40),
    limit=st.sampled_from(["", "2紧急工作时", "1紧急工作日", "4小时", "5天", "3自然日止损"]),
    flexible=st.sampled_from(["", "是", "否"]),
    waived=st.sampled_from(["", "是", "否"]),
    serial=st.integers(1, 99),
)
def test_what_is_written_is_read_back(
    name: str, limit: str, flexible: str, waived: str, serial: int
) -> None:
    written = matter(事项=name, 时限=limit, 弹性=flexible, 免审签=waived, 序号=str(serial))
    (row,), _ = read(MATTERS, written)

    cells = tables.write(MATTERS, row.values, WORDS)
    shown = ["" if cell is None else str(cell) for cell in cells]
    (again,), _ = read(MATTERS, dict(zip(MATTERS.headings, shown, strict=True)))

    assert again.values == row.values


def test_every_column_of_every_table_can_be_read() -> None:
    assert set(Holds) == set(tables._READERS)
