"""
Moving a border of a unit grid: what its neighbours share of it goes along, so that neither gap
nor overlap arises. Corners and edges are matched point by point, not by area: at a place where
three grids meet all three keep meeting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import dist
from typing import TypeAlias

import shapely
from shapely import Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from chengshao.places.rules.grids import Tolerance
from chengshao.places.rules.plots import Plot, Redrawn, is_much, much_of, refused, rounded
from chengshao.places.rules.shapes import united

Corner: TypeAlias = tuple[float, float]
Ring: TypeAlias = list[Corner]  # without the closing corner
Edge: TypeAlias = tuple[Corner, Corner]

_NEAR = 0.000004  # degrees, about 0.4 m: corners so near are one, as seams of surveys leave them
_TRACE = Tolerance(area_m2=0.1, width_m=0)


@dataclass(frozen=True, slots=True)
class Moved:
    """How a ring changed: where its corners went (None: away), what came into which edge."""

    corners: dict[Corner, Corner | None] = field(default_factory=dict)
    inserted: dict[Edge, Ring] = field(default_factory=dict)


def knotted(plots: Sequence[Plot]) -> list[Plot]:
    """
    Return the grids with their common borders point by point the same: a corner of one that lies
    on an edge of another becomes a corner of that too.
    """
    corners = _one_each([corner for plot in plots for ring in _rings(plot) for corner in ring])
    points = sorted(set(corners.values()))
    tree = STRtree([shapely.Point(point) for point in points])

    def knot(ring: Ring) -> Ring:
        own = [corners[corner] for corner in ring]
        found: Ring = []
        for start, stop in _edges(own):
            if start != stop:
                found += [start, *_on_edge(start, stop, points, tree)]
        return found

    return [
        replace(plot, geometry=_polygon([knot(ring) for ring in _rings(plot)])) for plot in plots
    ]


def move_border(plots: Sequence[Plot], code: str, shape: BaseGeometry) -> Redrawn:
    """
    Give a grid of the community another border; the others of the community follow. The outer
    border of the community stays: what is drawn beyond it is cut off, what is left within it goes
    back.

    :param plots: all grids of the community
    :param shape: the grid's new border, drawn from the `knotted` one; holes stay as they are
    """
    if not isinstance(shape, Polygon) or not shapely.is_valid(shape):
        return refused("grid_crosses_itself", shape, grid=code)
    before = {plot.code: plot for plot in knotted(plots)}
    whole = united([plot.geometry for plot in before.values()])
    old = _rings(before[code])[0]
    moved = _moved(old, _with_corners_of(old, _ring(rounded(shape))))
    if moved is None:
        return refused("grid_border_another", shape, grid=code)
    moved = _held_to(shapely.boundary(whole), moved)
    after = {
        plot.code: _polygon([_following(ring, moved) for ring in _rings(plot)])
        for plot in before.values()
    }
    for key, drawn in after.items():
        if not shapely.is_valid(drawn) or drawn.is_empty:
            return refused("grid_crosses_itself", drawn if key == code else shape, grid=key)
    changed = _made_whole(after, whole)
    own = {plot.code: plot for plot in plots}
    if not any(_differ(before[key].geometry, changed[key], Tolerance()) for key in own):
        return refused("grid_border_same", grid=code)
    touched = [key for key in own if _differ(before[key].geometry, changed[key], _TRACE)]
    return Redrawn(
        tuple(own[key] for key in touched),
        tuple(replace(own[key], geometry=changed[key]) for key in touched),
    )


def _held_to(rim: BaseGeometry, moved: Moved) -> Moved:
    """Let corners on the community's rim slide along it: it is not moved here, nobody hits it."""
    corners = dict(moved.corners)
    for corner, went in moved.corners.items():
        if went not in (None, corner) and rim.distance(shapely.Point(corner)) < _NEAR:
            line = shapely.shortest_line(rim, shapely.Point(went))
            x, y = rounded(line).coords[0]
            corners[corner] = (x, y)
    return Moved(corners, moved.inserted)


def _made_whole(shapes: Mapping[str, Polygon], whole: BaseGeometry) -> dict[str, BaseGeometry]:
    """
    Return shapes within the whole that leave nothing of it: at a bend of the rim between where a
    border ended and where it ends now, ground falls to the one that lies along it.
    """
    found = {key: _within(shape, whole) for key, shape in shapes.items()}
    for part in much_of(shapely.difference(whole, united(list(found.values()))), Tolerance()):
        beside = shapely.buffer(part, _NEAR)
        contact = {
            key: shapely.length(shapely.intersection(shapely.boundary(shape), beside))
            for key, shape in found.items()
        }
        nearest = max(contact, key=lambda key: contact[key])
        found[nearest] = rounded(united([found[nearest], part]))
    return found


def _within(shape: Polygon, whole: BaseGeometry) -> BaseGeometry:
    if not is_much(shapely.difference(shape, whole), Tolerance()):
        return shape
    parts = much_of(shapely.intersection(shape, whole), Tolerance())
    return rounded(parts[0]) if len(parts) == 1 else shapely.MultiPolygon(parts)


def _differ(one: BaseGeometry, other: BaseGeometry, allowed: Tolerance) -> bool:
    return is_much(shapely.symmetric_difference(one, other), allowed)


def _with_corners_of(old: Ring, new: Ring) -> Ring:
    """Return the new ring with old corners that an edge between two that stay runs over."""
    tree = STRtree([shapely.Point(corner) for corner in old])
    found: Ring = []
    for start, stop in _edges(new):
        found.append(start)
        if start in old and stop in old:
            found += [c for c in _on_edge(start, stop, old, tree) if c not in new]
    return found


def _moved(old: Ring, new: Ring) -> Moved | None:
    """Match two rings; None if they have so little in common that nobody can tell."""
    stay = set(old) & set(new)
    if not stay:
        if len(old) != len(new):
            return None
        turn = min(range(len(new)), key=lambda i: _distance(old, new[i:] + new[:i]))
        return Moved(dict(zip(old, new[turn:] + new[:turn], strict=True)))
    first = next(corner for corner in old if corner in stay)
    old, new = _begun_at(old, first), _begun_at(new, first)
    if [c for c in old if c in stay] != [c for c in new if c in stay]:
        return None
    moved = Moved()
    were, are = _stretches(old, stay), _stretches(new, stay)
    for one, other, after in zip(were, are, [*were[1:], were[0]], strict=True):
        _match([*one, after[0]], other[1:], moved)
    return moved


def _match(line: Ring, drawn: Ring, moved: Moved) -> None:
    """Match what lies between two corners that stay: those of `line`, and what was drawn there."""
    start, *between, _stop = line
    goes = _pairs(between, drawn)
    moved.corners[start] = start
    for corner, place in zip(between, goes, strict=True):
        moved.corners[corner] = None if place is None else drawn[place]
    last = 0
    for place, corner in enumerate(drawn):
        if place in goes:
            last = 1 + goes.index(place)
        else:
            moved.inserted.setdefault((line[last], line[last + 1]), []).append(corner)


def _pairs(old: Ring, new: Ring) -> list[int | None]:
    """Return for each old corner which new one it became, in order; the nearest where several."""
    if len(old) > len(new):
        back = _pairs(new, old)
        return [back.index(i) if i in back else None for i in range(len(old))]
    found: list[int | None] = []
    least = 0
    for i, corner in enumerate(old):
        room = range(least, len(new) - (len(old) - i) + 1)
        best = min(room, key=lambda j: dist(corner, new[j]))
        found.append(best)
        least = best + 1
    return found


def _following(ring: Ring, moved: Moved) -> Ring:
    found: Ring = []
    for start, stop in _edges(ring):
        went = moved.corners.get(start, start)
        if went is not None:
            found.append(went)
        found += moved.inserted.get((start, stop), [])
        found += reversed(moved.inserted.get((stop, start), []))
    return found


def _one_each(corners: Sequence[Corner]) -> dict[Corner, Corner]:
    """Return for each corner the one that stands for it and for those next to it."""
    tree = STRtree([shapely.Point(corner) for corner in corners])
    found: dict[Corner, Corner] = {}
    for corner in corners:
        if corner not in found:
            near = tree.query(shapely.Point(corner), predicate="dwithin", distance=_NEAR)
            for i in near:
                found.setdefault(corners[i], corner)
    return found


def _on_edge(start: Corner, stop: Corner, points: Sequence[Corner], tree: STRtree) -> Ring:
    line = shapely.LineString([start, stop])
    near = {points[i] for i in tree.query(line, predicate="dwithin", distance=_NEAR)}
    return sorted(near - {start, stop}, key=lambda point: dist(start, point))


def _rings(plot: Plot) -> list[Ring]:
    shape = shapely.orient_polygons(plot.geometry, exterior_cw=False)
    assert isinstance(shape, Polygon)
    return [_open(ring.coords) for ring in (shape.exterior, *shape.interiors)]


def _ring(shape: BaseGeometry) -> Ring:
    (ring, *_holes) = _rings(Plot("", shape))
    return ring


def _open(coords: "Sequence[Corner] | shapely.coords.CoordinateSequence") -> Ring:
    ring: Ring = []
    for x, y, *_ in coords:
        if not ring or ring[-1] != (x, y):
            ring.append((x, y))
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _polygon(rings: Sequence[Ring]) -> Polygon:
    outer, *inner = rings
    return (
        Polygon(outer, [ring for ring in inner if len(ring) > 2]) if len(outer) > 2 else Polygon()
    )


def _edges(ring: Ring) -> list[Edge]:
    return list(zip(ring, [*ring[1:], ring[0]], strict=True))


def _begun_at(ring: Ring, corner: Corner) -> Ring:
    at = ring.index(corner)
    return ring[at:] + ring[:at]


def _stretches(ring: Ring, stay: set[Corner]) -> list[Ring]:
    found: list[Ring] = []
    for corner in ring:
        if corner in stay:
            found.append([corner])
        else:
            found[-1].append(corner)
    return found


def _distance(one: Ring, other: Ring) -> float:
    return sum(dist(a, b) for a, b in zip(one, other, strict=True))
