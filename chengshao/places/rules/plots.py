"""Unit grids of one community as they stand or will stand, and what can be wrong with them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from chengshao.places.rules.grids import Tolerance, matters
from chengshao.places.rules.periods import Dated
from chengshao.places.rules.shapes import areas_m2, centre_lat, geojson_of, geometry_of, on_plane

DECIMALS = 8  # 1 mm, as shapes are handed in
_MOST_SERIAL = 999


@dataclass(frozen=True, slots=True)
class Plot:
    """A unit grid; what is told of it goes on with its ground where that is divided or joined."""

    code: str
    geometry: BaseGeometry
    name: str = ""
    land_use: str = ""
    management_grade: str = ""
    unit_id: int | None = None  # None: territorial fallback (属地)
    illustrative: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with what was drawn, and where (degrees) if it is somewhere."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    where: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What a deed does: these grids give way to those. With findings it can't be done."""

    before: tuple[Plot, ...] = ()
    after: tuple[Plot, ...] = ()
    findings: tuple[Finding, ...] = ()


def refused(code: str, where: BaseGeometry | None = None, /, **params: str | int) -> Redrawn:
    """Return that a deed can't be done at all."""
    return Redrawn(findings=(Finding(code, params, where),))


def plot_of(record: Dated) -> Plot:
    """Return a stored grid."""
    told = record.facts
    return Plot(
        record.code,
        geometry_of(told["geometry"]),
        told["name"],
        told["land_use"],
        told["management_grade"],
        told["responsible_unit_id"],
        told["illustrative"],
    )


def record_of(plot: Plot, *, source: str, valid_from: date) -> Dated:
    """Return a grid as it is stored: facts are its columns."""
    (area,) = areas_m2([plot.geometry])
    facts: dict[str, Any] = {
        "name": plot.name,
        "community": plot.code[:12],
        "land_use": plot.land_use,
        "management_grade": plot.management_grade,
        "responsible_unit_id": plot.unit_id,
        "source": source,
        "illustrative": plot.illustrative,
        "area_m2": round(area),
        "geometry": geojson_of(plot.geometry),
    }
    box = dict(zip(("west", "south", "east", "north"), plot.geometry.bounds, strict=True))
    return Dated(plot.code, valid_from, None, facts | box)


def mark_of(records: Iterable[Dated]) -> str:
    """Return a mark that is another one as soon as anything of these records is."""
    told = [repr((r.code, r.valid_from, r.valid_until, sorted(r.facts.items()))) for r in records]
    return sha256("\n".join(sorted(told)).encode()).hexdigest()[:32]


def free_codes(community: str, used: Collection[str]) -> list[str]:
    """
    Return codes that no grid of the community ever had, in the order in which they are given:
    after the highest first. A code that ended is not given again, for cases keep it.
    """
    serials = {int(code[12:]) for code in used}
    top = max(serials, default=0)
    order = (*range(top + 1, _MOST_SERIAL + 1), *range(1, top))
    return [f"{community}{serial:03d}" for serial in order if serial not in serials]


def in_order(shapes: Iterable[BaseGeometry]) -> list[BaseGeometry]:
    """Return shapes as grids are numbered (GB/T 30428.1): west to east, then north to south."""
    return sorted(shapes, key=lambda shape: (round(shape.centroid.x, 6), -shape.centroid.y))


def rounded(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, lambda points: np.round(points, DECIMALS))


def is_much(shape: BaseGeometry, allowed: Tolerance) -> bool:
    """Tell whether so much ground is more than surveying and rounding leave."""
    return bool(len(much_of(shape, allowed)))


def much_of(shape: BaseGeometry, allowed: Tolerance) -> list[Polygon]:
    """Return the polygons of a shape that are more than surveying and rounding leave."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    if not parts:
        return []
    plane = on_plane(parts, lat=centre_lat(parts))
    return [part for part, much in zip(parts, matters(plane, allowed), strict=True) if much]
