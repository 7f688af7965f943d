"""What is not over with a case: promises and the ledger, settled, let go or moved on with it."""

from datetime import datetime

from django.utils.timezone import localdate

from chengshao.workorders import queries
from chengshao.workorders.models import Merge, WorkOrder
from chengshao.workorders.rules.facts import ClosedAs
from chengshao.workorders.rules.promises import NOBODY_KNOWS, Settled, settled_by
from chengshao.workorders.rules.refusals import BothOnLedger
from chengshao.workorders.terms import Awaited, ClosingKind, Outcome


def has_open_ends(case: WorkOrder) -> bool:
    """Tell whether a promise stands on the case, or it is on the ledger."""
    promised = case.promises.filter(settled_at=None)
    return promised.exists() or case.ledger.filter(struck_off_at=None).exists()


def settle_by_closing(case: WorkOrder, closed: ClosedAs, at: datetime) -> None:
    """Settle what such a closing settles: promises, and the ledger where it is seen to be over."""
    for promise in case.promises.filter(settled_at=None):
        found = settled_by(closed, came_back=promise.came_back_at is not None)
        if found is not None:
            promise.kept, promise.settled_at = found.kept, at
            promise.save(update_fields=["kept", "settled_at"])
    if closed.closing.kind is ClosingKind.SOLVED and closed.seen:
        case.ledger.filter(struck_off_at=None).update(struck_off_at=at)


def settle_what_came_back(case: WorkOrder, found: Settled, at: datetime) -> None:
    """Settle the promises whose day has come."""
    due = case.promises.filter(came_back_at__isnull=False, settled_at=None)
    due.update(kept=found.kept, settled_at=at)


def let_go(case: WorkOrder, at: datetime) -> None:
    """Nobody waits any more, the case ends without being closed: nothing comes back of it."""
    case.promises.filter(settled_at=None).update(kept=NOBODY_KNOWS.kept, settled_at=at)
    case.ledger.filter(struck_off_at=None).update(struck_off_at=at)


def check_may_go_together(source: WorkOrder, target: WorkOrder) -> None:
    """:raises BothOnLedger: if each of the two has an entry of its own, with owner and review"""
    if all(case.ledger.filter(struck_off_at=None).exists() for case in (source, target)):
        raise BothOnLedger


def go_along(merge: Merge) -> None:
    """Let what is not over go with the reports to the other case."""
    promises = merge.source.promises.filter(settled_at=None)
    entries = merge.source.ledger.filter(struck_off_at=None)
    merge.promise_ids = list(promises.order_by("pk").values_list("pk", flat=True))
    merge.ledger_ids = list(entries.order_by("pk").values_list("pk", flat=True))
    merge.save(update_fields=["promise_ids", "ledger_ids"])
    promises.update(work_order=merge.target)
    entries.update(work_order=merge.target)


def come_along_back(merge: Merge) -> None:
    """Let what went with the reports come back with them, whatever became of it meanwhile."""
    went = merge.target.promises.filter(pk__in=merge.promise_ids)
    went.update(work_order=merge.source)
    merge.target.ledger.filter(pk__in=merge.ledger_ids).update(work_order=merge.source)


def awaited_on(case: WorkOrder, at: datetime) -> frozenset[Awaited]:
    """Return what may still come of an ended case, beside its tasks and ratings."""
    until = queries.reopening_until(case, on=localdate(at))
    waits = {
        Awaited.PROMISE: case.promises.filter(settled_at=None).exists(),
        Awaited.LEDGER: case.ledger.filter(struck_off_at=None).exists(),
        Awaited.REOPENING: case.outcome == Outcome.CLOSED and until is not None and at <= until,
    }
    return frozenset(what for what, still in waits.items() if still)
