"""What of the file of seals belongs to a snapshot of the database."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from ops.backup import making
from ops.backup.making import SealLines

FIRST = date(2026, 11, 20)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def line(number: int) -> bytes:
    return f'{{"day":"{day(number)}","mac":"{number}"}}\n'.encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "seals.jsonl"
    file.write_bytes(line(0) + line(1))
    return file


def test_lines_and_rows_of_the_same_days(path: Path) -> None:
    assert SealLines(path).up_to([day(0), day(1)]) == ([line(0), line(1)], 0)


def test_what_is_sealed_after_the_snapshot_is_left_out(path: Path) -> None:
    seals = SealLines(path)
    path.write_bytes(path.read_bytes() + line(2))

    assert seals.up_to([day(0), day(1)]) == ([line(0), line(1)], 0)


def test_what_is_sealed_between_the_look_and_the_snapshot_is_taken(path: Path) -> None:
    seals = SealLines(path)
    path.write_bytes(path.read_bytes() + line(2))

    assert seals.up_to([day(0), day(1), day(2)]) == ([line(0), line(1), line(2)], 0)


def test_a_line_without_a_row_is_kept_as_proof(path: Path) -> None:
    """Somebody cut the last row off the database; the file says so, and its copy must."""
    assert SealLines(path).up_to([day(0)]) == ([line(0), line(1)], 0)


def test_a_line_that_cannot_be_read_is_kept_as_it_is(path: Path) -> None:
    path.write_bytes(line(0) + b"scratched\n" + line(1))

    assert SealLines(path).up_to([day(0), day(1)]) == ([line(0), b"scratched\n", line(1)], 0)


def test_a_seal_whose_line_does_not_come_is_counted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_PATIENCE", 0)

    assert SealLines(path).up_to([day(0), day(1), day(2)]) == ([line(0), line(1)], 1)


def test_where_nothing_was_sealed_there_is_no_file(tmp_path: Path) -> None:
    assert SealLines(tmp_path / "none").up_to([]) == ([], 0)
