from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from chengshao.kernel.tables import TableRefused
from chengshao.web import sheets
from chengshao.web.sheets import (
    FileTooLarge,
    FileUnreadable,
    TableTooLarge,
    read_table,
    stream_table,
    write_table,
)


def excel(*lines: tuple[Any, ...]) -> bytes:
    """An Excel file with numbers, dates and times as such."""
    book = Workbook()
    assert book.active is not None
    for line in lines:
        book.active.append(line)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def excel_sharing_strings(*lines: tuple[str, ...]) -> bytes:
    """An Excel file of text as Excel writes it: each string once, beside the sheet."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
    return buffer.getvalue()


def with_sheet(change: Callable[[str], str]) -> bytes:
    """An Excel file whose sheet somebody changed by hand."""
    source = ZipFile(BytesIO(excel_sharing_strings(("编号", "名称"), ("1", "井盖"))))
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name in source.namelist():
            body = source.read(name)
            if name.endswith("sheet1.xml"):
                body = change(body.decode()).encode()
            archive.writestr(name, body)
    return buffer.getvalue()


def table(content: bytes) -> list[dict[str, str]]:
    return [dict(row) for row in read_table(content)]


class TestReading:
    @pytest.mark.parametrize(
        "content",
        [
            "编号,名称\n1,井盖\n".encode(),
            "\ufeff编号,名称\r\n1,井盖\r\n".encode(),
            "编号,名称\n1,井盖".encode("gb18030"),
            ' 编号 ,"名称"\n 1 ,"井盖"\n'.encode(),
            excel(("编号", "名称"), (1, "井盖")),
            excel((" 编号 ", "名称 "), (1.0, " 井盖\n")),
            excel_sharing_strings(("编号", "名称"), ("1", "井盖")),
        ],
    )
    def test_a_table_reads_the_same_from_excel_and_csv(self, content: bytes) -> None:
        assert table(content) == [{"编号": "1", "名称": "井盖"}]

    @pytest.mark.parametrize(
        ("cell", "read"),
        [
            (None, ""),
            ("  井盖 ", "井盖"),
            (330102001, "330102001"),
            (330102001002.0, "330102001002"),
            (0.1 + 0.2, "0.3"),
            (120.1234567890123, "120.123456789012"),
            (0.00001, "0.00001"),
            (1e15 + 0.5, "1000000000000000"),
            (-2.5, "-2.5"),
            (True, "是"),
            (False, "否"),
            (date(2026, 11, 23), "2026-11-23"),
            (datetime.fromisoformat("2026-11-23"), "2026-11-23"),
            (datetime.fromisoformat("2026-11-23T08:30"), "2026-11-23 08:30:00"),
            (time(8, 30), "08:30"),
            (time(8, 30, 15), "08:30:15"),
        ],
    )
    def test_cells_come_as_people_see_them(self, cell: object, read: str) -> None:
        (row,) = read_table(excel(("编号", "值"), ("1", cell)))

        assert row["值"] == read

    def test_rows_count_as_a_spreadsheet_does_and_empty_ones_are_left_out(self) -> None:
        for content in (
            "编号\n1\n\n  \n2\n".encode(),
            excel(("编号",), ("1",), (), (" ",), ("2",)),
        ):
            rows = read_table(content)

            assert [(row.number, row["编号"]) for row in rows] == [(2, "1"), (5, "2")]

    def test_a_heading_that_the_table_lacks_reads_as_nothing(self) -> None:
        (row,) = read_table("编号,,名称\n1,无名\n".encode())

        assert row["电话"] == ""
        assert dict(row) == {"编号": "1", "名称": ""}

    def test_what_stands_right_of_the_headings_is_left_out(self) -> None:
        assert table("编号\n1,旁注\n".encode()) == [{"编号": "1"}]

    def test_an_empty_file_is_an_empty_table(self) -> None:
        assert read_table(b"") == []
        assert read_table(excel()) == []

    def test_a_comma_and_a_line_break_may_stand_in_quotes(self) -> None:
        assert table('编号\n"a,\nb"\n'.encode()) == [{"编号": "a,\nb"}]

    def test_formulas_come_as_their_last_result_never_as_a_formula(self) -> None:
        assert table(excel(("编号", "和"), ("1", "=1+1"))) == [{"编号": "1", "和": ""}]

    @pytest.mark.parametrize("said", ["A1", "A1:XFD1048576", "B2:C3"])
    def test_what_a_file_says_of_its_size_is_not_believed(self, said: str) -> None:
        content = with_sheet(lambda xml: xml.replace('ref="A1:B2"', f'ref="{said}"'))

        assert table(content) == [{"编号": "1", "名称": "井盖"}]

    @pytest.mark.parametrize("words", ["a\x01b", "第一行\r\n第二行", "_x0041_", "a_x_b"])
    def test_characters_that_excel_spells_out_come_as_they_are(self, words: str) -> None:
        content = excel_sharing_strings(("编号",), (words,))

        assert table(content) == [{"编号": words}]


class TestRefusing:
    def test_all_that_is_wrong_with_the_headings_is_told_at_once(self) -> None:
        with pytest.raises(TableRefused) as refused:
            read_table("名称,名称\n1,2\n".encode(), required=["编号", "区划", "名称"])

        assert [(f.row, f.column, f.code) for f in refused.value.faults] == [
            (1, "编号", "column_missing"),
            (1, "区划", "column_missing"),
            (1, "名称", "value_repeated"),
        ]

    def test_an_empty_file_lacks_its_columns(self) -> None:
        with pytest.raises(TableRefused):
            read_table(b"", required=["编号"])

    @pytest.mark.parametrize(
        "content",
        [
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),  # Excel 97
            b"\x89PNG\r\n\x1a\n" + bytes(20),
            b"%PDF-1.7\n\x00\xff",
            b"PK\x03\x04" + bytes(100),
            excel(("编号",))[:-40],
            "编号\n1\x00\n".encode(),
            '编号\n"1\n'.encode(),
            '编号\n"1"2\n'.encode(),
            b"a\n" + b"x" * 200_000,
            with_sheet(lambda xml: xml[:-30]),
            with_sheet(lambda xml: xml.replace('t="s"', 't="d"')),
            with_sheet(lambda xml: xml.replace("<v>0</v>", "<v>99</v>")),
            with_sheet(lambda xml: xml.replace('r="A1"', 'r="?"')),
        ],
    )
    def test_what_is_no_table_is_refused(self, content: bytes) -> None:
        with pytest.raises(FileUnreadable):
            read_table(content)

    def test_another_zip_is_refused(self) -> None:
        buffer = BytesIO()
        with ZipFile(buffer, "w") as archive:
            archive.writestr("a.txt", "x")

        with pytest.raises(FileUnreadable):
            read_table(buffer.getvalue())

    def test_a_large_file_is_refused_before_it_is_read(self) -> None:
        with pytest.raises(FileTooLarge):
            read_table(b"x" * 11, max_bytes=10)

    def test_a_file_that_unpacks_too_far_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "MAX_UNPACKED_BYTES", 1000)

        with pytest.raises(FileTooLarge):
            read_table(excel(("编号",), ("1",)))

    def test_too_many_rows_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sheets, "MAX_ROWS", 3)

        assert len(read_table(b"a\n1\n2\n3\n")) == 3
        with pytest.raises(TableTooLarge):
            read_table(b"a\n1\n2\n3\n4\n")

    def test_too_many_columns_are_refused_unless_empty(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sheets, "MAX_COLUMNS", 2)

        assert table(b"a,b,,\n1,2,,\n") == [{"a": "1", "b": "2"}]
        for content in (b"a,b,c\n1,2,3\n", b"a,b\n1,2,3\n"):
            with pytest.raises(TableTooLarge):
                read_table(content)

    def test_a_row_far_down_is_not_walked_to(self) -> None:
        content = with_sheet(
            lambda xml: xml.replace('r="2"', 'r="2000000000"').replace('r="A2"', 'r="A2000000000"')
        )

        with pytest.raises(TableTooLarge):
            read_table(content)

    def test_a_file_that_names_itself_endlessly_is_refused(self) -> None:
        layers = "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10)
        )
        content = with_sheet(
            lambda xml: (
                f'<?xml version="1.0"?><!DOCTYPE x [{layers}]>'
                + xml.split("?>")[-1].replace("<v>0</v>", "<v>&a9;</v>")
            )
        )

        with pytest.raises(FileUnreadable):
            read_table(content)

    @settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(
        place=st.floats(0, 1, exclude_max=True),
        change=st.integers(1, 255),
        content=st.sampled_from(
            [excel(("编号", "名称"), (1, "井盖")), "编号,名称\n1,井盖".encode("gb18030")]
        ),
    )
    def test_a_damaged_file_is_read_or_refused(
        self, place: float, change: int, content: bytes
    ) -> None:
        damaged = bytearray(content)
        damaged[int(place * len(damaged))] ^= change
        with suppress(FileUnreadable, FileTooLarge, TableTooLarge, TableRefused):
            read_table(bytes(damaged))


# XML has no place for these, and a cell comes back without blanks around it.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffe\uffff"))


class TestWriting:
    def test_a_table_is_read_as_it_was_written(self) -> None:
        content = write_table(
            ["编号", "名称", "经度", "生效", "有效", "备注"],
            [
                ["330102001", "井盖", Decimal("120.1700000"), date(2026, 1, 1), True, None],
                [7, "=1+1", Decimal("1E-7"), date(2026, 12, 31), False, "http://a.cn"],
            ],
        )

        assert table(content) == [
            {
                "编号": "330102001",
                "名称": "井盖",
                "经度": "120.1700000",
                "生效": "2026-01-01",
                "有效": "是",
                "备注": "",
            },
            {
                "编号": "7",
                "名称": "=1+1",
                "经度": "0.0000001",
                "生效": "2026-12-31",
                "有效": "否",
                "备注": "http://a.cn",
            },
        ]

    @pytest.mark.parametrize("words", ["=HYPERLINK(A1)", "+1", "-1", "@SUM(1)", "\t=1", "{=1}"])
    def test_nothing_that_a_citizen_wrote_becomes_a_formula(self, words: str) -> None:
        content = write_table(["内容"], [[words]])

        sheet = load_workbook(BytesIO(content)).worksheets[0]
        assert sheet["A2"].data_type == "s"

    @given(st.lists(texts, min_size=1, max_size=4))
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_any_words_come_back(self, words: list[str]) -> None:
        content = write_table(["编号", "内容"], [["1", said] for said in words])

        assert [row["内容"] for row in read_table(content)] == [said.strip() for said in words]

    @given(st.integers(-(2**63), 2**63))
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_any_whole_number_comes_back(self, number: int) -> None:
        (row,) = read_table(write_table(["编号"], [[number]]))

        assert row["编号"] == str(number)

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=7))
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_any_fraction_comes_back(self, number: Decimal) -> None:
        (row,) = read_table(write_table(["经度"], [[number]]))

        assert Decimal(row["经度"]) == number

    def test_what_excel_would_drop_without_a_word_is_an_error(self) -> None:
        assert len(read_table(write_table(["内容"], [["很" * 32_767]]))) == 1
        with pytest.raises(ValueError, match="row 2, column 1"):
            write_table(["内容"], [["很" * 32_768]])


class TestStreamed:
    LINES = (("编号", "名称"), ("1", "井盖"), ("", ""), ("2", "路灯"))

    @pytest.mark.parametrize(
        "content",
        [
            "编号,名称\n1,井盖\n,\n2,路灯\n".encode(),
            "\ufeff编号,名称\r\n1,井盖\r\n\r\n2,路灯\r\n".encode(),
            "编号,名称\n1,井盖\n,\n2,路灯\n".encode("gb18030"),
            excel_sharing_strings(*LINES),
        ],
        ids=["UTF-8", "UTF-8 with a mark", "GBK", "Excel"],
    )
    def test_is_what_is_read_at_once(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "table"
        path.write_bytes(content)

        streamed = list(stream_table(path))

        assert [dict(row) for row in streamed] == table(content)
        assert [row.number for row in streamed] == [row.number for row in read_table(content)]

    def test_lacks_no_column_that_is_asked_for(self, tmp_path: Path) -> None:
        path = tmp_path / "table"
        path.write_text("编号,名称\n", encoding="utf-8")

        with pytest.raises(TableRefused) as refused:
            list(stream_table(path, required=["编号", "时间"]))
        assert [fault.column for fault in refused.value.faults] == ["时间"]

    @pytest.mark.parametrize(
        "content", [b"\xff\xfe\x00", b"a,b\n\x00,1\n", b'a\n"b', b"PK\x03\x04"]
    )
    def test_what_is_no_table_is_refused(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "table"
        path.write_bytes(content)

        with pytest.raises(FileUnreadable):
            list(stream_table(path))

    def test_a_sheet_longer_than_any_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sheets, "_LAST_ROW", 3)
        path = tmp_path / "table"
        path.write_bytes(with_sheet(lambda xml: xml.replace('r="2"', 'r="9999999"')))

        with pytest.raises(TableTooLarge):
            list(stream_table(path))

    @given(st.binary(max_size=200))
    def test_any_bytes_are_a_table_or_refused(
        self, tmp_path_factory: pytest.TempPathFactory, content: bytes
    ) -> None:
        path = tmp_path_factory.mktemp("any") / "table"
        path.write_bytes(content)

        with suppress(FileUnreadable, TableTooLarge, TableRefused):
            assert all(any(row.values()) for row in stream_table(path))
