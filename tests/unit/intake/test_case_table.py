"""One row of another system's table: every fault by its column, nothing but a fault or a Said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.intake.rules.case_table import (
    CaseTable,
    Cell,
    Moment,
    Point,
    Said,
    digest_of_row,
    read_row,
)
from chengshao.kernel.geo import Crs
from chengshao.kernel.tables import Faults
from chengshao.workorders.terms import Channel, ClosingKind, ReportKind

YES_NO = {"是": "YES", "否": "NO"}
TABLE = CaseTable(
    source="旧系统",
    key="编号",
    words=("标题", "内容"),
    opened_at=Moment("受理时间", ("%Y/%m/%d %H:%M",)),
    channel=Cell("来源", means={"电话": "HOTLINE"}, otherwise="PORTAL"),
    kind=Cell("性质", means={"投诉": "COMPLAINT", "": ""}),
    place=Cell("地点"),
    subdistrict=Cell("街道"),
    community=Cell("社区"),
    point=Point("经度", "纬度", Crs.GCJ02),
    matter=Cell("事项"),
    unit=Cell("单位"),
    unit_name=Cell("单位名"),
    ended_at=Moment("办结时间"),
    due_at=Moment("期限"),
    closed_as=Cell("状态", means={"已办": "SOLVED", "解释": "EXPLAINED", "在办": "OPEN"}),
    in_time=Cell("按时", means=YES_NO),
    contact_name=Cell("姓名"),
    contact_phone=Cell("电话"),
    confidential=Cell("保密", means=YES_NO),
    complained_about=Cell("被投诉"),
)
ROW = {
    "编号": "A-1",
    "标题": "井盖",
    "内容": "丢了",
    "受理时间": "2024/3/1 09:30",
    "办结时间": "2024-03-02 10:00:00",
    "来源": "电话",
    "状态": "已办",
}


def row(**cells: str) -> dict[str, str]:
    return dict.fromkeys(TABLE.columns(), "") | ROW | cells


def read(cells: Mapping[str, str], table: CaseTable = TABLE) -> tuple[Said | None, Faults]:
    faults = Faults()
    return read_row(2, cells, table, faults), faults


def understood(**cells: str) -> Said:
    said, faults = read(row(**cells))
    assert said is not None, faults.found
    return said


def refused(**cells: str) -> list[tuple[int, str, str]]:
    said, faults = read(row(**cells))
    assert said is None
    return [(fault.row, fault.column, fault.code) for fault in faults.found]


class TestWhatIsUnderstood:
    def test_a_row_as_its_mapping_says(self) -> None:
        said = understood(性质="投诉", 按时="是", 保密="否")

        assert (said.key, said.words) == ("A-1", "井盖\n丢了")
        assert (said.channel, said.kind) == (Channel.HOTLINE, ReportKind.COMPLAINT)
        assert said.opened_at == datetime(2024, 3, 1, 1, 30, tzinfo=UTC)
        assert said.ended_at == datetime(2024, 3, 2, 2, 0, tzinfo=UTC)
        assert (said.closed_as, said.in_time) == (ClosingKind.SOLVED, True)
        assert not said.confidential

    def test_an_open_one_has_no_closing(self) -> None:
        said = understood(状态="在办", 办结时间="")

        assert (said.is_open, said.closed_as) == (True, None)

    def test_a_closed_one_may_have_ended_in_a_way_that_nobody_says(self) -> None:
        said, _ = read(row(), replace(TABLE, closed_as=Cell("状态", means={"已办": "UNKNOWN"})))

        assert said is not None
        assert (said.is_open, said.closed_as) == (False, None)

    def test_where_no_column_says_what_became_of_them_all_are_closed_and_none_solved(self) -> None:
        said, _ = read(row(), replace(TABLE, closed_as=None))

        assert said is not None
        assert (said.is_open, said.closed_as) == (False, None)

    @pytest.mark.parametrize("nothing", ["", "-", "—", "无", "NULL"])
    def test_what_stands_for_nothing_is_nothing(self, nothing: str) -> None:
        said = understood(地点=nothing, 期限=nothing, 经度=nothing, 纬度=nothing)

        assert (said.place, said.due_at, said.lng, said.lat) == ("", None, None, None)

    def test_what_a_column_does_not_translate_is_the_other_channel(self) -> None:
        assert understood(来源="来信").channel is Channel.PORTAL

    def test_a_point_of_another_map_becomes_ours(self) -> None:
        said = understood(经度="120.1600", 纬度="30.2500")

        assert said.lng is not None
        assert abs(said.lng - 120.1553) < 0.001

    @pytest.mark.parametrize("day", ["2024-03-02", "20240302"])
    def test_what_was_over_on_a_day_was_over_at_its_end(self, day: str) -> None:
        said = understood(办结时间=day, 期限=day)

        assert said.ended_at == said.due_at == datetime(2024, 3, 2, 15, 59, 59, tzinfo=UTC)
        assert said.ended_some_time

    def test_a_day_in_a_form_of_the_mapping_is_one_too(self) -> None:
        by_day = replace(TABLE, ended_at=Moment("办结时间", ("%d.%m.%Y", "%d.%m.%Y %H时")))

        day, _ = read(row(办结时间="2.3.2024"), by_day)
        hour, _ = read(row(办结时间="2.3.2024 0时"), by_day)

        assert day is not None
        assert hour is not None
        assert day.ended_at == datetime(2024, 3, 2, 15, 59, 59, tzinfo=UTC)
        assert hour.ended_at == datetime(2024, 3, 1, 16, 0, tzinfo=UTC)

    def test_midnight_is_an_hour_where_it_is_told(self) -> None:
        said = understood(办结时间="2024-03-02 00:00:00")

        assert said.ended_at == datetime(2024, 3, 1, 16, 0, tzinfo=UTC)

    def test_a_time_with_a_zone_keeps_it(self) -> None:
        said = understood(受理时间="2024-03-01T01:30:00+00:00")

        assert said.opened_at == datetime(2024, 3, 1, 1, 30, tzinfo=UTC)

    def test_the_digest_is_over_all_columns_whether_read_or_not(self) -> None:
        first, other = row(), row() | {"别的": "x"}

        assert digest_of_row(first) == understood().digest
        assert digest_of_row(first) != digest_of_row(other)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("column", "said", "code"),
        [
            ("编号", "", "old_case_key_wrong"),
            ("编号", "x" * 65, "old_case_key_wrong"),
            ("性质", "闲聊", "old_case_word_unknown"),
            ("状态", "", "old_case_word_unknown"),
            ("按时", "大概", "old_case_word_unknown"),
            ("受理时间", "", "old_case_time_unreadable"),
            ("受理时间", "昨天", "old_case_time_unreadable"),
            ("受理时间", "1899-12-31", "old_case_time_unreadable"),
            ("办结时间", "45353.5", "old_case_time_unreadable"),
            ("办结时间", "9999-12-31T23:59:59-23:59", "old_case_time_unreadable"),
            ("地点", "x" * 501, "old_case_text_long"),
            ("电话", "1" * 41, "old_case_text_long"),
            ("地点", "\x00", "old_case_text_long"),
        ],
    )
    def test_by_its_column(self, column: str, said: str, code: str) -> None:
        assert refused(**{column: said}) == [(2, column, code)]

    @pytest.mark.parametrize(
        ("lng", "lat"),
        [("NaN", "30"), ("inf", "30"), ("181", "30"), ("120", ""), ("东", "北"), ("1e999", "1")],
    )
    def test_a_point_that_is_none(self, lng: str, lat: str) -> None:
        assert refused(经度=lng, 纬度=lat) == [(2, "经度", "old_case_point_unreadable")]

    def test_what_says_nothing_or_too_much(self) -> None:
        assert refused(标题="", 内容="") == [(2, "标题", "old_case_words_wrong")]
        assert refused(内容="长" * 10_000) == [(2, "标题", "old_case_words_wrong")]

    def test_all_its_faults_at_once(self) -> None:
        assert [column for _row, column, _code in refused(编号="", 受理时间="?", 状态="?")] == [
            "编号",
            "受理时间",
            "状态",
        ]


_HOSTILE = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        ["", "-", "NaN", "-inf", "1e400", "0x10", "１２０", "9" * 400, "\x00", "\ud800", "=1+1"]
    ),
    st.floats().map(str),
    st.integers().map(str),
    st.datetimes().map(str),
    st.sampled_from(list(ROW.values())),
)


@given(st.fixed_dictionaries(dict.fromkeys(TABLE.columns(), _HOSTILE)))
def test_whatever_stands_there_is_understood_or_refused(cells: dict[str, str]) -> None:
    said, faults = read(cells)

    assert (said is None) == bool(faults.found)
    if said is not None:
        assert 0 < len(said.key) <= 64
        assert said.words.strip()
        assert said.opened_at.tzinfo is UTC
        assert "\x00" not in said.words + said.key + said.place
    columns = set(TABLE.columns())
    assert all(fault.column in columns and fault.row == 2 for fault in faults.found)
