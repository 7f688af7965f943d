"""What was refused, as a table: to be mended and sent again, or to be read."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from chengshao.web.sheets import Row, write_table

EXCEL, CSV = ".xlsx", ".csv"
ROW, KEY, REASON = "原文件行号", "编号", "拒收原因"
_MOST_IN_A_CELL = 32_767  # Excel's own limit
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Refusal:
    row: int
    key: str
    reason: str


def write_refusals(refusals: Iterable[Refusal], rows: Sequence[Row], *, ending: str) -> bytes:
    """
    Return the table of refusals as a file of this kind.

    Excel has the rows whole: mended there, it can be sent again with the same mapping. CSV has
    only number and reason, because in a spreadsheet what a citizen wrote could become a formula.
    """
    by_number = {row.number: row for row in rows}
    if ending == CSV:
        buffer = StringIO()
        lines = csv.writer(buffer)
        lines.writerow([ROW, KEY, REASON])
        lines.writerows([r.row, _plain(r.key), _plain(r.reason)] for r in refusals)
        return buffer.getvalue().encode("utf-8-sig")
    # A table of refusals that was sent again has our columns already.
    told = [name for name in (rows[0] if rows else []) if name not in (ROW, REASON)]
    return write_table(
        [ROW, REASON, *told],
        [
            [r.row, r.reason, *(_cell(by_number[r.row][name], r.row) for name in told)]
            for r in refusals
        ],
    )


def _cell(told: str, row: int) -> str:
    if len(told) > _MOST_IN_A_CELL:
        return f"（超过{_MOST_IN_A_CELL}字，放不下，见原文件第{row}行）"
    return told


def _plain(told: str) -> str:
    return f"'{told}" if told.startswith(_FORMULA) else told
