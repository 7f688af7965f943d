"""Reads: what a district has settled: limits of tasks, parameters, tracks. The nearest row."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from chengshao.catalog.models import ANY, Parameter, TaskLimit, TrackRule
from chengshao.catalog.queries._common import KEPT, in_force, in_force_or_to_come
from chengshao.catalog.queries.matters import MatterVersion, matters_where
from chengshao.catalog.rules.codes import matter_line
from chengshao.catalog.rules.nearest import Row, nearest, track_in
from chengshao.catalog.rules.parameters import Parameters, is_yes_no
from chengshao.catalog.terms import ParameterName, Track
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.kernel.errors import Refused
from chengshao.web.kept import kept

Said = TypeVar("Said")
_MOST_LOOKED_AT = 200  # matters that some rule puts on a track


class TaskLimitMissing(Refused):
    code = "task_limit_missing"


def limit_of_task(kind: str, source: str, urgency: str, on: date) -> Limit:
    """
    Return how long a task of a kind may take: the nearest row, urgency before source.

    :raises TaskLimitMissing: if the catalogue has no row for this kind
    """
    return limits_of_tasks({kind}, source, urgency, on)[kind]


def limits_of_tasks(
    kinds: AbstractSet[str], source: str, urgency: str, on: date
) -> dict[str, Limit]:
    """
    Return the same for several kinds at once. One statement, none for no kind.

    :raises TaskLimitMissing: if the catalogue has no row for one of them; the first is named
    """
    if not kinds:
        return {}
    rows = TaskLimit.objects.filter(
        in_force(on),
        kind__in=sorted(kinds),
        source__in={source, ANY},
        urgency__in={urgency, ANY},
    )
    return limits_among(rows, kinds, source, urgency)


def limits_among(
    rows: Iterable[TaskLimit], kinds: AbstractSet[str], source: str, urgency: str
) -> dict[str, Limit]:
    """
    Return the nearest limit for each kind among rows in force.

    :raises TaskLimitMissing: if there is none for one of them; the first is named
    """
    by_kind: dict[str, list[Row[Limit]]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(Row(limit_of_row(row), row.source, row.urgency))
    found = {}
    for kind in sorted(kinds):
        limit = nearest(by_kind[kind], source=source, urgency=urgency)
        if limit is None:
            raise TaskLimitMissing(task_kind=kind)
        found[kind] = limit
    return found


def limit_of_row(row: TaskLimit) -> Limit:
    return Limit(row.amount, ClockUnit(row.unit), row.note)


def task_limits(on: date) -> QuerySet[TaskLimit]:
    """Return the limits of tasks in force that day or to come, as they were handed in."""
    return TaskLimit.objects.filter(in_force_or_to_come(on)).order_by("pk")


def parameters(on: date) -> Parameters:
    """Return all that the district has settled for that day. One statement."""
    return parameters_among(Parameter.objects.filter(in_force(on)))


def parameters_among(rows: Iterable[Parameter]) -> Parameters:
    """Return what rows in force settle."""
    found: dict[ParameterName, list[Row[int | Limit]]] = defaultdict(list)
    for row in rows:
        found[ParameterName(row.name)].append(Row(value_of_row(row), row.source))
    return Parameters({name: tuple(rows) for name, rows in found.items()})


def value_of_row(row: Parameter) -> bool | int | Limit:
    """Return what a row settles: yes or no, a number, or a limit."""
    if row.unit:
        return Limit(row.amount, ClockUnit(row.unit), row.note)
    return bool(row.amount) if is_yes_no(ParameterName(row.name)) else row.amount


def parameter_rows(on: date) -> QuerySet[Parameter]:
    """Return the parameters in force that day or to come, as they were handed in."""
    return Parameter.objects.filter(in_force_or_to_come(on)).order_by("pk")


def track_of(matter: MatterVersion, source: str, urgency: str, on: date) -> Track:
    """
    Return how much way such a demand has to go (F16). One statement.

    The nearest rule: of the matter before its classes before any; then by urgency (which tells
    the risk) before source; else as the matter says. An emergency is never simple.
    """
    return track_in(
        rows_of_tracks(_rules_above(matter.code, on)),
        matter.track,
        source=source,
        urgency=urgency,
        matter_code=matter.code,
    )


def tracks_of(matters: Iterable[MatterVersion], source: str, on: date) -> dict[str, Track]:
    """Return the same for several matters by code, each at its own urgency."""
    rows = kept(KEPT, ("tracks", on), lambda: _tracks(on))
    return {
        matter.code: track_in(
            rows,
            matter.track,
            source=source,
            urgency=matter.default_urgency,
            matter_code=matter.code,
        )
        for matter in matters
    }


def _tracks(on: date) -> list[Row[Track]]:
    return rows_of_tracks(TrackRule.objects.filter(in_force(on)))


def rows_of_tracks(rows: Iterable[TrackRule]) -> list[Row[Track]]:
    """Return what rules in force say, each for what it holds."""
    return [_said(row, Track(row.track)) for row in rows]


def matters_on_track(
    track: Track, source: str, *, on: date, limit: int = 20
) -> list[MatterVersion]:
    """Return matters that go this way when they come from this source, by code."""
    rules = TrackRule.objects.filter(in_force(on), track=track, source__in={source, ANY})
    named = Q(track=track)
    for code in rules.values_list("matter_code", flat=True):
        named |= Q(code__startswith=code.partition("-")[0])
    found = matters_where(named, on=on, limit=_MOST_LOOKED_AT)
    tracks = tracks_of(found, source, on)
    return [matter for matter in found if tracks[matter.code] is track][:limit]


def track_rules(on: date) -> QuerySet[TrackRule]:
    """Return the rules of tracks in force that day or to come, as they were handed in."""
    return TrackRule.objects.filter(in_force_or_to_come(on)).order_by("pk")


def track_rules_of(code: str, on: date) -> list[TrackRule]:
    """
    Return the rules that hold for a matter, without those that a nearer one takes the place of.

    :raises MatterCodeInvalid: if it is no code
    """
    line = {*matter_line(code), ANY}
    every = kept(KEPT, ("track rules", on), lambda: list(_rules_of(on)))
    above = (row for row in every if row.matter_code in line)
    rows = sorted(above, key=lambda row: (row.source, row.urgency))
    all_rows = [_said(row, row) for row in rows]
    return [
        row
        for row in rows
        if row is nearest(all_rows, source=row.source, urgency=row.urgency, matter_code=code)
    ]


def _rules_of(on: date) -> QuerySet[TrackRule]:
    return TrackRule.objects.filter(in_force(on)).order_by("pk")


def _rules_above(code: str, on: date) -> QuerySet[TrackRule]:
    return TrackRule.objects.filter(in_force(on), matter_code__in=[*matter_line(code), ANY])


def _said(row: TrackRule, said: Said) -> Row[Said]:
    return Row(said, row.source, row.urgency, row.matter_code)
