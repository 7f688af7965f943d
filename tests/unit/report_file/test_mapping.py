"""The mapping says which column is what; what it says wrongly is told, all of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.web.sheets import Row
from ops.folder import CHECKOUT
from ops.report_file.mapping import MappingFaulty, ReportMapping, RowUnreadable, read_mapping

HEADINGS = ["编号", "标题", "内容", "地址", "时间", "姓名", "电话", "保密"]
LEAST = "number: {column: 编号}\nwords: [标题, 内容]\nplace: 无地点\n"


def mapping(text: str = LEAST, *more: str) -> ReportMapping:
    return read_mapping("\n".join((text, *more)).encode(), headings=HEADINGS)


def row(**cells: str) -> Row:
    said = {"编号": "A-17", "标题": "路灯不亮", "内容": "三天了"} | cells
    return Row(2, {heading: said.get(heading, "") for heading in HEADINGS})


def faults(text: str) -> list[str]:
    with pytest.raises(MappingFaulty) as refusal:
        mapping(text)
    return [zh for zh, _en in refusal.value.faults]


def test_the_least_that_is_needed() -> None:
    assert mapping().report_of(row()) == {
        "client_key": "A-17",
        "channel": "MAILBOX",
        "words": "路灯不亮\n三天了",
        "place": "",
        "source_number": "A-17",
        "source_at": None,
        "contact_name": "",
        "contact_phone": "",
        "confidential": False,
    }


def test_all_that_can_be_said() -> None:
    full = mapping(
        """
channel: HOTLINE
number: {column: 编号, prefix: "hotline:"}
words: {columns: [标题, 内容], separator: "；"}
place: {column: 地址}
source_at: {column: 时间, format: "%d.%m.%Y %H:%M"}
contact_name: {column: 姓名}
contact_phone: {column: 电话}
confidential: {column: 保密, when: [是, 要]}
"""
    )
    cells = {
        "地址": "某路1号",
        "时间": "25.04.2019 09:32",
        "姓名": "某人",
        "电话": "0571",
        "保密": "要",
    }

    assert full.report_of(row(**cells)) == {
        "client_key": "hotline:A-17",
        "channel": "HOTLINE",
        "words": "路灯不亮；三天了",
        "place": "某路1号",
        "source_number": "A-17",
        "source_at": "2019-04-25T09:32:00+08:00",
        "contact_name": "某人",
        "contact_phone": "0571",
        "confidential": True,
    }


def test_an_empty_part_of_the_words_leaves_no_empty_line() -> None:
    assert mapping().report_of(row(标题=""))["words"] == "三天了"


@pytest.mark.parametrize(
    ("place", "cell", "told"),
    [
        ("{column: 地址}", "某路1号", "某路1号"),
        ("{column: 地址}", "", ""),
        ("{column: 地址}", "无地点", ""),
        ("{constant: 市民中心}", "", "市民中心"),
        ("无地点", "某路1号", ""),
    ],
)
def test_the_place_is_a_column_or_a_constant_or_none(place: str, cell: str, told: str) -> None:
    read = mapping(LEAST.replace("place: 无地点", f"place: {place}"))

    assert read.report_of(row(地址=cell))["place"] == told


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("2019/4/25 9:32", "2019-04-25T09:32:00+08:00"),
        ("25日4月2019", "2019-04-25T00:00:00+08:00"),
        ("2019-04-25 09:32:09", "2019-04-25T09:32:09+08:00"),  # as Excel's dates are read
        ("2019-04-25", "2019-04-25T00:00:00+08:00"),  # as Excel's midnight is read
        ("2019-04-25T01:32:09Z", "2019-04-25T01:32:09+00:00"),
        ("", None),
    ],
)
def test_a_time_by_any_of_the_formats_or_as_iso(cell: str, told: str | None) -> None:
    read = mapping(LEAST, "source_at: {column: 时间, format: ['%Y/%m/%d %H:%M', '%d日%m月%Y']}")

    assert read.report_of(row(时间=cell))["source_at"] == told


def test_a_time_in_another_zone() -> None:
    read = mapping(LEAST, "source_at: {column: 时间, zone: Asia/Urumqi}")

    assert read.report_of(row(时间="2019-04-25 09:32:09"))["source_at"] == (
        "2019-04-25T09:32:09+06:00"
    )


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_time_written_by_its_format_is_read_back(moment: datetime) -> None:
    second, pattern = moment.replace(microsecond=0), "%Y年%m月%d日 %H时%M分%S秒"
    read = mapping(LEAST, f"source_at: {{column: 时间, format: '{pattern}', zone: UTC}}")

    told = read.report_of(row(时间=second.strftime(pattern)))["source_at"]

    assert told == second.replace(tzinfo=UTC).isoformat()


@pytest.mark.parametrize("cell", ["昨天", "2019-13-01", "25.04.2019", "0"])
def test_what_is_no_time_is_not_guessed(cell: str) -> None:
    read = mapping(LEAST, "source_at: {column: 时间}")

    with pytest.raises(RowUnreadable, match="时间"):
        read.report_of(row(时间=cell))


@pytest.mark.parametrize(
    ("cell", "asked"), [("是", True), ("YES", True), ("", False), ("否", False), ("0", False)]
)
def test_confidence_is_asked_by_known_words(cell: str, asked: bool) -> None:
    read = mapping(LEAST, "confidential: {column: 保密, when: [是, 'yes']}")

    assert read.report_of(row(保密=cell))["confidential"] is asked


def test_an_unknown_word_about_confidence_is_not_taken_for_no() -> None:
    read = mapping(LEAST, "confidential: {column: 保密}")

    with pytest.raises(RowUnreadable, match="要求保密"):
        read.report_of(row(保密="请勿透露"))


def test_confidence_for_all_rows() -> None:
    assert mapping(LEAST, "confidential: true").report_of(row())["confidential"] is True


def test_a_row_without_a_number_is_not_sent() -> None:
    with pytest.raises(RowUnreadable, match="没有编号"):
        mapping().report_of(row(编号=""))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("words: [标题]\nplace: 无地点", "number：缺少这一项"),
        (LEAST.replace("place: 无地点", ""), "place：缺少这一项"),
        (LEAST.replace("place: 无地点", "place:"), "place：请写清楚，没有地点写“无地点”"),
        (LEAST.replace("place: 无地点", "place: 地址"), "place：应写成 {column: 列名}"),
        (LEAST.replace("place: 无地点", "place: {}"), "place：应写 column 或 constant"),
        (LEAST + "titel: 标题", "titel：没有这一项"),
        (LEAST + "channel: PIGEON", "channel：不是规定的值（HOTLINE、"),
        (LEAST.replace("[标题, 内容]", "[]"), "words.columns：至少要有一列"),
        (LEAST.replace("[标题, 内容]", "[1]"), "words.columns.0：应是文字"),
        (LEAST + "source_at: {column: 时间, zone: Mars/Base}", "source_at.zone：没有“Mars/Base”"),
        (LEAST + "source_at: {column: 时间, zone: ../../etc/passwd}", "source_at.zone：没有“"),
        (LEAST + "source_at: {column: 时间, format: '%Q'}", "source_at.format：“%Q”不是时间格式"),
        (LEAST + "confidential: sometimes", "confidential："),
        (LEAST + "contact_name: {column: 姓名, constant: 某人}", "contact_name：应写 column 或"),
    ],
)
def test_what_is_wrong_is_named_where_it_stands(text: str, told: str) -> None:
    assert any(fault.startswith(told) for fault in faults(text)), faults(text)


def test_all_faults_are_told_at_once() -> None:
    assert len(faults("channel: PIGEON\ncolour: red\nwords: [标题]")) == 4


def test_a_column_that_the_table_lacks_is_named_with_those_it_has() -> None:
    told = faults(LEAST.replace("标题", "题目") + "contact_name: {column: 名字}")

    assert told[:2] == ["表里没有“题目”这一列", "表里没有“名字”这一列"]
    assert "编号、标题、内容" in told[2]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"- a\n- b",
        b"number: [",
        b"\xff\xfe\x00",
        b"number: \x00",
        b"[" * 20_000,
        b"a: 1\n" * 20_000,
        b"!!python/object/apply:os.system [id]",
    ],
)
def test_what_is_no_mapping_is_refused(content: bytes) -> None:
    with pytest.raises(MappingFaulty):
        read_mapping(content, headings=HEADINGS)


def test_the_example_in_the_documentation_is_one() -> None:
    example = (CHECKOUT / "docs/examples/report-file-mapping.yaml").read_bytes()
    read = read_mapping(example, headings=["id", "title", "detail", "created_at"])

    said = Row(
        2, {"id": "2549", "title": "题", "detail": "文", "created_at": "2019-04-25 09:32:09"}
    )
    assert read.report_of(said)["client_key"] == "message-2549"
