"""GeoJSON (RFC 7946) as strangers hand it in: bounded, checked, converted to WGS84."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from chengshao.kernel.errors import Invalid
from chengshao.kernel.geo import Crs, LngLat, to_wgs84
from chengshao.kernel.tables import Faults
from chengshao.places.rules.fields import Fields, in_china, shown

MAX_BYTES = 40 * 1024 * 1024
MAX_FEATURES = 50_000
MAX_VERTICES = 2_000_000  # of all features
_DECIMALS = 8  # 1 mm

# CGCS2000 (EPSG 4490) and WGS84 agree within centimetres.
_PLAIN_CRS = ("CRS84", "CRS:84", "EPSG::4326", "EPSG:4326", "EPSG::4490", "EPSG:4490")


class GeoJsonUnreadable(Invalid):
    code = "geojson_unreadable"


class GeoJsonTooLarge(Invalid):
    code = "geojson_too_large"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; a faulty geometry is None. Its row is its place in the file, from 1."""

    fields: Fields
    geometry: BaseGeometry | None

    @property
    def row(self) -> int:
        return self.fields.row


@dataclass(frozen=True, slots=True)
class Asked:
    """What geometries are taken: their types and how many vertices each may have."""

    types: frozenset[str]
    max_vertices: int


LINE = Asked(frozenset({"LineString"}), 500)
POLYGON = Asked(frozenset({"Polygon"}), 2_000)
AREA = Asked(frozenset({"Polygon", "MultiPolygon"}), 100_000)
AREA_OR_LINE = Asked(
    frozenset({"Polygon", "MultiPolygon", "LineString", "MultiLineString"}), 20_000
)


class GeometryWrong(Exception):
    """A shape that can't be taken; the code has its words."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params = params


def read_features(
    content: bytes,
    *,
    crs: Crs,
    asked: Asked,
    names: Mapping[str, str],
    faults: Faults,
) -> list[Feature]:
    """
    Return the features of a FeatureCollection (or one Feature); geometry faults go to `faults`.

    `names` translates property names to the headings by which they are read; a heading is also
    its own name. A polygon of one part may come as a MultiPolygon.

    :raises GeoJsonTooLarge: beyond 40 MB, 50,000 features or 2 million vertices
    :raises GeoJsonUnreadable: if it is no GeoJSON
    """
    features = _features_of(_parsed(content), faults)
    if not features:
        faults.add(0, "features", "geojson_empty")
    return [
        _feature(row, raw, crs, asked, names, faults) for row, raw in enumerate(features, start=1)
    ]


def _parsed(content: bytes) -> Any:
    # Each object and each list costs memory far beyond its two characters: count them first.
    if len(content) > MAX_BYTES or content.count(b"{") > 4 * MAX_FEATURES:
        raise GeoJsonTooLarge(megabytes=MAX_BYTES // 1024**2, features=MAX_FEATURES)
    if content.count(b"[") > MAX_VERTICES + 4 * MAX_FEATURES:
        raise GeoJsonTooLarge(megabytes=MAX_BYTES // 1024**2, features=MAX_FEATURES)
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise GeoJsonUnreadable from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _features_of(parsed: Any, faults: Faults) -> list[Any]:
    match parsed:
        case {"type": "FeatureCollection", "features": list(features)}:
            pass
        case {"type": "Feature"}:
            features = [parsed]
        case _:
            raise GeoJsonUnreadable
    if len(features) > MAX_FEATURES:
        raise GeoJsonTooLarge(megabytes=MAX_BYTES // 1024**2, features=MAX_FEATURES)
    if parsed.get("crs") is not None:
        match parsed["crs"]:
            case {"properties": {"name": str(name)}} if name.endswith(_PLAIN_CRS):
                pass
            case _:
                faults.add(0, "crs", "geojson_crs_unknown")
    return list(features)


def _feature(
    row: int, raw: Any, crs: Crs, asked: Asked, names: Mapping[str, str], faults: Faults
) -> Feature:
    properties: dict[str, str] = {}
    geometry: BaseGeometry | None = None
    match raw:
        case {"type": "Feature", "geometry": dict(shape), **rest}:
            given = rest.get("properties")
            if isinstance(given, dict):
                for name, value in given.items():
                    heading = names.get(name, name)
                    if isinstance(value, str | int | float) and not properties.get(heading):
                        properties[heading] = _as_text(value)
            try:
                geometry = _geometry(shape, crs, asked)
            except GeometryWrong as wrong:
                faults.add(row, "geometry", wrong.code, **wrong.params)
        case _:
            faults.add(row, "geometry", "geojson_no_feature")
    return Feature(Fields(properties, row, faults), geometry)


def _as_text(value: str | int | float) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return str(int(value))
    return str(value)


def read_shape(text: str, asked: Asked) -> BaseGeometry:
    """
    Return the one shape (WGS84) that somebody drew: a geometry, a feature or a collection of one.
    It may cross itself: who asks says where.

    :raises GeoJsonUnreadable: if it is no GeoJSON
    :raises GeoJsonTooLarge: see read_features
    :raises GeometryWrong: if it is of another type or can't be built
    """
    raw = _parsed(text.encode(errors="replace"))
    match raw:
        case {"type": "FeatureCollection", "features": [{"geometry": dict(shape)}]}:
            pass
        case {"type": "Feature", "geometry": dict(shape)}:
            pass
        case {"type": str(), "coordinates": list()}:
            shape = raw
        case _:
            raise GeoJsonUnreadable
    return _built(shape, Crs.WGS84, asked)


def _geometry(raw: Mapping[str, Any], crs: Crs, asked: Asked) -> BaseGeometry:
    geometry = _built(raw, crs, asked)
    if not shapely.is_valid(geometry):
        raise GeometryWrong("geometry_invalid", reason=shapely.is_valid_reason(geometry))
    return geometry


def _built(raw: Mapping[str, Any], crs: Crs, asked: Asked) -> BaseGeometry:
    kind: Any = raw.get("type")
    parts: Any = raw.get("coordinates")
    if kind == "MultiPolygon" and asked.types == {"Polygon"} and _is_one(parts):
        kind, parts = "Polygon", parts[0]
    if not isinstance(kind, str) or kind not in asked.types or not isinstance(parts, list):
        raise GeometryWrong("geometry_type_wrong", value=shown(kind))
    reader = _Points(crs, asked.max_vertices)
    geometry: BaseGeometry
    match kind:
        case "Polygon":
            geometry = reader.polygon(parts)
        case "MultiPolygon":
            geometry = MultiPolygon([reader.polygon(each) for each in parts])
        case "LineString":
            geometry = LineString(reader.line(parts))
        case _:
            geometry = MultiLineString([reader.line(each) for each in parts])
    if geometry.is_empty:
        raise GeometryWrong("geometry_empty")
    return geometry


def _is_one(parts: Any) -> bool:
    return isinstance(parts, list) and len(parts) == 1


class _Points:
    """Reads positions of one geometry and counts them."""

    def __init__(self, crs: Crs, most: int) -> None:
        self._crs = crs
        self._most = most
        self._count = 0

    def polygon(self, rings: Any) -> Polygon:
        if not isinstance(rings, list) or not rings:
            raise GeometryWrong("geometry_empty")
        outer, *inner = [self._ring(ring) for ring in rings]
        return Polygon(outer, inner)

    def line(self, positions: Any) -> list[LngLat]:
        points = self._positions(positions)
        if len(set(points)) < 2:
            raise GeometryWrong("geometry_empty")
        return points

    def _ring(self, positions: Any) -> list[LngLat]:
        points = self._positions(positions)
        if len(points) < 4:
            raise GeometryWrong("ring_too_short")
        if points[0] != points[-1]:
            raise GeometryWrong("ring_open")
        return points

    def _positions(self, positions: Any) -> list[LngLat]:
        if not isinstance(positions, list):
            raise GeometryWrong("position_invalid", value=shown(positions))
        self._count += len(positions)
        if self._count > self._most:
            raise GeometryWrong("geometry_too_fine", limit=self._most)
        return [self._position(each) for each in positions]

    def _position(self, position: Any) -> LngLat:
        if not isinstance(position, list) or not 2 <= len(position) <= 4:
            raise GeometryWrong("position_invalid", value=shown(position))
        lng, lat = position[0], position[1]
        if not (_is_number(lng) and _is_number(lat)):
            raise GeometryWrong("position_invalid", value=shown(position))
        if not in_china(lng, lat):
            raise GeometryWrong("coordinates_invalid", lng=shown(lng), lat=shown(lat))
        if self._crs is not Crs.WGS84:
            lng, lat = to_wgs84(lng, lat, self._crs)
        return round(float(lng), _DECIMALS), round(float(lat), _DECIMALS)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def collection(features: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a FeatureCollection as a file, one feature a line."""
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features
    )
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def feature(geometry: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": dict(properties), "geometry": dict(geometry)}
