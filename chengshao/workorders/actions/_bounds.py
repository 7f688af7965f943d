"""How long a task may take that was asked from another: never longer than the other (交办)."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localdate

from chengshao.catalog.queries import Ground
from chengshao.kernel.clock import ClockUnit, remaining
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.models import Deadline, Task, WorkOrder
from chengshao.workorders.queries.limits import clockwork
from chengshao.workorders.rules.clocks import NOTHING_SAID
from chengshao.workorders.terms import DeadlineAuthority, TaskKind


def keep_within(case: WorkOrder, tasks: Iterable[Task], ground: Ground, at: datetime) -> None:
    """
    Let what a unit assigns end before its own limit: when the unit itself is reminded, so that
    time is left to answer; once it has been, with that limit. A stopped clock bounds nothing.
    """
    parents = {t.pk: t.parent_id for t in tasks if t.kind == TaskKind.SUBASSIGNED}
    if not parents:
        return
    inner = Deadline.objects.filter(authority=DeadlineAuthority.INNER, due_at__isnull=False)
    own = {row.task_id: row for row in inner.filter(task__in=set(parents.values()))}
    works = clockwork(case, localdate(at), ground)
    for deadline in inner.filter(task__in=parents):
        above = own.get(parents[deadline.task_id] or 0)
        latest = _latest(above, at) if above else None
        if latest is None or deadline.due_at is None or deadline.due_at <= latest:
            continue
        left = remaining(at, latest, ClockUnit(deadline.unit), works.calendar)
        deadline.due_at, deadline.seconds = latest, max(left, 0)
        clocks.looked_at(deadline, works).save()


def _latest(above: Deadline, at: datetime) -> datetime | None:
    if above.said == NOTHING_SAID and above.next_at is not None and above.next_at > at:
        return above.next_at
    return above.due_at
