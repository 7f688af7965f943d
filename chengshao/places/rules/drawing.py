"""Shapes as a picture: SVG paths on a sheet 1,000 units wide, north at the top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import shapely
from shapely.geometry.base import BaseGeometry

WIDTH = 1000
_MARGIN = 10


@dataclass(frozen=True, slots=True)
class Area:
    """One shape: its outline as the `d` of a path, and where its name goes."""

    code: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    height: int
    areas: tuple[Area, ...]
    width: int = WIDTH


def draw(shapes: Mapping[str, Sequence[BaseGeometry]]) -> Drawing:
    """Draw each code's polygons (degrees) as one area, in order of code."""
    united = {
        code: shapely.union_all(list(parts)) for code, parts in sorted(shapes.items()) if parts
    }
    if not united:
        return Drawing(0, ())
    west, south, east, north = shapely.total_bounds(list(united.values()))
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * _MARGIN) / max((east - west) * narrow, (north - south) / 2, 1e-9)

    def place(lng: float, lat: float) -> tuple[int, int]:
        return (
            round(_MARGIN + (lng - west) * narrow * scale),
            round(_MARGIN + (north - lat) * scale),
        )

    areas = []
    for code, shape in united.items():
        rings = [
            ring
            for part in shapely.get_parts(shape)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
        ]
        path = "".join(_closed([place(*point) for point in ring.coords]) for ring in rings)
        middle = shapely.point_on_surface(shape)
        areas.append(Area(code, path, *place(middle.x, middle.y)))
    height = place(west, south)[1] + _MARGIN
    return Drawing(height, tuple(areas))


def _closed(points: Sequence[tuple[int, int]]) -> str:
    steps = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    return "M" + "L".join(f"{x} {y}" for x, y in steps) + "Z"
