"""Deadlines: started with a task, extended, stopped and run on, made anew, said when they near."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils.timezone import localdate

from chengshao.catalog.queries import Ground
from chengshao.kernel.clock import ZONE, ClockUnit, Limit, add_seconds, remaining
from chengshao.workorders.models import Alert, Deadline, Task, WorkOrder
from chengshao.workorders.queries.limits import (
    Clockwork,
    clockwork,
    due_by,
    limits_for,
    no_later,
)
from chengshao.workorders.rules.clocks import NOTHING_SAID, OVERDUE_SAID, next_look
from chengshao.workorders.rules.registry import kind_of
from chengshao.workorders.terms import AlertKind, DeadlineAuthority


def start(case: WorkOrder, tasks: Iterable[Task], ground: Ground, at: datetime) -> None:
    """
    Start the clocks of new tasks: our own, and beside it that of the platform it came from.

    A handler's clock starts at its own dispatch; on an outer order ours ends a reserve before.
    While the case is suspended they wait, each with its whole time, and start when it resumes.
    """
    tasks = list(tasks)
    if tasks:
        Deadline.objects.bulk_create(started(case, tasks, ground, at))


def started(case: WorkOrder, tasks: Iterable[Task], ground: Ground, at: datetime) -> list[Deadline]:
    """Return these clocks, not stored yet."""
    tasks = list(tasks)
    works = clockwork(case, localdate(at), ground)
    limits = limits_for(case, {task.kind for task in tasks}, works, at)
    rows: list[Deadline] = []
    for task in tasks:
        rows.append(_inner(case, task, limits[task.kind], works, at))
        if case.outer_due_at is not None and kind_of(task.kind).holds_case:
            rows.append(_outer(case, task, case.outer_due_at, works, at))
    if case.resumes_at is not None:
        for row in rows:
            _rest(row, _whole_time(case, row, case.resumes_at, works), works)
    return rows


def ending(
    case: WorkOrder,
    task: Task,
    started_at: datetime,
    due: datetime,
    ground: Ground,
    at: datetime,
) -> Deadline:
    """
    Return a clock of ours that ends when another system set, not stored yet: no calendar of ours
    moves it.
    """
    works = clockwork(case, localdate(at), ground)
    seconds = max(1, int((due - started_at).total_seconds()))
    return looked_at(
        Deadline(
            task=task,
            authority=DeadlineAuthority.INNER,
            started_at=started_at,
            amount=max(1, seconds // 3600),
            unit=ClockUnit.URGENT_HOUR,
            seconds=seconds,
            calendar_version=works.calendar.version,
            due_at=due,
        ),
        works,
    )


def _whole_time(case: WorkOrder, deadline: Deadline, resumes_at: datetime, works: Clockwork) -> int:
    """Return what a clock has in hand that starts when the case resumes, in its own seconds."""
    if deadline.authority == DeadlineAuthority.INNER or case.outer_due_at is None:
        return deadline.seconds
    return remaining(resumes_at, case.outer_due_at, ClockUnit(deadline.unit), works.calendar)


def _inner(case: WorkOrder, task: Task, limit: Limit, works: Clockwork, at: datetime) -> Deadline:
    due = due_by(case, limit, works, at)
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


def _inner_due(case: WorkOrder, deadline: Deadline, works: Clockwork) -> datetime:
    """Return when a clock of ours that runs is over, by the calendar as it is now."""
    unit, started_at = ClockUnit(deadline.unit), deadline.started_at
    due = add_seconds(started_at, deadline.seconds, unit, works.calendar)
    return no_later(case, due, works, started_at)


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
    running = _running(case).select_related("task")
    ours = running.filter(authority=DeadlineAuthority.INNER, due_at__isnull=False)
    for deadline in ours:
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
    due = min(due, no_later(case, due, works, at))
    deadline.due_at = due
    if due > at:
        deadline.said = NOTHING_SAID
    looked_at(deadline, works).save()


def extend(case: WorkOrder, task_id: int, at: datetime) -> None:
    """
    Give one more of our own original limit (domain.md §1); the old due stood until now.

    Granted late, it counts from the old due, and what was said of being overdue is taken back.
    A clock that rests gets it on top of what is left. On an outer order ours is cut to end a
    reserve before the platform's: how much that one adds, its platform alone says.
    """
    works = clockwork(case, localdate(at))
    for deadline in _running(case).filter(task=task_id, authority=DeadlineAuthority.INNER):
        more = Limit(deadline.amount, ClockUnit(deadline.unit)).seconds
        if deadline.remaining_seconds is not None:
            _rest(deadline, deadline.remaining_seconds + more, works)
            deadline.save()
            continue
        deadline.seconds += more
        _end_at(deadline, _inner_due(case, deadline, works), works, at)
    take_back_alerts(case)


def void(task_id: int) -> None:
    """The limit never was this unit's: nobody need hear any more that it nears or is past."""
    Deadline.objects.filter(task=task_id).update(void=True)
    said = (AlertKind.REMINDER, AlertKind.OVERDUE)
    Alert.objects.filter(task=task_id, kind__in=said, seen_at=None).delete()


def suspend(case: WorkOrder, until: date, at: datetime) -> None:
    """
    Stop every clock of the case, keeping what is left of each; it resumes at a day's start.

    The platform of an outer order has agreed: its end moves by as long as the case rests.
    """
    works = clockwork(case, localdate(at))
    for deadline in _running(case).filter(due_at__isnull=False):
        due = deadline.due_at or at
        _rest(deadline, remaining(at, due, ClockUnit(deadline.unit), works.calendar), works)
        deadline.save()
    case.suspended_at = at
    case.resumes_at = datetime.combine(until, time(), ZONE)
    if case.outer_due_at is not None:
        case.outer_due_at += case.resumes_at - at


def resume(case: WorkOrder, at: datetime) -> None:
    """
    Let every stopped clock run on with what was left of it, from the day that was set on; lifted
    before, from this moment.

    The end that the platform of an outer order agreed to stays: that is its word.
    """
    if case.resumes_at is None:
        return
    since = min(case.resumes_at, at)
    works = clockwork(case, localdate(since))
    for deadline in _running(case).filter(remaining_seconds__isnull=False):
        unit = ClockUnit(deadline.unit)
        if deadline.authority == DeadlineAuthority.OUTER and case.outer_due_at is not None:
            due = case.outer_due_at
            left = remaining(since, due, unit, works.calendar)
        else:
            left = deadline.remaining_seconds or 0
            due = add_seconds(since, left, unit, works.calendar)
            due = min(due, no_later(case, due, works, since))
        deadline.started_at, deadline.seconds = since, max(left, 0)
        deadline.due_at, deadline.remaining_seconds = due, None
        deadline.calendar_version = works.calendar.version
        looked_at(deadline, works).save()
    case.resumes_at = None


def end_of(day: date) -> datetime:
    """Return the last second of a day in the city."""
    return datetime.combine(day, time(23, 59, 59), ZONE)


def outer_moved(case: WorkOrder, due: datetime, at: datetime) -> None:
    """
    The platform has set its order a new end: it holds for every outer clock of the case, and ours
    may move up to a reserve before.
    """
    works = clockwork(case, localdate(at))
    case.outer_due_at = due
    for deadline in _running(case):
        outer = deadline.authority == DeadlineAuthority.OUTER
        if deadline.due_at is not None:
            _end_at(deadline, due if outer else _inner_due(case, deadline, works), works, at)
        elif outer and case.resumes_at is not None:
            _rest(deadline, _whole_time(case, deadline, case.resumes_at, works), works)
            deadline.save()
    take_back_alerts(case)


def recalculate(case: WorkOrder, deadline: Deadline, works: Clockwork, at: datetime) -> bool:
    """
    Make a running deadline of ours anew by the calendar as it is now; tell whether its end moved.

    The end that another platform has set is its word, whatever our calendar says.
    """
    if deadline.due_at is None or deadline.authority == DeadlineAuthority.OUTER:
        return False
    due, before = _inner_due(case, deadline, works), deadline.due_at
    deadline.due_at, deadline.calendar_version = due, works.calendar.version
    if due > at and deadline.said in OVERDUE_SAID:
        deadline.said = NOTHING_SAID
    looked_at(deadline, works).save()
    return due != before


def _running(case: WorkOrder) -> QuerySet[Deadline]:
    return Deadline.objects.filter(task__work_order=case, ended_at=None)


def _rest(deadline: Deadline, left: int, works: Clockwork) -> None:
    deadline.remaining_seconds, deadline.due_at = left, None
    looked_at(deadline, works)


def _end_at(deadline: Deadline, due: datetime, works: Clockwork, at: datetime) -> None:
    """Give a running clock its new end; where more time is left now, all is said anew."""
    if deadline.due_at is not None and due > max(deadline.due_at, at):
        deadline.said = NOTHING_SAID
    deadline.due_at = due
    looked_at(deadline, works).save()


def take_back_alerts(case: WorkOrder) -> None:
    """Take back what nobody has seen yet and is no longer so: that something is overdue."""
    late = _running(case).filter(said__in=OVERDUE_SAID).values("task")
    unseen = Alert.objects.filter(work_order=case, kind=AlertKind.OVERDUE, seen_at=None)
    unseen.exclude(task__in=late).delete()
