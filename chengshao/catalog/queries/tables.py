"""Reads: this room's tables as they are handed in and taken away."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import translation

from chengshao.catalog.models import (
    CalendarDay,
    CodeMap,
    Dated,
    DutyListRow,
    Matter,
    MatterClass,
    MatterCondition,
    MatterLimit,
    OfficeHours,
    Parameter,
    Responsibility,
    TaskLimit,
    TrackRule,
    UnitPower,
)
from chengshao.catalog.queries.settled import limit_of_row, value_of_row
from chengshao.catalog.rules import tables
from chengshao.catalog.rules.matters import ConditionDraft, DatedDraft, MatterDraft, spread
from chengshao.catalog.rules.tables import Table, Words
from chengshao.catalog.terms import TableKind
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.web.sheets import write_table
from chengshao.web.texts import TERMS

TABLES: dict[TableKind, Table] = {
    table.kind: table
    for table in (
        tables.MATTERS,
        tables.CODE_MAP,
        tables.TASK_LIMITS,
        tables.PARAMETERS,
        tables.TRACK_RULES,
        tables.RESPONSIBILITIES,
        tables.DUTY_LISTS,
        tables.UNIT_POWERS,
        tables.CALENDAR_DAYS,
        tables.OFFICE_HOURS,
    )
}
MODELS: dict[TableKind, type[Dated]] = {
    TableKind.CODE_MAP: CodeMap,
    TableKind.TASK_LIMITS: TaskLimit,
    TableKind.PARAMETERS: Parameter,
    TableKind.TRACK_RULES: TrackRule,
    TableKind.RESPONSIBILITIES: Responsibility,
    TableKind.DUTY_LISTS: DutyListRow,
    TableKind.UNIT_POWERS: UnitPower,
    TableKind.OFFICE_HOURS: OfficeHours,
}


def export_table(kind: TableKind, *, on: date | None = None) -> bytes:
    """
    Return one of this room's tables as an Excel file that `import_table` reads.

    With all versions of all times, or only what is in force on a day.
    """
    table, words = TABLES[kind], words_of_tables()
    rows = (
        values
        for values in _all_values(kind)
        if on is None or "valid_from" not in values or _holds(values, on)
    )
    return write_table(table.headings, (tables.write(table, values, words) for values in rows))


def words_of_tables() -> Words:
    """Return the words that stand in tables, in Chinese whatever the reader's language."""
    with translation.override("zh-hans"):
        return {
            vocabulary: {value: str(word) for value, word in words.items()}
            for vocabulary, words in TERMS.items()
        }


def key_of(table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in table.key)


def content_of(table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(values[name] for name in table.content)


def values_of(table: Table, row: Dated) -> dict[str, Any]:
    """Return a stored row as `rules.tables` reads it."""
    return {column.field: _value(row, column.field) for column in table.columns}


def columns_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `rules.tables` read as the columns of the model."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        match value:
            case Limit():
                columns |= {"amount": value.amount, "unit": value.unit.value, "note": value.note}
            case int() if name == "value":
                columns["amount"] = int(value)
            case tuple():
                columns[name] = list(value)
            case _:
                columns[name] = value
    return columns


def dated_drafts(code: str = "") -> list[tuple[int, DatedDraft]]:
    """
    Return all versions of all matters, or of one, with their ids, as they are written down in a
    table. Four statements.
    """
    of = {"code": code} if code else {}
    class_names = _class_names()
    conditions = _condition_drafts({f"matter__{name}": value for name, value in of.items()})
    return [
        (row.pk, _dated_draft(row, conditions.get(row.pk, ()), class_names))
        for row in Matter.objects.filter(**of).order_by("code", "valid_from")
    ]


def known_codes(codes: Collection[str]) -> set[str]:
    """Return those of these codes that name a matter, a class or a kind, whenever it was."""
    plain = {code: code.partition("-")[0] for code in codes}
    asked = set(plain.values())
    known = set(Matter.objects.filter(code__in=asked).values_list("code", flat=True))
    known |= set(MatterClass.objects.filter(code__in=asked).values_list("code", flat=True))
    known |= {"C", "E", "D"}
    return {code for code, matter in plain.items() if matter in known}


def current_days() -> set[tuple[date, str, str, str]]:
    """Return the days unlike the week as the calendar now stands."""
    rows = CalendarDay.objects.filter(until=None)
    return set(rows.values_list("day", "kind", "name", "source"))


def _all_values(kind: TableKind) -> Iterable[Mapping[str, Any]]:
    if kind is TableKind.MATTERS:
        return (values for _, dated in dated_drafts() for values in spread(dated))
    if kind is TableKind.CALENDAR_DAYS:
        names = ("day", "kind", "name", "source")
        return (dict(zip(names, row, strict=True)) for row in sorted(current_days()))
    table = TABLES[kind]
    rows = MODELS[kind]._default_manager.order_by(*table.key, "valid_from")
    return (values_of(table, row) for row in rows)


def _holds(values: Mapping[str, Any], on: date) -> bool:
    until = values["valid_until"]
    return bool(values["valid_from"] <= on and (until is None or on < until))


def _value(row: Dated, name: str) -> Any:
    if name == "limit" and isinstance(row, TaskLimit):
        return limit_of_row(row)
    if name == "value" and isinstance(row, Parameter):
        return value_of_row(row)
    value = getattr(row, name)
    return tuple(value) if isinstance(value, list) else value


def _class_names() -> dict[str, list[tuple[date, str]]]:
    found: dict[str, list[tuple[date, str]]] = {}
    for code, start, name in MatterClass.objects.order_by("valid_from").values_list(
        "code", "valid_from", "name"
    ):
        found.setdefault(code, []).append((start, name))
    return found


def _condition_drafts(of: Mapping[str, str]) -> dict[int, tuple[ConditionDraft, ...]]:
    """Return the conditions of versions by their id, in two statements however many."""
    limits: dict[int, list[tuple[str, Limit]]] = defaultdict(list)
    named = {f"condition__{name}": value for name, value in of.items()}
    for row in MatterLimit.objects.filter(**named).order_by("urgency"):
        limit = Limit(row.amount, ClockUnit(row.unit), row.note)
        limits[row.condition_id].append((row.urgency, limit))
    found: dict[int, list[ConditionDraft]] = defaultdict(list)
    for condition in MatterCondition.objects.filter(**of).order_by("serial"):
        found[condition.matter_id].append(
            ConditionDraft(
                serial=condition.serial,
                register_condition=condition.register_condition,
                close_condition=condition.close_condition,
                default_urgency=condition.default_urgency,
                limits=tuple(sorted(limits[condition.pk])),
            )
        )
    return {pk: tuple(drafts) for pk, drafts in found.items()}


def _dated_draft(
    row: Matter,
    conditions: tuple[ConditionDraft, ...],
    class_names: Mapping[str, list[tuple[date, str]]],
) -> DatedDraft:
    called = [name for start, name in class_names[row.class_code] if start <= row.valid_from]
    return DatedDraft(
        number=0,
        code=row.code,
        class_name=called[-1],
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        draft=MatterDraft(
            name=row.name,
            aliases=tuple(row.aliases),
            evidence_asked=tuple(row.evidence_asked),
            verify=row.verify,
            check_mode=row.check_mode,
            sign_off_waived=row.sign_off_waived,
            flexible=row.flexible,
            sensitivity=row.sensitivity,
            track=row.track,
            source=row.source,
            conditions=conditions,
        ),
    )
