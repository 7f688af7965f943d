"""Writes by tables: all of a table or nothing of it; the same table again changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.db import transaction

from chengshao.catalog import queries
from chengshao.catalog.actions._common import check_keeper, one_at_a_time
from chengshao.catalog.actions.calendar import (
    DayDraft,
    change_days,
    load_statutory_days,
    place_hours,
)
from chengshao.catalog.models import (
    Dated,
    Edition,
    Matter,
    MatterClass,
    MatterCondition,
    MatterLimit,
)
from chengshao.catalog.rules import tables
from chengshao.catalog.rules.codes import class_of_matter, kind_of_code
from chengshao.catalog.rules.matters import DatedDraft, MatterDraft, gather
from chengshao.catalog.rules.tables import Parsed, Table
from chengshao.catalog.rules.timeline import Version, place, put
from chengshao.catalog.terms import CalendarDayKind, TableKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.errors import DomainError
from chengshao.kernel.finding import fold, initials
from chengshao.kernel.tables import Faults
from chengshao.places import queries as places
from chengshao.web.sheets import read_table

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
_SEED_FILES = (
    ("office_hours.csv", TableKind.OFFICE_HOURS),
    ("task_limits.csv", TableKind.TASK_LIMITS),
    ("parameters.csv", TableKind.PARAMETERS),
    ("matters_city_management.csv", TableKind.MATTERS),
    ("matters_public_demand.csv", TableKind.MATTERS),
    ("track_rules.csv", TableKind.TRACK_RULES),
)
Key = tuple[Any, ...]
Timelines = dict[Key, tuple[Version[Any], ...]]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in versions of things (of the calendar: days); the rest stood already."""

    rows: int
    added: int
    ended: int


@transaction.atomic
def import_table(*, kind: TableKind, content: bytes, actor: Actor, at: datetime) -> Imported:
    """
    Take in one of this room's tables (Excel or CSV; headings in `rules.tables`).

    Rows are versions: a new one ends the one before it, what is in force is never overwritten.

    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises TableRefused: with every fault by row and column; nothing was taken in
    :raises FileUnreadable, FileTooLarge, TableTooLong: if it can't be read at all
    :raises OfficeHoursGap: if a time would be without office hours
    """
    check_keeper(actor)
    table = queries.TABLES[kind]
    faults = Faults()
    rows = read_table(content, required=table.required)
    parsed = tables.read(table, rows, queries.words_of_tables(), faults)
    one_at_a_time()
    _check_references(table, parsed, faults)
    match kind:
        case TableKind.MATTERS:
            done = _take_matters(parsed, faults, actor, at)
        case TableKind.CALENDAR_DAYS:
            done = _take_days(parsed, faults, actor, at)
        case TableKind.OFFICE_HOURS:
            done = _take_hours(parsed, faults, actor, at)
        case _:
            done = _take_rows(table, parsed, faults, actor, at)
    faults.refuse_if_any()
    Edition.objects.update_or_create(pk=queries.EDITION, defaults={"token": token_hex(16)})
    return done


@transaction.atomic
def load_seeds(*, actor: Actor, at: datetime) -> None:
    """
    Take in what comes with the program: office hours, statutory days, limits, parameters,
    matters and their tracks.

    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises TableRefused: if a district has other content in force from the same day on
    """
    for name, kind in _SEED_FILES:
        import_table(kind=kind, content=(SEEDS / name).read_bytes(), actor=actor, at=at)
    load_statutory_days(actor=actor, at=at)


def _take_rows(
    table: Table, parsed: Sequence[Parsed], faults: Faults, actor: Actor, at: datetime
) -> Imported:
    model = queries.MODELS[table.kind]
    stored = {
        (queries.key_of(table, values), values["valid_from"]): (row.pk, values)
        for row in model._default_manager.all()
        for values in [queries.values_of(table, row)]
    }
    known = _timelines(
        (key, Version(start, values["valid_until"], queries.content_of(table, values)))
        for (key, start), (_, values) in stored.items()
    )
    wanted = [
        (row.number, queries.key_of(table, row.values), _version_of(table, row)) for row in parsed
    ]
    final = _place_all(known, wanted, table.heading_of("valid_from"), faults)
    if faults.found:
        return Imported(len(parsed), 0, 0)
    added: list[Dated] = []
    ended = 0
    for key, versions in final.items():
        for version in versions:
            found = stored.get((key, version.valid_from))
            if found is None:
                fields = dict(zip(table.key, key, strict=True))
                fields |= dict(zip(table.content, version.content, strict=True))
                added.append(
                    model(
                        **queries.columns_of(fields),
                        valid_from=version.valid_from,
                        valid_until=version.valid_until,
                        recorded_at=at,
                        recorded_by_id=actor.user_id,
                    )
                )
            elif found[1]["valid_until"] != version.valid_until:
                rows = model._default_manager.filter(pk=found[0])
                ended += rows.update(valid_until=version.valid_until)
    model._default_manager.bulk_create(added, batch_size=1000)
    return Imported(len(parsed), len(added), ended)


def _take_matters(parsed: Sequence[Parsed], faults: Faults, actor: Actor, at: datetime) -> Imported:
    wanted = gather(parsed, faults)
    _take_classes(wanted, faults, actor, at)
    stored = {
        ((dated.code,), dated.valid_from): (pk, dated) for pk, dated in queries.dated_drafts()
    }
    known = _timelines(
        (key, Version(start, dated.valid_until, dated.draft))
        for (key, start), (_, dated) in stored.items()
    )
    asked = [(d.number, (d.code,), Version(d.valid_from, d.valid_until, d.draft)) for d in wanted]
    final = _place_all(known, asked, "生效日期", faults)
    if faults.found:
        return Imported(len(parsed), 0, 0)
    class_names = {d.code: d.class_name for d in wanted}
    added: list[tuple[Matter, MatterDraft]] = []
    ended = 0
    for (code,), versions in final.items():
        for version in versions:
            found = stored.get(((code,), version.valid_from))
            if found is None:
                row = _matter(code, class_names[code], version, actor, at)
                added.append((row, version.content))
            elif found[1].valid_until != version.valid_until:
                rows = Matter.objects.filter(pk=found[0])
                ended += rows.update(valid_until=version.valid_until)
    _create_matters(added)
    return Imported(len(parsed), len(added), ended)


def _matter(
    code: str, class_name: str, version: Version[MatterDraft], actor: Actor, at: datetime
) -> Matter:
    draft = version.content
    found_by = [draft.name, *draft.aliases, class_name]
    found_by += [condition.register_condition for condition in draft.conditions]
    words = fold("\n".join(found_by))
    return Matter(
        code=code,
        kind=kind_of_code(code),
        class_code=class_of_matter(code),
        name=draft.name,
        aliases=list(draft.aliases),
        evidence_asked=list(draft.evidence_asked),
        verify=draft.verify,
        check_mode=draft.check_mode,
        sign_off_waived=draft.sign_off_waived,
        flexible=draft.flexible,
        sensitivity=draft.sensitivity,
        track=draft.track,
        source=draft.source,
        initials=initials(draft.name, *draft.aliases),
        words=words,
        bigrams=bigrams(words),
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        recorded_at=at,
        recorded_by_id=actor.user_id,
    )


def _create_matters(added: Sequence[tuple[Matter, MatterDraft]]) -> None:
    Matter.objects.bulk_create([row for row, _ in added], batch_size=1000)
    conditions = [
        (
            MatterCondition(
                matter=row,
                serial=condition.serial,
                register_condition=condition.register_condition,
                close_condition=condition.close_condition,
                default_urgency=condition.default_urgency,
            ),
            condition,
        )
        for row, draft in added
        for condition in draft.conditions
    ]
    MatterCondition.objects.bulk_create([row for row, _ in conditions], batch_size=1000)
    MatterLimit.objects.bulk_create(
        (
            MatterLimit(
                condition=row, urgency=urgency, amount=limit.amount, unit=limit.unit,
                note=limit.note,
            )
            for row, condition in conditions
            for urgency, limit in condition.limits
        ),
        batch_size=1000,
    )  # fmt: skip


def _take_classes(wanted: Iterable[DatedDraft], faults: Faults, actor: Actor, at: datetime) -> None:
    stored = list(MatterClass.objects.all())
    pks = {((row.code,), row.valid_from): row for row in stored}
    known = _timelines(
        ((row.code,), Version(row.valid_from, row.valid_until, row.name)) for row in stored
    )
    final = known
    for dated in sorted(wanted, key=lambda dated: dated.valid_from):
        code = class_of_matter(dated.code)
        asked = (dated.number, (code,), Version(dated.valid_from, None, dated.class_name))
        same_day = next(
            (v for v in final.get((code,), ()) if v.valid_from == dated.valid_from), None
        )
        if same_day is not None and same_day.content != dated.class_name:
            faults.add(
                dated.number, "大类", "class_named_differently",
                matter=code, first=same_day.content, second=dated.class_name,
            )  # fmt: skip
            continue
        final = final | _place_all({(code,): final.get((code,), ())}, [asked], "大类", faults)
    if faults.found:
        return
    for key, versions in final.items():
        for version in versions:
            row = pks.get((key, version.valid_from))
            if row is None:
                MatterClass.objects.create(
                    code=key[0],
                    name=version.content,
                    valid_from=version.valid_from,
                    valid_until=version.valid_until,
                    recorded_at=at,
                    recorded_by_id=actor.user_id,
                )
            elif row.valid_until != version.valid_until:
                MatterClass.objects.filter(pk=row.pk).update(valid_until=version.valid_until)


def _take_days(parsed: Sequence[Parsed], faults: Faults, actor: Actor, at: datetime) -> Imported:
    days: dict[tuple[date, bool], DayDraft | None] = {}
    first: dict[tuple[date, bool], int] = {}
    for row in parsed:
        kind, day = CalendarDayKind(row.values["kind"]), row.values["day"]
        key = (day, kind in (CalendarDayKind.CITY_REST, CalendarDayKind.CITY_WORK))
        if key in days:
            shown = day.isoformat()
            faults.add(row.number, "日期", "value_repeated", value=shown, first=first[key])
        first.setdefault(key, row.number)
        days[key] = DayDraft(kind, row.values["name"], row.values["source"])
    if faults.found:
        return Imported(len(parsed), 0, 0)
    before = queries.current_days()
    change_days(days, reason="导入工作日历", actor=actor, at=at)
    added = len(queries.current_days() - before)
    return Imported(len(parsed), added, 0)


def _take_hours(parsed: Sequence[Parsed], faults: Faults, actor: Actor, at: datetime) -> Imported:
    if faults.found:
        return Imported(len(parsed), 0, 0)
    rows = [
        Version(
            row.values["valid_from"],
            row.values["valid_until"],
            (row.values["spans"], row.values["source"]),
        )
        for row in parsed
    ]
    before = queries.office_hours().count()
    try:
        place_hours(rows, reason="导入办公时间", actor=actor, at=at)
    except DomainError as error:
        faults.add_error(0, "生效日期", error)
        faults.refuse_if_any()
    return Imported(len(parsed), queries.office_hours().count() - before, 0)


def _timelines(rows: Iterable[tuple[Key, Version[Any]]]) -> Timelines:
    found: dict[Key, list[Version[Any]]] = defaultdict(list)
    for key, version in rows:
        found[key].append(version)
    return {
        key: tuple(sorted(versions, key=lambda version: version.valid_from))
        for key, versions in found.items()
    }


def _place_all(
    known: Timelines,
    wanted: Iterable[tuple[int, Key, Version[Any]]],
    heading: str,
    faults: Faults,
) -> Timelines:
    """Return the timelines of the keys that are wanted, as they stand with all in their place."""
    final: Timelines = {}
    for number, key, version in sorted(wanted, key=lambda want: want[2].valid_from):
        stands = final.get(key, known.get(key, ()))
        try:
            final[key] = put(stands, place(stands, version))
        except DomainError as error:
            faults.add_error(number, heading, error)
    return final


def _version_of(table: Table, row: Parsed) -> Version[Any]:
    content = queries.content_of(table, row.values)
    return Version(row.values["valid_from"], row.values["valid_until"], content)


def _check_references(table: Table, parsed: Sequence[Parsed], faults: Faults) -> None:
    """Find the codes that a table names and nobody knows."""
    if table.kind is TableKind.MATTERS:
        return
    codes = {row.values["matter_code"] for row in parsed if row.values.get("matter_code")}
    matters = queries.known_codes(codes) if codes else set()
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
