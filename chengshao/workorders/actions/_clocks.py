"""Deadlines: started with a task, extended, stopped and run on, made anew, said when they near."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Ground, Parameters
from chengshao.catalog.terms import ParameterName, Urgency
from chengshao.kernel.clock import (
    ZONE,
    ClockUnit,
    Limit,
    WorkCalendar,
    add_seconds,
    due_at,
    remaining,
)
from chengshao.workorders.models import Deadline, Task, WorkOrder
from chengshao.workorders.rules.book import HANDLING_KINDS, STAY_AFTER_THE_END
from chengshao.workorders.rules.clocks import NOTHING_SAID, Pace, next_look, within
from chengshao.workorders.rules.registry import kind_of
from chengshao.workorders.terms import DeadlineAuthority


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What every deadline of a case goes by on a day: read once for all of them."""

    ground: Ground
    parameters: Parameters
    calendar: WorkCalendar
    pace: Pace


def clockwork(case: WorkOrder, on: date, ground: Ground | None = None) -> Clockwork:
    """Return what this case's deadlines go by: one statement where the ground is not at hand."""
    ground = ground or catalog.ground()
    parameters = ground.parameters(on)
    pace = Pace(
        parameters.number(ParameterName.REMIND_PERCENT, case.channel),
        parameters.limit(ParameterName.LEADER_AFTER, case.channel),
    )
    return Clockwork(ground, parameters, ground.calendar_for(on), pace)


def start(case: WorkOrder, tasks: Iterable[Task], ground: Ground, at: datetime) -> None:
    """
    Start the clocks of new tasks: our own, and beside it that of the platform it came from.

    A handler's clock starts at its own dispatch; on an outer order ours ends a reserve before.
    """
    tasks = list(tasks)
    if not tasks:
        return
    works = clockwork(case, localdate(at), ground)
    limits = _limits(case, {task.kind for task in tasks}, works, at)
    rows: list[Deadline] = []
    for task in tasks:
        rows.append(_inner(case, task, limits[task.kind], works, at))
        if case.outer_due_at is not None and kind_of(task.kind).holds_case:
            rows.append(_outer(case, task, case.outer_due_at, works, at))
    Deadline.objects.bulk_create(rows)


def _limits(
    case: WorkOrder, kinds: set[str], works: Clockwork, at: datetime
) -> Mapping[str, Limit]:
    """
    Return our own limit for each kind: the matter's for handling it, else that of the kind, which
    is never longer than the matter's while the case is open.
    """
    urgency, today = case.urgency or Urgency.ORDINARY, localdate(at)
    whole = None
    if case.matter:
        whole = works.ground.limit_of_matter(case.matter, urgency, today)
    own = works.ground.limits_of_tasks(
        {kind for kind in kinds if kind not in HANDLING_KINDS or whole is None},
        case.channel,
        urgency,
        today,
    )
    if whole is None:
        return own
    steps = {
        kind: within(limit, whole, start=at, calendar=works.calendar)
        for kind, limit in own.items()
        if kind not in STAY_AFTER_THE_END
    }
    return own | steps | dict.fromkeys(kinds & HANDLING_KINDS, whole)


def _inner(case: WorkOrder, task: Task, limit: Limit, works: Clockwork, at: datetime) -> Deadline:
    due = due_at(at, limit, works.calendar)
    if case.outer_due_at is not None:
        due = max(min(due, _latest(case, case.outer_due_at, works)), at)
    return looked_at(
        Deadline(
            task=task,
            authority=DeadlineAuthority.INNER,
            started_at=at,
            amount=limit.amount,
            unit=limit.unit,
            seconds=limit.seconds,
            calendar_version=works.calendar.version,
            due_at=due,
        ),
        works,
    )


def _latest(case: WorkOrder, outer_due_at: datetime, works: Clockwork) -> datetime:
    reserve = works.parameters.limit(ParameterName.OUTER_RESERVE, case.channel)
    return add_seconds(outer_due_at, -reserve.seconds, reserve.unit, works.calendar)


def _outer(case: WorkOrder, task: Task, due: datetime, works: Clockwork, at: datetime) -> Deadline:
    hours = max(1, int((due - case.opened_at).total_seconds()) // 3600)
    return looked_at(
        Deadline(
            task=task,
            authority=DeadlineAuthority.OUTER,
            started_at=case.opened_at,
            amount=hours,
            unit=ClockUnit.URGENT_HOUR,
            seconds=hours * 3600,
            calendar_version=works.calendar.version,
            due_at=due,
        ),
        works,
    )


def looked_at(deadline: Deadline, works: Clockwork) -> Deadline:
    """Set when the sweep looks at it next."""
    deadline.next_at = None
    if deadline.due_at is not None and deadline.ended_at is None:
        deadline.next_at = next_look(
            said=deadline.said,
            started_at=deadline.started_at,
            due_at=deadline.due_at,
            seconds=deadline.seconds,
            unit=ClockUnit(deadline.unit),
            pace=works.pace,
            calendar=works.calendar,
        )
    return deadline


def follow_outer(case: WorkOrder, at: datetime) -> None:
    """
    Let what is open go by the platform's order that hangs on the case now, or by ours alone.

    What is left of our own limit is never cut to before this moment.
    """
    works = clockwork(case, localdate(at))
    running = Deadline.objects.filter(
        task__work_order=case, ended_at=None, due_at__isnull=False
    ).select_related("task")
    for deadline in running.filter(authority=DeadlineAuthority.INNER):
        _follow_inner(case, deadline, works, at)
    if case.outer_due_at is None:
        running.filter(authority=DeadlineAuthority.OUTER).update(ended_at=at, next_at=None)
        return
    for task in case.tasks.filter(ended_at=None):
        if kind_of(task.kind).holds_case:
            made = _outer(case, task, case.outer_due_at, works, at)
            same = Deadline.objects.filter(task=task, authority=DeadlineAuthority.OUTER)
            made.pk = same.values_list("pk", flat=True).first()
            made.save()


def _follow_inner(case: WorkOrder, deadline: Deadline, works: Clockwork, at: datetime) -> None:
    unit = ClockUnit(deadline.unit)
    due = add_seconds(deadline.started_at, deadline.seconds, unit, works.calendar)
    if case.outer_due_at is not None:
        due = min(due, max(_latest(case, case.outer_due_at, works), at))
    deadline.due_at = due
    if due > at:
        deadline.said = NOTHING_SAID
    looked_at(deadline, works).save()


def extend(case: WorkOrder, task_id: int, at: datetime) -> None:
    """
    Give one more of the original limit (domain.md §1); the old due stood until now.

    Granted late, it counts from the old due, and what was said of being overdue is taken back.
    """
    works = clockwork(case, localdate(at))
    for deadline in Deadline.objects.filter(task=task_id, ended_at=None):
        if deadline.due_at is None:
            continue
        unit = ClockUnit(deadline.unit)
        more = Limit(deadline.amount, unit).seconds
        deadline.due_at = add_seconds(deadline.due_at, more, unit, works.calendar)
        deadline.seconds += more
        if deadline.due_at > at:
            deadline.said = NOTHING_SAID
        looked_at(deadline, works).save()
        if deadline.authority == DeadlineAuthority.OUTER:
            case.outer_due_at = deadline.due_at


def suspend(case: WorkOrder, until: date, at: datetime) -> None:
    """Stop every clock of the case, keeping what is left of each; it resumes at a day's start."""
    works = clockwork(case, localdate(at))
    for deadline in Deadline.objects.filter(task__work_order=case, ended_at=None):
        if deadline.due_at is None:
            continue
        left = remaining(at, deadline.due_at, ClockUnit(deadline.unit), works.calendar)
        deadline.remaining_seconds, deadline.due_at = left, None
        looked_at(deadline, works).save()
    case.suspended_at = at
    case.resumes_at = datetime.combine(until, time(), ZONE)


def resume(case: WorkOrder, at: datetime) -> None:
    """Let every stopped clock run on with what was left of it."""
    works = clockwork(case, localdate(at))
    for deadline in Deadline.objects.filter(task__work_order=case, ended_at=None):
        if deadline.remaining_seconds is None:
            continue
        unit, left = ClockUnit(deadline.unit), deadline.remaining_seconds
        deadline.due_at = add_seconds(at, left, unit, works.calendar)
        deadline.started_at, deadline.seconds = at, max(left, 0)
        deadline.remaining_seconds = None
        deadline.calendar_version = works.calendar.version
        looked_at(deadline, works).save()
        if deadline.authority == DeadlineAuthority.OUTER:
            case.outer_due_at = deadline.due_at
    case.resumes_at = None


def outer_moved(case: WorkOrder, due: datetime, at: datetime) -> None:
    """The platform has set its order a new end; ours may move up to a reserve before."""
    works = clockwork(case, localdate(at))
    case.outer_due_at = due
    outer = Deadline.objects.filter(
        task__work_order=case, ended_at=None, authority=DeadlineAuthority.OUTER
    )
    for deadline in outer:
        deadline.due_at, deadline.said = due, NOTHING_SAID
        looked_at(deadline, works).save()


def recalculate(case: WorkOrder, deadline: Deadline, works: Clockwork) -> bool:
    """Make a running deadline anew by the calendar as it is now; tell whether its end moved."""
    if deadline.due_at is None or deadline.ended_at is not None:
        return False
    unit = ClockUnit(deadline.unit)
    due = add_seconds(deadline.started_at, deadline.seconds, unit, works.calendar)
    if case.outer_due_at is not None and deadline.authority == DeadlineAuthority.INNER:
        due = max(min(due, _latest(case, case.outer_due_at, works)), deadline.started_at)
    moved = due != deadline.due_at
    deadline.due_at, deadline.calendar_version = due, works.calendar.version
    looked_at(deadline, works).save()
    return moved
