"""
A small invented map: cells of about 96 × 111 m, counted from a corner in column and row.

    (0,2) (1,2) (2,2)
    (0,1) (1,1) (2,1)      community of column x: 33010200100{x+1}
    (0,0) (1,0) (2,0)
"""

import json
from typing import Any

DISTRICT, SUBDISTRICT = "330102000000", "330102001000"
WEST, SOUTH, STEP = 120.15, 30.25, 0.001
CELL_M2 = 10_700  # within 1 %

Ring = list[list[float]]
Feature = dict[str, Any]


def community(column: int) -> str:
    return f"33010200100{column + 1}"


def code_of(column: int, row: int) -> str:
    return f"{community(column)}00{row + 1}"


def at(column: float, row: float) -> list[float]:
    return [round(WEST + column * STEP, 8), round(SOUTH + row * STEP, 8)]


def point(column: float, row: float) -> tuple[float, float]:
    lng, lat = at(column, row)
    return lng, lat


def box(west: float, south: float, east: float, north: float) -> Ring:
    """Return the closed ring around these columns and rows."""
    return [at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def feature(geometry: Any, **properties: Any) -> Feature:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def grid(column: int, row: int, *rings: Ring, **properties: Any) -> Feature:
    """Return the grid of this cell; with rings, one of that shape under its code."""
    shape = rings or (box(column, row, column + 1, row + 1),)
    return feature(polygon(*shape), 网格编码=code_of(column, row), **properties)


def grids(
    columns: int = 3, rows: int = 3, *, without: tuple[int, int] | None = None
) -> list[Feature]:
    cells = [(x, y) for x in range(columns) for y in range(rows)]
    return [grid(x, y) for x, y in cells if (x, y) != without]


def geojson(features: list[Any], **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()
