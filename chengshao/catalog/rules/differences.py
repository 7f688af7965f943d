"""What differs between two versions of one thing, column by column of its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from chengshao.catalog.rules.tables import MATTERS, OF_THE_CONDITION, Column, Table

_PERIOD = ("valid_from", "valid_until")
_UNSAID = ("class_name", *_PERIOD)
Rows: TypeAlias = Sequence[Mapping[str, Any]]  # one, of a matter one for each condition


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that another value stands in; of a matter's condition with its serial."""

    column: Column
    serial: int | None
    old: Any
    new: Any


def differences(table: Table, before: Rows, after: Rows) -> list[Difference]:
    """
    Return the cells in which two versions differ, without those that both leave empty.

    No rows: there is no such version, and each filled cell of the other differs.
    """
    own = [c for c in table.columns if c.field not in (*table.key, *_UNSAID)]
    conditional = OF_THE_CONDITION if table is MATTERS else ()
    shared = [column for column in own if column.field not in conditional]
    found = _between(shared, _first(before), _first(after), None)
    if not conditional:
        return found
    cells = [column for column in own if column.field in conditional]
    old, new = _by_serial(before), _by_serial(after)
    for serial in sorted(old.keys() | new.keys()):
        found += _between(cells, old.get(serial, {}), new.get(serial, {}), serial)
    return found


def _first(rows: Rows) -> Mapping[str, Any]:
    return rows[0] if rows else {}


def _by_serial(rows: Rows) -> dict[int, Mapping[str, Any]]:
    return {row["serial"]: row for row in rows}


def _between(
    columns: Sequence[Column], old: Mapping[str, Any], new: Mapping[str, Any], serial: int | None
) -> list[Difference]:
    pairs = ((column, old.get(column.field), new.get(column.field)) for column in columns)
    return [
        Difference(column, serial, before, after)
        for column, before, after in pairs
        if before != after and not (_is_empty(before) and _is_empty(after))
    ]


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == ()
