"""GeoJSON from strangers: bounded, checked, converted; a fault names the feature."""

import json
import math
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengshao.kernel.geo import Crs, from_wgs84
from chengshao.kernel.tables import Fault, Faults
from chengshao.places.rules import geojson as rules
from chengshao.places.rules.geojson import (
    AREA_OR_LINE,
    POLYGON,
    Asked,
    Feature,
    GeoJsonTooLarge,
    GeoJsonUnreadable,
    collection,
    read_features,
)
from chengshao.places.rules.shapes import geojson_of
from tests.unit.places.maps import at, box, feature, geojson, polygon

SQUARE = box(0, 0, 1, 1)


def read(
    content: bytes, *, asked: Asked = POLYGON, crs: Crs = Crs.WGS84
) -> tuple[list[Feature], list[Fault]]:
    faults = Faults()
    found = read_features(content, crs=crs, asked=asked, names={}, faults=faults)
    return found, faults.found


def fault_of(geometry: Any, *, asked: Asked = POLYGON) -> str:
    """Return the one fault of a file with this geometry after a good one."""
    good = feature(polygon(SQUARE))
    (first, second), (fault,) = read(geojson([good, feature(geometry)]), asked=asked)
    assert first.geometry is not None
    assert second.geometry is None
    assert (fault.row, fault.column) == (2, "geometry")
    return fault.code


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (polygon(SQUARE[:-1]), "ring_open"),
        (polygon([at(0, 0), at(1, 0), at(0, 0)]), "ring_too_short"),
        (polygon([at(0, 0), at(1, 1), at(1, 0), at(0, 1), at(0, 0)]), "geometry_invalid"),
        (polygon([at(0, 0), at(1, 0), at(2, 0), at(0, 0)]), "geometry_invalid"),
        (polygon(SQUARE, box(2, 2, 3, 3)), "geometry_invalid"),
        (polygon(), "geometry_empty"),
        (polygon([["120.1", "30.2"]] * 4), "position_invalid"),
        (polygon([[True, False]] * 4), "position_invalid"),
        (polygon([[120.1]] * 4), "position_invalid"),
        (polygon([None] * 4), "position_invalid"),
        (polygon([[[120.1, 30.2]]] * 4), "position_invalid"),
        (polygon([[30.2, 120.1]] * 4), "coordinates_invalid"),
        (polygon([[521_000.5, 3_350_000.1]] * 4), "coordinates_invalid"),
        (polygon([[10**400, 30]] * 4), "coordinates_invalid"),
        ({"type": "Polygon", "coordinates": "120,30"}, "geometry_type_wrong"),
        ({"type": "Polygon", "coordinates": ["120,30"]}, "position_invalid"),
        ({"type": "Point", "coordinates": at(0, 0)}, "geometry_type_wrong"),
        ({"type": "Nonsense" * 50, "coordinates": []}, "geometry_type_wrong"),
        ({"type": ["Polygon"], "coordinates": []}, "geometry_type_wrong"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, "geometry_type_wrong"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry_type_wrong"),
        (None, "geojson_no_feature"),
        ([], "geojson_no_feature"),
    ],
)
def test_a_wrong_geometry_is_a_fault_of_its_feature(geometry: Any, code: str) -> None:
    assert fault_of(geometry) == code


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        ({"type": "LineString", "coordinates": [at(0, 0)]}, "geometry_empty"),
        ({"type": "LineString", "coordinates": [at(0, 0), at(0, 0)]}, "geometry_empty"),
        ({"type": "MultiLineString", "coordinates": []}, "geometry_empty"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, "geometry_invalid"),
    ],
)
def test_a_wrong_line_is_one_too(geometry: Any, code: str) -> None:
    assert fault_of(geometry, asked=AREA_OR_LINE) == code


def test_a_polygon_of_too_many_points_is_refused() -> None:
    circle = [at(math.cos(i * math.tau / 3000), math.sin(i * math.tau / 3000)) for i in range(3000)]

    assert fault_of(polygon([*circle, circle[0]])) == "geometry_too_fine"


def test_a_polygon_may_come_as_a_multipolygon_of_one_part_and_with_heights() -> None:
    ring = [[*position, 12.5] for position in SQUARE]
    (found,), faults = read(geojson([feature({"type": "MultiPolygon", "coordinates": [[ring]]})]))

    assert faults == []
    assert found.geometry is not None
    assert geojson_of(found.geometry) == polygon(SQUARE)


def test_a_clockwise_ring_is_turned() -> None:
    (found,), _ = read(geojson([feature(polygon(SQUARE[::-1]))]))

    assert found.geometry is not None
    turned = geojson_of(found.geometry)["coordinates"][0]
    assert sorted(turned) == sorted(SQUARE)
    assert sum((b[0] - a[0]) * (b[1] + a[1] - 60) for a, b in pairwise(turned)) < 0  # anticlockwise


def test_other_maps_coordinates_are_converted() -> None:
    shown = [list(from_wgs84(lng, lat, Crs.GCJ02)) for lng, lat in SQUARE]
    (found,), faults = read(geojson([feature(polygon(shown))]), crs=Crs.GCJ02)

    assert faults == []
    assert found.geometry is not None
    assert geojson_of(found.geometry) == polygon(SQUARE)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:EPSG::4490", "urn:ogc:def:crs:OGC:1.3:CRS84"])
def test_a_file_may_say_that_it_is_in_the_national_system(name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}

    assert read(geojson([feature(polygon(SQUARE))], crs=crs))[1] == []


@pytest.mark.parametrize(
    "crs", [{"type": "name", "properties": {"name": "EPSG:4549"}}, "EPSG:4490", {"properties": 1}]
)
def test_a_file_in_metres_is_refused(crs: Any) -> None:
    _, (fault,) = read(geojson([feature(polygon(SQUARE))], crs=crs))

    assert (fault.row, fault.code) == (0, "geojson_crs_unknown")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"FeatureCollection"',
        b'{"type":"FeatureCollection"}',
        b'{"type":"FeatureCollection","features":{}}',
        b'{"type":"Topology","objects":{}}',
        b'{"type":"FeatureCollection","features":[NaN]}',
        b'{"type":"FeatureCollection","features":[Infinity]}',
        b'{"type":"FeatureCollection","features":[-Infinity]}',
        b"\xff\xfe{\x00}\x00",
        b"PK\x03\x04 an Excel file",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 10_000,
        b'{"type":"FeatureCollection","features":[' + b"9" * 5000 + b"]}",
    ],
)
def test_what_is_no_geojson_is_unreadable(content: bytes) -> None:
    with pytest.raises(GeoJsonUnreadable):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        b" " * (rules.MAX_BYTES + 1),
        geojson([None] * (rules.MAX_FEATURES + 1)),
        b"[" + b"{}," * (4 * rules.MAX_FEATURES + 1),
        b"[" + b"[]," * (rules.MAX_VERTICES + 4 * rules.MAX_FEATURES),
    ],
    ids=["bytes", "features", "objects", "lists"],
)
def test_what_is_too_large_is_not_even_parsed(content: bytes) -> None:
    with pytest.raises(GeoJsonTooLarge):
        read(content)


def test_an_empty_collection_is_a_fault() -> None:
    _, (fault,) = read(geojson([]))

    assert (fault.row, fault.code) == (0, "geojson_empty")


def test_a_byte_order_mark_is_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + geojson([feature(polygon(SQUARE))]))[1] == []


def test_properties_read_as_text_and_nested_ones_as_none() -> None:
    (found,), _ = read(
        geojson([feature(polygon(SQUARE), a=1.0, b=2.5, c=True, d=None, e={"f": 1}, g=" h ")])
    )

    read_as = {name: found.fields.text(name, limit=10) for name in "abcdeg"}
    assert read_as == {"a": "1", "b": "2.5", "c": "是", "d": "", "e": "", "g": "h"}


@pytest.mark.parametrize("text", ["\x00", "a\ud800b", "x" * 11])
def test_text_that_no_database_takes_is_a_fault(text: str) -> None:
    faults = Faults()
    raw = json.dumps(feature(polygon(SQUARE), name=text)).encode()
    (found,) = read_features(raw, crs=Crs.WGS84, asked=POLYGON, names={}, faults=faults)

    assert found.fields.text("name", limit=10) == ""
    (fault,) = faults.found
    assert (fault.row, fault.column) == (1, "name")
    "".join(map(str, fault.params.values())).encode()  # can be shown


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)
NEARLY_POSITIONS = st.lists(st.tuples(st.floats(119, 121), st.floats(29, 31)).map(list) | JSON)
NEARLY_GEOMETRY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "LineString", "Point", ""]) | JSON,
        "coordinates": st.lists(NEARLY_POSITIONS | st.just(SQUARE)) | NEARLY_POSITIONS | JSON,
    }
)
NEARLY_FEATURES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.just("Feature"),
            "geometry": NEARLY_GEOMETRY | JSON,
            "properties": st.dictionaries(st.text(max_size=5), JSON) | JSON,
        }
    )
    | JSON,
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(NEARLY_FEATURES | JSON, st.sampled_from([POLYGON, AREA_OR_LINE]), st.sampled_from(Crs))
def test_whatever_is_handed_in_is_read_or_refused_in_words(
    features: Any, asked: Asked, crs: Crs
) -> None:
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    try:
        found, faults = read(content, asked=asked, crs=crs)
    except GeoJsonUnreadable:
        return

    refused = {fault.row for fault in faults if fault.column == "geometry"}
    assert refused == {each.row for each in found if each.geometry is None}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_at_all_are_read_or_refused_in_words(content: bytes) -> None:
    with suppress(GeoJsonUnreadable):
        read(content)


def test_what_is_written_is_read_again() -> None:
    features = [
        feature(polygon(SQUARE), 名称="清波门", 示意=True),
        feature(polygon(box(1, 0, 2, 1))),
    ]

    found, faults = read(collection(features))

    assert faults == []
    assert found[0].fields.text("名称", limit=10) == "清波门"
    assert found[0].fields.flag("示意") is True
    assert [geojson_of(each.geometry)["coordinates"][0] for each in found if each.geometry] == [
        SQUARE,
        box(1, 0, 2, 1),
    ]
