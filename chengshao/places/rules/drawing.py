"""Shapes as a picture: SVG paths on a sheet of 560 by at most 560 units, north at the top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import shapely
from shapely.geometry.base import BaseGeometry

from chengshao.places.rules.shapes import united

WIDTH = 560  # names of 13 units stay readable in half a desk page
_MARGIN = 6


@dataclass(frozen=True, slots=True)
class Area:
    """One shape: its outline as the `d` of a path, and where its name goes."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    height: int
    areas: tuple[Area, ...]
    width: int = WIDTH


def draw(shapes: Mapping[str, Sequence[BaseGeometry]]) -> Drawing:
    """Draw each code's polygons (degrees) as one area, in order of code."""
    whole = {code: united(parts) for code, parts in sorted(shapes.items()) if parts}
    if not whole:
        return Drawing(0, ())
    west, south, east, north = shapely.total_bounds(list(whole.values()))
    narrow = cos(radians((south + north) / 2))
    room = WIDTH - 2 * _MARGIN
    wide, high = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min(room / wide, room / high)
    left = (WIDTH - wide * scale) / 2

    def place(lng: float, lat: float) -> tuple[float, float]:
        return (
            round(left + (lng - west) * narrow * scale, 1),
            round(_MARGIN + (north - lat) * scale, 1),
        )

    areas = []
    for code, shape in whole.items():
        rings = [
            ring
            for part in shapely.get_parts(shape)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
        ]
        path = "".join(_closed([place(*point) for point in ring.coords]) for ring in rings)
        middle = shapely.point_on_surface(shape)
        areas.append(Area(code, path, *place(middle.x, middle.y)))
    return Drawing(round(high * scale) + 2 * _MARGIN, tuple(areas))


def _closed(points: Sequence[tuple[float, float]]) -> str:
    steps = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in steps) + "Z"
