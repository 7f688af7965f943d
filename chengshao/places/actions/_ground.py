"""What all writes of this room share: the one lock, dated rows, what follows from the ground."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

import shapely
from django.db import models, transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import DivisionLevel
from chengshao.kernel.errors import NotAllowed
from chengshao.kernel.sayings import sayings_of
from chengshao.people import queries as people
from chengshao.places import queries
from chengshao.places.models import DatedRow, Division, Edition, KnownPlace, ManagedObject, Zone
from chengshao.places.rules import tables
from chengshao.places.rules.index import District
from chengshao.places.rules.periods import Dated, Plan
from chengshao.places.rules.shapes import geometry_of
from chengshao.places.terms import PlaceKind, Power, ZoneKind

Stored = TypeVar("Stored", bound=DatedRow)
Placed = TypeVar("Placed", ManagedObject, KnownPlace)

BOX = ("west", "south", "east", "north")
DATED = ("name", "source", "illustrative")
_BATCH = 1000
_PLACE_OF_ZONE = {
    ZoneKind.ROAD: PlaceKind.ROAD,
    ZoneKind.ESTATE: PlaceKind.ESTATE,
    ZoneKind.MARKET: PlaceKind.MARKET,
    ZoneKind.RIVER: PlaceKind.RIVER,
    ZoneKind.OTHER: PlaceKind.LANDMARK,
}


class MayNotKeepPlaces(NotAllowed):
    code = "may_not_keep_places"


@transaction.atomic
def settle_places(*, actor: Actor, at: datetime) -> None:
    """
    Put objects and known places into the grids in force on this day: for the day on which a
    set handed in earlier comes into force. Every import does it too.

    :raises MayNotKeepPlaces: if the actor may not
    """
    begin(actor)
    _derive_places(at)
    _settle(at)


def begin(actor: Actor, territory: str = "") -> None:
    """Check the power and take the one lock of this room's writes."""
    check_may_keep(actor, territory)
    Edition.objects.bulk_create([Edition(id=1, token=_new_token())], ignore_conflicts=True)
    Edition.objects.select_for_update().get(id=1)


def check_may_keep(actor: Actor, territory: str = "") -> None:
    """
    Pass if the actor may keep the ground data of a division; "": of the district.

    :raises MayNotKeepPlaces: if not
    """
    within = territory or _district_if_any()
    # A keeper's grant is over all units or over the desk, which keeps the ground data too.
    over = {unit_id for unit_id, _ in actor.reach(Power.KEEP_PLACES)}
    units = [None, *(over & {_desk_if_any()})]
    if not any(actor.may(Power.KEEP_PLACES, unit, territory=within) for unit in units):
        raise MayNotKeepPlaces


def renew(at: datetime, *, moves: bool) -> None:
    """Tell all processes that the ground is another; `moves` where points may lie elsewhere."""
    Edition.objects.update(token=_new_token())
    _derive_places(at)
    if moves:
        _settle(at)


def _district_if_any() -> str:
    try:
        return queries.district_code()
    except queries.DistrictNotFound:
        return ""


def _desk_if_any() -> int | None:
    try:
        return people.desk_unit_id()
    except people.UnitNotFound:
        return None


def _new_token() -> str:
    return secrets.token_hex(16)


def stored(rows: models.QuerySet[Stored], fields: Sequence[str]) -> list[Dated]:
    """Return stored rows as records with these facts."""
    named = rows.values_list("pk", "code", "valid_from", "valid_until", *fields)
    return [
        Dated(code, begins, ends, dict(zip(fields, facts, strict=True)), id=pk)
        for pk, code, begins, ends, *facts in named.iterator(chunk_size=5000)
    ]


def write(
    model: type[Stored], plan: Plan, build: Callable[[Dated], Stored], *, gone: Sequence[int] = ()
) -> None:
    """Store a plan. A corrected row keeps its id; ends come before what follows them."""
    ends: dict[date | None, list[int | None]] = defaultdict(list)
    for record in plan.ended:
        ends[record.valid_until].append(record.id)
    for day, ids in ends.items():
        for some in _batches(ids):
            model.objects.filter(pk__in=some).update(valid_until=day)
    out = [*gone, *(record.id for record in plan.corrected)]
    for some in _batches(out):
        model.objects.filter(pk__in=some).delete()
    new = []
    for record in (*plan.corrected, *plan.added):
        row = build(record)
        row.pk = record.id
        row.code, row.valid_from, row.valid_until = (
            record.code,
            record.valid_from,
            record.valid_until,
        )
        new.append(row)
    model.objects.bulk_create(new, batch_size=_BATCH)


def _batches(ids: Sequence[int | None]) -> Iterator[Sequence[int | None]]:
    return (ids[i : i + _BATCH] for i in range(0, len(ids), _BATCH))


def place_of(record: Dated) -> KnownPlace:
    """Return the row of a known place, with the words that find it."""
    called = sayings_of((record.facts["name"], *record.facts["aliases"]))
    return KnownPlace(**record.facts, sayings=called.lines, grams=called.grams)


def _derive_places(at: datetime) -> None:
    """Bring the known places that are divisions and zones in step with those."""
    wanted = {(record.code, record.valid_from): record for record in _derived(at)}
    fields = (*DATED, "kind", "aliases", "detail", "lng", "lat", "territory", "grid", "derived")
    plan, gone = Plan(), []
    for known in stored(KnownPlace.objects.filter(derived=True), fields):
        record = wanted.pop((known.code, known.valid_from), None)
        if record is None:
            gone.append(known.id or 0)
        elif (record.facts, record.valid_until) != (known.facts, known.valid_until):
            plan.corrected.append(replace(record, id=known.id))
    plan.added.extend(wanted.values())
    write(KnownPlace, plan, place_of, gone=gone)


def _derived(at: datetime) -> Iterator[Dated]:
    district = queries.district_on(localdate(at))
    middles = district.middles()
    for row in Division.objects.filter(
        level__in=(DivisionLevel.SUBDISTRICT, DivisionLevel.COMMUNITY)
    ):
        lng, lat = middles.get(row.code, (None, None))
        is_community = row.level == DivisionLevel.COMMUNITY
        facts = {
            "kind": (PlaceKind.COMMUNITY if is_community else PlaceKind.SUBDISTRICT).value,
            "aliases": tables.short_names(row.name),
            "detail": district.names.get(row.parent_code, "") if is_community else "",
            "territory": row.code,
        }
        yield _derived_row(row, f"division:{row.code}", facts, (lng, lat, ""))
    for zone in Zone.objects.all():
        point = shapely.point_on_surface(geometry_of(zone.geometry))
        lng, lat = round(point.x, 7), round(point.y, 7)
        shape = district.grids.nearest(lng, lat)
        facts = {
            "kind": _PLACE_OF_ZONE[ZoneKind(zone.kind)].value,
            "aliases": [],
            "detail": district.names.get(zone.territory, ""),
            "territory": shape.territory if shape else zone.territory,
        }
        place = (lng, lat, shape.code if shape else "")
        yield _derived_row(zone, f"zone:{zone.code}", facts, place)


def _derived_row(
    row: DatedRow,
    code: str,
    facts: Mapping[str, Any],
    place: tuple[float | None, float | None, str],
) -> Dated:
    lng, lat, grid = place
    same = {name: getattr(row, name) for name in DATED}
    own = {"lng": lng, "lat": lat, "grid": grid, "derived": True}
    return Dated(code, row.valid_from, row.valid_until, same | dict(facts) | own)


def _settle(at: datetime) -> None:
    """Put what has a point into today's grids."""
    district = queries.district_on(localdate(at))
    _settle_rows(ManagedObject.objects.exclude(lng=None), district)
    _settle_rows(KnownPlace.objects.filter(derived=False).exclude(lng=None), district)


def _settle_rows(rows: models.QuerySet[Placed], district: District) -> None:
    located = list(rows.only("pk", "lng", "lat", "territory", "grid"))
    points = [(row.lng or 0, row.lat or 0) for row in located]
    moved = []
    for row, shape in zip(located, district.grids.all_at(points), strict=True):
        territory, grid = (shape.territory, shape.code) if shape else (row.territory, "")
        if (row.territory, row.grid) != (territory, grid):
            row.territory, row.grid = territory, grid
            moved.append(row)
    rows.bulk_update(moved, ["territory", "grid"], batch_size=_BATCH)
