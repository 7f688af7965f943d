"""Reads for who redraws grids: what stands, what a deed would change, what lies in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from django.db.models import Q, QuerySet
from shapely.geometry.base import BaseGeometry

from chengshao.kernel.divisions import DivisionLevel, division_level, division_line
from chengshao.kernel.errors import NotFound
from chengshao.kernel.geo import LngLat
from chengshao.people import queries as people
from chengshao.places.models import Division, Grid, GridChange, KnownPlace, ManagedObject, Outline
from chengshao.places.rules.index import Layer, Shape
from chengshao.places.rules.open_cases import Box, open_points
from chengshao.places.rules.periods import Dated
from chengshao.places.rules.plots import Finding, Plot, mark_of, plot_of
from chengshao.places.rules.redrawing import Ground, Redrawing, redraw, shape_drawn
from chengshao.places.rules.shapes import areas_m2, geometry_of

FIELDS = (
    "name",
    "source",
    "illustrative",
    "community",
    "land_use",
    "management_grade",
    "responsible_unit_id",
    "area_m2",
    "geometry",
    "west",
    "south",
    "east",
    "north",
)
_AROUND = 0.001  # degrees, about 100 m
_CHANGES_SHOWN = 20


class CommunityNotFound(NotFound):
    code = "community_not_found"


@dataclass(frozen=True, slots=True)
class Standing:
    """All grids that a community has, had or will have."""

    community: str
    records: tuple[Dated, ...]
    named: frozenset[str]  # codes that changes speak of: some held for hours only

    def ever_after(self, day: date) -> list[Dated]:
        """Return those in force on this day or on one that follows, in order of code."""
        return [r for r in self.records if r.valid_until is None or r.valid_until > day]

    @property
    def last(self) -> list[Dated]:
        """Return those that hold when all that is planned has come: deeds start from them."""
        return [record for record in self.records if record.valid_until is None]

    def changes_until(self, day: date) -> date:
        """Return the day of the last change that is planned, at least `day`: no deed before it."""
        planned = [d for r in self.records for d in (r.valid_from, r.valid_until) if d]
        return max([day, *planned])

    def planned(self, today: date) -> date | None:
        """Return the day of the last change that has not come yet."""
        last = self.changes_until(today)
        return last if last > today else None

    @property
    def used(self) -> frozenset[str]:
        return self.named | {record.code for record in self.records}

    @property
    def mark(self) -> str:
        """Return what is another as soon as somebody changes one of them."""
        return mark_of(self.records)


@dataclass(frozen=True, slots=True)
class PlotLine:
    """A grid as it would be, and what lies in it."""

    plot: Plot
    area_m2: int
    unit: str  # "": territorial fallback (属地)
    places: int
    objects: int
    cases: int  # open ones, none of the confidential


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deed would do. With findings it can't be done, and nothing is counted."""

    before: tuple[PlotLine, ...]
    after: tuple[PlotLine, ...]
    findings: tuple[Finding, ...]
    around: tuple[Plot, ...]


def standing_grids(community: str, *, on: date) -> Standing:
    """
    Return the grids of a community. Three statements.

    :raises CommunityNotFound: if that is none in force on this day
    """
    rows = Division.objects.in_force(on).filter(code=community, level=DivisionLevel.COMMUNITY)
    if not rows.exists():
        raise CommunityNotFound(division=community)
    return grids_ever(community)


def grids_ever(community: str) -> Standing:
    """Return all grids that a community has, had or will have, in order of code. Two statements."""
    found = Grid.objects.filter(community=community).order_by("code", "valid_from")
    told = found.values_list("pk", "code", "valid_from", "valid_until", *FIELDS)
    records = (
        Dated(code, begins, ends, dict(zip(FIELDS, facts, strict=True)), id=pk)
        for pk, code, begins, ends, *facts in told
    )
    changes = GridChange.objects.filter(community=community).values_list("before", "after")
    named = {code for before, after in changes for code in (*before, *after)}
    return Standing(community, tuple(records), frozenset(named))


def ground_of(standing: Standing, asked: Redrawing) -> Ground:
    """Return what a deed in a community is done on. Two statements."""
    plots = tuple(plot_of(record) for record in standing.last)
    drawn = shape_drawn(asked)
    shapes = [plot.geometry for plot in plots] + ([drawn] if drawn is not None else [])
    around = _around(standing.community, shapes, asked.valid_from) if shapes else ()
    border = _border(standing.community, asked.valid_from)
    return Ground(plots, tuple(around), border, standing.used)


def preview(asked: Redrawing, standing: Standing, ground: Ground) -> Preview:
    """Return what a deed would do and whom it would concern. At most four statements."""
    done = redraw(asked, ground)
    if done.findings:
        return Preview((), (), done.findings, ground.around)
    units = _unit_names([*done.before, *done.after])
    within = [plot.geometry for plot in (*done.before, *done.after)]
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(within))
    points = _Points.within((west, south, east, north), asked.valid_from)
    return Preview(
        tuple(points.counted(done.before, units)),
        tuple(points.counted(done.after, units)),
        (),
        ground.around,
    )


def unit_choices(standing: Standing, *, on: date) -> list[tuple[int, str]]:
    """
    Return the units that may answer for a grid of a community: id and name, the nearest first,
    those that answer for one now among them. At most three statements.
    """
    near = division_line(standing.community)
    found = {}
    for line in _lines(people.unit_tree(on)):
        if not line.territory or line.territory in near:
            rank = near.index(line.territory) if line.territory else len(near)
            found[line.id] = (rank, line.code, line.name)
    now = {record.facts["responsible_unit_id"] for record in standing.last} - {None, *found}
    for unit_id, line in people.unit_lines(now).items():
        found[unit_id] = (len(near), line.code, line.name)
    ordered = sorted(found.items(), key=lambda item: item[1])
    return [(unit_id, name) for unit_id, (_rank, _code, name) in ordered]


def changes_of(community: str) -> list[GridChange]:
    """Return what was redrawn in a community, the newest first, with who did it."""
    rows = GridChange.objects.filter(community=community).select_related("user")
    return list(rows.order_by("-at", "-pk")[:_CHANGES_SHOWN])


@dataclass(frozen=True, slots=True)
class _Points:
    places: list[LngLat]
    objects: list[LngLat]
    cases: list[LngLat]

    @classmethod
    def within(cls, box: Box, day: date) -> "_Points":
        west, south, east, north = box
        there = Q(lng__gte=west, lng__lte=east, lat__gte=south, lat__lte=north)
        places = KnownPlace.objects.in_force(day).filter(there, derived=False)
        objects = ManagedObject.objects.in_force(day).filter(there)
        return cls(_pairs(places), _pairs(objects), open_points(box))

    def counted(self, plots: Sequence[Plot], units: dict[int, str]) -> Iterator[PlotLine]:
        layer = Layer([Shape(plot.code, plot.code, plot.geometry) for plot in plots])
        counts = [
            Counter(found.code for found in layer.all_at(points) if found is not None)
            for points in (self.places, self.objects, self.cases)
        ]
        areas = areas_m2([plot.geometry for plot in plots])
        for plot, area in zip(plots, areas, strict=True):
            places, objects, cases = (count[plot.code] for count in counts)
            unit = units.get(plot.unit_id or 0, "")
            yield PlotLine(plot, round(area), unit, places, objects, cases)


def _pairs(rows: "QuerySet[KnownPlace] | QuerySet[ManagedObject]") -> list[LngLat]:
    return [(lng or 0, lat or 0) for lng, lat in rows.values_list("lng", "lat")]


def _around(community: str, shapes: Sequence[BaseGeometry], day: date) -> Iterator[Plot]:
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(list(shapes)))
    rows = Grid.objects.ever_after(day).filter(
        west__lte=east + _AROUND,
        east__gte=west - _AROUND,
        south__lte=north + _AROUND,
        north__gte=south - _AROUND,
    )
    told = rows.exclude(community=community).order_by("code")
    for code, geometry in told.values_list("code", "geometry"):
        yield Plot(code, geometry_of(geometry))


def _border(community: str, day: date) -> BaseGeometry | None:
    """Return the border of the community, or of the nearest division above it that has one."""
    line = [code for code in division_line(community) if _has_border(code)]
    rows = Outline.objects.in_force(day).filter(code__in=line)
    known = dict(rows.values_list("code", "geometry"))
    nearest = next((code for code in line if code in known), None)
    return geometry_of(known[nearest]) if nearest else None


def _has_border(code: str) -> bool:
    return division_level(code) not in (DivisionLevel.PROVINCE, DivisionLevel.CITY)


def _unit_names(plots: Iterable[Plot]) -> dict[int, str]:
    lines = people.unit_lines({plot.unit_id for plot in plots if plot.unit_id is not None})
    return {unit_id: line.short_name or line.name for unit_id, line in lines.items()}


def _lines(nodes: Iterable[people.UnitNode]) -> Iterator[people.UnitLine]:
    for node in nodes:
        yield node.line
        yield from _lines(node.children)
