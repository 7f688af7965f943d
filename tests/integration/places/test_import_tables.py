"""Borders, zones, managed objects and known places, as tables and GeoJSON."""

from typing import Any

import pytest

from chengshao.kernel.geo import Crs, from_wgs84
from chengshao.kernel.tables import TableRefused
from chengshao.people.queries import unit_ids_by_code
from chengshao.places import queries
from chengshao.places.models import KnownPlace, ManagedObject, Outline, Zone
from tests.integration.places.conftest import (
    LATER,
    TODAY,
    take_objects,
    take_outlines,
    take_places,
    take_zones,
)
from tests.unit.places.maps import (
    DISTRICT,
    SUBDISTRICT,
    at,
    box,
    code_of,
    community,
    feature,
    point,
    polygon,
)

pytestmark = pytest.mark.usefixtures("district")

OBJECTS = "编码,名称,类型,经度,纬度,区划代码,地址,权属单位\n"


def faults(take: Any, given: Any, **more: Any) -> list[tuple[int, str, str]]:
    models = (Outline, Zone, ManagedObject, KnownPlace)
    before = [model.objects.count() for model in models]
    with pytest.raises(TableRefused) as refused:
        take(given, **more)
    assert [model.objects.count() for model in models] == before
    return [(fault.row, fault.column, fault.code) for fault in refused.value.faults]


class TestObjects:
    def test_lie_in_the_grid_of_their_point(self, units: None) -> None:
        lng, lat = at(1.5, 0.5)
        take_objects(OBJECTS + f"S-1,演示面馆,商铺,{lng},{lat},,演示路1号,roads\n")

        (shop,) = queries.objects_of(community(1))
        assert (shop.kind, shop.grid, shop.territory) == ("SHOP", code_of(1, 0), community(1))
        assert shop.owner_unit_id == unit_ids_by_code(["roads"])["roads"]
        assert [found.code for found in queries.find_objects("s-1")] == ["S-1"]
        assert [found.code for found in queries.find_objects("ysmg")] == ["S-1"]

    def test_the_same_again_changes_nothing_and_a_later_name_follows(self) -> None:
        lng, lat = at(1.5, 0.5)
        table = OBJECTS + f"S-1,演示面馆,商铺,{lng},{lat},,,\n"
        take_objects(table)

        assert not take_objects(table).changed
        told = take_objects(table.replace("面馆", "茶馆"), since=LATER)

        assert (told.added, told.ended) == (1, 1)
        assert [o.name for o in ManagedObject.objects.in_force(TODAY)] == ["演示茶馆"]

    def test_points_from_a_phone_s_map(self) -> None:
        lng, lat = from_wgs84(*point(1.5, 0.5), Crs.BD09)
        take_objects(OBJECTS + f"S-1,演示面馆,商铺,{lng},{lat},,,\n", crs=Crs.BD09)

        assert ManagedObject.objects.get().grid == code_of(1, 0)

    def test_every_fault_by_row_and_column(self) -> None:
        lng, lat = at(9, 9)
        table = OBJECTS + (
            ",无编码,商铺,,,,,\n"
            "S-2,演示,飞船,,,,,\n"
            f"S-3,演示,商铺,{lng},{lat},,,\n"
            "S-4,演示,商铺,30.25,120.15,,,\n"
            "S-5,演示,商铺,120.15,,,,\n"
            "S-6,演示,商铺,东经,北纬,,,\n"
            "S-7,演示,商铺,,,330199001001,,nobody\n"
            "3305080101000001,演示井盖,井盖,,,,,\n"
            "a b,演示,商铺,,,,,\n"
        )

        assert faults(take_objects, table) == [
            (2, "编码", "value_missing"),
            (3, "类型", "value_unknown"),
            (5, "经度", "coordinates_invalid"),
            (6, "纬度", "value_missing"),
            (7, "经度", "value_not_a_number"),
            (7, "纬度", "value_not_a_number"),
            (10, "编码", "value_invalid"),
            (9, "编码", "component_code_elsewhere"),
            (8, "权属单位", "value_unknown"),
            (8, "区划代码", "division_not_found"),
            (4, "经度", "point_outside"),
        ]


class TestKnownPlaces:
    def test_without_a_code_are_known_by_what_they_are_called_and_where(self) -> None:
        table = f"名称,类型,区划代码\n演示大厦,地标,{community(0)}\n演示大厦,地标,{community(1)}\n"

        assert take_places(table).added == 2
        assert not take_places(table).changed
        assert len(queries.find_places("演示大厦")) == 2

    def test_twice_in_one_table_is_a_fault(self) -> None:
        assert faults(take_places, "名称,类型\n演示大厦,地标\n演示大厦,地标\n") == [
            (3, "编码", "value_repeated")
        ]

    def test_a_code_that_looks_derived_is_refused(self) -> None:
        table = f"编码,名称,类型\ndivision:{SUBDISTRICT},假街道,地标\n"

        assert faults(take_places, table) == [(2, "编码", "value_invalid")]


class TestOutlines:
    def test_a_single_border_without_a_code_is_the_district_s(self) -> None:
        take_outlines([feature(polygon(box(0, 0, 4, 4)), 示意="是")])

        kept = Outline.objects.get()
        assert (kept.code, kept.illustrative) == (DISTRICT, True)

    def test_of_a_division_that_is_none(self) -> None:
        found = faults(
            take_outlines,
            [feature(polygon(box(0, 0, 1, 1)), 区划代码="330102077000"), feature(polygon())],
        )

        assert found == [
            (2, "geometry", "geometry_empty"),
            (2, "区划代码", "value_missing"),
            (1, "区划代码", "division_not_found"),
        ]

    def test_a_later_border_follows(self) -> None:
        take_outlines([feature(polygon(box(0, 0, 4, 4)))])
        told = take_outlines([feature(polygon(box(0, 0, 5, 5)))], since=LATER)

        assert (told.added, told.ended) == (1, 1)
        assert queries.locate(*point(4.5, 4.5)).grid == ""
        with pytest.raises(queries.PointOutside):
            queries.locate(*point(4.5, 4.5), on=LATER.replace(month=1))


class TestZones:
    def test_a_line_is_kept_as_a_line_with_its_reach(self) -> None:
        line = {"type": "LineString", "coordinates": [at(0, 0), at(3, 0)]}
        take_zones([feature(line, 名称="演示路", 类型="道路")])

        kept = Zone.objects.get()
        assert (kept.geometry, kept.buffer_m, kept.territory) == (line, 10, DISTRICT)

    def test_every_fault_by_feature_and_property(self) -> None:
        line = {"type": "LineString", "coordinates": [at(0, 0), at(3, 0)]}
        features = [
            feature(line, 名称="", 类型="道路", 缓冲米=0),
            feature(line, 名称="演示路", 类型="空域", 责任单位="nobody"),
            feature({"type": "Point", "coordinates": at(0, 0)}, 名称="点", 类型="小区"),
        ]

        assert sorted(faults(take_zones, features)) == [
            (1, "名称", "value_missing"),
            (1, "缓冲米", "place_number_out_of_range"),
            (2, "类型", "value_unknown"),
            (2, "责任单位", "value_unknown"),
            (3, "geometry", "geometry_type_wrong"),
        ]
