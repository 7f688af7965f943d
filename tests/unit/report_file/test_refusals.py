"""What was refused can be mended and sent again, and harms nobody who opens it."""

import csv
from io import StringIO

from chengshao.web.sheets import Row, read_table
from ops.report_file.refusals import Refusal, write_refusals


def test_excel_has_the_rows_whole_and_is_read_like_the_first_table() -> None:
    rows = [Row(2, {"编号": "1", "内容": "好"}), Row(3, {"编号": "2", "内容": "=1+1\n第二行"})]
    refused = [Refusal(3, "p-2", "字段不正确")]

    (read,) = read_table(write_refusals(refused, rows, ending=".xlsx"))

    assert dict(read) == {
        "原文件行号": "3",
        "拒收原因": "字段不正确",
        "编号": "2",
        "内容": "=1+1\n第二行",
    }


def test_refused_again_it_has_its_columns_once() -> None:
    again = [Row(2, {"原文件行号": "3", "拒收原因": "旧", "编号": "2"})]

    (read,) = read_table(write_refusals([Refusal(2, "2", "新")], again, ending=".xlsx"))

    assert dict(read) == {"原文件行号": "2", "拒收原因": "新", "编号": "2"}


def test_words_beyond_what_a_cell_holds_are_pointed_to() -> None:
    rows = [Row(7, {"编号": "1", "内容": "长" * 40_000})]

    (read,) = read_table(write_refusals([Refusal(7, "1", "太长")], rows, ending=".xlsx"))

    assert "见原文件第7行" in read["内容"]


def test_csv_has_number_and_reason_and_no_formula() -> None:
    rows = [Row(2, {"编号": "=cmd()", "内容": "=2+2"})]

    content = write_refusals([Refusal(2, "=cmd()", "字段不正确")], rows, ending=".csv")

    assert list(csv.reader(StringIO(content.decode("utf-8-sig")))) == [
        ["原文件行号", "编号", "拒收原因"],
        ["2", "'=cmd()", "字段不正确"],
    ]


def test_nothing_refused_is_a_table_without_rows() -> None:
    assert read_table(write_refusals([], [Row(2, {"编号": "1"})], ending=".xlsx")) == []
