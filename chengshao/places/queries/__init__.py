"""Reads: where a point lies, what a division is called, which places go by some words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from threading import Lock
from typing import Any, TypeVar

import shapely
from django.db import connection
from django.db.models import Case, Count, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length, StrIndex
from django.utils.timezone import localdate

from chengshao.kernel.divisions import DivisionLevel, division_line, division_prefix
from chengshao.kernel.errors import Invalid, NotFound
from chengshao.kernel.geo import Crs, check_coordinates, to_wgs84
from chengshao.kernel.sayings import asked_for, fold
from chengshao.people import queries as people
from chengshao.places.models import (
    DataImport,
    DatedRow,
    Division,
    Grid,
    KnownPlace,
    ManagedObject,
    Outline,
    Zone,
)
from chengshao.places.rules import boundaries, tables
from chengshao.places.rules.geojson import collection, feature
from chengshao.places.rules.index import District, Layer, Shape
from chengshao.places.rules.shapes import GeoJson, geometry_of, widened
from chengshao.places.terms import ImportKind, PlaceKind
from chengshao.web.kept import kept, kept_each
from chengshao.web.sheets import write_table

Dated = TypeVar("Dated", bound=DatedRow)

MAX_FOUND = 50
KEPT = "places"  # under which a process keeps names of divisions: see web.kept
EDITION_SQL = "SELECT token FROM places_edition"
_WITHOUT = "regexp_replace"
_LEFT_OUT = "(社区|村)?(居委会|居民委员会|村委会|村民委员会)$|(社区|街道|小区)$"  # when speaking
_MOST_SAID = 400  # characters of a sentence in which places are looked for
_MIXED_CANDIDATES = 500


class PointOutside(Invalid):
    code = "point_outside"


class DivisionNotFound(NotFound):
    code = "division_not_found"


class DistrictNotFound(NotFound):
    code = "district_not_found"


@dataclass(frozen=True, slots=True)
class Location:
    """A point in WGS84 and the codes of what it lies in, "" where nothing is known."""

    lng: float
    lat: float
    grid: str  # 15 digits
    community: str  # 12 digits
    subdistrict: str  # 12 digits


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """
    A place that words found. Without a point lng and lat are None; a division's is somewhere in
    its middle, to show it by, so it has no grid.
    """

    kind: str
    name: str
    detail: str
    lng: float | None
    lat: float | None
    territory: str
    grid: str


@dataclass(frozen=True, slots=True)
class ZoneLine:
    kind: str
    code: str
    name: str
    territory: str
    responsible_unit_id: int | None


@dataclass(frozen=True, slots=True)
class DivisionLine:
    """A division with how many of each lie directly or deeper in it."""

    code: str
    name: str
    level: str
    illustrative: bool
    divisions: int
    grids: int
    objects: int


def locate(lng: float, lat: float, *, crs: Crs = Crs.WGS84, on: date | None = None) -> Location:
    """
    Return what a point lies in today, or on another day: grid → community → sub-district (C8).

    A point in the outline but in no grid, or in a district that handed in no shapes yet, has
    empty codes. One statement once the shapes are in memory.

    :raises CoordinatesInvalid: if this is no point on earth
    :raises PointOutside: if it lies outside the district
    """
    return locator(on=on)(*to_wgs84(lng, lat, crs))


def locator(*, on: date | None = None) -> Callable[[float, float], Location]:
    """
    Return what does the same for many WGS84 points without asking the database again.

    What it returns raises PointOutside if a point lies outside the district.
    """
    district = district_on(on or localdate())

    def locate_in_it(lng: float, lat: float) -> Location:
        where = district.where(lng, lat)
        if not where.inside:
            raise PointOutside(district=district.name, lng=f"{lng:.5f}", lat=f"{lat:.5f}")
        return Location(lng, lat, where.grid, where.community, where.subdistrict)

    return locate_in_it


def zones_at(lng: float, lat: float, *, on: date | None = None) -> list[ZoneLine]:
    """
    Return the territories beside the grids (road, estate, market, river) at a WGS84 point.

    :raises CoordinatesInvalid: if this is no point on earth
    """
    check_coordinates(lng, lat)
    day = on or localdate()
    codes = [shape.code for shape in district_on(day).zones.at(lng, lat)]
    rows = Zone.objects.in_force(day).filter(code__in=codes).order_by("code") if codes else []
    return [ZoneLine(z.kind, z.code, z.name, z.territory, z.responsible_unit_id) for z in rows]


def district_code(*, on: date | None = None) -> str:
    """
    Return the 12-digit code of the one district.

    :raises DistrictNotFound: if no divisions were handed in yet
    """
    day = on or localdate()
    return kept(KEPT, ("district", day), lambda: _district_code(day))


def _district_code(day: date) -> str:
    rows = Division.objects.in_force(day).filter(level=DivisionLevel.DISTRICT)
    code = rows.values_list("code", flat=True).first()
    if code is None:
        raise DistrictNotFound
    return code


def check_division(code: str, *, on: date | None = None) -> None:
    """
    Pass if this division is in force.

    :raises DivisionNotFound: if it is not
    """
    if not Division.objects.in_force(on or localdate()).filter(code=code).exists():
        raise DivisionNotFound(division=code)


def division_names(codes: Iterable[str], *, on: date | None = None) -> dict[str, str]:
    """Return the name of each known division: today's, or the last one of one that is gone."""
    day = on or localdate()
    return kept_each(KEPT, ("names", day), codes, lambda missing: _names(missing, day))


def _names(codes: set[str], day: date) -> dict[str, str]:
    rows = Division.objects.filter(code__in=codes, valid_from__lte=day)
    return dict(rows.order_by("valid_from").values_list("code", "name"))


def names_by_code(on: date) -> dict[str, list[str]]:
    """Return the names of the divisions in force that day, by their codes."""
    rows = Division.objects.in_force(on).order_by("code")
    return {code: [name] for code, name in rows.values_list("code", "name")}


def codes_called(words: Iterable[str], *, on: date | None = None) -> dict[str, list[str]]:
    """
    Return, for each of these words of two characters or more that the names of divisions in force
    begin with, their codes. One statement, none for no word.
    """
    asked = [word for word in dict.fromkeys(words) if len(word) > 1]
    if not asked:
        return {}
    begins = reduce(or_, (Q(name__startswith=word) for word in asked))
    rows = Division.objects.in_force(on or localdate()).filter(begins).order_by("code")
    named = list(rows.values_list("code", "name"))
    found = {word: [code for code, name in named if name.startswith(word)] for word in asked}
    return {word: codes for word, codes in found.items() if codes}


def division_labels(codes: Iterable[str], *, on: date | None = None) -> dict[str, str]:
    """Return each division's name after those above it within the district: 清波街道清波门社区."""
    wanted = {code for code in codes if code}
    lines = {code: division_line(code)[:2] for code in wanted}
    names = division_names({each for line in lines.values() for each in line}, on=on)
    return {
        code: "".join(
            names.get(each, "")
            for each in reversed(line)
            if each == code or len(division_prefix(each)) > 6
        )
        for code, line in lines.items()
        if code in names
    }


def find_places(words: str, *, limit: int = 10, on: date | None = None) -> list[PlaceLine]:
    """
    Return known places that are called so, the best first: exact, beginning, containing.

    Understands characters (one finds by beginning), pinyin initials and full pinyin ("qbm",
    "qingbomen"), both mixed ("清bm"), and several parts with spaces between. One statement.
    """
    rows = KnownPlace.objects.in_force(on or localdate())
    return [_place_line(place) for place in _called(rows, words, limit)]


def places_mentioned(words: str, *, limit: int = 3, on: date | None = None) -> list[PlaceLine]:
    """
    Return known places whose name a sentence says, the longest name first; 清波门 says 清波门社区.
    Two characters name a division alone, and no name that is part of a longer one counts. One
    statement.
    """
    rows: Any = KnownPlace.objects.in_force(on or localdate())
    rows = rows.annotate(stem=Func(F("name"), Value(_LEFT_OUT), Value(""), function=_WITHOUT))
    rows = rows.annotate(said=StrIndex(Value(words[:_MOST_SAID]), F("stem")), length=Length("stem"))
    short = Q(length=2, kind__in=(PlaceKind.SUBDISTRICT, PlaceKind.COMMUNITY))
    rows = rows.filter(Q(length__gte=3) | short, said__gt=0)
    found: list[Any] = []
    for row in rows.order_by("-length", "name", "code")[: 4 * limit]:
        if not any(row.stem in other.stem for other in found if other.stem != row.stem):
            found.append(row)
    return [_place_line(place) for place in found[:limit]]


def _place_line(place: KnownPlace) -> PlaceLine:
    return PlaceLine(
        place.kind, place.name, place.detail, place.lng, place.lat, place.territory, place.grid
    )


def find_objects(words: str, *, limit: int = 10, on: date | None = None) -> list[ManagedObject]:
    """Return managed objects by name or code, found as `find_places` does."""
    return _called(ManagedObject.objects.in_force(on or localdate()), words, limit)


def grids_in_box(
    west: float, south: float, east: float, north: float, *, limit: int, on: date | None = None
) -> list[Grid]:
    """
    Return grids whose box meets this one (WGS84), in order of code.

    :raises CoordinatesInvalid: if a corner is no point on earth
    """
    check_coordinates(west, south)
    check_coordinates(east, north)
    rows = Grid.objects.in_force(on or localdate()).filter(
        west__lte=east, east__gte=west, south__lte=north, north__gte=south
    )
    return list(rows.order_by("code")[:limit])


def divisions_below(code: str, *, on: date | None = None) -> list[DivisionLine]:
    """Return the divisions directly below one, with their counts, in order of code."""
    day = on or localdate()
    return list(kept(KEPT, ("below", code, day), lambda: _divisions_below(code, day)))


def _divisions_below(code: str, day: date) -> list[DivisionLine]:
    rows = list(Division.objects.in_force(day).filter(parent_code=code).order_by("code"))
    if not rows:
        return []
    prefix = division_prefix(code)
    below = Division.objects.in_force(day).filter(parent_code__startswith=prefix)
    grids = Grid.objects.in_force(day).filter(community__startswith=prefix)
    objects = ManagedObject.objects.in_force(day).filter(territory__startswith=prefix)
    counts = (
        _counted(below.values_list("parent_code").annotate(n=Count("id"))),
        _counted(grids.values_list("community").annotate(n=Count("id"))),
        _counted(objects.values_list("territory").annotate(n=Count("id"))),
    )
    return [
        DivisionLine(
            row.code,
            row.name,
            row.level,
            row.illustrative,
            *(_within(row.code, count) for count in counts),
        )
        for row in rows
    ]


def grids_of(community: str, *, on: date | None = None) -> list[Grid]:
    """Return the grids of a community in order of code."""
    day = on or localdate()
    rows = Grid.objects.in_force(day).filter(community=community).order_by("code")
    return list(kept(KEPT, ("grids", community, day), lambda: list(rows)))


def zones_of(territory: str, *, on: date | None = None) -> list[Zone]:
    """Return the zones within a division in order of kind and code."""
    day = on or localdate()
    rows = Zone.objects.in_force(day).filter(territory__startswith=division_prefix(territory))
    ordered = rows.order_by("kind", "code")
    return list(kept(KEPT, ("zones", territory, day), lambda: list(ordered)))


def objects_of(territory: str, *, on: date | None = None) -> QuerySet[ManagedObject]:
    """Return the managed objects within a division in order of kind and code."""
    rows = ManagedObject.objects.in_force(on or localdate())
    rows = rows.filter(territory__startswith=division_prefix(territory))
    return rows.order_by("kind", "code")


def latest_imports(*, limit: int = 10) -> list[DataImport]:
    return list(DataImport.objects.order_by("-at")[:limit])


def ancestors(code: str, *, on: date | None = None) -> list[tuple[str, str]]:
    """Return code and name of a division and of those above it within the district, top first."""
    line = [each for each in reversed(division_line(code)) if len(division_prefix(each)) >= 6]
    names = division_names(line, on=on)
    return [(each, names[each]) for each in line if each in names]


def export_table(kind: ImportKind) -> bytes:
    """Return all records of a kind, past ones too, as the table or GeoJSON that import reads."""
    match kind:
        case ImportKind.DIVISIONS:
            return write_table(
                tables.DIVISION_HEADINGS, map(_division_row, _in_order(Division.objects.all()))
            )
        case ImportKind.OBJECTS:
            objects = list(_in_order(ManagedObject.objects.all()))
            units = _unit_codes(each.owner_unit_id for each in objects)
            rows = (_object_row(each, units) for each in objects)
            return write_table(tables.OBJECT_HEADINGS, rows)
        case ImportKind.KNOWN_PLACES:
            known = _in_order(KnownPlace.objects.filter(derived=False))
            return write_table(tables.PLACE_HEADINGS, map(_place_row, known))
        case ImportKind.OUTLINES:
            features = [
                feature(each.geometry, {"区划代码": each.code, **_dated(each)})
                for each in _in_order(Outline.objects.all())
            ]
        case ImportKind.ZONES:
            zones = list(_in_order(Zone.objects.all()))
            units = _unit_codes(zone.responsible_unit_id for zone in zones)
            features = [feature(zone.geometry, _zone_properties(zone, units)) for zone in zones]
        case ImportKind.GRIDS:
            grids = list(Grid.objects.in_force(localdate()).order_by("code"))
            units = _unit_codes(grid.responsible_unit_id for grid in grids)
            features = [feature(grid.geometry, _grid_properties(grid, units)) for grid in grids]
    return collection(features)


def _in_order(rows: QuerySet[Dated]) -> QuerySet[Dated]:
    return rows.order_by("code", "valid_from")


def _dated(row: DatedRow) -> dict[str, str]:
    until = row.valid_until.isoformat() if row.valid_until else ""
    return {
        "名称": row.name,
        "生效日期": row.valid_from.isoformat(),
        "失效日期": until,
        "来源": row.source,
        "示意": "是" if row.illustrative else "否",
    }


def _division_row(row: Division) -> list[str]:
    return [row.code, *_dated(row).values()]


def _point(row: ManagedObject | KnownPlace) -> list[str]:
    return [*("" if each is None else repr(each) for each in (row.lng, row.lat)), row.territory]


def _object_row(row: ManagedObject, units: Mapping[int | None, str]) -> list[str]:
    name, *dates = _dated(row).values()
    kind = tables.word_of(tables.OBJECT_KINDS, row.kind)
    unit = units.get(row.owner_unit_id, "")
    return [row.code, name, kind, *_point(row), row.address, unit, *dates]


def _place_row(row: KnownPlace) -> list[str]:
    name, *dates = _dated(row).values()
    kind = tables.word_of(tables.PLACE_KINDS, row.kind)
    return [row.code, name, kind, "、".join(row.aliases), row.detail, *_point(row), *dates]


def _zone_properties(row: Zone, units: Mapping[int | None, str]) -> dict[str, Any]:
    return {
        "编码": row.code,
        "类型": tables.word_of(tables.ZONE_KINDS, row.kind),
        "区划代码": row.territory,
        "责任单位": units.get(row.responsible_unit_id, ""),
        "缓冲米": row.buffer_m,
        **_dated(row),
    }


def _grid_properties(row: Grid, units: Mapping[int | None, str]) -> dict[str, Any]:
    told = {
        "网格编码": row.code,
        "名称": row.name,
        "用地类型": row.land_use,
        "管理等级": row.management_grade,
        "责任单位": units.get(row.responsible_unit_id, ""),
        "来源": row.source,
        "示意": "是" if row.illustrative else "否",
    }
    return {name: value for name, value in told.items() if value}


def _unit_codes(unit_ids: Iterable[int | None]) -> dict[int | None, str]:
    lines = people.unit_lines({unit_id for unit_id in unit_ids if unit_id is not None})
    return {unit_id: line.code for unit_id, line in lines.items()}


def edition() -> str:
    """Return the token that changes with every write of ground data; "" before the first."""
    with connection.cursor() as cursor:  # by hand: asked for every point that is located
        cursor.execute("SELECT token FROM places_edition ORDER BY id LIMIT 1")
        found: tuple[str] | None = cursor.fetchone()
    return found[0] if found else ""


def borders(*, zoom: int, grids: bool = False) -> bytes:
    """
    Return the borders of all divisions in force today, or of the unit grids, as a GeoJSON file
    with no more vertices than one sees at this zoom. It is made once for each edition.
    """
    district, scale = district_on(localdate()), boundaries.scale_of(zoom)
    name = f"{'grids' if grids else 'divisions'}-{scale}"
    if name not in district.borders:
        make = boundaries.grids if grids else boundaries.divisions
        district.borders[name] = collection(make(district, scale))
    return district.borders[name]


def extent() -> tuple[float, float, float, float] | None:
    """Return west, south, east and north of the district; None before it handed in shapes."""
    return district_on(localdate()).extent


_shapes: dict[date, tuple[str, District]] = {}
_shapes_lock = Lock()


def district_on(day: date) -> District:
    """Return all shapes in force that day; from memory while nothing was written since."""
    token = edition()
    with _shapes_lock:
        known = _shapes.get(day)
        if known is not None and known[0] == token:
            return known[1]
        while True:
            district = _load(day)
            if (now := edition()) == token:
                break
            token = now  # somebody wrote while we read: what we have may be half of each
        _shapes[day] = (token, district)
        while len(_shapes) > 2:
            del _shapes[next(iter(_shapes))]
        return district


def _load(day: date) -> District:
    divisions = list(Division.objects.in_force(day).values_list("code", "name", "level"))
    code = next((c for c, _, level in divisions if level == DivisionLevel.DISTRICT), "")
    names = {c: name for c, name, _ in divisions}
    outlines = dict(Outline.objects.in_force(day).values_list("code", "geometry"))
    own = outlines.pop(code, None)
    subdistricts = [c for c, _, level in divisions if level == DivisionLevel.SUBDISTRICT]
    grid_rows = Grid.objects.in_force(day).values_list("code", "community", "geometry")
    grids = Layer(_shapes_of(grid_rows))
    gridded = {shape.territory[:9] for shape in grids.shapes}
    zone_rows = Zone.objects.in_force(day).values_list("code", "territory", "geometry", "buffer_m")
    zones = [
        Shape(c, t, widened(geometry_of(g), metres=buffer) if buffer else geometry_of(g))
        for c, t, g, buffer in zone_rows
    ]
    outline = geometry_of(own) if own else None
    if outline is not None:
        shapely.prepare(outline)
    return District(
        code=code,
        name=names.get(code, ""),
        outline=outline,
        subdistricts=Layer(
            [Shape(c, c, geometry_of(outlines[c])) for c in subdistricts if c in outlines]
        ),
        grids=grids,
        zones=Layer(zones),
        gridded=bool(subdistricts) and {c[:9] for c in subdistricts} <= gridded,
        names=names,
    )


def _shapes_of(rows: Iterable[tuple[str, str, GeoJson]]) -> list[Shape]:
    return [Shape(code, territory, geometry_of(geometry)) for code, territory, geometry in rows]


def _called(rows: Any, words: str, limit: int) -> list[Any]:
    asked = asked_for(words)
    if asked is None:
        return []
    rows = rows.filter(grams__contains=list(asked.grams))
    for part in asked.parts:
        rows = rows.filter(sayings__contains=part)
    whole = fold(words)
    rank = Case(
        When(sayings__contains=f"\n{whole}\n", then=Value(0)),
        When(sayings__contains=f"\n{whole}", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = rows.order_by(rank, Length("name"), "name", "code")
    limit = max(0, min(limit, MAX_FOUND))
    if not asked.mixed:
        return list(rows[:limit])
    return [row for row in rows[:_MIXED_CANDIDATES] if asked.says(row.sayings)][:limit]


def _counted(rows: Iterable[tuple[str, int]]) -> dict[str, int]:
    return dict(rows)


def _within(code: str, counts: Mapping[str, int]) -> int:
    prefix = division_prefix(code)
    return sum(count for each, count in counts.items() if each.startswith(prefix))


def unit_names(unit_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the short names of responsible units."""
    lines = people.unit_lines({unit_id for unit_id in unit_ids if unit_id is not None})
    return {unit_id: line.short_name or line.name for unit_id, line in lines.items()}
