"""In which of ten thousand grids a point lies: asked one by one, and many at once."""

import json
import math
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.timezone import localdate
from shapely import Polygon, box
from shapely.geometry import mapping, shape

from bench.figures import Figure
from bench.machine import spent
from bench.stand import settle
from bench.statements import seen
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.divisions import DivisionLevel
from chengshao.places import actions, queries
from chengshao.places.models import Division, Outline
from chengshao.places.terms import Power
from ops.console import Stopped, phase

_GRIDS = 10_000
_A_COMMUNITY = 999  # three digits
_MS = 1000


def points(*, quick: bool) -> Iterator[Figure]:
    """
    Draw a chessboard of grids over the district, import it, and ask where points lie.

    :raises Stopped: if a point is not found in the grid that was drawn around it
    """
    wanted, asked = (200, 50) if quick else (_GRIDS, 20_000)
    outline = shape(Outline.objects.get(code=queries.district_code()).geometry)
    cells = _chessboard(outline, wanted)
    with phase(f"{len(cells):,} 个网格", f"{len(cells):,} grids"), spent() as used:
        _import(cells)
    settle()
    yield Figure("points.grids", len(cells), "")
    yield Figure("points.import", used.wall, "s")
    dice = Random(7)
    codes = dice.choices(list(cells), k=asked)
    where = [(code, cells[code].representative_point()) for code in codes]
    queries.locate(where[0][1].x, where[0][1].y)
    with seen() as statements:
        queries.locate(where[0][1].x, where[0][1].y)
    with spent() as used:
        found = [queries.locate(at.x, at.y).grid for _code, at in where]
    if found != codes:
        raise Stopped("有的坐标落错了网格。", "Some points are in the wrong grid.")
    yield Figure("points.statements", len(statements), "")
    reference = Figure("points.select_1", _select_1(asked), "1/s")
    yield reference
    yield Figure("points.one_by_one", asked / used.wall, "1/s").to(reference)
    locate = queries.locator()
    with spent() as used:
        for _code, at in where:
            locate(at.x, at.y)
    yield Figure("points.in_a_batch", asked / used.wall, "1/s")


def _chessboard(outline: Any, wanted: int) -> dict[str, Polygon]:
    """Return about so many cells that cover the outline without gaps, by their codes."""
    west, south, east, north = outline.bounds
    step = math.sqrt(outline.area / wanted)
    columns, rows = math.ceil((east - west) / step), math.ceil((north - south) / step)
    communities = Division.objects.in_force(localdate()).filter(level=DivisionLevel.COMMUNITY)
    codes = (
        f"{community}{number:03d}"
        for community in communities.order_by("code").values_list("code", flat=True)
        for number in range(1, _A_COMMUNITY + 1)
    )
    cells = {}
    for x, y in product(range(columns), range(rows)):
        cell = box(west + x * step, south + y * step, west + (x + 1) * step, south + (y + 1) * step)
        inside = cell.intersection(outline)
        if not inside.is_empty and inside.area > 0:
            cells[next(codes)] = inside
    return cells


def _import(cells: dict[str, Polygon]) -> None:
    features = [
        {"type": "Feature", "properties": {"网格编码": code}, "geometry": mapping(cell)}
        for code, cell in cells.items()
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    keeper = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_PLACES, None)}))
    actions.import_grids(content=content, valid_from=localdate(), actor=keeper, at=timezone.now())


def _select_1(times: int) -> float:
    """Return how often a second the database says 1."""
    with connection.cursor() as cursor, spent() as used:
        for _ in range(times):
            cursor.execute("SELECT 1")
            cursor.fetchone()
    return times / used.wall
