"""Where a point lies: all shapes of the district in memory (shapely's STRtree)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from chengshao.kernel.divisions import division_prefix
from chengshao.places.rules.drawing import Drawing, draw

_NEAR_DEGREES = 0.00003  # about 3 m: gaps that the grids' tolerance leaves


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon under its code; `territory` is a division code."""

    code: str
    territory: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Where:
    """What lies at a point; "" where nothing does."""

    inside: bool
    grid: str
    community: str
    subdistrict: str


class Layer:
    """Shapes of one sort. On a common edge the lower code has the point, whoever asks."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self.shapes = sorted(shapes, key=lambda shape: shape.code)
        self._tree = STRtree([shape.geometry for shape in self.shapes])

    def at(self, lng: float, lat: float) -> list[Shape]:
        """Return every shape that covers the point, in order of code."""
        found = self._tree.query(shapely.Point(lng, lat), predicate="intersects")
        return [self.shapes[i] for i in sorted(found)]

    def nearest(self, lng: float, lat: float) -> Shape | None:
        """Return the shape at the point, or one no more than some metres away."""
        at = self.at(lng, lat)
        if at:
            return at[0]
        near = self._tree.query_nearest(shapely.Point(lng, lat), max_distance=_NEAR_DEGREES)
        return self.shapes[min(near)] if len(near) else None

    def all_at(self, points: Sequence[tuple[float, float]]) -> list[Shape | None]:
        """Return `nearest` of each of many points, fast."""
        found: list[Shape | None] = [None] * len(points)
        if not points or not self.shapes:
            return found
        at, shape = self._tree.query_nearest(
            shapely.points(np.array(points, dtype=float)), max_distance=_NEAR_DEGREES
        )
        for i, j in zip(at[::-1], shape[::-1], strict=True):
            known = found[i]
            if known is None or self.shapes[j].code < known.code:
                found[i] = self.shapes[j]
        return found


@dataclass(frozen=True, slots=True)
class District:
    """All shapes in force on one day."""

    code: str  # "" before there is a district
    name: str
    outline: BaseGeometry | None
    subdistricts: Layer
    grids: Layer
    zones: Layer
    gridded: bool  # every sub-district has grids: outside of them is outside of the district
    names: dict[str, str] = field(default_factory=dict)  # of its divisions
    drawings: dict[str, Drawing] = field(default_factory=dict)  # made when first looked at
    borders: dict[str, bytes] = field(default_factory=dict)  # as GeoJSON files, the same

    def where(self, lng: float, lat: float) -> Where:
        """
        Tell where a point lies (C8). Without an outline the grids, once every sub-district has
        some, are the district; before that every point is taken.
        """
        grid = self.grids.nearest(lng, lat)
        if grid is not None:
            community = grid.territory
            return Where(True, grid.code, community, f"{community[:9]}000")
        around = self.subdistricts.nearest(lng, lat)
        subdistrict = around.territory if around else ""
        if self.outline is None:
            return Where(not self.gridded or bool(subdistrict), "", "", subdistrict)
        inside = bool(shapely.intersects_xy(self.outline, lng, lat)) or bool(subdistrict)
        return Where(inside, "", "", subdistrict)

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of all that is drawn of it."""
        if self.outline is not None:
            return self.outline.bounds
        shapes = [shape.geometry for shape in (*self.subdistricts.shapes, *self.grids.shapes)]
        if not shapes:
            return None
        west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
        return float(west), float(south), float(east), float(north)

    def drawing(self, code: str) -> Drawing:
        """Return a picture of what lies directly below a division: at last its grids."""
        if code not in self.drawings:
            begins = division_prefix(code)
            length = {6: 9, 9: 12}.get(len(begins), 15)
            groups: dict[str, list[BaseGeometry]] = {}
            for shape in self.grids.shapes:
                if shape.code.startswith(begins):
                    below = shape.code[:length].ljust(12, "0")
                    groups.setdefault(below, []).append(shape.geometry)
            self.drawings[code] = draw(groups)
        return self.drawings[code]

    def middles(self) -> dict[str, tuple[float, float]]:
        """
        Return for each community and sub-district with grids a point (lng, lat) inside it: of
        the grid that lies most in its middle.
        """
        if not self.grids.shapes:
            return {}
        geometries = np.array([shape.geometry for shape in self.grids.shapes], dtype=object)
        centres = shapely.get_coordinates(shapely.centroid(geometries))
        groups: dict[str, list[int]] = {}
        for i, shape in enumerate(self.grids.shapes):
            for code in (shape.territory, f"{shape.territory[:9]}000"):
                groups.setdefault(code, []).append(i)
        found = {}
        for code, members in groups.items():
            off = centres[members] - centres[members].mean(axis=0)
            best = members[int((off**2).sum(axis=1).argmin())]
            point = shapely.point_on_surface(geometries[best])
            found[code] = (round(point.x, 7), round(point.y, 7))
        return found
