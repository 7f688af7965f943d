"""
Unit grids (单元网格, GB/T 30428.1, C8): what a set of them must be before it counts.

Closed valid polygons, each under a 15-digit code that begins with its community's twelve; no two
overlap, none sticks out of the district's border, nothing between them is left over. A hole in a
grid is right where another grid fills it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from chengshao.kernel.divisions import DivisionLevel, division_level, is_within
from chengshao.kernel.geo import Crs
from chengshao.kernel.tables import Fault, Faults
from chengshao.places.rules.fields import shown
from chengshao.places.rules.geojson import POLYGON, read_features
from chengshao.places.rules.periods import Dated, Plan
from chengshao.places.rules.shapes import areas_m2, centre_lat, geojson_of, on_plane

CODE, NAME, LAND_USE, GRADE, UNIT, SOURCE, ILLUSTRATIVE = (
    "网格编码",
    "名称",
    "用地类型",
    "管理等级",
    "责任单位",
    "来源",
    "示意",
)
PROPERTY_NAMES: Mapping[str, str] = {
    "code": CODE,
    "name": NAME,
    "网格名称": NAME,
    "land_use": LAND_USE,
    "management_grade": GRADE,
    "responsible_unit": UNIT,
    "source": SOURCE,
    "illustrative": ILLUSTRATIVE,
}
_CODE = re.compile(r"^\d{15}$", re.ASCII)
_CHUNK = 20
_PAIRS_A_GRID = 60  # real ones meet six or so, and the boxes of twice as many
_MOST_TOLD = 1000
_SLICE = 1000


@dataclass(frozen=True, slots=True)
class Tolerance:
    """
    What surveying and rounding may leave. A fault is larger *and* on average wider than this:
    a seam of some centimetres along a whole street is none.
    """

    area_m2: float = 10
    width_m: float = 0.5


@dataclass(frozen=True, slots=True)
class GridShape:
    """A grid as it was handed in; row 0 is one that stands already."""

    row: int
    code: str
    geometry: BaseGeometry
    name: str = ""
    land_use: str = ""
    management_grade: str = ""
    unit_code: str = ""  # "": territorial fallback (属地)
    source: str = ""
    illustrative: bool = False

    @property
    def community(self) -> str:
        return self.code[:12]


@dataclass(frozen=True, slots=True)
class GridFile:
    """What could be read, and what is wrong; `whole` where no grid had to be left out."""

    grids: list[GridShape]
    faults: list[Fault] = field(default_factory=list)
    whole: bool = True


def read_grids(content: bytes, *, crs: Crs = Crs.WGS84) -> GridFile:
    """
    Return the grids of a GeoJSON file: properties 网格编码, 名称, 用地类型, 管理等级, 责任单位
    (a unit's code), 来源, 示意, or their English names.

    :raises GeoJsonTooLarge: see geojson.read_features
    :raises GeoJsonUnreadable: if it is no GeoJSON
    """
    faults = Faults()
    grids: list[GridShape] = []
    first: dict[str, int] = {}
    whole = True
    for given in read_features(
        content, crs=crs, asked=POLYGON, names=PROPERTY_NAMES, faults=faults
    ):
        fields = given.fields
        code = fields.text(CODE, limit=40, required=True)
        if code and not _is_grid_code(code):
            fields.fault(CODE, "grid_code_invalid", grid=shown(code))
            code = ""
        if code in first:
            fields.fault(CODE, "grid_repeated", grid=code, first=first[code])
        elif code:
            first[code] = given.row
        told = (
            fields.text(NAME, limit=120),
            fields.text(LAND_USE, limit=40),
            fields.text(GRADE, limit=20),
            fields.text(UNIT, limit=40),
            fields.text(SOURCE, limit=200),
            fields.flag(ILLUSTRATIVE),
        )
        if given.geometry is None:
            whole = False
        else:
            grids.append(GridShape(given.row, code, given.geometry, *told))
    return GridFile(grids, faults.found, whole)


def check_grids(
    grids: Sequence[GridShape],
    *,
    within: str = "",
    communities: AbstractSet[str] | None = None,
    outline: BaseGeometry | None = None,
    standing: Sequence[GridShape] = (),
    whole: bool = True,
    tolerance: Tolerance | None = None,
) -> list[Fault]:
    """
    Return what is wrong with a set of grids that is to cover a division, by row.

    `within` is the division's code, `outline` its border (WGS84), `communities` those that
    exist; each is checked where it is given. Grids that `standing` holds lie outside of it and
    stay. Without `whole` (some grids could not be read) nothing is said of gaps.
    """
    allowed = tolerance or Tolerance()
    found = list(_wrong_codes(grids, within, communities))
    if not grids:
        return found
    every = [*grids, *standing]
    lat = centre_lat([grid.geometry for grid in every])
    plane = on_plane([grid.geometry for grid in every], lat=lat)
    border = on_plane([outline], lat=lat)[0] if outline is not None else None
    if _is_tangled(plane):
        # Only so much of it: union and coverage would take hours on such a file.
        return [*found, *_overlaps(every, plane, allowed)]
    # Edges that fit exactly, as most sets have them, prove at once that nothing overlaps.
    fits = bool(shapely.coverage_is_valid(plane))
    if not fits:
        found += _overlaps(every, plane, allowed)
    if border is not None:
        found += _sticking_out(grids, plane[: len(grids)], border, allowed)
    if whole:
        unite = shapely.coverage_union_all if fits else shapely.union_all
        own, others = unite(plane[: len(grids)]), unite(plane[len(grids) :])
        left = _left_over(own, others, border)
        found += _gaps(grids, plane[: len(grids)], left, allowed)
    return sorted(found, key=lambda fault: (fault.row, fault.code))


def grid_records(
    grids: Sequence[GridShape], units: Mapping[str, int], valid_from: date
) -> list[Dated]:
    """Return a set as records; facts are the columns of a grid, `units` the ids of unit codes."""
    areas = areas_m2([grid.geometry for grid in grids])
    return [
        Dated(
            grid.code,
            valid_from,
            None,
            {
                "name": grid.name,
                "community": grid.community,
                "land_use": grid.land_use,
                "management_grade": grid.management_grade,
                "responsible_unit_id": units.get(grid.unit_code),
                "source": grid.source,
                "illustrative": grid.illustrative,
                "area_m2": round(area),
                "geometry": geojson_of(grid.geometry),
                **dict(zip(("west", "south", "east", "north"), grid.geometry.bounds, strict=True)),
            },
            grid.row,
        )
        for grid, area in zip(grids, areas, strict=True)
    ]


def replace_set(
    stored: Iterable[Dated], given: Sequence[Dated], valid_from: date
) -> tuple[Plan, list[int]]:
    """
    Return what a new set changes in the one in force, and the ids of grids to take out: those
    that began on this very day and that the new set lacks. Unchanged grids go on.
    """
    before = {record.code: record for record in stored}
    plan, gone = Plan(), []
    for record in given:
        known = before.pop(record.code, None)
        if known is None:
            plan.added.append(record)
        elif known.facts == record.facts:
            plan.unchanged += 1
        elif known.valid_from == valid_from:
            plan.corrected.append(replace(record, id=known.id))
        else:
            plan.ended.append(replace(known, valid_until=valid_from))
            plan.added.append(record)
    for known in before.values():
        if known.valid_from == valid_from:
            gone.append(known.id or 0)
        else:
            plan.ended.append(replace(known, valid_until=valid_from))
    return plan, gone


def _is_grid_code(code: str) -> bool:
    return bool(_CODE.match(code)) and code[:2] != "00" and code[9:12] != "000"


def _wrong_codes(
    grids: Iterable[GridShape], within: str, communities: AbstractSet[str] | None
) -> Iterable[Fault]:
    for grid in grids:
        if not grid.code:
            continue
        community = grid.community
        params: dict[str, str | int] = {"grid": grid.code, "community": community}
        if division_level(community) is not DivisionLevel.COMMUNITY:
            yield Fault(grid.row, CODE, "grid_code_invalid", {"grid": grid.code})
        elif within and not is_within(community, within):
            yield Fault(grid.row, CODE, "grid_elsewhere", {"grid": grid.code, "within": within})
        elif communities is not None and community not in communities:
            yield Fault(grid.row, CODE, "grid_community_unknown", params)


def matters(shapes: NDArray[np.object_], allowed: Tolerance) -> NDArray[np.bool_]:
    """Tell of each shape on the plane whether it is more than surveying and rounding leave."""
    area, around = shapely.area(shapes), shapely.length(shapes)
    width = np.divide(2 * area, around, out=np.zeros_like(area), where=around > 0)
    return np.asarray((area > allowed.area_m2) & (width > allowed.width_m))


def _overlaps(
    grids: Sequence[GridShape], plane: NDArray[np.object_], allowed: Tolerance
) -> Iterable[Fault]:
    new = np.array([grid.row > 0 for grid in grids])
    room, told = 10 * len(grids) + 10_000, 0
    for one, other in _pairs(plane, "intersects"):
        pairs = np.flatnonzero((one < other) & (new[one] | new[other]))
        for some in np.split(pairs, range(_SLICE, len(pairs), _SLICE)):
            common = shapely.intersection(plane[one[some]], plane[other[some]])
            for i in np.flatnonzero(matters(common, allowed)):
                both = grids[one[some[i]]], grids[other[some[i]]]
                first, second = sorted(both, key=lambda grid: -grid.row)
                params: dict[str, str | int] = {
                    "grid": first.code,
                    "other": second.code,
                    "area": round(float(common[i].area)),
                }
                yield Fault(first.row, "geometry", "grid_overlap", params)
                told += 1
            room -= len(some)
            if room < 0 or told >= _MOST_TOLD:
                yield Fault(0, "geometry", "grids_tangled")
                return


def _is_tangled(plane: NDArray[np.object_]) -> bool:
    """Tell whether far more boxes meet than any map of grids has: a mistake or a hostile file."""
    room = _PAIRS_A_GRID * len(plane) + 10_000
    for one, _ in _pairs(plane, None):
        room -= len(one)
        if room < 0:
            return True
    return False


def _pairs(
    plane: NDArray[np.object_], predicate: Literal["intersects"] | None
) -> Iterable[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return who meets whom, some grids at a time: in a hostile file everybody meets everybody."""
    tree = STRtree(plane)
    for start in range(0, len(plane), _CHUNK):
        one, other = tree.query(plane[start : start + _CHUNK], predicate=predicate)
        yield one + start, other


def _sticking_out(
    grids: Sequence[GridShape],
    plane: NDArray[np.object_],
    border: BaseGeometry,
    allowed: Tolerance,
) -> Iterable[Fault]:
    shapely.prepare(border)
    crossing = np.flatnonzero(~shapely.covered_by(plane, border))
    outside = shapely.difference(plane[crossing], border)
    for i in np.flatnonzero(matters(outside, allowed)):
        grid = grids[crossing[i]]
        params: dict[str, str | int] = {"grid": grid.code, "area": round(float(outside[i].area))}
        yield Fault(grid.row, "geometry", "grid_outside_outline", params)


def _left_over(
    own: BaseGeometry, others: BaseGeometry, border: BaseGeometry | None
) -> BaseGeometry:
    """Return what no grid covers: of the border's inside, or without one of the set's holes."""
    if border is None:
        parts = shapely.get_parts(own)
        border = shapely.union_all([shapely.Polygon(part.exterior) for part in parts])
    return shapely.difference(shapely.difference(border, own), others)


def _gaps(
    grids: Sequence[GridShape],
    plane: NDArray[np.object_],
    left: BaseGeometry,
    allowed: Tolerance,
) -> Iterable[Fault]:
    parts = shapely.get_parts(left)
    tree = STRtree(plane)
    for gap in parts[matters(parts, allowed)]:
        reach = gap.buffer(allowed.width_m)
        near = tree.query(reach, predicate="intersects")
        if not len(near):
            continue
        contact = shapely.length(shapely.intersection(shapely.boundary(plane[near]), reach))
        beside = [grids[near[i]] for i in np.argsort(-contact, kind="stable")[:2]]
        params: dict[str, str | int] = {"grid": beside[0].code, "area": round(float(gap.area))}
        if len(beside) == 1:
            yield Fault(beside[0].row, "geometry", "grid_gap_beside", params)
        else:
            params["other"] = beside[1].code
            yield Fault(beside[0].row, "geometry", "grid_gap", params)
