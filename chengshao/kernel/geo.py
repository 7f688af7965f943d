"""
Coordinates on Chinese maps (C8). Inside the house every point is WGS84, degrees, longitude
first; CGCS2000, the national system, is the same within centimetres. Maps on phones shift what
they show, so points are converted at the door.
"""

from collections.abc import Callable
from enum import StrEnum
from math import asin, atan, atan2, cos, hypot, isfinite, pi, radians, sin, sqrt, tan
from typing import TypeAlias

from chengshao.kernel.errors import Invalid

LngLat: TypeAlias = tuple[float, float]

SEMI_MAJOR_M = 6_378_137.0
FLATTENING = 1 / 298.257223563

# GCJ-02 as published by its reverse engineers: Krasovsky's ellipsoid, wobble around 105°E 35°N.
_KRASOVSKY_M = 6_378_245.0
_KRASOVSKY_E2 = 0.00669342162296594323
_SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north
_BAIDU_PI = pi * 3000 / 180


class Crs(StrEnum):
    WGS84 = "WGS84"  # and CGCS2000: GPS, surveyors, Tianditu
    GCJ02 = "GCJ02"  # phones in China, AMap, Tencent
    BD09 = "BD09"  # Baidu


class CoordinatesInvalid(Invalid):
    code = "coordinates_invalid"


def check_coordinates(lng: float, lat: float) -> None:
    """
    Pass if this is a place on earth: degrees, longitude first.

    :raises CoordinatesInvalid: if a number is not finite or out of range
    """
    if not (isfinite(lng) and isfinite(lat) and abs(lng) <= 180 and abs(lat) <= 90):
        raise CoordinatesInvalid(lng=str(lng), lat=str(lat))


def to_wgs84(lng: float, lat: float, crs: Crs) -> LngLat:
    """
    Return the WGS84 point, to better than 1e-7° (1 cm), of one that another map shows.

    :raises CoordinatesInvalid: as check_coordinates
    """
    check_coordinates(lng, lat)
    match crs:
        case Crs.WGS84:
            return lng, lat
        case Crs.GCJ02:
            return _invert(_gcj02_of_wgs84, (lng, lat))
        case Crs.BD09:
            return _invert(_gcj02_of_wgs84, _invert(_bd09_of_gcj02, (lng, lat)))


def from_wgs84(lng: float, lat: float, crs: Crs) -> LngLat:
    """
    Return where another map shows a WGS84 point, e.g. to open a navigation program there.

    :raises CoordinatesInvalid: as check_coordinates
    """
    check_coordinates(lng, lat)
    match crs:
        case Crs.WGS84:
            return lng, lat
        case Crs.GCJ02:
            return _gcj02_of_wgs84(lng, lat)
        case Crs.BD09:
            return _bd09_of_gcj02(*_gcj02_of_wgs84(lng, lat))


def distance_m(lng: float, lat: float, other_lng: float, other_lat: float) -> float:
    """Return metres along the ellipsoid (Lambert's formula; 0.001 % at the size of a country)."""
    near, far = (atan((1 - FLATTENING) * tan(radians(each))) for each in (lat, other_lat))
    half = sin((far - near) / 2) ** 2 + (
        cos(near) * cos(far) * sin(radians(other_lng - lng) / 2) ** 2
    )
    half = min(half, 1.0)
    angle = 2 * asin(sqrt(half))
    if half in (0.0, 1.0):
        return SEMI_MAJOR_M * angle
    middle, apart = (near + far) / 2, (far - near) / 2
    x = (angle - sin(angle)) * (sin(middle) * cos(apart)) ** 2 / (1 - half)
    y = (angle + sin(angle)) * (cos(middle) * sin(apart)) ** 2 / half
    return SEMI_MAJOR_M * (angle - FLATTENING / 2 * (x + y))


def _gcj02_of_wgs84(lng: float, lat: float) -> LngLat:
    west, south, east, north = _SHIFTED
    if not (west <= lng <= east and south <= lat <= north):
        return lng, lat
    x, y = lng - 105, lat - 35
    common = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    d_lat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    d_lat += (common + 20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    d_lat += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    d_lng = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    d_lng += (common + 20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    d_lng += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    bend = 1 - _KRASOVSKY_E2 * sin(radians(lat)) ** 2
    meridian_m = _KRASOVSKY_M * (1 - _KRASOVSKY_E2) / bend**1.5
    parallel_m = _KRASOVSKY_M / sqrt(bend) * cos(radians(lat))
    return lng + d_lng / parallel_m * 180 / pi, lat + d_lat / meridian_m * 180 / pi


def _bd09_of_gcj02(lng: float, lat: float) -> LngLat:
    radius = hypot(lng, lat) + 0.00002 * sin(lat * _BAIDU_PI)
    angle = atan2(lat, lng) + 0.000003 * cos(lng * _BAIDU_PI)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def _invert(shift: Callable[[float, float], LngLat], shown: LngLat) -> LngLat:
    """Undo a shift that changes slowly; each round gains at least two digits."""
    lng, lat = shown
    for _ in range(12):
        there = shift(lng, lat)
        miss = shown[0] - there[0], shown[1] - there[1]
        lng, lat = lng + miss[0], lat + miss[1]
        if max(abs(miss[0]), abs(miss[1])) < 1e-11:
            break
    return lng, lat
