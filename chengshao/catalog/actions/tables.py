"""Writes by tables: all of a table or nothing of it; the same table again changes nothing."""

from collections.abc import Sequence
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
from chengshao.catalog.queries import Plan
from chengshao.catalog.rules.codes import class_of_matter, kind_of_code
from chengshao.catalog.rules.matters import MatterDraft
from chengshao.catalog.rules.tables import Parsed
from chengshao.catalog.rules.timeline import Version
from chengshao.catalog.terms import CalendarDayKind, TableKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.errors import DomainError
from chengshao.kernel.finding import fold, initials
from chengshao.kernel.tables import Faults
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
    one_at_a_time()
    parsed = queries.read_rows(kind, rows, faults)
    match kind:
        case TableKind.CALENDAR_DAYS:
            done = _take_days(parsed, faults, actor, at)
            faults.refuse_if_any()
        case TableKind.OFFICE_HOURS:
            done = _take_hours(parsed, faults, actor, at)
            faults.refuse_if_any()
        case _:
            plan = queries.plan_of(kind, parsed, faults)
            faults.refuse_if_any()
            done = store(plan, actor, at)
    new_edition()
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


def store(plan: Plan, actor: Actor, at: datetime) -> Imported:
    """Store what a table plans: add its versions, end those that they follow."""
    if plan.kind is TableKind.MATTERS:
        return _store_matters(plan, actor, at)
    table, model = queries.TABLES[plan.kind], queries.MODELS[plan.kind]
    added = [
        model(
            **queries.columns_of(
                dict(zip(table.key, key, strict=True))
                | dict(zip(table.content, version.content, strict=True))
            ),
            **_period(version, actor, at),
        )
        for key, version in plan.added()
    ]
    ended = _end(model, plan)
    model._default_manager.bulk_create(added, batch_size=1000)
    return Imported(plan.rows, len(added), ended)


def new_edition() -> None:
    """Say that the catalogue is no longer what it was."""
    Edition.objects.update_or_create(pk=queries.EDITION, defaults={"token": token_hex(16)})


def _store_matters(plan: Plan, actor: Actor, at: datetime) -> Imported:
    if plan.classes is not None:
        _end(MatterClass, plan.classes)
        MatterClass.objects.bulk_create(
            MatterClass(code=code, name=version.content, **_period(version, actor, at))
            for (code,), version in plan.classes.added()
        )
    added = [
        (_matter(code, plan.class_names[code], version, actor, at), version.content)
        for (code,), version in plan.added()
    ]
    ended = _end(Matter, plan)
    _create_matters(added)
    return Imported(plan.rows, len(added), ended)


def _end(model: type[Dated], plan: Plan) -> int:
    ends = list(plan.ended())
    for pk, until in ends:
        model._default_manager.filter(pk=pk).update(valid_until=until)
    return len(ends)


def _period(version: Version[Any], actor: Actor, at: datetime) -> dict[str, Any]:
    return {
        "valid_from": version.valid_from,
        "valid_until": version.valid_until,
        "recorded_at": at,
        "recorded_by_id": actor.user_id,
    }


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
        **_period(version, actor, at),
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
