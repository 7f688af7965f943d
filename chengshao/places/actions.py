"""Writes: each takes in one file, as a whole or not at all, and says what it changed."""

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

import shapely
from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import DivisionLevel, division_prefix
from chengshao.kernel.errors import NotAllowed
from chengshao.kernel.geo import Crs
from chengshao.kernel.sayings import sayings_of
from chengshao.kernel.tables import Faults
from chengshao.people import queries as people
from chengshao.places import queries
from chengshao.places.models import (
    DataImport,
    DatedRow,
    Division,
    Edition,
    Grid,
    KnownPlace,
    ManagedObject,
    Outline,
    Zone,
)
from chengshao.places.rules import tables
from chengshao.places.rules.fields import Fields
from chengshao.places.rules.grids import (
    UNIT,
    GridShape,
    Tolerance,
    check_grids,
    grid_records,
    read_grids,
    replace_set,
)
from chengshao.places.rules.index import District, Shape
from chengshao.places.rules.periods import Dated, Plan, merge
from chengshao.places.rules.shapes import geometry_of
from chengshao.places.terms import ImportKind, PlaceKind, Power, ZoneKind
from chengshao.web.sheets import read_table

Stored = TypeVar("Stored", bound=DatedRow)
Placed = TypeVar("Placed", ManagedObject, KnownPlace)

_BATCH = 1000
_BOX = ("west", "south", "east", "north")
_DATED = ("name", "source", "illustrative")
_PLACE_OF_ZONE = {
    ZoneKind.ROAD: PlaceKind.ROAD,
    ZoneKind.ESTATE: PlaceKind.ESTATE,
    ZoneKind.MARKET: PlaceKind.MARKET,
    ZoneKind.RIVER: PlaceKind.RIVER,
    ZoneKind.OTHER: PlaceKind.LANDMARK,
}


class MayNotKeepPlaces(NotAllowed):
    code = "may_not_keep_places"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file changed. The same file again changes nothing."""

    added: int
    corrected: int  # same code and start, other content
    ended: int
    unchanged: int

    @property
    def changed(self) -> bool:
        return bool(self.added or self.corrected or self.ended)


@transaction.atomic
def import_divisions(*, content: bytes, valid_from: date, actor: Actor, at: datetime) -> Imported:
    """
    Take in divisions (Excel or CSV: 代码, 名称, 生效日期, 失效日期, 来源, 示意).

    A new start under a known code is a new name from that day; what the table leaves out stays.
    Rows without 生效日期 start on `valid_from`.

    :raises MayNotKeepPlaces: if the actor may not
    :raises TableRefused: with every fault; also if the tree would not hold together
    :raises FileUnreadable, FileTooLarge: see web.sheets.read_table
    """
    _begin(actor)
    faults = Faults()
    rows = _rows(content, ("代码", "名称"), faults)
    given = tables.read_divisions(rows, valid_from=valid_from)
    fields = ("name", "level", "parent_code", "source", "illustrative")
    plan = merge(_stored(Division.objects.all(), fields), given)
    tables.add_overlaps(plan.overlaps, "代码", faults)
    tables.check_tree(plan.after, faults)
    faults.refuse_if_any()
    _write(Division, plan, lambda record: Division(**record.facts))
    return _finish(ImportKind.DIVISIONS, content, plan, actor, at)


@transaction.atomic
def import_outlines(
    *,
    content: bytes,
    valid_from: date,
    crs: Crs = Crs.WGS84,
    actor: Actor,
    at: datetime,
) -> Imported:
    """
    Take in borders of the district and its sub-districts (GeoJSON polygons; properties 区划代码,
    名称, 来源, 示意; a single one without a code is the district's).

    :raises MayNotKeepPlaces: if the actor may not
    :raises DistrictNotFound: before there are divisions
    :raises TableRefused: with every fault; the row is the feature's place in the file
    :raises GeoJsonUnreadable, GeoJsonTooLarge: see geojson.read_features
    """
    _begin(actor)
    faults = Faults()
    given = tables.read_outlines(
        content,
        crs=crs,
        valid_from=valid_from,
        district=queries.district_code(on=valid_from),
        faults=faults,
    )
    _check_divisions(given, "区划代码", lambda record: record.code, faults)
    plan = merge(_stored(Outline.objects.all(), (*_DATED, "geometry", *_BOX)), given)
    tables.add_overlaps(plan.overlaps, "区划代码", faults)
    faults.refuse_if_any()
    _write(Outline, plan, lambda record: Outline(**record.facts))
    return _finish(ImportKind.OUTLINES, content, plan, actor, at)


@transaction.atomic
def import_grids(
    *,
    content: bytes,
    valid_from: date,
    within: str = "",
    crs: Crs = Crs.WGS84,
    tolerance: Tolerance | None = None,
    actor: Actor,
    at: datetime,
) -> Imported:
    """
    Replace the grids of a division, from a day on, by the set in a GeoJSON file (C8).

    `within` is the division the set covers, empty for the district; its other grids end on
    `valid_from`, unchanged ones go on. Properties: see rules.grids.read_grids. A set from the
    same day corrects the one before.

    :raises MayNotKeepPlaces: if the actor may not keep places there
    :raises DistrictNotFound: before there are divisions
    :raises DivisionNotFound: if `within` is none
    :raises TableRefused: with every fault, naming both grids of an overlap or gap; also if a
        set of a later day stands already
    :raises GeoJsonUnreadable, GeoJsonTooLarge: see geojson.read_features
    """
    _begin(actor, within)
    district = queries.district_code(on=valid_from)
    scope = within or district
    queries.check_division(scope, on=valid_from)
    file = read_grids(content, crs=crs)
    faults = Faults()
    faults.found.extend(file.faults)
    units = _unit_ids(((g.row, g.unit_code) for g in file.grids), UNIT, faults)
    standing = Grid.objects.ever_after(valid_from)
    own = standing.filter(community__startswith=division_prefix(scope))
    later = own.filter(Q(valid_from__gt=valid_from) | Q(valid_until__gt=valid_from)).first()
    if later is not None:
        day = max(later.valid_from, valid_from + timedelta(days=1)).isoformat()
        faults.add(0, "生效日期", "grids_later_set", day=day)
    communities = Division.objects.in_force(valid_from).filter(level=DivisionLevel.COMMUNITY)
    outline = Outline.objects.in_force(valid_from).filter(code=scope).first()
    others = standing.filter(valid_from__lte=valid_from).exclude(
        community__startswith=division_prefix(scope)
    )
    faults.found.extend(
        check_grids(
            file.grids,
            within=scope,
            communities=frozenset(communities.values_list("code", flat=True)),
            outline=geometry_of(outline.geometry) if outline else None,
            standing=[
                GridShape(0, code, geometry_of(geometry))
                for code, geometry in others.values_list("code", "geometry")
            ],
            whole=file.whole,
            tolerance=tolerance,
        )
    )
    faults.found.sort(key=lambda fault: fault.row)
    faults.refuse_if_any()
    given = grid_records(file.grids, units, valid_from)
    plan, gone = replace_set(_stored(own, list(given[0].facts)), given, valid_from)
    _write(Grid, plan, lambda record: Grid(**record.facts), gone=gone)
    return _finish(ImportKind.GRIDS, content, plan, actor, at, removed=len(gone))


@transaction.atomic
def import_zones(
    *, content: bytes, valid_from: date, crs: Crs = Crs.WGS84, actor: Actor, at: datetime
) -> Imported:
    """
    Take in territories beside the grids (GeoJSON; properties 编码, 名称, 类型 道路/小区/市场/河道/
    其他, 区划代码, 责任单位, 缓冲米 to each side of a line, dates, 来源, 示意).

    :raises DomainError: as import_outlines
    """
    _begin(actor)
    faults = Faults()
    district = queries.district_code(on=valid_from)
    given = tables.read_zones(
        content, crs=crs, valid_from=valid_from, district=district, faults=faults
    )
    _check_divisions(given, "区划代码", lambda record: record.facts["territory"], faults)
    given = _with_units(given, "责任单位", "responsible_unit_id", faults)
    fields = (*_DATED, "kind", "territory", "buffer_m", "responsible_unit_id", "geometry", *_BOX)
    plan = merge(_stored(Zone.objects.all(), fields), given)
    tables.add_overlaps(plan.overlaps, "编码", faults)
    faults.refuse_if_any()
    _write(Zone, plan, lambda record: Zone(**record.facts))
    return _finish(ImportKind.ZONES, content, plan, actor, at)


@transaction.atomic
def import_objects(
    *, content: bytes, valid_from: date, crs: Crs = Crs.WGS84, actor: Actor, at: datetime
) -> Imported:
    """
    Take in managed objects (Excel or CSV: 编码, 名称, 类型, 经度, 纬度, 区划代码, 地址, 权属单位,
    dates, 来源, 示意). The point decides grid and territory; 区划代码 counts where it can't.

    :raises MayNotKeepPlaces: if the actor may not
    :raises DistrictNotFound: before there are divisions
    :raises TableRefused: with every fault, also a point outside the district
    :raises FileUnreadable, FileTooLarge: see web.sheets.read_table
    """
    _begin(actor)
    faults = Faults()
    rows = _rows(content, ("编码", "名称", "类型"), faults)
    given = tables.read_objects(rows, crs=crs, valid_from=valid_from)
    district = queries.district_code(on=valid_from)
    for record in given:
        _check_component_code(record, district, faults)
    given = _with_units(given, "权属单位", "owner_unit_id", faults)
    given = _with_places(given, faults, at)
    located = ("lng", "lat", "territory", "grid")
    fields = (*_DATED, "kind", "address", "owner_unit_id", *located)
    plan = merge(_stored(ManagedObject.objects.all(), fields), given)
    tables.add_overlaps(plan.overlaps, "编码", faults)
    faults.refuse_if_any()
    _write(ManagedObject, plan, _object_of)
    return _finish(ImportKind.OBJECTS, content, plan, actor, at)


@transaction.atomic
def import_known_places(
    *, content: bytes, valid_from: date, crs: Crs = Crs.WGS84, actor: Actor, at: datetime
) -> Imported:
    """
    Take in addresses, landmarks, roads, estates (Excel or CSV: 编码, 名称, 类型, 别名 split by 、,
    说明, 经度, 纬度, 区划代码, dates, 来源, 示意).

    :raises DomainError: as import_objects
    """
    _begin(actor)
    faults = Faults()
    rows = _rows(content, ("名称", "类型"), faults)
    given = tables.read_known_places(rows, crs=crs, valid_from=valid_from)
    given = _with_places(given, faults, at)
    located = ("lng", "lat", "territory", "grid")
    fields = (*_DATED, "kind", "aliases", "detail", *located)
    plan = merge(_stored(KnownPlace.objects.filter(derived=False), fields), given)
    tables.add_overlaps(plan.overlaps, "编码", faults)
    faults.refuse_if_any()
    _write(KnownPlace, plan, _place_of)
    return _finish(ImportKind.KNOWN_PLACES, content, plan, actor, at)


@transaction.atomic
def settle_places(*, actor: Actor, at: datetime) -> None:
    """
    Put objects and known places into the grids in force on this day: for the day on which a
    set handed in earlier comes into force. Every import does it too.

    :raises MayNotKeepPlaces: if the actor may not
    """
    _begin(actor)
    _derive_places(at)
    _settle(at)


def _begin(actor: Actor, territory: str = "") -> None:
    """Check the power and take the one lock of this room's writes."""
    within = territory or _district_if_any()
    # A keeper's grant is over all units or over the desk, which keeps the ground data too.
    over = {unit_id for unit_id, _ in actor.reach(Power.KEEP_PLACES)}
    units = [None, *(over & {_desk_if_any()})]
    if not any(actor.may(Power.KEEP_PLACES, unit, territory=within) for unit in units):
        raise MayNotKeepPlaces
    Edition.objects.bulk_create([Edition(id=1, token=_new_token())], ignore_conflicts=True)
    Edition.objects.select_for_update().get(id=1)


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


def _finish(
    kind: ImportKind, content: bytes, plan: Plan, actor: Actor, at: datetime, *, removed: int = 0
) -> Imported:
    told = Imported(len(plan.added), len(plan.corrected), len(plan.ended) + removed, plan.unchanged)
    if not told.changed:
        return told
    Edition.objects.update(token=_new_token())
    _derive_places(at)
    if kind in (ImportKind.DIVISIONS, ImportKind.OUTLINES, ImportKind.GRIDS):
        _settle(at)
    DataImport.objects.create(
        kind=kind,
        at=at,
        user_id=actor.user_id,
        digest=sha256(content).hexdigest(),
        added=told.added,
        corrected=told.corrected,
        ended=told.ended,
    )
    return told


def _rows(content: bytes, required: Sequence[str], faults: Faults) -> list[Fields]:
    rows = read_table(content, required=required)
    if not rows:
        faults.add(0, required[0], "table_empty")
    return [Fields(row, row.number, faults) for row in rows]


def _stored(rows: models.QuerySet[Stored], fields: Sequence[str]) -> list[Dated]:
    named = rows.values_list("pk", "code", "valid_from", "valid_until", *fields)
    return [
        Dated(code, begins, ends, dict(zip(fields, facts, strict=True)), id=pk)
        for pk, code, begins, ends, *facts in named.iterator(chunk_size=5000)
    ]


def _write(
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


def _unit_ids(codes: Iterable[tuple[int, str]], column: str, faults: Faults) -> dict[str, int]:
    told = [(row, code) for row, code in codes if code]
    known = people.unit_ids_by_code({code for _, code in told}) if told else {}
    for row, code in told:
        if code not in known:
            faults.add(row, column, "value_unknown", value=code)
    return known


def _with_units(given: Sequence[Dated], column: str, field: str, faults: Faults) -> list[Dated]:
    """Put the unit's id where its code was told."""
    told = [(record.row, str(record.facts["unit_code"])) for record in given]
    known = _unit_ids(told, column, faults)
    return [
        _replaced(record, ("unit_code",), {field: known.get(code)})
        for record, (_, code) in zip(given, told, strict=True)
    ]


def _replaced(record: Dated, out: Sequence[str], new: Mapping[str, Any]) -> Dated:
    facts = {name: fact for name, fact in record.facts.items() if name not in out}
    return replace(record, facts=facts | dict(new))


def _check_divisions(
    given: Sequence[Dated], column: str, code_of: Callable[[Dated], str], faults: Faults
) -> None:
    """Add a fault for each record whose division does not hold on the day it starts."""
    rows = Division.objects.values_list("code", "valid_from", "valid_until")
    periods: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    for code, begins, ends in rows:
        periods[code].append((begins, ends))
    for record in given:
        code, day = code_of(record), record.valid_from
        if code and not any(
            begins <= day and (ends is None or day < ends) for begins, ends in periods[code]
        ):
            faults.add(record.row, column, "division_not_found", division=code)


def _with_places(given: Sequence[Dated], faults: Faults, at: datetime) -> list[Dated]:
    """Put in which grid and division each point lies; without one what was told counts."""
    _check_divisions(given, "区划代码", lambda record: record.facts["territory"], faults)
    district = queries.district_on(localdate(at))
    points = [record.facts["point"] for record in given]
    found = _grids_at(district, points)
    placed = []
    for record, point, shape in zip(given, points, found, strict=True):
        territory, grid = record.facts["territory"], ""
        if shape is not None:
            territory, grid = shape.territory, shape.code
        elif point is not None:
            where = district.where(*point)
            if not where.inside:
                faults.add(
                    record.row,
                    "经度",
                    "point_outside",
                    district=district.name,
                    lng=f"{point[0]:.5f}",
                    lat=f"{point[1]:.5f}",
                )
            territory = territory or where.subdistrict
        lng, lat = point or (None, None)
        new = {"lng": lng, "lat": lat, "territory": territory, "grid": grid}
        placed.append(_replaced(record, ("point",), new))
    return placed


def _grids_at(
    district: District, points: Sequence[tuple[float, float] | None]
) -> list[Shape | None]:
    known = iter(district.grids.all_at([point for point in points if point is not None]))
    return [None if point is None else next(known) for point in points]


def _check_component_code(record: Dated, district: str, faults: Faults) -> None:
    code = record.code
    if len(code) == 16 and code.isdecimal() and not code.startswith(district[:6]):
        faults.add(record.row, "编码", "component_code_elsewhere", value=code)


def _object_of(record: Dated) -> ManagedObject:
    called = sayings_of((record.facts["name"], record.code))
    return ManagedObject(**record.facts, sayings=called.lines, grams=called.grams)


def _place_of(record: Dated) -> KnownPlace:
    called = sayings_of((record.facts["name"], *record.facts["aliases"]))
    return KnownPlace(**record.facts, sayings=called.lines, grams=called.grams)


def _derive_places(at: datetime) -> None:
    """Bring the known places that are divisions and zones in step with those."""
    wanted = {(record.code, record.valid_from): record for record in _derived(at)}
    fields = (*_DATED, "kind", "aliases", "detail", "lng", "lat", "territory", "grid", "derived")
    plan, gone = Plan(), []
    for known in _stored(KnownPlace.objects.filter(derived=True), fields):
        record = wanted.pop((known.code, known.valid_from), None)
        if record is None:
            gone.append(known.id or 0)
        elif (record.facts, record.valid_until) != (known.facts, known.valid_until):
            plan.corrected.append(replace(record, id=known.id))
    plan.added.extend(wanted.values())
    _write(KnownPlace, plan, _place_of, gone=gone)


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
    same = {name: getattr(row, name) for name in _DATED}
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
