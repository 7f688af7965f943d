"""Where a point lies: grid → community → sub-district."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from chengshao.places.rules.index import District, Layer, Shape
from tests.unit.places.maps import (
    DISTRICT,
    SUBDISTRICT,
    at,
    box,
    code_of,
    community,
    point,
    polygon,
)

CELLS = [
    Shape(code_of(x, y), community(x), shape(polygon(box(x, y, x + 1, y + 1))))
    for x in range(3)
    for y in range(3)
]


def district(
    *, grids: list[Shape] = CELLS, outline: bool = True, gridded: bool = True, streets: bool = False
) -> District:
    street = Shape(SUBDISTRICT, SUBDISTRICT, shape(polygon(box(0, 0, 3, 3))))
    return District(
        code=DISTRICT,
        name="示范区",
        outline=shape(polygon(box(-1, -1, 4, 4))) if outline else None,
        subdistricts=Layer([street] if streets else []),
        grids=Layer(grids),
        zones=Layer([]),
        gridded=gridded,
    )


@given(st.floats(0.01, 2.99), st.floats(0.01, 2.99))
def test_a_point_in_a_cell_lies_in_its_grid_community_and_subdistrict(x: float, y: float) -> None:
    lng, lat = at(x, y)
    where = district().where(lng, lat)

    assert where.inside
    assert where.community == where.grid[:12]
    assert where.subdistrict == SUBDISTRICT
    if min(x % 1, y % 1) > 0.001 and max(x % 1, y % 1) < 0.999:
        assert where.grid == code_of(int(x), int(y))


def test_on_a_common_edge_the_lower_code_has_it() -> None:
    assert district().where(*point(1, 0.5)).grid == code_of(0, 0)
    assert district().where(*point(1, 1)).grid == code_of(0, 0)


def test_some_metres_beside_the_grids_belongs_to_the_nearest() -> None:
    assert district().where(*point(-0.02, 0.5)).grid == code_of(0, 0)
    assert district().where(*point(-0.1, 0.5)).grid == ""


@pytest.mark.parametrize(("column", "inside"), [(3.5, True), (4.5, False)])
def test_the_outline_decides_what_is_inside(column: float, inside: bool) -> None:
    where = district().where(*point(column, 1))

    assert (where.inside, where.grid, where.community) == (inside, "", "")


def test_a_border_of_a_subdistrict_tells_it_where_grids_are_missing() -> None:
    where = district(grids=[], streets=True).where(*point(1.5, 1.5))

    assert (where.inside, where.grid, where.subdistrict) == (True, "", SUBDISTRICT)


def test_without_an_outline_the_grids_are_the_district_once_they_are_complete() -> None:
    assert not district(outline=False).where(*point(3.5, 1)).inside
    assert district(outline=False, gridded=False).where(*point(3.5, 1)).inside


def test_without_any_shape_every_point_is_taken() -> None:
    where = district(grids=[], outline=False, gridded=False).where(*point(3.5, 1))

    assert (where.inside, where.subdistrict) == (True, "")


@given(st.lists(st.tuples(st.floats(-1, 4), st.floats(-1, 4)), max_size=20))
def test_many_points_at_once_lie_where_each_alone_does(places: list[tuple[float, float]]) -> None:
    layer = Layer(CELLS)
    points = [point(*place) for place in places]

    assert layer.all_at(points) == [layer.nearest(*each) for each in points]


def test_the_middle_of_a_community_lies_in_its_middle_grid() -> None:
    middles = district().middles()

    assert district().where(*middles[community(1)]).grid == code_of(1, 1)
    assert district().where(*middles[SUBDISTRICT]).grid == code_of(1, 1)
