"""
Redrawing the unit grids of one community (单元网格变更, C8): a deed says which grids give way to
which. Grids under a new shape of their own keep their code; parts of a split and what is joined
get new ones. Ground is neither lost nor taken; only ending a grid leaves some without.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from chengshao.places.rules.fitting import misfits
from chengshao.places.rules.following import move_border
from chengshao.places.rules.geojson import (
    LINE,
    POLYGON,
    GeoJsonTooLarge,
    GeoJsonUnreadable,
    GeometryWrong,
    read_shape,
)
from chengshao.places.rules.grids import Tolerance
from chengshao.places.rules.plots import (
    Plot,
    Redrawn,
    free_codes,
    in_order,
    is_much,
    much_of,
    refused,
    rounded,
)
from chengshao.places.rules.shapes import centre_lat, on_plane
from chengshao.places.terms import RedrawKind

_SEAM = 0.000005  # degrees, about 0.5 m: what surveying leaves between neighbours
_CONTACT_M = 5  # of common border, below it grids meet in a corner only
_GRID = 10**-8  # degrees, as shapes are kept
_MOST_PARTS = 20


@dataclass(frozen=True, slots=True)
class Redrawing:
    """A deed that somebody asks for."""

    community: str
    kind: RedrawKind
    codes: tuple[str, ...]  # of the grids that it is done to
    drawn: str  # GeoJSON in WGS84: the line, the new border or the new grid
    valid_from: date
    basis: str = ""
    illustrative: bool = False  # of a new grid
    told: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # fields of Plot, by code


@dataclass(frozen=True, slots=True)
class Ground:
    """What a deed is done on: the community's grids, those around, its border, codes given."""

    plots: tuple[Plot, ...]
    around: tuple[Plot, ...]
    border: BaseGeometry | None
    used: frozenset[str]


def redraw(asked: Redrawing, ground: Ground) -> Redrawn:
    """Return what the deed does, with all that is wrong with it."""
    done = told_of(_done(asked, ground), asked.told)
    if done.findings:
        return done
    gone = {plot.code for plot in done.before}
    standing = [plot for plot in (*ground.plots, *ground.around) if plot.code not in gone]
    if asked.kind in (RedrawKind.DESCRIBE, RedrawKind.END):
        return done
    found = misfits(done, standing=standing, border=ground.border)
    return replace(done, findings=tuple(found))


def shape_drawn(asked: Redrawing) -> BaseGeometry | None:
    """Return what was drawn, if it can be read."""
    try:
        return _read(asked) if asked.drawn.strip() else None
    except (GeometryWrong, GeoJsonUnreadable, GeoJsonTooLarge):
        return None


def _read(asked: Redrawing) -> BaseGeometry:
    return read_shape(asked.drawn, LINE if asked.kind is RedrawKind.SPLIT else POLYGON)


def _done(asked: Redrawing, ground: Ground) -> Redrawn:
    by_code = {plot.code: plot for plot in ground.plots}
    plots = [by_code[code] for code in asked.codes if code in by_code]
    if len(plots) < len(asked.codes) or not (plots or asked.kind is RedrawKind.DRAW):
        return refused("grid_not_in_force")
    used = sorted(ground.used)
    match asked.kind:
        case RedrawKind.MERGE:
            return merge(plots, used=used)
        case RedrawKind.DESCRIBE:
            return describe(plots)
        case RedrawKind.END:
            return end(plots)
    if not asked.drawn.strip():
        return refused("grid_nothing_drawn")
    try:
        shape = _read(asked)
    except GeometryWrong as wrong:
        return refused(wrong.code, None, **wrong.params)
    except (GeoJsonUnreadable, GeoJsonTooLarge):
        return refused("grid_drawing_unreadable")
    match asked.kind:
        case RedrawKind.SPLIT:
            return split(plots[0], shape, used=used)
        case RedrawKind.MOVE_BORDER:
            return move_border(ground.plots, plots[0].code, shape)
    return draw(
        shape,
        community=asked.community,
        standing=[plot.geometry for plot in (*ground.plots, *ground.around)],
        border=ground.border,
        used=used,
        illustrative=asked.illustrative,
    )


def split(plot: Plot, line: BaseGeometry, *, used: Sequence[str]) -> Redrawn:
    """
    Divide a grid along a line that runs from outside of it to outside of it.

    :param used: codes that grids of the community have or had
    """
    shape = plot.geometry
    edges = shapely.node(shapely.union_all([shapely.boundary(shape), line]))
    faces = shapely.get_parts(shapely.polygonize([edges]))
    inside = [face for face in faces if shape.covers(face.representative_point())]
    if len(inside) < 2:
        return refused("grid_line_short", shapely.intersection(line, shape), grid=plot.code)
    if len(inside) > _MOST_PARTS:
        return refused("grid_line_tangled", line, limit=_MOST_PARTS)
    parts = in_order(rounded(face) for face in inside)
    codes = free_codes(plot.code[:12], used)
    if len(codes) < len(parts):
        return refused("grid_codes_used_up", community=plot.code[:12])
    after = [
        replace(plot, code=code, geometry=part, name=_part_name(plot.name, number))
        for number, (code, part) in enumerate(zip(codes, parts, strict=False), start=1)
    ]
    return Redrawn((plot,), tuple(after))


def merge(plots: Sequence[Plot], *, used: Sequence[str]) -> Redrawn:
    """
    Join grids that lie beside each other; the largest gives name, unit, use and grade.

    :param used: codes that grids of the community have or had
    """
    if len(plots) < 2:
        return refused("grids_to_merge_few")
    alone = _apart(plots)
    if alone is not None:
        return refused("grids_not_neighbours", alone.geometry, grid=alone.code)
    codes = free_codes(plots[0].code[:12], used)
    if not codes:
        return refused("grid_codes_used_up", community=plots[0].code[:12])
    largest = max(plots, key=lambda plot: plot.geometry.area)
    shape = _joined([plot.geometry for plot in plots])
    return Redrawn(tuple(plots), (replace(largest, code=codes[0], geometry=shape),))


def draw(
    shape: BaseGeometry,
    *,
    community: str,
    standing: Sequence[BaseGeometry],
    border: BaseGeometry | None,
    used: Sequence[str],
    illustrative: bool,
) -> Redrawn:
    """
    Make a grid of the ground in this polygon that belongs to none yet: what lies in another grid
    or beyond the border is cut off, so that one may draw generously over both.

    :param standing: all grids near it, `border` that of the community, if it is known
    :param used: codes that grids of the community have or had
    """
    if not shapely.is_valid(shape):
        return refused("grid_crosses_itself", shape, grid="")
    free = shapely.difference(shape, shapely.union_all(list(standing)))
    if border is not None:
        free = shapely.intersection(free, border)
    parts = much_of(free, Tolerance())
    if not parts:
        return refused("grid_ground_taken", shape)
    if len(parts) > 1:
        return refused("grid_in_pieces", shapely.MultiPolygon(parts), count=len(parts))
    codes = free_codes(community, used)
    if not codes:
        return refused("grid_codes_used_up", community=community)
    plot = Plot(codes[0], rounded(parts[0]), illustrative=illustrative)
    return Redrawn((), (plot,))


def end(plots: Sequence[Plot]) -> Redrawn:
    """End grids: their ground lies in none, until one is drawn there."""
    return Redrawn(tuple(plots), ())


def describe(plots: Sequence[Plot]) -> Redrawn:
    """Leave the ground as it is; name, unit, use and grade are told with the deed."""
    return Redrawn(tuple(plots), tuple(plots))


def told_of(redrawn: Redrawn, told: Mapping[str, Mapping[str, Any]]) -> Redrawn:
    """Return the deed with what was told of its new grids, by their codes."""
    after = tuple(
        replace(plot, **told[plot.code]) if plot.code in told else plot for plot in redrawn.after
    )
    return replace(redrawn, after=after)


def _part_name(name: str, number: int) -> str:
    return f"{name[:116]}-{number}" if name else ""


def _apart(plots: Sequence[Plot]) -> Plot | None:
    """Return a grid that no row of common borders leads to from the first; None if all hang."""
    shapes = [plot.geometry for plot in plots]
    plane = on_plane(shapes, lat=centre_lat(shapes))
    reached, waiting = {0}, [0]
    while waiting:
        near = shapely.buffer(plane[waiting.pop()], 0.5)
        contact = shapely.length(shapely.intersection(shapely.boundary(plane), near))
        new = set(np.flatnonzero(contact > _CONTACT_M).tolist()) - reached
        reached |= new
        waiting += new
    return next((plot for i, plot in enumerate(plots) if i not in reached), None)


def _joined(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """Unite shapes that meet, with the seams that surveying left between them."""
    united = shapely.union_all(list(shapes), grid_size=_GRID)
    if not isinstance(united, Polygon) or united.interiors:
        wide = shapely.buffer(united, _SEAM, join_style="mitre")
        closed = shapely.buffer(wide, -_SEAM, join_style="mitre")
        seams = shapely.intersection(
            shapely.difference(closed, united), shapely.convex_hull(united)
        )
        united = shapely.union_all([united, seams], grid_size=_GRID)
    return rounded(_without_pinholes(united))


def _without_pinholes(shape: BaseGeometry) -> BaseGeometry:
    if not isinstance(shape, Polygon):
        return shape
    holes = [hole for hole in shape.interiors if is_much(Polygon(hole), Tolerance())]
    return Polygon(shape.exterior, holes)
