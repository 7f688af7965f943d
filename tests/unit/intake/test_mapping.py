"""The mapping of a table of old cases: YAML in, where each fact stands out, or what is wrong."""

from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chengshao.intake.rules.case_table import CaseTable, Cell, Moment
from chengshao.intake.schemas.case_table import MappingUnreadable, read_mapping

LEAST = {
    "source": "旧系统",
    "key": "编号",
    "words": "内容",
    "channel": {"constant": "HOTLINE"},
    "opened_at": "受理时间",
}


def mapping(**parts: object) -> str:
    return yaml.safe_dump(LEAST | parts, allow_unicode=True)


def faults_of(text: str) -> list[str]:
    with pytest.raises(MappingUnreadable) as refused:
        read_mapping(text)
    return refused.value.faults


def test_the_least_that_is_needed() -> None:
    table = read_mapping(mapping())

    assert (table.source, table.key, table.words) == ("旧系统", "编号", ("内容",))
    assert (table.channel, table.opened_at) == (Cell(constant="HOTLINE"), Moment("受理时间"))
    assert table.closed_as is None


def test_a_cell_is_a_column_or_a_constant_or_a_column_with_its_words() -> None:
    table = read_mapping(
        mapping(
            place="地点",
            closed_as={"column": "状态", "means": {1: "SOLVED", False: "OPEN"}},
            opened_at={"column": "时间", "format": ["%Y-%m-%d", "%d.%m.%Y"], "zone": "UTC"},
        )
    )

    assert table.place == Cell("地点")
    assert table.closed_as == Cell("状态", means={"1": "SOLVED", "false": "OPEN"})
    assert table.opened_at == Moment("时间", ("%Y-%m-%d", "%d.%m.%Y"), "UTC")


def test_yes_and_no_are_known_in_the_usual_words() -> None:
    table = read_mapping(mapping(in_time={"column": "按时", "means": {"准时": "YES"}}))

    assert table.in_time is not None
    assert {word: table.in_time.of({"按时": word}) for word in ("是", "0", "准时")} == {
        "是": "YES",
        "0": "NO",
        "准时": "YES",
    }


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ({"words": []}, "words"),
        ({"key": ""}, "key"),
        ({"source": "x" * 41}, "source"),
        ({"channel": {"constant": "CARRIER_PIGEON"}}, "channel"),
        ({"channel": {"column": "来源", "constant": "HOTLINE"}}, "channel"),
        ({"channel": {}}, "channel"),
        ({"closed_as": {"column": "状态", "otherwise": "SORTED_OUT"}}, "closed_as"),
        ({"opened_at": {"column": "时间", "format": "%Q"}}, "opened_at"),
        ({"opened_at": {"column": "时间", "format": "%"}}, "opened_at"),
        ({"opened_at": {"column": "时间", "format": "%Y %Y"}}, "opened_at"),
        ({"opened_at": {"column": "时间", "zone": "Mars/Olympus"}}, "opened_at"),
        ({"opened_at": {"column": "时间", "zone": "../../etc/passwd"}}, "opened_at"),
        ({"point": {"lng": "经度"}}, "point"),
        ({"point": {"lng": "经度", "lat": "纬度", "crs": "FLAT"}}, "point"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(part: dict[str, object], where: str) -> None:
    assert any(fault.startswith(where) for fault in faults_of(mapping(**part)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "just words",
        "a: [",
        "\x00",
        "!!python/object/apply:os.system [ls]",
        "x" * 70_000,
        "\ud800",
        "!!int ''",
    ],
)
def test_what_is_no_mapping_at_all_is_refused(text: str) -> None:
    assert faults_of(text)


_YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*LEAST, "closed_as", "point", "in_time", "unit"]), _YAML))
def test_any_yaml_is_a_mapping_or_refused(parts: dict[str, object]) -> None:
    text = yaml.safe_dump(LEAST | parts, allow_unicode=True)

    with suppress(MappingUnreadable):
        assert isinstance(read_mapping(text), CaseTable)


@given(st.text(max_size=200))
def test_any_text_is_refused_with_a_reason(text: str) -> None:
    assert faults_of(text)
