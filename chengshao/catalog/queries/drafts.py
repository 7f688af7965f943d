"""Reads: changes of the catalogue that were drafted, and what they would do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Func, IntegerField, Q, QuerySet

from chengshao.catalog.models import Draft
from chengshao.catalog.queries._common import EDITION_SQL, KEPT
from chengshao.catalog.queries.matters import split
from chengshao.catalog.queries.plans import DRAFTED, Plan, plan_of, read_rows, rows_of
from chengshao.catalog.queries.tables import (
    MODELS,
    TABLES,
    dated_drafts,
    key_of,
    values_of,
    words_of_tables,
)
from chengshao.catalog.rules import tables
from chengshao.catalog.rules.differences import Difference, differences
from chengshao.catalog.rules.matters import spread
from chengshao.catalog.rules.tables import Column
from chengshao.catalog.rules.timeline import Change, Key, Version
from chengshao.catalog.terms import DraftState, TableKind
from chengshao.kernel.clock import Limit, format_limit
from chengshao.kernel.errors import NotFound
from chengshao.kernel.tables import Faults
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.web.kept import kept


class DraftNotFound(NotFound):
    code = "draft_not_found"


class CatalogRowNotFound(NotFound):
    code = "catalog_row_not_found"


class Cells(Mapping[str, str]):
    """A row by column heading, as `web.sheets.Row`, from what is kept of a draft or a form."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number = number
        self._cells = cells

    def __getitem__(self, heading: str) -> str:
        return self._cells.get(heading, "")

    def __iter__(self) -> Any:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a thing, and in what it differs from the one before."""

    valid_from: date
    valid_until: date | None
    differences: tuple[Difference, ...]
    first: bool
    is_over: bool


def edition() -> str:
    """Return what changes with anything that a draft is checked against. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT concat(({EDITION_SQL}), ({people.EDITION_SQL}))")
        return str(cursor.fetchone()[0])


def drafts(*, waiting: bool) -> QuerySet[Draft]:
    """Return what was drafted and waits, or was decided on, with `changed`; the newest first."""
    rows = Draft.objects.select_related("made_by", "ended_by").defer("rows", "changes")
    counted = Func("changes", function="jsonb_array_length", output_field=IntegerField())
    rows = rows.annotate(changed=counted).order_by("-pk")
    undecided = Q(state=DraftState.DRAFT)
    return rows.filter(undecided if waiting else ~undecided)


def draft(draft_id: int) -> Draft:
    """
    Return one of them.

    :raises DraftNotFound: if there is none
    """
    row = Draft.objects.select_related("made_by", "ended_by").filter(pk=draft_id).first()
    if row is None:
        raise DraftNotFound
    return row


def cells_of(row: Draft) -> list[Cells]:
    """Return the rows of a draft as they were handed in."""
    return [Cells(number, cells) for number, cells in row.rows]


def plan_among(kind: TableKind, cells: Sequence[Cells], today: date) -> tuple[Plan, Faults]:
    """
    Return what rows would do as things stand now, and all that is wrong in them by today.

    :raises TableTooLong: beyond 50,000 rows
    """
    faults = Faults()
    plan = plan_of(kind, read_rows(kind, cells, faults), faults)
    if plan.known:  # only a table that is empty may begin in the past
        _check_days(plan, today, faults)
    return plan, faults


def _check_days(plan: Plan, today: date, faults: Faults) -> None:
    """What was in force stays so."""
    heading = TABLES[plan.kind].heading_of("valid_from")
    for key, change in plan.changes():
        if change.on < today:
            faults.add(plan.first_row(key), heading, "draft_day_past", day=today.isoformat())


def told_changes(plan: Plan) -> list[dict[str, Any]]:
    """Return what a plan changes, row by row of its table, as it is kept with a draft."""
    named = plan.classes.changes() if plan.classes is not None else []
    classes = [
        {"class": key[0], "on": change.on.isoformat(), "old": change.before, "new": change.after}
        for key, change in named
        if change.before is not None
    ]
    return [*classes, *(_told_change(plan, key, change) for key, change in plan.changes())]


def column_called(kind: TableKind, heading: str) -> Column | None:
    """Return the column of a table by its heading."""
    return next((each for each in TABLES[kind].columns if each.heading == heading), None)


def versions_of(kind: TableKind, key: Key, *, today: date) -> list[VersionLine]:
    """Return all versions of a thing, the newest first, those to come too."""
    rows = kept(KEPT, ("versions of", kind, key), lambda: _versions(kind, key))
    table = TABLES[kind]
    lines = []
    before: Sequence[Mapping[str, Any]] = ()
    for version in rows:
        after = rows_of(kind, key, version.content)
        found = tuple(differences(table, before, after)) if before else ()
        until = version.valid_until
        lines.append(
            VersionLine(
                version.valid_from,
                until,
                found,
                first=not before,
                is_over=until is not None and until <= today,
            )
        )
        before = after
    return lines[::-1]


def cells_of_row(kind: TableKind, row_id: str) -> list[dict[str, str]]:
    """
    Return a stored version as the rows of its table, cell by cell: of a matter the one in force
    last, by its code; of another table by its id.

    :raises CatalogRowNotFound: if there is none
    :raises MatterNotFound: if it is not written as a matter's code
    """
    table, words = TABLES[kind], words_of_tables()
    if kind is TableKind.MATTERS:
        code, _ = split(row_id)
        found = [dated for _, dated in dated_drafts(code)]
        if not found:
            raise CatalogRowNotFound
        rows: Iterable[Mapping[str, Any]] = spread(found[-1])
    else:
        rows = [_values_of_row(kind, row_id)]
    return [
        {
            heading: "" if cell is None else str(cell)
            for heading, cell in zip(
                table.headings, tables.write(table, values, words), strict=True
            )
        }
        for values in rows
    ]


def key_of_row(kind: TableKind, row_id: str) -> Key:
    """
    Return the key of a stored version by its id.

    :raises CatalogRowNotFound: if there is none
    """
    return key_of(TABLES[kind], _values_of_row(kind, row_id))


def _values_of_row(kind: TableKind, row_id: str) -> dict[str, Any]:
    number = whole_number(row_id) if kind in DRAFTED else None
    row = MODELS[kind]._default_manager.filter(pk=number).first() if number else None
    if row is None:
        raise CatalogRowNotFound
    return values_of(TABLES[kind], row)


def _versions(kind: TableKind, key: Key) -> list[Version[Any]]:
    if kind is TableKind.MATTERS:
        drafts = (dated for _, dated in dated_drafts(key[0]))
        found = [Version(d.valid_from, d.valid_until, d.draft) for d in drafts]
    else:
        named = dict(zip(TABLES[kind].key, key, strict=True))
        rows = MODELS[kind]._default_manager.filter(**named)
        found = [Version(r.valid_from, r.valid_until, _content(kind, r)) for r in rows]
    return sorted(found, key=lambda version: version.valid_from)


def _content(kind: TableKind, row: Any) -> Any:
    values = values_of(TABLES[kind], row)
    return tuple(values[name] for name in TABLES[kind].content)


def _told_change(plan: Plan, key: Key, change: Change[Any]) -> dict[str, Any]:
    def rows(content: Any) -> list[Mapping[str, Any]]:
        return [] if content is None else rows_of(plan.kind, key, content)

    table, ends = TABLES[plan.kind], change.after is None
    found = [] if ends else differences(table, rows(change.before), rows(change.after))
    headings = [table.heading_of(name) for name in table.key]
    return {
        "number": plan.first_row(key),
        "key": list(zip(headings, key, strict=False)),  # a matter's has no serial
        "name": getattr(change.after or change.before, "name", ""),
        "on": change.on.isoformat(),
        "is_new": change.before is None,
        "ends": ends,
        "cells": [
            {
                "heading": each.column.heading,
                "serial": each.serial,
                "old": _plain(each.old),
                "new": _plain(each.new),
            }
            for each in found
        ],
    }


def _plain(value: Any) -> Any:
    match value:
        case Limit():
            return format_limit(value)
        case tuple():
            return list(value)
        case _:
            return value
