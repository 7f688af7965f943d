"""Borders as a map draws them: coarser from afar, and still without gaps."""

import shapely
from shapely.geometry import shape

from chengshao.places.rules.boundaries import SCALES, divisions, grids, scale_of
from chengshao.places.rules.index import District, Layer, Shape

DISTRICT, HERE, THERE = "330102000000", "330102001001", "330102001002"


def wavy(left: float, right: float, *, straight: bool) -> shapely.Polygon:
    """Return a strip whose one side is a line of many small bends."""
    bends = [(0.5 + 0.00001 * (n % 2), n / 100) for n in range(101)]
    side = [(left, 0.0), (left, 1.0)] if straight else [(right, 1.0), (right, 0.0)]
    return shapely.Polygon([*bends, *(reversed(side) if straight else side)])


def district() -> District:
    strips = [
        Shape(f"{HERE}001", HERE, wavy(0, 0.5, straight=True)),
        Shape(f"{THERE}001", THERE, wavy(0.5, 1, straight=False)),
    ]
    names = {"330102001000": "甲街道", HERE: "子社区", DISTRICT: "某区"}
    return District(DISTRICT, "某区", None, Layer([]), Layer(strips), Layer([]), True, names)


def test_each_zoom_has_a_scale_no_coarser_than_it() -> None:
    assert [scale_of(zoom) for zoom in (0, 10, 11, 13, 16, 22)] == [10, 10, 12, 14, 16, 16]


def test_fewer_vertices_from_afar() -> None:
    vertices = [
        sum(shapely.get_num_coordinates(shape(each["geometry"])) for each in grids(district(), s))
        for s in SCALES
    ]

    assert vertices == sorted(vertices)
    assert vertices[0] < vertices[-1]


def test_neighbours_keep_a_common_border() -> None:
    for scale in SCALES:
        one, other = (shape(each["geometry"]) for each in grids(district(), scale))

        assert one.intersection(other).area < 1e-9
        assert shapely.union_all([one, other]).area > 0.999


def test_without_outlines_what_lies_below_makes_them() -> None:
    found = {each["properties"]["code"]: each["properties"] for each in divisions(district(), 12)}

    assert list(found) == [DISTRICT, "330102001000", HERE, THERE]
    assert found[HERE]["name"] == "甲街道子社区"


def test_a_border_divided_on_one_side_only_leaves_no_seam() -> None:
    """As after a split: the neighbour's edge lacks the corner that lies on it."""
    corner = (120.00013571, 30.00004114)  # not quite on the edge below, as rounding leaves it
    start, stop = (120.0, 30.0), (120.00032993, 30.00010001)
    upper = shapely.Polygon([start, corner, stop, (120.0003, 30.001), (120.0, 30.001)])
    lower = shapely.Polygon([start, (120.0003, 29.999), stop])
    strips = [Shape(f"{HERE}001", HERE, upper), Shape(f"{HERE}002", HERE, lower)]
    split = District(DISTRICT, "某区", None, Layer([]), Layer(strips), Layer([]), True, {})

    found = [each for each in divisions(split, 16) if each["properties"]["code"] == HERE]

    assert [len(each["geometry"]["coordinates"]) for each in found] == [1]
