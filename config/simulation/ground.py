"""Where in a division something happened: a point of one of its grids, as a map would give it."""

from collections.abc import Sequence
from random import Random

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from chengshao.kernel.geo import LngLat
from chengshao.places import queries as places

_TRIES = 20


class Ground:
    """The grids of each community or sub-district, asked for once."""

    def __init__(self) -> None:
        self._grids: dict[str, Sequence[BaseGeometry]] = {}

    def point_in(self, division: str, key: str) -> LngLat | None:
        """Return the point that goes with this key, always the same; None where no grid is."""
        if division not in self._grids:
            below = places.divisions_below(division)
            codes = [line.code for line in below] or [division]
            rows = [row for code in codes for row in places.grids_of(code)]
            self._grids[division] = [shape(row.geometry) for row in rows]
        grids = self._grids[division]
        if not grids:
            return None
        dice = Random(key)
        grid = dice.choice(grids)
        west, south, east, north = grid.bounds
        for _ in range(_TRIES):
            lng, lat = dice.uniform(west, east), dice.uniform(south, north)
            if shapely.contains_xy(grid, lng, lat):
                return round(lng, 6), round(lat, 6)
        middle = shapely.point_on_surface(grid)
        return round(middle.x, 6), round(middle.y, 6)
