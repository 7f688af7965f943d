"""How many cases a list holds, and how many it held a while ago: figures with their change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, Func, OuterRef, Q, QuerySet

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Audience, Deadline
from chengshao.workorders.queries.search import CaseFilter, day_ends, narrowed
from chengshao.workorders.terms import DeadlineAuthority, Standing

Count = QuerySet[Any, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases stand in a list, and how many stood in the one it is compared with."""

    now: int
    then: int


def counts_of(asked: CaseFilter, actor: Actor, now: datetime) -> list[Count]:
    """Return what counts the very rows that the list of cases shows."""
    return [_count(narrowed(asked, actor, now))]


def counts_at(asked: CaseFilter, actor: Actor, then: datetime) -> list[Count]:
    """
    Return what counts the list as it stood at a moment not longer ago than cases are filed away
    after; the sum of all. Cases reopened and limits moved since count as they stand now.
    """
    rows = narrowed(replace(asked, standing=""), actor).filter(opened_at__lt=then)
    if not asked.standing:
        return [_count(rows)]
    if asked.standing == Standing.CLOSED:
        done = narrowed(asked, actor).filter(opened_at__lt=then, work_order__ended_at__lt=then)
        return [_count(done)]
    if asked.standing == Standing.OVERDUE:
        rows = rows.filter(_was_late(then))
    if asked.standing == Standing.OUTER_DUE:
        rows = rows.filter(work_order__outer_due_at__lt=day_ends(then))
    # in two, so that each goes by its own index; nothing that ended since is filed away yet
    still, since = Q(work_order__outcome=""), Q(work_order__ended_at__gte=then)
    unfiled = Q(work_order__archived_at=None)
    return [_count(rows.filter(still)), _count(rows.filter(since, unfiled))]


def summed(parts: Sequence[Sequence[tuple[int]]]) -> int:
    """Return the sum of what such counts told."""
    return sum(number for rows in parts for (number,) in rows)


def _count(rows: QuerySet[Audience]) -> Count:
    return rows.order_by().annotate(n=Func("pk", function="count")).values_list("n")


def _was_late(then: datetime) -> Exists:
    late = Deadline.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=then),
        task__work_order=OuterRef("work_order"),
        authority=DeadlineAuthority.INNER,
        due_at__lt=then,
    )
    return Exists(late)
