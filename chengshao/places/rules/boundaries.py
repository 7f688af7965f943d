"""Borders as a map draws them: fewer vertices the further away, common borders stay common."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from chengshao.kernel.divisions import DivisionLevel, division_level
from chengshao.places.rules.geojson import feature
from chengshao.places.rules.index import District
from chengshao.places.rules.shapes import GeoJson, geojson_of, united

SCALES = (10, 12, 14, 16)  # the zooms that borders are made for
_DECIMALS = 6  # 0.1 m
_PIXEL = 360 / 512  # degrees at zoom 0


def scale_of(zoom: int) -> int:
    """Return the coarsest scale that does for a zoom."""
    return next((scale for scale in SCALES if zoom <= scale), SCALES[-1])


def divisions(district: District, scale: int) -> list[GeoJson]:
    """Return the district, its sub-districts and communities as features, the larger first."""
    by_code: dict[str, list[BaseGeometry]] = {}
    for shape in district.grids.shapes:
        by_code.setdefault(shape.territory, []).append(shape.geometry)
    communities = _united(by_code)
    by_code = {}
    for code, geometry in communities.items():
        by_code.setdefault(f"{code[:9]}000", []).append(geometry)
    own = {shape.code: shape.geometry for shape in district.subdistricts.shapes}
    subdistricts = _united(by_code) | own
    outline = [district.outline] if district.outline is not None else list(subdistricts.values())
    whole = _united({district.code: outline}) if district.code and outline else {}
    return [
        feature(geometry, _told(code, layer[code], district))
        for layer in (whole, subdistricts, communities)
        for code, geometry in _simplified(layer, scale).items()
    ]


def grids(district: District, scale: int) -> list[GeoJson]:
    """Return the unit grids as features."""
    shapes = {shape.code: shape.geometry for shape in district.grids.shapes}
    return [
        feature(geometry, {"code": code, "name": code[-3:], "level": "GRID"})
        for code, geometry in _simplified(shapes, scale).items()
    ]


def _told(code: str, shape: BaseGeometry, district: District) -> dict[str, object]:
    """Return what a map says of a division, and where its name stands (lng, lat)."""
    middle = shapely.point_on_surface(shape)
    return {
        "code": code,
        "name": _label(code, district),
        "short": short_name(district.names.get(code, "")),
        "level": division_level(code),
        "middle": [round(middle.x, _DECIMALS), round(middle.y, _DECIMALS)],
    }


def short_name(name: str) -> str:
    """Return a division's name as a map has room for it: 清波街道 → 清波."""
    for ending in ("社区居委会", "街道", "社区"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def _united(groups: Mapping[str, Sequence[BaseGeometry]]) -> dict[str, BaseGeometry]:
    return {code: united(parts) for code, parts in sorted(groups.items())}


def _simplified(shapes: Mapping[str, BaseGeometry], scale: int) -> dict[str, GeoJson]:
    if not shapes:
        return {}
    tolerance = _PIXEL / 2**scale / 2
    coverage = shapely.coverage_simplify(np.array(list(shapes.values()), dtype=object), tolerance)
    rounded = shapely.transform(coverage, lambda points: np.round(points, _DECIMALS))
    return {code: geojson_of(each) for code, each in zip(shapes, rounded, strict=True)}


def _label(code: str, district: District) -> str:
    """Return a division's name, a community's after its sub-district's: 清波街道清波门社区."""
    within = division_level(code) is DivisionLevel.COMMUNITY
    line = [f"{code[:9]}000", code] if within else [code]
    return "".join(district.names.get(each, "") for each in line)
