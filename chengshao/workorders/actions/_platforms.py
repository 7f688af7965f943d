"""Orders of other platforms on a case: each keeps its own end, the case goes by the nearest."""

from datetime import datetime

from django.db.models import Min

from chengshao.kernel.canonical import Json
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.models import WorkOrder


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


def line_of(case: WorkOrder) -> dict[str, Json]:
    """Return what a line of the history says of the platform's clock by which the case now goes."""
    due = case.outer_due_at
    return {} if due is None else {"outer_due_at": due.isoformat()}


def _nearest(case: WorkOrder) -> datetime | None:
    found: datetime | None = case.reports.aggregate(nearest=Min("outer_due_at"))["nearest"]
    return found
