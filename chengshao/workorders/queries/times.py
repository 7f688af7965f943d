"""How long each unit held what it owed, and whether that was in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit, WorkCalendar, remaining
from chengshao.workorders.models import Deadline, Task, WorkOrder
from chengshao.workorders.queries.scope import WorkOrderNotFound, case_of, sight_of
from chengshao.workorders.rules.clocks import seconds_held
from chengshao.workorders.terms import DeadlineAuthority, Sight, TaskState


@dataclass(frozen=True, slots=True)
class TimeHeld:
    """The time of one task, booked to the unit that held it, on the task's own clock."""

    task_id: int
    unit_id: int
    kind: str
    state: TaskState
    clock: ClockUnit
    seconds: int  # from the dispatch to this unit to the end of the task
    late_by: int  # seconds past our own limit; 0 in time
    returned: bool  # a return was granted: shown, and counted for nobody


def time_held(
    case: WorkOrder,
    *,
    at: datetime,
    tasks: Iterable[Task] | None = None,
    calendar: WorkCalendar | None = None,
) -> list[TimeHeld]:
    """
    Return whose time it was, task by task in the order of their opening; an open one runs to now.

    A co-handler's delay is its own, and so is the time of a return: from the dispatch to the
    verdict it is booked to who held the order, while the next lead's clock starts anew.

    :param tasks: with their deadlines, where they are at hand: else two statements
    """
    if tasks is None:
        tasks = case.tasks.prefetch_related("deadlines").order_by("pk")
    works = calendar or catalog.calendar_for(localdate(at))
    return [
        _of(task, row, case.suspended_at, works, at)
        for task in tasks
        for row in task.deadlines.all()
        if row.authority == DeadlineAuthority.INNER
    ]


def times_of(*, number: str, actor: Actor, at: datetime) -> list[TimeHeld]:
    """
    Return the same of a case by its number, for whoever sees all of it.

    :raises WorkOrderNotFound: if the case, whole, is not there for this actor
    """
    case = case_of(number=number, actor=actor)
    if sight_of(case, actor) is not Sight.FULL:
        raise WorkOrderNotFound
    return time_held(case, at=at)


def _of(
    task: Task, row: Deadline, suspended_at: datetime | None, calendar: WorkCalendar, at: datetime
) -> TimeHeld:
    clock, until = ClockUnit(row.unit), task.ended_at or at
    late_by = 0
    if row.remaining_seconds is not None and not row.void:
        late_by = max(0, -row.remaining_seconds)
    elif row.due_at is not None and not row.void:
        late_by = max(0, remaining(row.due_at, until, clock, calendar))
    return TimeHeld(
        task_id=task.pk,
        unit_id=task.unit_id,
        kind=task.kind,
        state=TaskState(task.state),
        clock=clock,
        seconds=seconds_held(
            opened_at=task.opened_at,
            started_at=row.started_at,
            until=until,
            suspended_at=suspended_at,
            rests=row.remaining_seconds is not None,
            unit=clock,
            calendar=calendar,
        ),
        late_by=late_by,
        returned=row.void,
    )
