"""Tables that people hand in and take away: Excel and CSV, without formulas."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile

from openpyxl import load_workbook
from xlsxwriter import Workbook

from chengshao.kernel.errors import Invalid
from chengshao.kernel.tables import Faults

MAX_BYTES = 32 * 1024 * 1024
MAX_UNPACKED_BYTES = 512 * 1024 * 1024
MAX_ROWS = 200_000  # with something in them
MAX_COLUMNS = 200
_LAST_ROW = 1_048_576  # an Excel sheet has no more; a hostile one says so
_ENCODINGS = ("utf-8-sig", "gb18030")
_EXACT = 2**53  # Excel counts in floats
# How OOXML writes a control character, and an underscore that only looks like the start of one.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005F)_")
Cell = str | int | Decimal | date | None


class FileUnreadable(Invalid):
    code = "file_unreadable"


class FileTooLarge(Invalid):
    code = "file_too_large"


class TableTooLarge(Invalid):
    code = "table_too_large"


class Row(Mapping[str, str]):
    """One row by column heading. A heading that the table lacks reads as ""."""

    def __init__(self, number: int, cells: dict[str, str]) -> None:
        self.number = number  # as a spreadsheet counts: the header is row 1
        self._cells = cells

    def __getitem__(self, heading: str) -> str:
        return self._cells.get(heading, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


def read_table(
    content: bytes, *, required: Sequence[str] = (), max_bytes: int = MAX_BYTES
) -> list[Row]:
    """
    Return the rows of an Excel sheet (the first one) or a CSV file (UTF-8 or GB18030).

    Cells come as stripped text: whole numbers without ".0", dates as 2026-11-23, times as 08:30;
    empty rows are left out. Which kind it is, is told by the content, never by a name.

    :raises FileTooLarge: beyond `max_bytes` (32 MB), or an Excel file that unpacks beyond 512 MB
    :raises FileUnreadable: if it is neither
    :raises TableTooLarge: beyond 200,000 rows or 200 columns
    :raises TableRefused: if a required column is missing or a heading comes twice
    """
    if len(content) > max_bytes:
        raise FileTooLarge(limit=max_bytes // 1024**2)
    lines = _excel_lines(content) if content[:4] == b"PK\x03\x04" else _csv_lines(content)
    headings = [heading.strip() for heading in _within_columns(next(lines, []))]
    _refuse_repeated(headings, required)
    rows = []
    for number, line in enumerate(lines, start=2):
        row = _row(number, headings, line)
        if row is not None:
            rows.append(row)
        if number > _LAST_ROW or len(rows) > MAX_ROWS:
            raise TableTooLarge(rows=MAX_ROWS, columns=MAX_COLUMNS)
    return rows


def stream_table(path: Path, *, required: Sequence[str] = ()) -> Iterator[Row]:
    """
    Yield the rows of a file of any length, as `read_table` does, a row at a time: memory does
    not grow with it.

    :raises FileUnreadable: if it is neither Excel nor CSV, when that shows
    :raises FileTooLarge: if it is an Excel file that unpacks beyond 512 MB
    :raises TableTooLarge: beyond 200 columns, or the last row that an Excel sheet can have
    :raises TableRefused: if a required column is missing or a heading comes twice
    """
    with path.open("rb") as file:
        is_excel = file.read(4) == b"PK\x03\x04"
    lines = _excel_lines_in(path) if is_excel else _csv_lines_in(path)
    headings = [heading.strip() for heading in _within_columns(next(lines, []))]
    _refuse_repeated(headings, required)
    for number, line in enumerate(lines, start=2):
        if is_excel and number > _LAST_ROW:
            raise TableTooLarge(rows=_LAST_ROW, columns=MAX_COLUMNS)
        row = _row(number, headings, line)
        if row is not None:
            yield row


def _csv_lines_in(path: Path) -> Iterator[list[str]]:
    encoding = next((name for name in _ENCODINGS if _decodes(path, name)), None)
    if encoding is None:
        raise FileUnreadable
    with path.open(encoding=encoding, newline="") as file:
        try:
            yield from csv.reader(file, strict=True)
        except csv.Error as error:
            raise FileUnreadable from error


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while some := file.read(1 << 20):
                if "\x00" in some:
                    return False
    except UnicodeDecodeError:
        return False
    return True


def write_table(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """
    Return an Excel file; text stays text, so nothing that a citizen wrote becomes a formula.

    What `read_table` reads from it is what was written: numbers that Excel would round, and
    fractions, go out as text, too.

    :raises ValueError: beyond 1,048,575 rows or 32,767 characters in a cell
    """
    buffer = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    with Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell is None:
                    continue
                if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) <= _EXACT:
                    failed = sheet.write_number(number, column, cell)
                else:
                    failed = sheet.write_string(number, column, _as_told(cell))
                if failed:
                    raise ValueError(f"Excel has no room for row {number + 1}, column {column + 1}")
    return buffer.getvalue()


def _refuse_repeated(headings: Sequence[str], required: Sequence[str] = ()) -> None:
    faults = Faults()
    for heading in required:
        if heading not in headings:
            faults.add(1, heading, "column_missing", name=heading)
    named = [heading for heading in headings if heading]
    for heading in sorted({h for h in named if named.count(h) > 1}):
        faults.add(1, heading, "value_repeated", value=heading, first=1)
    faults.refuse_if_any()


def _row(number: int, headings: Sequence[str], line: list[str]) -> Row | None:
    """Return a row by its headings; None where nothing stands in it."""
    filled = zip_longest(headings, _within_columns(line)[: len(headings)], fillvalue="")
    cells = {heading: cell.strip() for heading, cell in filled if heading}
    return Row(number, cells) if any(cells.values()) else None


def _within_columns(line: list[str]) -> list[str]:
    if len(line) > MAX_COLUMNS and any(line[MAX_COLUMNS:]):
        raise TableTooLarge(rows=MAX_ROWS, columns=MAX_COLUMNS)
    return line[:MAX_COLUMNS]


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    for encoding in _ENCODINGS:
        try:
            decoded = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in decoded:
            break
        try:
            yield from csv.reader(StringIO(decoded, newline=""), strict=True)
        except csv.Error as error:
            raise FileUnreadable from error
        return
    raise FileUnreadable


def _excel_lines(content: bytes) -> Iterator[list[str]]:
    return _excel_lines_of(BytesIO(content))


def _excel_lines_in(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as file:  # openpyxl would go by a path's ending
        yield from _excel_lines_of(file)


def _excel_lines_of(file: BinaryIO) -> Iterator[list[str]]:
    try:
        unpacked = sum(part.file_size for part in ZipFile(file).infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise FileTooLarge(limit=MAX_BYTES // 1024**2)
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size is often wrong, or a trap
        for line in sheet.iter_rows(values_only=True):
            yield [_as_text(cell) for cell in line]
    except FileTooLarge:
        raise
    except Exception as error:  # what openpyxl raises for a broken file is not a closed list
        raise FileUnreadable from error


def _as_told(cell: Cell) -> str:
    match cell:
        case bool():
            return "是" if cell else "否"
        case Decimal():
            return f"{cell:f}"
        case _:
            return str(cell)


def _as_text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case str():
            return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), cell).replace("\x00", "")
        case datetime() if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case time():
            return cell.isoformat("minutes" if cell.second == 0 else "seconds")
        case float() if cell.is_integer():
            return str(int(cell))
        case float():
            return f"{Decimal(f'{cell:.15g}'):f}"  # as Excel shows it: 0.3, not 0.30000000000000004
        case bool():
            return "是" if cell else "否"
        case _:
            return str(cell)
