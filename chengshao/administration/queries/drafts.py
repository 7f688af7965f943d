"""A draft as its page shows it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Column, Draft, Holds
from chengshao.catalog.terms import DraftState, TableKind
from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.places import queries as places
from chengshao.web.texts import term, text
from chengshao.workorders import queries as workorders

MOST_SHOWN = 300  # changes told on the page; the figures are over all


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that changes."""

    column: Column
    serial: int | None
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What changes in one thing from a day on."""

    number: int
    name: str
    on: date
    is_new: bool
    ends: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many cases would have gone from one to another."""

    old: str
    new: str
    cases: int


@dataclass(frozen=True, slots=True)
class Example:
    """A case in the reader's sight that would have gone otherwise."""

    number: str
    lead: tuple[str, str] | None
    track: tuple[str, str] | None
    due: tuple[datetime | None, datetime | None] | None
    asks: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft with what was found, names filled in."""

    row: Draft
    kind: TableKind
    classes: tuple[Mapping[str, Any], ...]
    changes: tuple[ChangeLine, ...]
    more_changes: int
    found: Mapping[str, Any]
    on: date  # of which day the catalogue was compared
    leads: tuple[Moved, ...]
    tracks: tuple[Moved, ...]
    examples: tuple[Example, ...]
    hidden_examples: int  # not in the reader's sight
    minutes: tuple[Mapping[str, Any], ...]
    faults: tuple[Mapping[str, Any], ...]
    is_open: bool
    is_fresh: bool  # nothing has changed since it was checked

    @property
    def may_take_effect(self) -> bool:
        """Tell whether it may be put in force as it stands."""
        return self.is_open and self.is_fresh and not self.faults


def draft_page(draft_id: int, *, actor: Actor, today: date) -> DraftPage:
    """
    Return a draft as its page shows it.

    :raises DraftNotFound: if there is none
    """
    row = catalog.draft(draft_id)
    kind, found = TableKind(row.kind), row.check_found
    told = [each for each in row.changes if "class" not in each]
    shown = told[:MOST_SHOWN]
    names = _names_of(kind, shown, today)
    examples = found.get("examples", [])
    numbers = {each["number"] for each in examples}
    seen = set(
        workorders.visible_to(actor).filter(number__in=numbers).values_list("number", flat=True)
        if numbers
        else ()
    )
    units = _units_of(found, row.last_day)
    is_open = row.state == DraftState.DRAFT
    return DraftPage(
        row=row,
        kind=kind,
        classes=tuple(each for each in row.changes if "class" in each),
        changes=tuple(_line(kind, each, names) for each in shown),
        more_changes=len(told) - len(shown),
        found=found,
        on=date.fromisoformat(found["on"]) if "on" in found else row.last_day,
        leads=tuple(_moved(found.get("leads", ()), lambda unit: _unit(units, unit))),
        tracks=tuple(_moved(found.get("tracks", ()), _track)),
        examples=tuple(_example(each, units) for each in examples if each["number"] in seen),
        hidden_examples=len(numbers - seen),
        minutes=_minutes(found, today),
        faults=tuple(
            {**each, "message": text(each["code"], each["params"])}
            for each in found.get("faults", ())
        ),
        is_open=is_open,
        is_fresh=is_open and row.checked_edition == catalog.edition(),
    )


def _names_of(kind: TableKind, told: Iterable[Mapping[str, Any]], today: date) -> dict[str, str]:
    """Return the names of the matters, classes and divisions that keys name, by their codes."""
    matters, divisions = set(), set()
    for each in told:
        for heading, value in each["key"]:
            column = catalog.column_called(kind, heading)
            holds = column.holds if column else None
            if value and holds is Holds.MATTER_OR_CLASS:
                matters.add(value)
            elif value and holds is Holds.DIVISION:
                divisions.add(value)
    names = dict(catalog.matter_names(matters, today)) if matters else {}
    if matters - names.keys():
        names |= catalog.classes(today)
    return names | (places.division_names(divisions) if divisions else {})


def _line(kind: TableKind, told: Mapping[str, Any], names: Mapping[str, str]) -> ChangeLine:
    return ChangeLine(
        number=told["number"],
        name=key_words(kind, told["key"], names, told["name"]),
        on=date.fromisoformat(told["on"]),
        is_new=told["is_new"],
        ends=told["ends"],
        cells=tuple(
            Cell(column, each["serial"], each["old"], each["new"])
            for each in told["cells"]
            if (column := catalog.column_called(kind, each["heading"])) is not None
        ),
    )


def key_words(
    kind: TableKind, key: Iterable[Sequence[Any]], names: Mapping[str, str], name: str = ""
) -> str:
    """Return what a thing of the catalogue is called: 上水井盖 C0101 · 全区 · 城市管理."""
    parts = []
    for heading, value in key:
        column = catalog.column_called(kind, heading)
        if column is None or value == "":
            continue
        if column.holds is Holds.WORD:
            parts.append(term(column.vocabulary, value))
        elif value in names or name:
            parts.append(f"{names.get(value, name)} {value}".strip())
            name = ""
        else:
            parts.append(str(value))
    return " · ".join(parts)


def _units_of(found: Mapping[str, Any], on: date) -> dict[int, UnitLine]:
    moves = [pair[:2] for pair in found.get("leads", ())]
    moves += [each["lead"] for each in found.get("examples", ()) if "lead" in each]
    return people.unit_lines({unit for pair in moves for unit in pair if unit is not None}, on)


def _unit(units: Mapping[int, UnitLine], unit_id: int | None) -> str:
    line = None if unit_id is None else units.get(unit_id)
    return line.short_name if line else ""


def _track(value: str | None) -> str:
    return term("track", value) if value else ""


def _moved(told: Iterable[list[Any]], words: Any) -> Iterable[Moved]:
    return (Moved(words(old), words(new), cases) for old, new, cases in told)


def _example(told: Mapping[str, Any], units: Mapping[int, UnitLine]) -> Example:
    return Example(
        number=told["number"],
        lead=_pair(told.get("lead"), lambda unit: _unit(units, unit)),
        track=_pair(told.get("track"), _track),
        due=_pair(told.get("due"), lambda at: datetime.fromisoformat(at) if at else None),
        asks=bool(told.get("asks")),
    )


def _pair(told: Any, words: Any) -> Any:
    return None if told is None else (words(told[0]), words(told[1]))


def _minutes(found: Mapping[str, Any], today: date) -> tuple[Mapping[str, Any], ...]:
    rows = found.get("minutes", {}).get("rows", ())
    names = catalog.matter_names({row["matter"] for row in rows}, today) if rows else {}
    return tuple({**row, "name": names.get(row["matter"], "")} for row in rows)
