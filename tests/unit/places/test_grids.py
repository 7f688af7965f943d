"""What a set of unit grids must be before it counts (GB/T 30428.1, C8)."""

from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from chengshao.kernel.tables import Fault
from chengshao.places.rules.grids import GridFile, Tolerance, check_grids, read_grids
from tests.unit.places.maps import (
    CELL_M2,
    DISTRICT,
    SUBDISTRICT,
    Feature,
    box,
    code_of,
    community,
    feature,
    geojson,
    grid,
    grids,
    polygon,
)

COMMUNITIES = frozenset(map(community, range(3)))
OUTLINE = shape(polygon(box(0, 0, 3, 3)))
ONE_METRE = 0.01  # columns


def read(*features: Feature) -> GridFile:
    return read_grids(geojson(list(features)))


def faults(*features: Feature, **facts: object) -> list[Fault]:
    """Return what is wrong with a set whose file could be read without fault."""
    file = read(*features)
    assert file.faults == []
    return check_grids(file.grids, **facts)  # type: ignore[arg-type]


def codes(found: list[Fault]) -> list[tuple[int, str]]:
    return [(fault.row, fault.code) for fault in found]


def test_a_set_that_fits_has_no_faults() -> None:
    assert faults(*grids(), within=DISTRICT, communities=COMMUNITIES, outline=OUTLINE) == []


class TestOverlap:
    def test_names_both_grids_and_the_area(self) -> None:
        wide = grid(1, 0, box(0.8, 0, 2, 1))

        (fault,) = faults(grid(0, 0), wide)

        assert (fault.row, fault.column, fault.code) == (2, "geometry", "grid_overlap")
        assert {fault.params["grid"], fault.params["other"]} == {code_of(0, 0), code_of(1, 0)}
        assert fault.params["area"] == pytest.approx(0.2 * CELL_M2, rel=0.02)

    def test_every_pair_is_told(self) -> None:
        everywhere = [grid(0, row, box(0, 0, 1, 1)) for row in range(3)]

        found = faults(*everywhere)

        assert codes(found) == [(2, "grid_overlap"), (3, "grid_overlap"), (3, "grid_overlap")]

    def test_of_very_many_only_some_are_told(self) -> None:
        pile = [
            feature(polygon(box(0, 0, 1, 1)), code=f"{community(i // 999)}{i % 999 + 1:03d}")
            for i in range(2000)
        ]

        found = codes(faults(*pile))

        assert (0, "grids_tangled") in found
        assert 1000 < len(found) <= 2001

    def test_one_inside_another_is_an_overlap(self) -> None:
        assert codes(faults(grid(0, 0), grid(1, 0, box(0.4, 0.4, 0.6, 0.6)))) == [
            (2, "grid_overlap")
        ]

    def test_a_common_edge_or_corner_is_none(self) -> None:
        assert faults(grid(0, 0), grid(0, 1), grid(1, 0), grid(1, 1)) == []

    def test_with_a_grid_that_stands_already_is_told_at_the_new_one(self) -> None:
        (standing,) = read(grid(0, 0)).grids
        standing = type(standing)(0, standing.code, standing.geometry)

        found = check_grids(read(grid(1, 0, box(0.5, 0, 2, 1))).grids, standing=[standing])

        assert codes(found) == [(1, "grid_overlap")]
        assert found[0].params["other"] == code_of(0, 0)

    def test_between_two_that_stand_already_is_not_this_file_s_fault(self) -> None:
        old = read(grid(0, 0), grid(0, 1, box(0, 0, 1, 1))).grids
        standing = [type(each)(0, each.code, each.geometry) for each in old]

        assert check_grids(read(grid(2, 2)).grids, standing=standing) == []


class TestGap:
    def test_a_hole_names_two_grids_beside_it_and_its_area(self) -> None:
        (fault,) = faults(*grids(without=(1, 1)))

        beside = {code_of(0, 1), code_of(2, 1), code_of(1, 0), code_of(1, 2)}
        assert fault.code == "grid_gap"
        assert {fault.params["grid"], fault.params["other"]} < beside
        assert fault.params["area"] == pytest.approx(CELL_M2, rel=0.02)

    def test_at_the_rim_is_told_once_the_border_is_known(self) -> None:
        missing = grids(without=(2, 2))

        assert faults(*missing) == []
        assert [fault.code for fault in faults(*missing, outline=OUTLINE)] == ["grid_gap"]

    def test_a_hole_that_another_grid_fills_is_right(self) -> None:
        enclave = box(0.4, 0.4, 0.6, 0.6)

        assert faults(grid(0, 0, box(0, 0, 1, 1), enclave), grid(1, 0, enclave)) == []

    def test_a_hole_that_none_fills_names_the_one_beside_it(self) -> None:
        (fault,) = faults(grid(0, 0, box(0, 0, 1, 1), box(0.4, 0.4, 0.6, 0.6)))

        assert (fault.code, fault.params["grid"]) == ("grid_gap_beside", code_of(0, 0))

    def test_a_hole_that_standing_grids_fill_is_right(self) -> None:
        (middle,) = read(grid(1, 1)).grids
        standing = [type(middle)(0, middle.code, middle.geometry)]

        assert check_grids(read(*grids(without=(1, 1))).grids, standing=standing) == []

    def test_is_not_guessed_at_while_a_grid_could_not_be_read(self) -> None:
        assert faults(*grids(without=(1, 1)), whole=False) == []


class TestTolerance:
    def test_a_seam_of_some_centimetres_is_none_however_long(self) -> None:
        seam = grid(1, 0, box(1 - 0.1 * ONE_METRE, 0, 2, 1))  # 10 cm × 111 m = 11 m²

        assert faults(grid(0, 0), seam) == []

    def test_a_small_corner_is_none_however_wide(self) -> None:
        corner = box(1 - 2 * ONE_METRE, 0.98, 2, 2)  # about 2 × 2 m

        assert faults(grid(0, 0), grid(1, 1, corner)) == []

    def test_a_strip_of_a_metre_is_one(self) -> None:
        strip = grid(1, 0, box(1 - ONE_METRE, 0, 2, 1))

        assert codes(faults(grid(0, 0), strip)) == [(2, "grid_overlap")]
        assert faults(grid(0, 0), strip, tolerance=Tolerance(area_m2=500)) == []


class TestBorder:
    def test_a_grid_that_sticks_out_is_told_with_the_area(self) -> None:
        found = faults(*grids(), outline=shape(polygon(box(0, 0, 2.5, 3))))

        assert codes(found) == [(row, "grid_outside_outline") for row in (7, 8, 9)]
        assert found[0].params["area"] == pytest.approx(CELL_M2 / 2, rel=0.02)


class TestCode:
    @pytest.mark.parametrize(
        "code", ["", "33010200100100", "3301020010010011", "33010200100100a", "330102001000001"]
    )
    def test_is_fifteen_digits_within_a_community(self, code: str) -> None:
        file = read(feature(polygon(box(0, 0, 1, 1)), 网格编码=code))

        (fault,) = file.faults
        assert (fault.row, fault.column) == (1, "网格编码")
        assert fault.code == ("grid_code_invalid" if code else "value_missing")

    def test_may_come_as_a_number_or_under_its_english_name(self) -> None:
        shape = polygon(box(0, 0, 1, 1))

        file = read(feature(shape, 网格编码=330102001001001), feature(shape, code=code_of(1, 0)))

        assert [each.code for each in file.grids] == [code_of(0, 0), code_of(1, 0)]

    def test_comes_once(self) -> None:
        file = read(grid(0, 0), grid(1, 0), grid(0, 0, box(0, 1, 1, 2)))

        (fault,) = file.faults
        assert (fault.row, fault.code, fault.params["first"]) == (3, "grid_repeated", 1)

    def test_names_a_community_that_exists(self) -> None:
        found = faults(*grids(), communities=COMMUNITIES - {community(2)})

        assert codes(found) == [(row, "grid_community_unknown") for row in (7, 8, 9)]

    def test_lies_in_the_division_that_the_set_covers(self) -> None:
        found = faults(grid(0, 0), within="330105000000")

        assert codes(found) == [(1, "grid_elsewhere")]


def test_all_faults_of_all_kinds_are_told_at_once() -> None:
    features = [
        feature(polygon(box(0, 0, 1, 1)[:-1]), 网格编码=code_of(0, 0)),
        grid(1, 0, box(1, 0, 2, 1)),
        grid(1, 1, box(1, 0.5, 2, 2)),
        feature(polygon(box(2, 0, 3, 1)), 网格编码="7"),
    ]

    file = read(*features)
    found = file.faults + check_grids(file.grids, whole=file.whole)

    assert codes(found) == [
        (1, "ring_open"),
        (4, "grid_code_invalid"),
        (3, "grid_overlap"),
    ]
    assert not file.whole


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_way_to_cut_a_box_by_lines_is_a_set_that_fits(data: st.DataObject) -> None:
    """And taking any one grid away from the middle, or drawing it larger, is always told."""
    cut = st.lists(st.floats(0.1, 2.9).map(lambda x: round(x, 3)), max_size=4, unique=True)
    xs = sorted({0.0, 3.0, *data.draw(cut)})
    ys = sorted({0.0, 3.0, *data.draw(cut)})
    cells = [box(w, s, e, n) for w, e in pairwise(xs) for s, n in pairwise(ys)]
    features = [
        feature(polygon(ring), code=f"{SUBDISTRICT[:9]}001{i + 1:03d}")
        for i, ring in enumerate(cells)
    ]
    assert faults(*features, outline=OUTLINE, within=SUBDISTRICT) == []

    i = data.draw(st.integers(0, len(features) - 1))
    area = shapely.Polygon(cells[i]).area / 1e-6 * CELL_M2
    if area > 200 and len(features) > 1:
        without = [each for each in features if each is not features[i]]
        assert any(f.code.startswith("grid_gap") for f in faults(*without, outline=OUTLINE))
        again = feature(polygon(cells[i]), code=f"{SUBDISTRICT[:9]}002001")
        assert [f.code for f in faults(*features, again)] == ["grid_overlap"]
