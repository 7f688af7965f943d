"""Hexagons of the map: each point lies in the cell whose middle is nearest."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.workorders.rules.hexagons import MOST_ZOOM, lattice_at

LNGS = st.floats(73, 135)
LATS = st.floats(18, 53)
ZOOMS = st.integers(0, MOST_ZOOM)


@given(lng=LNGS, lat=LATS, zoom=ZOOMS)
def test_no_middle_around_is_nearer_than_that_of_the_cell(
    lng: float, lat: float, zoom: int
) -> None:
    lattice = lattice_at(zoom, lat)
    column, row = lattice.cell_of(lng, lat)

    def away(column: int, row: int) -> float:
        x, y = lattice.centre_of(column, row)
        return hypot((lng - x) / lattice.width, (lat - y) * 3**0.5 / lattice.height)

    around = [(2, 0), (-2, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)]
    nearest = min(away(column + x, row + y) for x, y in around)
    assert away(column, row) <= nearest + 1e-6
    assert (column - row) % 2 == 0


@given(lng=LNGS, lat=LATS, zoom=st.integers(0, 16))
def test_the_middle_of_a_cell_lies_in_it(lng: float, lat: float, zoom: int) -> None:
    lattice = lattice_at(zoom, lat)
    cell = lattice.cell_of(lng, lat)

    assert lattice.cell_of(*lattice.centre_of(*cell)) == cell


@pytest.mark.parametrize("zoom", [8, 12, 18])
def test_a_cell_is_regular_on_the_ground(zoom: int) -> None:
    lattice = lattice_at(zoom, 30.2)

    across, up = lattice.width * cos(radians(30)), lattice.height
    assert up / across == pytest.approx(3**0.5)


def test_a_cell_halves_with_each_zoom_and_stays_where_it_is_nearby() -> None:
    assert lattice_at(13, 30.2).width * 2 == lattice_at(12, 30.2).width
    assert lattice_at(12, 30.19) == lattice_at(12, 30.31)
