"""Who stands above whom, by day: units may have several parents, but never themselves."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chengshao.people.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Edge:
    unit_id: int
    parent_id: int
    period: Period


def closes_a_ring(edges: Iterable[Edge], new: Edge) -> bool:
    """Tell whether on some day the new parent would itself stand under the unit."""
    above: dict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        above[edge.unit_id].append(edge)
    waiting = [(new.parent_id, new.period)]
    seen: set[tuple[int, Period]] = set()
    while waiting:
        unit_id, period = waiting.pop()
        if period.is_empty or (unit_id, period) in seen:
            continue
        if unit_id == new.unit_id:
            return True
        seen.add((unit_id, period))
        waiting += [(edge.parent_id, period.common(edge.period)) for edge in above[unit_id]]
    return False
