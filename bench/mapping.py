"""The map of a hundred thousand cases: counted by hexagon, and looked at closely."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection

from bench.figures import Figure
from bench.machine import spent
from bench.population import fill
from bench.stand import settle
from bench.statements import seen
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.workorders import queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import Box, Choice, Mapped
from chengshao.workorders.terms import MapShown, Power
from ops.console import Stopped

_CASES = 100_000
_FEW = 80  # lives take time
_MS = 1000
_WHOLE, _STREET = 12, 16


def cases(*, quick: bool, most: int | None = None) -> Iterator[Figure]:
    """
    Ask for all cases of the district on one map, as the desk sees them, and for a street.

    :raises Stopped: if the map lost a case on the way, or the district has no borders
    """
    wanted, times = (_FEW, 3) if quick else (most or _CASES, 20)
    fill(wanted, now=datetime.now(UTC))
    settle()
    edges = places.extent()
    if edges is None:
        raise Stopped("演示城区没有边界。", "The demo district has no borders.")
    desk = Actor(ActorKind.PERSON, grants=frozenset({Grant(Power.SEE, people.desk_unit_id())}))
    located = WorkOrder.objects.filter(lng__isnull=False).count()
    yield Figure("map.cases", located, "")
    whole, street = Box(*edges, _WHOLE), _middle_of(Box(*edges, _STREET))
    with seen() as statements:
        found = _ask(whole, MapShown.ALL, desk)
    if found.total > located or (not quick and found.total < 0.9 * located):
        raise Stopped("地图上的件数不对。", "The map shows a wrong number of cases.")
    yield Figure("map.in_view", found.total, "")
    yield Figure("map.statements", len(statements), "")
    yield Figure("map.whole", _p95(whole, MapShown.ALL, desk, times), "ms")
    yield Figure("map.whole_open", _p95(whole, MapShown.OPEN, desk, times), "ms")
    yield Figure("map.street", _p95(street, MapShown.ALL, desk, times), "ms")
    with spent() as used:
        queries.lines_mapped(
            box=whole, choice=Choice(MapShown.ALL), actor=desk, now=datetime.now(UTC), limit=50
        )
    yield Figure("map.list", used.wall * _MS, "ms")


def _ask(box: Box, shown: MapShown, actor: Actor) -> Mapped:
    return queries.cases_mapped(box=box, choice=Choice(shown), actor=actor, now=datetime.now(UTC))


def _p95(box: Box, shown: MapShown, actor: Actor, times: int) -> float:
    """Return milliseconds that 19 of 20 answers take at most."""
    took = []
    for _ in range(times):
        with spent() as used:
            _ask(box, shown, actor)
        took.append(used.wall * _MS)
    connection.queries_log.clear()
    return sorted(took)[max(int(len(took) * 0.95) - 1, 0)]


def _middle_of(box: Box) -> Box:
    """Return a fiftieth of the box to each side of its middle."""
    lng, lat = (box.west + box.east) / 2, (box.south + box.north) / 2
    wide, high = (box.east - box.west) / 50, (box.north - box.south) / 50
    return Box(lng - wide, lat - high, lng + wide, lat + high, box.zoom)
