"""What changed in a queue since somebody looked: asked again and again, in few statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Task
from chengshao.workorders.queries.lists import (
    COUNT_LIMIT,
    in_reach,
    open_in_sight,
    rows_owed,
    rows_to_recall,
)
from chengshao.workorders.queries.scope import seen_by
from chengshao.workorders.rules.jobs import SENT
from chengshao.workorders.terms import TaskKind, TaskState

_MOST_NEW = 200


@dataclass(frozen=True, slots=True)
class Changes:
    """What came to a queue, and what of the cases shown has left it; by number."""

    new: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Owed:
    """How much waits, by name, and the emergencies among it that nobody has acknowledged."""

    counts: Mapping[str, int]  # COUNT_LIMIT + 1: more than that
    emergencies: tuple[int, ...]  # ids of cases, the newest first


def changes_in(
    queue: str,
    *,
    actor: Actor,
    power: str,
    kinds: Sequence[str],
    shown: Collection[str],
    since: datetime,
    words: str = "",
) -> Changes:
    """Return what changed in a queue for who saw these cases then. One statement."""
    rows: QuerySet[Task]
    if queue == SENT.name:
        rows = rows_to_recall(actor)
    else:
        rows = rows_owed(actor, power, kinds, words, "")
    asked = Q(opened_at__gte=since) | Q(work_order__number__in=sorted(shown))
    numbers = rows.filter(asked).order_by("work_order__number").values_list("work_order__number")
    found = {number for (number,) in numbers.distinct()[: _MOST_NEW + len(shown)]}
    return Changes(tuple(sorted(found - set(shown))), tuple(sorted(set(shown) - found)))


def who_took(numbers: Collection[str], kinds: Sequence[str], actor: Actor) -> dict[str, int]:
    """
    Return the unit that did what these cases waited for, by number: units only, and of cases that
    the actor still sees. One statement.

    :param kinds: of the queue that they left; none: they were sent, and it is who has them now
    """
    rows = Task.objects.filter(work_order__number__in=sorted(numbers))
    if kinds:
        rows = rows.filter(kind__in=kinds, ended_at__isnull=False)
    else:
        rows = rows.filter(kind=TaskKind.LEAD, state=TaskState.ACKNOWLEDGED)
    rows = rows.filter(Exists(seen_by(actor).filter(work_order=OuterRef("work_order"))))
    return dict(rows.order_by("pk").values_list("work_order__number", "unit_id"))


def owed_now(actor: Actor, asked: Mapping[str, tuple[str, Sequence[str]]]) -> Owed:
    """
    Return what waits for the actor, by name. One statement.

    :param asked: by name, the power and the kinds, as for `counts_owed`
    """
    if not asked:
        return Owed({}, ())
    each = {
        name: in_reach(actor, power) & Q(kind__in=kinds) for name, (power, kinds) in asked.items()
    }
    emergency = Q(work_order__urgency=Urgency.EMERGENCY, state=TaskState.OPEN)
    told = open_in_sight(actor).filter(reduce(or_, each.values()))
    found = told.aggregate(
        in_emergency=ArrayAgg("work_order", filter=emergency, distinct=True, default=[]),
        **{f"n_{name}": Count("work_order", filter=q, distinct=True) for name, q in each.items()},
    )
    newest = tuple(sorted(found["in_emergency"], reverse=True))
    counts = {name: min(found[f"n_{name}"], COUNT_LIMIT + 1) for name in each}
    return Owed(counts, newest)
