"""Shapes on the ground: GeoJSON geometries in WGS84, and their true areas in m²."""

from collections.abc import Mapping, Sequence
from math import cos, radians, sin, sqrt
from typing import Any, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from chengshao.kernel.geo import FLATTENING, SEMI_MAJOR_M

GeoJson: TypeAlias = "dict[str, Any]"

_SAME = 10**-7  # degrees, about 1 cm
_E2 = FLATTENING * (2 - FLATTENING)
_E = sqrt(_E2)


def geometry_of(geojson: Mapping[str, Any]) -> BaseGeometry:
    """Return the shapely geometry of a GeoJSON geometry that was checked when it came in."""
    return shapely.geometry.shape(dict(geojson))


def geojson_of(geometry: BaseGeometry) -> GeoJson:
    """Return a geometry as GeoJSON, outer rings anticlockwise (RFC 7946)."""
    oriented = shapely.orient_polygons(geometry, exterior_cw=False)
    return {
        "type": oriented.geom_type,
        "coordinates": _as_lists(oriented.__geo_interface__["coordinates"]),
    }


def on_plane(shapes: Sequence[BaseGeometry], *, lat: float) -> NDArray[np.object_]:
    """
    Return shapes in metres on a plane that keeps areas (Lambert's cylinder) and, around this
    latitude, also angles and lengths.
    """
    phi = radians(lat)
    scale = cos(phi) / sqrt(1 - _E2 * sin(phi) ** 2)

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        s = np.sin(np.radians(points[:, 1]))
        q = s / (1 - _E2 * s * s) - np.log((1 - _E * s) / (1 + _E * s)) / (2 * _E)
        x = SEMI_MAJOR_M * scale * np.radians(points[:, 0])
        y = SEMI_MAJOR_M * (1 - _E2) / (2 * scale) * q
        return np.column_stack((x, y))

    return np.asarray(shapely.transform(np.array(shapes, dtype=object), project), dtype=object)


def areas_m2(shapes: Sequence[BaseGeometry]) -> list[float]:
    """Return the area of each polygon on the ellipsoid, in m²."""
    return [float(area) for area in shapely.area(on_plane(shapes, lat=30))] if shapes else []


def united(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """
    Return shapes as one, without seams between them: where a border was divided later, only one
    side of it may have the new corner.
    """
    return shapely.union_all(list(shapes), grid_size=_SAME)


def centre_lat(shapes: Sequence[BaseGeometry]) -> float:
    bounds = shapely.total_bounds(np.array(shapes, dtype=object))
    return float((bounds[1] + bounds[3]) / 2)


def widened(geometry: BaseGeometry, *, metres: float) -> BaseGeometry:
    """Return the polygon within so many metres of a line (a road, a river) in degrees."""
    lat = centre_lat([geometry])
    ends = shapely.get_coordinates(on_plane([shapely.box(0, lat, 0.001, lat + 0.001)], lat=lat))
    per_degree: NDArray[np.float64] = 1000 * np.ptp(ends, axis=0)  # metres, here

    def to_metres(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return points * per_degree

    def to_degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return points / per_degree

    wide = shapely.buffer(shapely.transform(geometry, to_metres), metres, quad_segs=4)
    return shapely.transform(wide, to_degrees)


def _as_lists(value: Any) -> Any:
    return [_as_lists(each) for each in value] if isinstance(value, tuple) else value
