"""Reads: what a table would do to the catalogue, before anything of it is stored."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengshao.catalog.models import MatterClass
from chengshao.catalog.queries.tables import (
    MODELS,
    TABLES,
    content_of,
    dated_drafts,
    key_of,
    known_codes,
    values_of,
    words_of_tables,
)
from chengshao.catalog.rules import tables
from chengshao.catalog.rules.codes import class_of_matter
from chengshao.catalog.rules.matters import DatedDraft, MatterDraft, gather, spread
from chengshao.catalog.rules.tables import Parsed, Table, TableRow
from chengshao.catalog.rules.timeline import (
    Change,
    Key,
    Timelines,
    Version,
    changes,
    place_all,
    timelines,
)
from chengshao.catalog.terms import TableKind
from chengshao.kernel.tables import Faults
from chengshao.places import queries as places

DRAFTED = (
    TableKind.MATTERS,
    TableKind.RESPONSIBILITIES,
    TableKind.DUTY_LISTS,
    TableKind.TRACK_RULES,
    TableKind.TASK_LIMITS,
    TableKind.PARAMETERS,
    TableKind.CODE_MAP,
    TableKind.UNIT_POWERS,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """The things that a table names: their versions as known, and as they would stand."""

    kind: TableKind
    rows: int
    known: Timelines  # of all things
    final: Timelines
    ids: Mapping[tuple[Key, date], int]  # of versions that are stored, by their first day
    row_numbers: Mapping[Key, Sequence[int]]  # of the table that names it, in order
    class_names: Mapping[str, str]  # of matters, by code
    classes: "Plan | None" = None

    def added(self) -> Iterator[tuple[Key, Version[Any]]]:
        """Yield the versions that are not stored yet."""
        for key, versions in self.final.items():
            yield from ((key, v) for v in versions if (key, v.valid_from) not in self.ids)

    def ended(self) -> Iterator[tuple[int, date | None]]:
        """Yield stored versions by id that would end on another day, with that day."""
        for key, versions in self.final.items():
            stood = {version.valid_from: version.valid_until for version in self.known.get(key, ())}
            for version in versions:
                pk = self.ids.get((key, version.valid_from))
                if pk is not None and stood[version.valid_from] != version.valid_until:
                    yield pk, version.valid_until

    def changes(self) -> list[tuple[Key, Change[Any]]]:
        """Return what would become different, by row of the table and day."""
        found = [
            (key, change)
            for key, versions in self.final.items()
            for change in changes(self.known.get(key, ()), versions)
        ]
        return sorted(found, key=lambda pair: (self.first_row(pair[0]), pair[1].on))

    def first_row(self, key: Key) -> int:
        """Return the first row of the table that names this thing."""
        return self.row_numbers[key][0]


def read_rows(kind: TableKind, rows: Sequence[TableRow], faults: Faults) -> list[Parsed]:
    """
    Return the rows of a table that are without fault, and add the faults of the others.

    :raises TableTooLong: beyond 50,000 rows
    """
    table = TABLES[kind]
    parsed = tables.read(table, rows, words_of_tables(), faults)
    _check_references(table, parsed, faults)
    return parsed


def plan_of(kind: TableKind, parsed: Sequence[Parsed], faults: Faults) -> Plan:
    """
    Return what these rows would do, as far as they are without fault. Of the kinds in `DRAFTED`.

    Rows are versions: a new one ends the one before it, what is in force is never overwritten.
    """
    return (
        _of_matters(parsed, faults)
        if kind is TableKind.MATTERS
        else _of_rows(TABLES[kind], parsed, faults)
    )


def rows_of(kind: TableKind, key: Key, content: Any) -> list[Mapping[str, Any]]:
    """Return the rows of a table, without their period, by which this content is written down."""
    if kind is TableKind.MATTERS:
        whole = DatedDraft(0, key[0], "", date.min, None, content)
        return list(spread(whole))
    table = TABLES[kind]
    of_key = dict(zip(table.key, key, strict=True))
    return [of_key | dict(zip(table.content, content, strict=True))]


def _of_rows(table: Table, parsed: Sequence[Parsed], faults: Faults) -> Plan:
    stored = {
        (key_of(table, values), values["valid_from"]): (row.pk, values)
        for row in MODELS[table.kind]._default_manager.order_by("pk")
        for values in [values_of(table, row)]
    }
    known = timelines(
        (key, Version(start, values["valid_until"], content_of(table, values)))
        for (key, start), (_, values) in stored.items()
    )
    wanted = [(row.number, key_of(table, row.values), _version_of(table, row)) for row in parsed]
    return Plan(
        kind=table.kind,
        rows=len(parsed),
        known=known,
        final=place_all(known, wanted, table.heading_of("valid_from"), faults),
        ids={place: pk for place, (pk, _) in stored.items()},
        row_numbers=_row_numbers((key, number) for number, key, _ in wanted),
        class_names={},
    )


def _of_matters(parsed: Sequence[Parsed], faults: Faults) -> Plan:
    wanted = gather(parsed, faults)
    stored = {((dated.code,), dated.valid_from): (pk, dated) for pk, dated in dated_drafts()}
    known = timelines(
        (key, Version(start, dated.valid_until, dated.draft))
        for (key, start), (_, dated) in stored.items()
    )
    asked = [(d.number, (d.code,), _version_of_matter(d)) for d in wanted]
    return Plan(
        kind=TableKind.MATTERS,
        rows=len(parsed),
        known=known,
        final=place_all(known, asked, "生效日期", faults),
        ids={place: pk for place, (pk, _) in stored.items()},
        row_numbers=_row_numbers(((row.values["code"],), row.number) for row in parsed),
        class_names={dated.code: dated.class_name for dated in wanted},
        classes=_of_classes(wanted, faults),
    )


def _of_classes(wanted: Iterable[DatedDraft], faults: Faults) -> Plan:
    stored = list(MatterClass.objects.order_by("pk"))
    known = timelines(
        ((row.code,), Version(row.valid_from, row.valid_until, row.name)) for row in stored
    )
    final: Timelines = {}
    numbers: list[tuple[Key, int]] = []
    for dated in sorted(wanted, key=lambda dated: dated.valid_from):
        key = (class_of_matter(dated.code),)
        stands = final.get(key, known.get(key, ()))
        numbers.append((key, dated.number))
        named = next((v for v in stands if v.valid_from == dated.valid_from), None)
        if named is not None and named.content != dated.class_name:
            faults.add(
                dated.number, "大类", "class_named_differently",
                matter=key[0], first=named.content, second=dated.class_name,
            )  # fmt: skip
            continue
        asked = (dated.number, key, Version(dated.valid_from, None, dated.class_name))
        final |= place_all({key: stands}, [asked], "大类", faults)
    return Plan(
        kind=TableKind.MATTERS,
        rows=0,
        known=known,
        final=final,
        ids={((row.code,), row.valid_from): row.pk for row in stored},
        row_numbers=_row_numbers(numbers),
        class_names={},
    )


def _version_of(table: Table, row: Parsed) -> Version[Any]:
    content = content_of(table, row.values)
    return Version(row.values["valid_from"], row.values["valid_until"], content)


def _version_of_matter(dated: DatedDraft) -> Version[MatterDraft]:
    return Version(dated.valid_from, dated.valid_until, dated.draft)


def _row_numbers(numbered: Iterable[tuple[Key, int]]) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = defaultdict(list)
    for key, number in sorted(numbered, key=lambda pair: pair[1]):
        found[key].append(number)
    return found


def _check_references(table: Table, parsed: Sequence[Parsed], faults: Faults) -> None:
    """Find the codes that a table names and nobody knows."""
    if table.kind is TableKind.MATTERS:
        return
    codes = {row.values["matter_code"] for row in parsed if row.values.get("matter_code")}
    matters = known_codes(codes) if codes else set()
    divisions = _known_divisions(parsed)
    for row in parsed:
        values = row.values
        code = values.get("matter_code", "")
        if code and code not in matters:
            faults.add(row.number, table.heading_of("matter_code"), "value_unknown", value=code)
        where = values.get("territory", "")
        if where and (where, values["valid_from"]) not in divisions:
            faults.add(row.number, table.heading_of("territory"), "value_unknown", value=where)


def _known_divisions(parsed: Sequence[Parsed]) -> set[tuple[str, date]]:
    """Return (division, first day of a row) where there is such a division today or was then."""
    by_day: dict[date, set[str]] = defaultdict(set)
    for row in parsed:
        if row.values.get("territory"):
            by_day[row.values["valid_from"]].add(row.values["territory"])
    today = places.division_names(set().union(*by_day.values())) if by_day else {}
    return {
        (code, day)
        for day, codes in by_day.items()
        for code in codes & (today.keys() | places.division_names(codes, on=day).keys())
    }
