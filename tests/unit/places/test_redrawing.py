"""Unit grids are split, joined, drawn and ended; no ground is lost, none belongs to two (C8)."""

from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, shape

from chengshao.places.rules.fitting import misfits
from chengshao.places.rules.plots import Plot, Redrawn, free_codes
from chengshao.places.rules.redrawing import describe, draw, merge, split, told_of
from chengshao.places.rules.shapes import areas_m2
from tests.unit.places.maps import at, box, code_of, community, polygon

NO_MORE = f"{community(0)}999"


def plot(x: int, y: int, *rings: Any, **told: Any) -> Plot:
    ring = rings or (box(x, y, x + 1, y + 1),)
    return Plot(code_of(x, y), shape(polygon(*ring)), **told)


CELL = plot(0, 0, name="清波门第1网格", land_use="居住", unit_id=7, illustrative=True)


def line(*corners: tuple[float, float]) -> LineString:
    return LineString([at(*corner) for corner in corners])


def codes(redrawn: Redrawn) -> list[str]:
    return [finding.code for finding in redrawn.findings]


def area(*plots: Plot) -> float:
    return sum(areas_m2([each.geometry for each in plots]))


class TestSplit:
    def test_the_parts_have_new_codes_from_west_to_east_and_what_was_told(self) -> None:
        done = split(CELL, line((0.4, -0.5), (0.4, 1.5)), used=[CELL.code, code_of(0, 1)])

        west, east = done.after
        assert done.before == (CELL,)
        assert [west.code, east.code] == [code_of(0, 2), code_of(0, 3)]
        assert west.geometry.bounds[2] == pytest.approx(east.geometry.bounds[0])
        assert (west.land_use, west.unit_id, west.illustrative) == ("居住", 7, True)
        assert [west.name, east.name] == ["清波门第1网格-1", "清波门第1网格-2"]
        assert misfits(done, standing=[]) == []

    def test_from_north_to_south_where_they_lie_above_each_other(self) -> None:
        done = split(CELL, line((-0.5, 0.5), (1.5, 0.5)), used=[CELL.code])

        assert done.after[0].geometry.centroid.y > done.after[1].geometry.centroid.y

    def test_a_line_that_crosses_twice_makes_three(self) -> None:
        zigzag = line((0.2, -0.5), (0.2, 1.5), (0.6, 1.5), (0.6, -0.5))

        assert len(split(CELL, zigzag, used=[CELL.code]).after) == 3

    def test_a_line_that_ends_inside_divides_nothing(self) -> None:
        done = split(CELL, line((0.4, -0.5), (0.4, 0.5)), used=[CELL.code])

        assert (codes(done), done.after) == (["grid_line_short"], ())
        assert done.findings[0].where is not None

    def test_a_line_of_hundreds_of_turns_is_refused(self) -> None:
        there = [(i / 100, 2 * (i % 2) - 0.5) for i in range(100)]

        assert codes(split(CELL, line(*there), used=[])) == ["grid_line_tangled"]

    def test_without_codes_left_nothing_is_split(self) -> None:
        used = [f"{community(0)}{serial:03d}" for serial in range(1, 999)]

        done = split(CELL, line((0.4, -0.5), (0.4, 1.5)), used=used)

        assert codes(done) == ["grid_codes_used_up"]

    @given(st.lists(st.floats(0.05, 0.95), min_size=2, max_size=6))
    def test_the_parts_cover_the_whole_and_nothing_twice(self, turns: list[float]) -> None:
        steps = [(x, -0.5 + 2 * i / (len(turns) - 1)) for i, x in enumerate(turns)]
        done = split(CELL, line(*steps), used=[CELL.code])

        assert len(done.after) >= 2
        assert area(*done.after) == pytest.approx(area(CELL), abs=1)
        united = shapely.union_all([each.geometry for each in done.after], grid_size=1e-8)
        assert area(Plot("", shapely.symmetric_difference(united, CELL.geometry))) < 1
        for i, one in enumerate(done.after):
            for other in done.after[i + 1 :]:
                common = shapely.intersection(one.geometry, other.geometry)
                assert common.is_empty or area(Plot("", common)) < 0.5

    @given(st.floats(0.1, 0.9), st.floats(0.1, 0.9))
    def test_joined_again_they_are_the_whole(self, low: float, high: float) -> None:
        parts = split(CELL, line((low, -0.5), (high, 1.5)), used=[CELL.code]).after

        joined = merge(parts, used=[CELL.code, *(part.code for part in parts)])

        (whole,) = joined.after
        assert isinstance(whole.geometry, Polygon)
        assert not whole.geometry.interiors
        assert area(Plot("", shapely.symmetric_difference(whole.geometry, CELL.geometry))) < 1
        assert misfits(joined, standing=[]) == []


class TestMerge:
    def test_the_largest_says_what_it_is(self) -> None:
        small = plot(1, 0, box(1, 0, 1.5, 1), name="小")
        large = plot(0, 0, name="大", unit_id=3)

        (whole,) = merge([small, large], used=[code_of(0, 0), code_of(0, 1)]).after

        assert (whole.name, whole.unit_id) == ("大", 3)
        assert area(whole) == pytest.approx(area(small, large))

    def test_grids_that_meet_in_a_corner_are_no_neighbours(self) -> None:
        done = merge([plot(0, 0), plot(1, 1)], used=[])

        assert codes(done) == ["grids_not_neighbours"]
        assert done.findings[0].params["grid"] == code_of(1, 1)

    def test_three_hang_together_by_the_one_between(self) -> None:
        (whole,) = merge([plot(0, 0), plot(0, 2), plot(0, 1)], used=[]).after

        assert area(whole) == pytest.approx(area(plot(0, 0), plot(0, 1), plot(0, 2)))

    def test_a_seam_that_surveying_left_is_closed(self) -> None:
        beside = plot(0, 1, box(0, 1.002, 1, 2))  # 20 cm

        done = merge([CELL, beside], used=[])

        assert isinstance(done.after[0].geometry, Polygon)
        assert not done.after[0].geometry.interiors
        assert misfits(done, standing=[]) == []

    def test_around_another_grid_its_hole_stays(self) -> None:
        left = plot(
            0,
            0,
            [
                *box(0, 0, 1, 3)[:1],
                *[
                    at(*c)
                    for c in ((1, 0), (1, 1), (0.5, 1), (0.5, 2), (1, 2), (1, 3), (0, 3), (0, 0))
                ],
            ],
        )
        right = plot(
            1,
            0,
            [
                at(*c)
                for c in (
                    (1, 0),
                    (2, 0),
                    (2, 3),
                    (1, 3),
                    (1, 2),
                    (1.5, 2),
                    (1.5, 1),
                    (1, 1),
                    (1, 0),
                )
            ],
        )
        inner = plot(1, 1, box(0.5, 1, 1.5, 2))

        done = merge([left, right], used=[])

        assert len(done.after[0].geometry.interiors) == 1  # type: ignore[attr-defined]
        assert misfits(done, standing=[inner]) == []

    def test_one_alone_is_not_joined(self) -> None:
        assert codes(merge([CELL], used=[])) == ["grids_to_merge_few"]


class TestDraw:
    STANDING = [plot(0, 0).geometry, plot(0, 2).geometry]

    def drawn(self, ring: Any, **facts: Any) -> Redrawn:
        told = {"standing": self.STANDING, "border": None, "used": [code_of(0, 0)]} | facts
        return draw(
            shape(polygon(ring)),
            community=community(0),
            illustrative=False,
            **told,
        )

    def test_what_lies_in_others_is_cut_off(self) -> None:
        done = self.drawn(box(0, 0.5, 1, 2.5))

        assert done.after[0].code == code_of(0, 1)
        assert area(*done.after) == pytest.approx(area(plot(0, 1)), abs=1)
        assert misfits(done, standing=[plot(0, 0), plot(0, 2)]) == []

    def test_what_lies_beyond_the_border_too(self) -> None:
        done = self.drawn(box(-3, 0.5, 5, 2.5), border=shape(polygon(box(0, 0, 1, 3))))

        assert area(*done.after) == pytest.approx(area(plot(0, 1)), abs=1)

    def test_on_taken_ground_there_is_nothing_to_draw(self) -> None:
        assert codes(self.drawn(box(0.2, 0.2, 0.8, 0.8))) == ["grid_ground_taken"]

    def test_it_is_one_piece(self) -> None:
        done = self.drawn(box(0.2, -1, 0.8, 4))

        assert codes(done) == ["grid_in_pieces"]
        assert done.findings[0].params["count"] == 3

    def test_it_does_not_cross_itself(self) -> None:
        bow = [at(0, 5), at(1, 6), at(1, 5), at(0, 6), at(0, 5)]

        assert codes(self.drawn(bow)) == ["grid_crosses_itself"]


class TestFit:
    def test_a_strip_is_too_narrow_and_a_crumb_too_small(self) -> None:
        strip = split(CELL, line((0.02, -0.5), (0.02, 1.5)), used=[CELL.code])
        crumb = split(CELL, line((-0.1, 0.2), (0.2, -0.1)), used=[CELL.code])

        assert [each.code for each in misfits(strip, standing=[])] == ["grid_too_narrow"]
        (small,) = misfits(crumb, standing=[])
        assert (small.code, small.params["least"]) == ("grid_too_small", 100)
        assert small.where is not None

    def test_a_spike_is_told_where_it_is(self) -> None:
        done = split(CELL, line((0.5, -0.01), (0.53, 1.01)), used=[CELL.code])
        assert misfits(done, standing=[]) == []

        needle = Plot(
            code_of(0, 1),
            shape(
                polygon(
                    [
                        at(*c)
                        for c in (
                            (0, 0),
                            (1, 0),
                            (1, 1),
                            (0.51, 1),
                            (0.5, 3),
                            (0.49, 1),
                            (0, 1),
                            (0, 0),
                        )
                    ]
                )
            ),
        )
        found = misfits(Redrawn((CELL,), (needle,)), standing=[])

        assert {each.code for each in found} == {"grid_spike"}
        where = found[0].where
        assert where is not None
        assert next(iter(where.coords)) == pytest.approx(tuple(at(0.5, 3)))

    def test_a_spike_that_was_there_before_is_no_fault_of_this_deed(self) -> None:
        needle = shape(
            polygon(
                [
                    at(*c)
                    for c in (
                        (0, 0),
                        (1, 0),
                        (1, 1),
                        (0.51, 1),
                        (0.5, 3),
                        (0.49, 1),
                        (0, 1),
                        (0, 0),
                    )
                ]
            )
        )
        before = Plot(code_of(0, 0), needle)

        done = split(before, line((-0.5, 0.5), (1.5, 0.5)), used=[before.code])

        assert misfits(done, standing=[]) == []

    def test_overlap_with_a_grid_of_another_community_is_told_where_it_is(self) -> None:
        done = Redrawn((CELL,), (plot(0, 0, box(0, 0, 1.5, 1)),))

        (found,) = misfits(done, standing=[plot(1, 0)])

        assert (found.code, found.params["other"]) == ("grid_overlap", code_of(1, 0))
        assert found.where is not None
        assert found.where.equals(shape(polygon(box(1, 0, 1.5, 1))))

    def test_ground_left_over_is_told(self) -> None:
        done = Redrawn((CELL,), (plot(0, 0, box(0, 0, 0.5, 1)),))

        (found,) = misfits(done, standing=[])

        assert found.code == "grid_ground_left"
        assert found.params["area"] == pytest.approx(5350, rel=0.02)

    def test_new_ground_lies_within_the_border_where_one_is_known(self) -> None:
        border = shape(polygon(box(0, 0, 1.2, 1)))
        done = Redrawn((CELL,), (plot(0, 0, box(0, 0, 1.5, 1)),))

        (found,) = misfits(done, standing=[], border=border)

        assert found.code == "grid_outside_outline"
        assert misfits(done, standing=[]) == []

    def test_a_shape_that_crosses_itself_is_told_where(self) -> None:
        bow = Plot(code_of(0, 0), Polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1)]))

        (found,) = misfits(Redrawn((CELL,), (bow,)), standing=[])

        assert found.code == "grid_crosses_itself"
        assert found.where is not None
        assert next(iter(found.where.coords)) == pytest.approx(tuple(at(0.5, 0.5)))


class TestCodes:
    def test_go_on_after_the_highest_and_never_come_again(self) -> None:
        used = [f"{community(0)}{serial:03d}" for serial in (1, 2, 7)]

        found = free_codes(community(0), used)

        assert found[0] == f"{community(0)}008"
        assert set(found).isdisjoint(used)
        assert found[992] == f"{community(0)}003"  # gaps last

    def test_of_a_community_without_grids_begin_at_one(self) -> None:
        assert free_codes(community(0), [])[0] == f"{community(0)}001"


def test_what_is_told_of_the_new_grids_counts() -> None:
    done = told_of(describe([CELL]), {CELL.code: {"name": "菜场网格", "unit_id": 9}})

    assert [(each.name, each.unit_id, each.land_use) for each in done.after] == [
        ("菜场网格", 9, "居住")
    ]
