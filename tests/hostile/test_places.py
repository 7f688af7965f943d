"""Maps and registers of places: read, or every fault named by row and column."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import shapely
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.geo import Crs
from chengshao.kernel.tables import Faults
from chengshao.places.rules.fields import Fields
from chengshao.places.rules.grids import check_grids, read_grids
from chengshao.places.rules.periods import Dated
from chengshao.places.rules.shapes import areas_m2, geometry_of, widened
from chengshao.places.rules.tables import (
    DIVISION_HEADINGS,
    OBJECT_HEADINGS,
    PLACE_HEADINGS,
    check_tree,
    read_divisions,
    read_known_places,
    read_objects,
    read_outlines,
    read_zones,
)
from tests.hostile.broken import JSON, as_json, broken, cells, changed, named, read_or_refused
from tests.hostile.portions import examples
from tests.unit.places.maps import DISTRICT, at, box, code_of, feature, grids, point, polygon

TODAY = date(2026, 11, 22)
NUMBERS = (
    st.floats() | st.floats(73, 136) | st.integers(-(10**400), 10**400) | st.floats(30.25, 30.26)
)
OTHER = JSON | NUMBERS | st.lists(NUMBERS, min_size=1, max_size=4)
DATES = {"生效日期": "2026-01-01", "失效日期": "2027-01-01", "来源": "测绘院", "示意": "是"}
MAP: dict[str, Any] = {
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
    "features": [
        *grids(2, 1),
        feature(
            polygon(box(0, 1, 2, 3), box(0.5, 1.5, 1.5, 2.5)),
            网格编码=code_of(2, 2),
            区划代码=DISTRICT,
            **DATES,
        ),
        feature(
            {"type": "LineString", "coordinates": [at(0, 0), at(1, 1)]},
            name="路",
            缓冲米=5,
            类型="道路",
        ),
        feature(
            {"type": "MultiPolygon", "coordinates": [[box(5, 5, 6, 6)], [box(7, 7, 8, 8)]]},
            code="Z1",
        ),
        feature(
            {"type": "MultiLineString", "coordinates": [[at(0, 0), at(1, 1)]]},
            name="河",
            类型="河道",
        ),
    ],
}
MAPS = broken(MAP, OTHER).map(as_json) | changed(as_json(MAP)) | JSON.map(as_json)
CRS = st.sampled_from(Crs)
BORDER = shapely.box(*point(-1, -1), *point(4, 4))


def whole(records: Iterable[Dated]) -> None:
    """Pass if what was read can be kept: a shape that is one, in a period that has an end."""
    for record in records:
        if "geometry" in record.facts:
            shape = geometry_of(record.facts["geometry"])
            assert shapely.is_valid(shape)
            assert areas_m2([shape])[0] >= 0


@examples("geojson", among=2)
@given(MAPS, CRS)
def test_a_map_of_borders_or_zones_is_read_or_refused(content: bytes, crs: Crs) -> None:
    for read in (read_outlines, read_zones):
        faults = Faults()
        with read_or_refused():
            records = read(content, crs=crs, valid_from=TODAY, district=DISTRICT, faults=faults)
            whole(records)
            for record in records:
                if record.facts.get("buffer_m"):
                    widened(geometry_of(record.facts["geometry"]), metres=record.facts["buffer_m"])
        for fault in faults.found:
            named(fault)


@examples("geojson", among=2)
@given(MAPS, CRS)
def test_a_map_of_grids_is_read_or_refused(content: bytes, crs: Crs) -> None:
    with read_or_refused():
        file = read_grids(content, crs=crs)
        faults = check_grids(file.grids, within=DISTRICT, communities=set(), outline=BORDER)
        for fault in (*file.faults, *faults):
            named(fault)


DIVISION = dict(zip(DIVISION_HEADINGS, ("330102001000", "清波街道", *DATES.values()), strict=True))
AT = {"经度": "120.1505", "纬度": "30.2405", "区划代码": "330102001001", **DATES}
OBJECT = dict.fromkeys(OBJECT_HEADINGS, "") | {"编码": "JG-1", "名称": "井盖", "类型": "井盖", **AT}
PLACE = dict.fromkeys(PLACE_HEADINGS, "") | {
    "名称": "清波门",
    "类型": "地标",
    "别名": "门、旧门",
    **AT,
}
Read = Callable[[Iterable[Fields]], list[Dated]]
TABLES: list[tuple[dict[str, str], Callable[[Crs], Read]]] = [
    (DIVISION, lambda crs: lambda rows: read_divisions(rows, valid_from=TODAY)),
    (OBJECT, lambda crs: lambda rows: read_objects(rows, crs=crs, valid_from=TODAY)),
    (PLACE, lambda crs: lambda rows: read_known_places(rows, crs=crs, valid_from=TODAY)),
]


@examples("place tables")
@given(st.sampled_from(TABLES), CRS, st.data())
def test_a_register_of_places_is_read_fault_by_fault(
    table: tuple[Mapping[str, str], Callable[[Crs], Read]], crs: Crs, data: st.DataObject
) -> None:
    row, reader = table
    faults = Faults()
    rows = [Fields(data.draw(cells(row)), number, faults) for number in (2, 3)]
    records = reader(crs)(rows)

    if row is DIVISION:
        check_tree(records, faults)
    whole(records)
    for fault in faults.found:
        named(fault)
