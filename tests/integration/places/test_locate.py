"""A point finds its grid, community and sub-district; outside of the district it is refused."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction

from chengshao.kernel.geo import CoordinatesInvalid, Crs, from_wgs84
from chengshao.places import queries
from chengshao.places.models import Edition, Grid
from tests.integration.places.conftest import (
    LATER,
    SINCE,
    TODAY,
    take_divisions,
    take_grids,
    take_outlines,
    take_zones,
)
from tests.statements import count_statements
from tests.unit.places.maps import (
    SUBDISTRICT,
    at,
    box,
    code_of,
    community,
    feature,
    grid,
    grids,
    point,
    polygon,
)


def test_a_point_finds_its_grid(district: None) -> None:
    lng, lat = at(1.5, 2.5)

    found = queries.locate(lng, lat)

    assert found == queries.Location(lng, lat, code_of(1, 2), community(1), SUBDISTRICT)


def test_a_point_from_a_phone_s_map_is_converted(district: None) -> None:
    shown = from_wgs84(*point(1.5, 2.5), Crs.GCJ02)

    found = queries.locate(*shown, crs=Crs.GCJ02)

    assert found.grid == code_of(1, 2)
    assert (found.lng, found.lat) == pytest.approx(at(1.5, 2.5), abs=1e-7)


def test_a_point_outside_is_refused_and_the_district_named(district: None) -> None:
    take_outlines([feature(polygon(box(0, 0, 4, 4)))])

    assert queries.locate(*point(3.5, 3.5)).grid == ""
    with pytest.raises(queries.PointOutside) as refused:
        queries.locate(*point(4.5, 3.5))
    assert refused.value.params["district"] == "示范区"


def test_what_is_no_point_is_refused(district: None) -> None:
    with pytest.raises(CoordinatesInvalid):
        queries.locate(float("nan"), 30)


def test_before_any_shape_every_point_is_taken(divisions: None) -> None:
    assert queries.locate(*point(1, 1)) == queries.Location(*point(1, 1), "", "", "")


def test_asks_the_database_one_cheap_thing_once_shapes_are_in_memory(district: None) -> None:
    queries.locate(*point(1, 1))

    with count_statements() as counted:
        for _ in range(3):
            queries.locate(*point(1, 1))
    assert counted.number == 3
    assert all("places_edition" in sql for sql in counted.statements)


def test_a_new_set_is_seen_at_once(district: None) -> None:
    place = point(0.75, 0.5)
    assert queries.locate(*place).grid == code_of(0, 0)
    halves = [grid(0, 0, box(0, 0, 0.5, 1)), grid(0, 3, box(0.5, 0, 1, 1))]
    take_grids([*grids(without=(0, 0)), *halves], since=LATER)

    assert queries.locate(*place).grid == code_of(0, 3)
    assert queries.locate(*place, on=LATER - timedelta(1)).grid == code_of(0, 0)


def test_a_set_that_starts_tomorrow_counts_from_tomorrow(district: None) -> None:
    tomorrow = TODAY + timedelta(1)
    take_grids(grids(3, 2), since=tomorrow)

    assert queries.locate(*point(0.5, 2.5)).grid == code_of(0, 2)
    with pytest.raises(queries.PointOutside):
        queries.locate(*point(0.5, 2.5), on=tomorrow)


@pytest.mark.django_db(transaction=True)
def test_shapes_of_a_transaction_that_failed_are_forgotten() -> None:
    take_divisions()
    take_grids(grids())
    with transaction.atomic():
        take_grids(grids(3, 2), since=LATER)
        with pytest.raises(queries.PointOutside):
            queries.locate(*point(0.5, 2.5))
        transaction.set_rollback(True)

    assert queries.locate(*point(0.5, 2.5)).grid == code_of(0, 2)


@pytest.mark.django_db(transaction=True)
def test_another_process_s_import_is_seen_and_only_once_it_is_whole() -> None:
    """Threads stand for processes: each has its connection; the memory is told by the token."""
    take_divisions()
    take_grids(grids())
    place = point(0.5, 2.5)
    written, looked = threading.Event(), threading.Event()

    def import_elsewhere() -> None:
        try:
            with transaction.atomic():
                take_grids(grids(3, 2), since=LATER)
                written.set()
                assert looked.wait(30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(import_elsewhere)
        assert written.wait(30)
        during = queries.locate(*place).grid
        looked.set()
        done.result()

    assert during == code_of(0, 2)
    with pytest.raises(queries.PointOutside):
        queries.locate(*place)


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_follow_each_other() -> None:
    take_divisions()

    def take(columns: int) -> int:
        try:
            return take_grids(grids(columns, 3)).added
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        added = list(pool.map(take, (2, 3)))

    assert sorted(added) in ([3, 6], [0, 9])  # whichever came first
    assert Grid.objects.count() in (6, 9)
    assert Edition.objects.count() == 1


def test_a_point_may_lie_in_several_zones(district: None, units: None) -> None:
    road = {"type": "LineString", "coordinates": [at(0, 0.5), at(3, 0.5)]}
    take_zones(
        [
            feature(road, 编码="R1", 名称="演示路", 类型="道路", 缓冲米=15, 责任单位="roads"),
            feature(polygon(box(0, 0, 1, 1)), 编码="E1", 名称="演示小区", 类型="小区"),
        ]
    )

    on_both, beside, none = point(0.5, 0.6), point(0.5, 0.9), point(2.5, 0.9)
    assert [zone.name for zone in queries.zones_at(*on_both)] == ["演示小区", "演示路"]
    assert [zone.name for zone in queries.zones_at(*beside)] == ["演示小区"]
    assert queries.zones_at(*none) == []
    assert [zone.name for zone in queries.zones_at(*point(2.5, 0.6))] == ["演示路"]
    assert queries.zones_at(*point(0.5, 0.6), on=SINCE - timedelta(1)) == []
