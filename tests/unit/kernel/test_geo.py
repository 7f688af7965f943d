"""Points are kept in WGS84; what other maps show is converted at the door (C8)."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.geo import (
    CoordinatesInvalid,
    Crs,
    check_coordinates,
    distance_m,
    from_wgs84,
    to_wgs84,
)

CENTIMETRE = 1e-7  # degrees
WEST_LAKE = (120.2, 30.25)
MAINLAND = st.tuples(st.floats(73.5, 135), st.floats(3.5, 53.5))
ON_EARTH = st.tuples(st.floats(-180, 180), st.floats(-89, 89))


def degrees(whole: int, minutes: int, seconds: float) -> float:
    return math.copysign(abs(whole) + minutes / 60 + seconds / 3600, whole)


class TestOtherMaps:
    @given(MAINLAND, st.sampled_from(Crs))
    def test_there_and_back_is_the_same_centimetre(
        self, point: tuple[float, float], crs: Crs
    ) -> None:
        back = to_wgs84(*from_wgs84(*point, crs), crs)

        assert back == pytest.approx(point, abs=CENTIMETRE, rel=0)

    @given(MAINLAND, st.sampled_from([Crs.GCJ02, Crs.BD09]))
    def test_another_map_is_some_hundred_metres_off(
        self, point: tuple[float, float], crs: Crs
    ) -> None:
        assert 10 < distance_m(*point, *from_wgs84(*point, crs)) < 2500

    def test_agrees_with_the_published_programs(self) -> None:
        """The worked example of coordtransform, the most used one, near Tian'anmen."""
        assert from_wgs84(116.404, 39.915, Crs.GCJ02) == pytest.approx(
            (116.41024449916938, 39.91640428150164), abs=1e-11
        )
        gcj02 = 116.404, 39.915
        bd09 = 116.41036949371029, 39.92133699351021
        assert to_wgs84(*bd09, Crs.BD09) == pytest.approx(
            to_wgs84(*gcj02, Crs.GCJ02), abs=CENTIMETRE
        )

    @pytest.mark.parametrize("place", [(139.7, 35.7), (2.35, 48.85), (-70.0, -33.0)])
    def test_outside_china_nothing_is_shifted(self, place: tuple[float, float]) -> None:
        assert to_wgs84(*place, Crs.GCJ02) == place
        assert from_wgs84(*place, Crs.GCJ02) == place

    @given(ON_EARTH, st.sampled_from(Crs))
    def test_every_place_on_earth_has_an_answer(self, point: tuple[float, float], crs: Crs) -> None:
        assert all(map(math.isfinite, to_wgs84(*point, crs)))


@pytest.mark.parametrize(
    ("lng", "lat"),
    [(math.nan, 30), (120, math.inf), (180.1, 0), (0, -90.5), (500_000.0, 3_300_000.0)],
)
def test_what_is_no_place_on_earth_is_refused(lng: float, lat: float) -> None:
    with pytest.raises(CoordinatesInvalid):
        check_coordinates(lng, lat)
    with pytest.raises(CoordinatesInvalid):
        to_wgs84(lng, lat, Crs.GCJ02)


class TestDistance:
    def test_a_surveyed_line(self) -> None:
        """Flinders Peak to Buninyong, the example of the geodetic textbooks: 54,972.271 m."""
        flinders = degrees(144, 25, 29.52440), degrees(-37, 57, 3.72030)
        buninyong = degrees(143, 55, 35.38390), degrees(-37, 39, 10.15610)

        assert distance_m(*flinders, *buninyong) == pytest.approx(54972.271, rel=1e-5)

    def test_fifty_metres_along_the_equator(self) -> None:
        assert distance_m(0, 0, 50 / 111_319.4908, 0) == pytest.approx(50, rel=1e-6)

    @given(ON_EARTH, ON_EARTH)
    def test_is_the_same_both_ways_and_never_negative(
        self, here: tuple[float, float], there: tuple[float, float]
    ) -> None:
        forth, back = distance_m(*here, *there), distance_m(*there, *here)

        assert forth == pytest.approx(back, rel=1e-9, abs=1e-6)
        assert 0 <= forth < 20_100_000

    def test_to_itself_is_nothing(self) -> None:
        assert distance_m(*WEST_LAKE, *WEST_LAKE) == 0
