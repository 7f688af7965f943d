"""What redrawn grids must be before they count; every finding says where on the map it is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import atan2, degrees

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from chengshao.places.rules.grids import Tolerance
from chengshao.places.rules.plots import Finding, Plot, Redrawn, much_of
from chengshao.places.rules.shapes import areas_m2, centre_lat, on_plane

_AT = re.compile(r"\[(-?[\d.]+) (-?[\d.]+)\]")


@dataclass(frozen=True, slots=True)
class Least:
    """Below this a grid is a slip of the hand; real ones have about 10,000 m² (GB/T 30428.1)."""

    area_m2: float = 100
    width_m: float = 3
    angle: float = 4  # degrees


def misfits(
    redrawn: Redrawn,
    *,
    standing: Sequence[Plot],
    border: BaseGeometry | None = None,
    tolerance: Tolerance | None = None,
    least: Least | None = None,
) -> list[Finding]:
    """
    Return what is wrong with redrawn grids.

    :param standing: the grids around that stay as they are, of other communities too
    :param border: of the community, if it is known: new ground must lie in it
    """
    allowed, smallest = tolerance or Tolerance(), least or Least()
    broken = list(_broken(redrawn.after))
    if broken:
        return broken
    found = list(_slips(redrawn, smallest))
    found += _overlaps(redrawn.after, standing, allowed)
    old = shapely.union_all([plot.geometry for plot in redrawn.before])
    new = shapely.union_all([plot.geometry for plot in redrawn.after])
    others = shapely.union_all([plot.geometry for plot in standing])
    found += _left(shapely.difference(shapely.difference(old, new), others), allowed)
    if border is not None:
        found += _beyond(redrawn.after, shapely.union(old, border), allowed)
    return found


def _broken(plots: Iterable[Plot]) -> Iterator[Finding]:
    for plot in plots:
        shape = plot.geometry
        if not isinstance(shape, Polygon) or shape.is_empty or not shapely.is_valid(shape):
            at = _AT.search(shapely.is_valid_reason(shape))
            where = Point(float(at[1]), float(at[2])) if at else shape
            yield Finding("grid_crosses_itself", {"grid": plot.code}, where)


def _slips(redrawn: Redrawn, least: Least) -> Iterator[Finding]:
    """Grids too small or too narrow, and spikes that were not there before."""
    known = {corner for plot in redrawn.before for corner, _ in _spikes(plot.geometry, least.angle)}
    for plot, area in zip(
        redrawn.after, areas_m2([p.geometry for p in redrawn.after]), strict=True
    ):
        params: dict[str, str | int] = {"grid": plot.code, "area": round(area)}
        plane = on_plane([plot.geometry], lat=centre_lat([plot.geometry]))[0]
        if area < least.area_m2:
            params["least"] = round(least.area_m2)
            yield Finding("grid_too_small", params, plot.geometry)
        elif 2 * area / plane.length < least.width_m:
            yield Finding("grid_too_narrow", params, plot.geometry)
        for corner, angle in _spikes(plot.geometry, least.angle):
            if corner not in known:
                told: dict[str, str | int] = {"grid": plot.code, "angle": round(angle)}
                yield Finding("grid_spike", told, Point(corner))


def _spikes(shape: BaseGeometry, least: float) -> Iterator[tuple[tuple[float, float], float]]:
    """Yield corners whose angle, inside or outside, is under so many degrees."""
    plane = on_plane([shape], lat=centre_lat([shape]))[0]
    for ring, flat in zip(_rings(shape), _rings(plane), strict=True):
        before, after = np.roll(flat, 1, axis=0) - flat, np.roll(flat, -1, axis=0) - flat
        for (x, y), (ax, ay), (bx, by) in zip(ring, before, after, strict=True):
            angle = degrees(abs(atan2(ax * by - ay * bx, ax * bx + ay * by)))
            if angle < least:
                yield (float(x), float(y)), angle


def _rings(shape: BaseGeometry) -> list[NDArray[np.float64]]:
    rings = [shape.exterior, *shape.interiors] if isinstance(shape, Polygon) else []
    return [shapely.get_coordinates(ring)[:-1] for ring in rings]


def _overlaps(
    plots: Sequence[Plot], standing: Sequence[Plot], allowed: Tolerance
) -> Iterator[Finding]:
    every = [*plots, *standing]
    tree = STRtree([plot.geometry for plot in every])
    for i, plot in enumerate(plots):
        for j in sorted(tree.query(plot.geometry, predicate="intersects")):
            if j > i:
                common = shapely.intersection(plot.geometry, every[j].geometry)
                for part in much_of(common, allowed):
                    told: dict[str, str | int] = {"grid": plot.code, "other": every[j].code}
                    yield Finding("grid_overlap", told | {"area": _area(part)}, part)


def _left(ground: BaseGeometry, allowed: Tolerance) -> Iterator[Finding]:
    for part in much_of(ground, allowed):
        yield Finding("grid_ground_left", {"area": _area(part)}, part)


def _beyond(plots: Sequence[Plot], room: BaseGeometry, allowed: Tolerance) -> Iterator[Finding]:
    for plot in plots:
        for part in much_of(shapely.difference(plot.geometry, room), allowed):
            told: dict[str, str | int] = {"grid": plot.code, "area": _area(part)}
            yield Finding("grid_outside_outline", told, part)


def _area(shape: BaseGeometry) -> int:
    return round(areas_m2([shape])[0])
