"""
Cases on the map: points while there are few in the box, else counts by hexagon (S2).

What is not there for the actor is in no count either; of a third party's cases only those are
there whose place the desk has confirmed, for the point is a citizen's word too.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite

from django.db import connection, transaction
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Floor
from django.db.models.lookups import LessThanOrEqual

from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import Invalid
from chengshao.workorders.models import Deadline, WorkOrder
from chengshao.workorders.queries.lists import CaseLine, lines_of
from chengshao.workorders.queries.scope import in_full, seen_by
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.rules.hexagons import MOST_ZOOM, Lattice, lattice_at
from chengshao.workorders.terms import (
    CaseCommand,
    DeadlineAuthority,
    MapMark,
    MapShown,
    Power,
    Sight,
)

MOST_POINTS = 2_000
_MOST_COUNTED = 20_000
_PRESSING = (Urgency.URGENT, Urgency.EMERGENCY)


class BoxInvalid(Invalid):
    code = "map_box_invalid"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in WGS84, west of east and south of north, and the zoom at which it is seen."""

    west: float
    south: float
    east: float
    north: float
    zoom: int

    @property
    def holds(self) -> Q:
        """Return the condition of a case that lies in it."""
        return Q(lng__gte=self.west, lng__lte=self.east, lat__gte=self.south, lat__lte=self.north)

    @property
    def lattice(self) -> Lattice:
        return lattice_at(self.zoom, (self.south + self.north) / 2)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the cases in the box are asked for; "" and nothing are for any."""

    shown: MapShown = MapShown.OPEN
    unit_id: int = 0
    matters: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class CasePoint:
    """A case as a point: nothing that a citizen said."""

    number: str
    lng: float
    lat: float
    mark: str
    pressing: bool


@dataclass(frozen=True, slots=True)
class CaseCell:
    """How many cases lie in a hexagon, by its centre, and how many of them are late."""

    lng: float
    lat: float
    cases: int
    late: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """What the map draws of a box: points, or where there are too many for that, cells."""

    total: int
    late: int
    lattice: Lattice
    points: list[CasePoint] = field(default_factory=list)
    cells: list[CaseCell] = field(default_factory=list)


def box_of(text: str, zoom: str) -> Box:
    """
    Return the box that an address names: `west,south,east,north`, and a zoom from 0 to 22.

    :raises BoxInvalid: if these are no numbers, no place on earth or the wrong way round
    """
    try:
        west, south, east, north = map(float, text[:120].split(","))
        level = round(float(zoom[:20]))
    except (ValueError, OverflowError) as error:
        raise BoxInvalid from error
    edges = (west, south, east, north)
    on_earth = all(map(isfinite, edges)) and -180 <= west < east <= 180
    if not (on_earth and -90 <= south < north <= 90 and 0 <= level <= MOST_ZOOM):
        raise BoxInvalid
    return Box(*edges, level)


def cases_mapped(
    *, box: Box, choice: Choice, actor: Actor, now: datetime, counted: bool = False
) -> Mapped:
    """
    Return the cases in sight that lie in a box. Three statements, two where there are many.

    :param counted: by hexagon even where there are few
    """
    rows = _asked(box, choice, actor, now)
    with _planned_for_this_box():
        cells = _cells(rows, box.lattice, _late(actor, now))
    total, late = sum(cell.cases for cell in cells), sum(cell.late for cell in cells)
    if counted or total > MOST_POINTS:
        return Mapped(total, late, box.lattice, cells=cells)
    points = _points(rows, actor, now) if total else []
    return Mapped(total, late, box.lattice, points=points)


def points_of(*, numbers: Sequence[str], actor: Actor, now: datetime) -> list[CasePoint]:
    """Return where these cases are, those of them that are in sight and have a point."""
    rows = _in_sight(actor).filter(number__in=numbers[:MOST_POINTS], lng__isnull=False)
    return _points(rows, actor, now)


def lines_mapped(
    *, box: Box, choice: Choice, actor: Actor, now: datetime, limit: int
) -> list[CaseLine]:
    """Return the newest of these cases as lists show them. Three statements."""
    rows = _asked(box, choice, actor, now).order_by("-pk")
    return lines_of(list(rows.values_list("pk", flat=True)[:limit]), actor)


def line_mapped(*, number: str, actor: Actor) -> CaseLine | None:
    """Return one case in sight of the map as lists show it. Three statements."""
    found = _in_sight(actor).filter(number=number).values_list("pk", flat=True)
    return next(iter(lines_of(list(found), actor)), None)


@contextmanager
def _planned_for_this_box() -> Iterator[None]:
    """
    Let the database plan by this box, not by boxes in general: it takes those for small, and asks
    for each case of a large one by itself.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode TO force_custom_plan")
        yield


def _in_sight(actor: Actor, unit_id: int = 0) -> QuerySet[WorkOrder]:
    if actor.kind is ActorKind.SYSTEM:
        return WorkOrder.objects.all()
    confirmed = ExpressionWrapper(OuterRef("place_confirmed"), output_field=BooleanField())
    told = Q(sight=Sight.FULL) | Q(confirmed)
    rows = seen_by(actor).filter(told, work_order=OuterRef("pk"))
    return WorkOrder.objects.filter(Exists(rows.filter(unit=unit_id) if unit_id else rows))


def _asked(box: Box, choice: Choice, actor: Actor, now: datetime) -> QuerySet[WorkOrder]:
    rows = _in_sight(actor, choice.unit_id).filter(box.holds)
    match choice.shown:
        case MapShown.OPEN:
            rows = rows.filter(outcome="")
        case MapShown.LATE:
            rows = rows.filter(outcome="", pk__in=_late(actor, now))
        case MapShown.PRESSING:
            rows = rows.filter(outcome="", urgency__in=_PRESSING)
        case MapShown.CLOSED:
            rows = rows.exclude(outcome="")
    if choice.matters is not None:
        rows = rows.filter(matter__in=sorted(choice.matters))
    return rows


def _late(actor: Actor, now: datetime) -> QuerySet[Deadline, int]:
    return _running(actor).filter(due_at__lt=now).values_list("task__work_order", flat=True)


def _reminded(actor: Actor) -> QuerySet[Deadline, int]:
    rows = _running(actor).filter(said=CaseCommand.REMIND)
    return rows.values_list("task__work_order", flat=True)


def _running(actor: Actor) -> QuerySet[Deadline]:
    """Return the clocks that the actor may know of: a third party only those of its own tasks."""
    rows = Deadline.objects.filter(
        authority=DeadlineAuthority.INNER, task__state__in=sorted(OPEN_STATES), ended_at=None
    )
    if actor.kind is ActorKind.SYSTEM:
        return rows
    own = sorted({unit_id for unit_id, _territory in actor.reach(Power.SEE)})
    return rows.filter(Q(in_full(actor, "task__work_order")) | Q(task__unit__in=own))


def _points(rows: QuerySet[WorkOrder], actor: Actor, now: datetime) -> list[CasePoint]:
    mark = Case(
        When(~Q(outcome=""), then=Value(MapMark.DONE.value)),
        When(resumes_at__isnull=False, then=Value(MapMark.HOLD.value)),
        When(pk__in=_late(actor, now), then=Value(MapMark.LATE.value)),
        When(pk__in=_reminded(actor), then=Value(MapMark.SOON.value)),
        default=Value(MapMark.OK.value),
        output_field=CharField(),
    )
    found = rows.annotate(mark=mark).order_by("pk")[:MOST_POINTS]
    return [
        CasePoint(number, lng, lat, state, urgency in _PRESSING and state != MapMark.DONE)
        for number, lng, lat, state, urgency in found.values_list(
            "number", "lng", "lat", "mark", "urgency"
        )
        if lng is not None and lat is not None
    ]


def _cells(
    rows: QuerySet[WorkOrder], lattice: Lattice, late: QuerySet[Deadline, int]
) -> list[CaseCell]:
    """Count by hexagon in the database, by the arithmetic of `Lattice.cell_of`."""
    across, up = _part("lng", lattice.width), _part("lat", lattice.height)
    is_near = (
        _distance(across, up, _nearest(across), _nearest(up)),
        _distance(across, up, Floor(across) + Value(0.5), Floor(up) + Value(0.5)),
    )
    nearer = LessThanOrEqual(*is_near)
    counts = (
        rows.order_by()
        .values(column=_number(across, nearer), row=_number(up, nearer))
        .annotate(cases=Count("pk"), late=Count("pk", filter=Q(outcome="", pk__in=late)))
        .values_list("column", "row", "cases", "late")
    )
    return [
        CaseCell(*lattice.centre_of(column, row), cases, overdue)
        for column, row, cases, overdue in counts
    ]


def _part(name: str, step: float) -> Combinable:
    return ExpressionWrapper(F(name) / Value(step), output_field=FloatField())


def _distance(across: Combinable, up: Combinable, x: Combinable, y: Combinable) -> Combinable:
    squares = (across - x) * (across - x) + Value(3.0) * (up - y) * (up - y)
    return ExpressionWrapper(squares, output_field=FloatField())


def _nearest(part: Combinable) -> Combinable:
    return Floor(part + Value(0.5))  # Django's Round goes by way of numeric: ten times as long


def _number(part: Combinable, nearer: LessThanOrEqual) -> Cast:
    near, between = Value(2.0) * _nearest(part), Value(2.0) * Floor(part) + Value(1.0)
    number = Case(When(nearer, then=near), default=between, output_field=FloatField())
    return Cast(number, IntegerField())


def open_points(edges: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """
    Return where open cases lie between these edges (west, south, east, north), to be counted by
    who redraws grids: points without a name, none of confidential cases. One statement.
    """
    west, south, east, north = edges
    rows = WorkOrder.objects.filter(Box(west, south, east, north, 0).holds, outcome="")
    rows = rows.filter(confidential=False, named_only=False)
    return [
        (lng, lat)
        for lng, lat in rows.values_list("lng", "lat")[:_MOST_COUNTED]
        if lng is not None and lat is not None
    ]
