"""Areas are those on the ellipsoid; lines become as wide as they are in the street."""

from math import cos, radians, sin, sqrt

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.geo import distance_m
from chengshao.places.rules.shapes import areas_m2, on_plane, widened

LNG, LAT = st.floats(75, 134), st.floats(4, 52)


def ellipsoid_area(south: float, north: float, degrees: float) -> float:
    """Integrate the radii of curvature of WGS84 over a box: independent of the projection."""
    a, e2, steps = 6378137.0, 0.0066943799901413165, 200
    width = (north - south) / steps
    total = 0.0
    for i in range(steps):
        phi = radians(south + (i + 0.5) * width)
        w = sqrt(1 - e2 * sin(phi) ** 2)
        total += a * (1 - e2) / w**3 * a / w * cos(phi)
    return total * radians(width) * radians(degrees)


@given(LNG, LAT, st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_the_area_of_a_box_anywhere_in_china(
    lng: float, lat: float, width: float, height: float
) -> None:
    (area,) = areas_m2([shapely.box(lng, lat, lng + width, lat + height)])

    assert area == pytest.approx(ellipsoid_area(lat, lat + height, width), rel=1e-6)


@given(LNG, LAT)
def test_lengths_on_the_plane_are_true_around_its_latitude(lng: float, lat: float) -> None:
    east, north = (lng + 0.01, lat), (lng, lat + 0.001)
    plane = on_plane([shapely.LineString([(lng, lat), p]) for p in (east, north)], lat=lat)

    assert shapely.length(plane) == pytest.approx(
        [distance_m(lng, lat, *east), distance_m(lng, lat, *north)], rel=1e-4
    )


@given(LNG, LAT, st.integers(1, 250))
def test_a_line_reaches_so_many_metres_to_each_side(lng: float, lat: float, metres: int) -> None:
    ends = [(lng, lat), (lng + 0.05, lat)]
    length = distance_m(*ends[0], *ends[1])

    road = widened(shapely.LineString(ends), metres=metres)

    (area,) = areas_m2([road])
    assert area == pytest.approx(2 * metres * length + 3.06 * metres**2, rel=0.01)


def test_no_shapes_have_no_areas() -> None:
    assert areas_m2([]) == []
