"""Orders of other platforms on a case: each keeps its own end, the case goes by the nearest."""

from datetime import datetime

from django.db.models import Min

from chengshao.kernel.canonical import Json
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import CaseCommand


def note_moved(case: WorkOrder) -> None:
    """Note on the nearest order that its platform has moved its end since: it was asked for it."""
    nearest = _nearest(case)
    if nearest is not None and case.outer_due_at not in (None, nearest):
        case.reports.filter(outer_due_at=nearest).update(outer_due_at=case.outer_due_at)


def go_by_nearest(case: WorkOrder, at: datetime) -> None:
    """
    Let the case, and what is open on it, go by the nearest end of the orders that hang on it now.

    Without any such order our own clocks run alone. The case is stored with its next entry.
    """
    nearest = _nearest(case)
    if nearest != case.outer_due_at:
        case.outer_due_at = nearest
        clocks.follow_outer(case, at)


def leave(case: WorkOrder, at: datetime) -> dict[str, Json]:
    """
    Let the platform take its orders back from a case that goes on for others, by our clocks alone.

    They wait no more: they are neither told nor rated. Return the line that keeps what ends they
    had. The case is stored with its next entry.
    """
    orders = case.reports.filter(outer_due_at__isnull=False)
    waiting = orders.filter(withdrawn_at=None)
    taken_back: list[Json] = list(waiting.order_by("pk").values_list("pk", flat=True))
    waiting.update(withdrawn_at=at)
    return _without(CaseCommand.PLATFORM_LEAVES, case, at) | {"taken_back": taken_back}


def finish(case: WorkOrder, at: datetime) -> dict[str, Json]:
    """
    Let the platform's orders be done: it has agreed that they are closed, so its clock ends, and
    should the case go on later it is ours alone.

    Return the line that keeps what ends they had. The case is stored with its next entry.
    """
    return _without(CaseCommand.PLATFORM_DONE, case, at)


def _without(command: CaseCommand, case: WorkOrder, at: datetime) -> dict[str, Json]:
    orders = case.reports.filter(outer_due_at__isnull=False).order_by("pk")
    had: list[Json] = [
        {"report_id": pk, "outer_due_at": due.isoformat()}
        for pk, due in orders.values_list("pk", "outer_due_at")
        if due is not None
    ]
    orders.update(outer_due_at=None)
    go_by_nearest(case, at)
    clocks.take_back_alerts(case)
    return {"command": command, "orders": had}


def line_of(case: WorkOrder) -> dict[str, Json]:
    """Return what a line of the history says of the platform's clock by which the case now goes."""
    due = case.outer_due_at
    return {} if due is None else {"outer_due_at": due.isoformat()}


def _nearest(case: WorkOrder) -> datetime | None:
    found: datetime | None = case.reports.aggregate(nearest=Min("outer_due_at"))["nearest"]
    return found
