"""Writes: each takes in one file, as a whole or not at all, and says what it changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import DivisionLevel, division_prefix
from chengshao.kernel.geo import Crs
from chengshao.kernel.sayings import sayings_of
from chengshao.kernel.tables import Faults
from chengshao.people import queries as people
from chengshao.places import queries
from chengshao.places.actions._ground import BOX, DATED, begin, place_of, renew, stored, write
from chengshao.places.models import (
    DataImport,
    Division,
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
from chengshao.places.terms import ImportKind
from chengshao.web.sheets import read_table


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
    begin(actor)
    faults = Faults()
    rows = _rows(content, ("代码", "名称"), faults)
    given = tables.read_divisions(rows, valid_from=valid_from)
    fields = ("name", "level", "parent_code", "source", "illustrative")
    plan = merge(stored(Division.objects.all(), fields), given)
    tables.add_overlaps(plan.overlaps, "代码", faults)
    tables.check_tree(plan.after, faults)
    faults.refuse_if_any()
    write(Division, plan, lambda record: Division(**record.facts))
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
    begin(actor)
    faults = Faults()
    given = tables.read_outlines(
        content,
        crs=crs,
        valid_from=valid_from,
        district=queries.district_code(on=valid_from),
        faults=faults,
    )
    _check_divisions(given, "区划代码", lambda record: record.code, faults)
    plan = merge(stored(Outline.objects.all(), (*DATED, "geometry", *BOX)), given)
    tables.add_overlaps(plan.overlaps, "区划代码", faults)
    faults.refuse_if_any()
    write(Outline, plan, lambda record: Outline(**record.facts))
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
    begin(actor, within)
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
    plan, gone = replace_set(stored(own, list(given[0].facts)), given, valid_from)
    write(Grid, plan, lambda record: Grid(**record.facts), gone=gone)
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
    begin(actor)
    faults = Faults()
    district = queries.district_code(on=valid_from)
    given = tables.read_zones(
        content, crs=crs, valid_from=valid_from, district=district, faults=faults
    )
    _check_divisions(given, "区划代码", lambda record: record.facts["territory"], faults)
    given = _with_units(given, "责任单位", "responsible_unit_id", faults)
    fields = (*DATED, "kind", "territory", "buffer_m", "responsible_unit_id", "geometry", *BOX)
    plan = merge(stored(Zone.objects.all(), fields), given)
    tables.add_overlaps(plan.overlaps, "编码", faults)
    faults.refuse_if_any()
    write(Zone, plan, lambda record: Zone(**record.facts))
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
    begin(actor)
    faults = Faults()
    rows = _rows(content, ("编码", "名称", "类型"), faults)
    given = tables.read_objects(rows, crs=crs, valid_from=valid_from)
    district = queries.district_code(on=valid_from)
    for record in given:
        _check_component_code(record, district, faults)
    given = _with_units(given, "权属单位", "owner_unit_id", faults)
    given = _with_places(given, faults, at)
    located = ("lng", "lat", "territory", "grid")
    fields = (*DATED, "kind", "address", "owner_unit_id", *located)
    plan = merge(stored(ManagedObject.objects.all(), fields), given)
    tables.add_overlaps(plan.overlaps, "编码", faults)
    faults.refuse_if_any()
    write(ManagedObject, plan, _object_of)
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
    begin(actor)
    faults = Faults()
    rows = _rows(content, ("名称", "类型"), faults)
    given = tables.read_known_places(rows, crs=crs, valid_from=valid_from)
    given = _with_places(given, faults, at)
    located = ("lng", "lat", "territory", "grid")
    fields = (*DATED, "kind", "aliases", "detail", *located)
    plan = merge(stored(KnownPlace.objects.filter(derived=False), fields), given)
    tables.add_overlaps(plan.overlaps, "编码", faults)
    faults.refuse_if_any()
    write(KnownPlace, plan, place_of)
    return _finish(ImportKind.KNOWN_PLACES, content, plan, actor, at)


def _finish(
    kind: ImportKind, content: bytes, plan: Plan, actor: Actor, at: datetime, *, removed: int = 0
) -> Imported:
    told = Imported(len(plan.added), len(plan.corrected), len(plan.ended) + removed, plan.unchanged)
    if not told.changed:
        return told
    renew(at, moves=kind in (ImportKind.DIVISIONS, ImportKind.OUTLINES, ImportKind.GRIDS))
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
