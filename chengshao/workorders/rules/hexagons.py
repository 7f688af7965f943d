"""
Hexagons over the map: the same on every screen at one zoom, about as large at every zoom.

Their centres are two lattices of upright rectangles, one in the middle of the other; a point
belongs to the nearer centre. So a column and a row number a cell, both even or both odd.
"""

from dataclasses import dataclass
from math import cos, floor, radians, sqrt

MOST_ZOOM = 22
_PIXELS = 24.0  # from the centre of a cell to its corner
_WORLD = 512.0  # pixels around the earth at zoom 0


@dataclass(frozen=True, slots=True)
class Lattice:
    """How far apart the centres of one rectangular lattice are, in degrees."""

    width: float  # of longitude
    height: float  # of latitude

    def cell_of(self, lng: float, lat: float) -> tuple[int, int]:
        """Return column and row of the cell in which a point lies."""
        across, up = lng / self.width, lat / self.height
        near = floor(across + 0.5), floor(up + 0.5)
        between = floor(across), floor(up)
        to_near = (across - near[0]) ** 2 + 3 * (up - near[1]) ** 2
        to_between = (across - between[0] - 0.5) ** 2 + 3 * (up - between[1] - 0.5) ** 2
        if to_near <= to_between:
            return 2 * near[0], 2 * near[1]
        return 2 * between[0] + 1, 2 * between[1] + 1

    def centre_of(self, column: int, row: int) -> tuple[float, float]:
        """Return longitude and latitude of a cell's middle."""
        return column * self.width / 2, row * self.height / 2


def lattice_at(zoom: int, lat: float) -> Lattice:
    """
    Return the hexagons of a zoom (0 to 22) around a latitude.

    They are regular at the nearest whole degree, and so don't change from one view to the next.
    """
    degrees = 360 / (_WORLD * 2**zoom)
    narrow = cos(radians(round(min(max(lat, -80.0), 80.0))))
    return Lattice(sqrt(3) * _PIXELS * degrees, 3 * _PIXELS * degrees * narrow)
