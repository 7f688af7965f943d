"""A moved border takes the neighbours' common corners along: neither gap nor overlap arises."""

from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon, shape

from chengshao.places.rules.fitting import misfits
from chengshao.places.rules.following import knotted, move_border
from chengshao.places.rules.plots import Plot, Redrawn
from chengshao.places.rules.shapes import areas_m2
from tests.unit.places.maps import at, box, code_of, polygon

Place = tuple[float, float]


def plot(x: int, y: int, *corners: Place) -> Plot:
    ring = [at(*corner) for corner in corners] or box(x, y, x + 1, y + 1)[:-1]
    return Plot(code_of(x, y), shape(polygon([*ring, ring[0]])))


def ring(*corners: Place) -> Polygon:
    return Polygon([at(*corner) for corner in corners])


FOUR = [plot(0, 0), plot(0, 1), plot(1, 0), plot(1, 1)]  # they meet in (1, 1)
SOUTHWEST = code_of(0, 0)
# One above two: the corner (1, 1) of the two lies on an edge of the one.
ROOF = plot(0, 1, (0, 1), (2, 1), (2, 2), (0, 2))
ON_AN_EDGE = [plot(0, 0), plot(1, 0), ROOF]


def area(geometry: Any) -> float:
    return areas_m2([geometry])[0]


def after(redrawn: Redrawn, plots: list[Plot]) -> list[Plot]:
    changed = {each.code: each for each in redrawn.after}
    return [changed.get(each.code, each) for each in plots]


def same_ground(one: list[Plot], other: list[Plot]) -> bool:
    """Tell whether two sets cover the same ground, each piece of it once."""
    before, now = (
        shapely.union_all([p.geometry for p in plots], grid_size=1e-8) for plots in (one, other)
    )
    once = sum(area(each.geometry) for each in other)
    return area(shapely.symmetric_difference(before, now)) < 0.5 and abs(once - area(now)) < 0.5


def test_where_four_meet_all_four_keep_meeting() -> None:
    done = move_border(FOUR, SOUTHWEST, ring((0, 0), (1, 0), (0.8, 0.7), (0, 1)))

    assert {each.code for each in done.after} == {each.code for each in FOUR}
    assert all(each.geometry.covers(shapely.Point(at(0.8, 0.7))) for each in done.after)
    assert same_ground(FOUR, after(done, FOUR))
    assert misfits(done, standing=[]) == []


def test_a_corner_that_two_share_leaves_the_others_alone() -> None:
    done = move_border(FOUR, SOUTHWEST, ring((0, 0), (1, 0), (1.2, 0.5), (1, 1), (0, 1)))

    assert {each.code for each in done.after} == {SOUTHWEST, code_of(1, 0)}
    assert same_ground(FOUR, after(done, FOUR))


def test_a_corner_on_the_neighbour_s_edge_moves_that_edge() -> None:
    done = move_border(ON_AN_EDGE, SOUTHWEST, ring((0, 0), (1, 0), (1, 1.3), (0, 1)))

    assert len(done.after) == 3
    assert same_ground(ON_AN_EDGE, after(done, ON_AN_EDGE))


def test_the_one_with_the_long_edge_can_move_the_corner_on_it() -> None:
    bent = ring((0, 1), (1, 1.2), (2, 1), (2, 2), (0, 2))

    done = move_border(ON_AN_EDGE, ROOF.code, bent)

    assert len(done.after) == 3
    assert same_ground(ON_AN_EDGE, after(done, ON_AN_EDGE))


def test_a_corner_that_others_share_may_be_left_out_where_the_edge_runs_over_it() -> None:
    done = move_border(ON_AN_EDGE, ROOF.code, ring((0, 1), (2, 1), (2, 2), (0, 2)))

    assert [each.code for each in done.findings] == ["grid_border_same"]


def test_a_corner_that_is_taken_out_goes_from_both() -> None:
    crooked = [
        plot(0, 0, (0, 0), (1, 0), (1.2, 0.5), (1, 1), (0, 1)),
        plot(1, 0, (1, 0), (2, 0), (2, 1), (1, 1), (1.2, 0.5)),
    ]

    done = move_border(crooked, SOUTHWEST, ring((0, 0), (1, 0), (1, 1), (0, 1)))

    assert len(done.after) == 2
    assert same_ground(crooked, after(done, crooked))


def test_the_direction_and_the_first_corner_do_not_matter() -> None:
    forth = ring((0, 0), (1, 0), (0.8, 0.7), (0, 1))
    back = ring((0.8, 0.7), (1, 0), (0, 0), (0, 1))

    one, other = (move_border(FOUR, SOUTHWEST, each) for each in (forth, back))

    assert [each.geometry for each in one.after] == [each.geometry for each in other.after]


@pytest.mark.parametrize(
    "drawn",
    [
        ring((-0.3, 0), (1, 0), (1, 1), (0, 1)),
        ring((0.3, 0.3), (1, 0), (1, 1), (0, 1)),
        ring((0, 0), (0.5, -0.4), (1, 0), (1, 1), (0, 1)),
        ring((0, 0), (0.5, 0.4), (1, 0), (1, 1), (0, 1)),
    ],
    ids=["a corner out", "a corner in", "an edge out", "an edge in"],
)
def test_the_outer_border_of_the_community_stays(drawn: Polygon) -> None:
    done = move_border(FOUR, SOUTHWEST, drawn)

    assert [each.code for each in done.findings] == ["grid_border_same"]


@pytest.mark.parametrize("off", [-0.08, 0, 0.08])
def test_where_a_border_meets_the_outer_one_its_end_slides_along(off: float) -> None:
    done = move_border(FOUR, SOUTHWEST, ring((0, 0), (0.7, off), (1, 1), (0, 1)))

    assert {each.code for each in done.after} == {SOUTHWEST, code_of(1, 0)}
    assert same_ground(FOUR, after(done, FOUR))
    assert misfits(done, standing=[FOUR[1], FOUR[3]]) == []
    west = next(each for each in done.after if each.code == SOUTHWEST)
    assert west.geometry.covers(shapely.Point(at(0.69, 0)))
    assert not west.geometry.covers(shapely.Point(at(0.72, 0)))


def test_a_bend_of_the_outer_border_stays_where_an_end_slides_past_it() -> None:
    left = plot(0, 0, (0, 0), (1, -0.4), (1, 1), (0, 1))
    right = plot(1, 0, (1, -0.4), (2, 0), (2, 1), (1, 1))

    done = move_border([left, right], SOUTHWEST, ring((0, 0), (0.5, -0.1), (1, 1), (0, 1)))

    assert len(done.after) == 2
    assert same_ground([left, right], after(done, [left, right]))
    east = next(each for each in done.after if each.code == code_of(1, 0))
    assert east.geometry.covers(shapely.Point(at(1, -0.39)))


def test_corners_that_a_survey_left_some_centimetres_apart_go_together() -> None:
    seamed = [plot(0, 0), plot(1, 0, (1.001, 0), (2, 0), (2, 1), (1.001, 1))]  # 10 cm

    done = move_border(seamed, SOUTHWEST, ring((0, 0), (1.3, 0), (1.3, 1), (0, 1)))

    assert len(done.after) == 2
    assert misfits(done, standing=[]) == []


@pytest.mark.parametrize(
    ("shape_", "code"),
    [
        (ring((5, 5), (6, 5), (6, 6)), "grid_border_another"),
        (ring((0, 0), (1, 1), (1, 0), (0, 1)), "grid_crosses_itself"),
        (ring((0, 0), (1, 0), (1, 1), (0, 1)), "grid_border_same"),
    ],
)
def test_what_is_no_border_of_it_is_refused(shape_: Polygon, code: str) -> None:
    done = move_border(FOUR, SOUTHWEST, shape_)

    assert ([each.code for each in done.findings], done.after) == ([code], ())


def test_common_borders_are_knotted_point_by_point() -> None:
    roof = next(each for each in knotted(ON_AN_EDGE) if each.code == ROOF.code)

    assert tuple(at(1, 1)) in set(roof.geometry.exterior.coords)  # type: ignore[attr-defined]
    assert shapely.coverage_is_valid([each.geometry for each in knotted(ON_AN_EDGE)])


near = st.floats(-0.3, 0.3)


@given(near, near, near, near, near, st.booleans())
def test_however_it_is_moved_the_ground_stays_whole(
    dx: float, dy: float, ix: float, iy: float, end: float, inserted: bool
) -> None:
    corners: list[Place] = [(0, 0), (1 + end, iy / 5), (1 + dx, 1 + dy), (0, 1)]
    if inserted:
        corners[2:2] = [(1 + ix, 0.45 + iy / 2)]
    done = move_border(FOUR, SOUTHWEST, ring(*corners))

    if done.after and not misfits(done, standing=[]):
        assert same_ground(FOUR, after(done, FOUR))
    if not inserted and done.after:
        assert {each.code for each in misfits(done, standing=[])} <= {"grid_spike"}
