"""How much waits and how much of it is late: tasks by unit, step and matter, never by person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Task
from chengshao.workorders.queries.scope import seen_by
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import DeadlineAuthority


@dataclass(frozen=True, slots=True)
class Load:
    """Open tasks of one kind that one unit owes on cases of one matter."""

    unit_id: int
    kind: str
    matter: str
    open: int
    due: int  # until the end of the day, late ones not among them
    late: int


def load_of(
    unit_ids: Collection[int], actor: Actor, *, at: datetime, day_ends_at: datetime
) -> list[Load]:
    """
    Return what these units owe on cases in sight of the actor. One statement.

    :param at: what was due before is late
    :param day_ends_at: the end of the day, aware
    """
    inner = Q(deadlines__authority=DeadlineAuthority.INNER)
    late = inner & Q(deadlines__due_at__lt=at)
    due = inner & Q(deadlines__due_at__gte=at, deadlines__due_at__lt=day_ends_at)
    in_sight = Exists(seen_by(actor).filter(work_order=OuterRef("work_order")))
    rows = (
        Task.objects.filter(in_sight, unit__in=sorted(unit_ids), state__in=sorted(OPEN_STATES))
        .order_by()
        .values_list("unit_id", "kind", "work_order__matter")
        .annotate(
            open=Count("pk", distinct=True),
            due=Count("pk", filter=due, distinct=True),
            late=Count("pk", filter=late, distinct=True),
        )
    )
    return [Load(*row) for row in rows]
