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
    ("part", "told"),
    [
        ({"words": []}, "words: 不能是空的"),
        ({"words": 5}, "words: 应写成列表"),
        ({"key": ""}, "key: 不能是空的"),
        ({"key": ["a"]}, "key: 应是文字"),
        ({"source": "x" * 41}, "source: 最多40字"),
        ({"separator": "x" * 11}, "separator: 最多10字"),
        ({"channel": []}, "channel: 应写列名，或写成“名称: 内容”"),
        ({"channel": {}}, "channel: column和constant要写一个，只写一个"),
        ({"kind": {"constant": "鸽子"}}, "kind: 没有“鸽子”，只能是"),
        (
            {"channel": {"column": "来源", "means": ["电话"]}},
            "channel.means: 应写成“表中的词: 意思”",
        ),
        ({"opened_at": {"column": "时间", "format": "%Q"}}, "opened_at.format: “%Q”不是时间格式"),
        ({"opened_at": {"column": "时间", "zone": "Mars"}}, "opened_at.zone: 没有“Mars”这个时区"),
        ({"point": {"lng": "经度"}}, "point.lat: 缺少这一项"),
        ({"point": {"lng": "a", "lat": "b", "crs": "X"}}, "point.crs: 只能是WGS84、GCJ02、BD09"),
        ({"colour": "red"}, "colour: 没有这一项"),
        ({7: "red"}, "7: 没有这一项"),
    ],
)
def test_what_is_wrong_is_told_in_words(part: dict[object, object], told: str) -> None:
    (fault,) = faults_of(yaml.safe_dump(LEAST | part, allow_unicode=True))

    assert fault.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("source: 旧系统\nwords: [标题\nkey: 编号\n", "第3行写法不对"),
        ("\x00", "不是YAML，或超过64KB"),
        ("", "是空的，或不是“名称: 内容”"),
        ("- a", "是空的，或不是“名称: 内容”"),
    ],
)
def test_what_is_no_yaml_is_told_by_its_line(text: str, told: str) -> None:
    assert faults_of(text) == [told]


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
