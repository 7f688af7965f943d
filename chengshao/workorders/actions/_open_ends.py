"""What is not over with a case: promises and the ledger, settled, let go or moved on with it."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localdate

from chengshao.workorders import queries
from chengshao.workorders.actions._telling import tell_gone, tell_ledger, tell_promises
from chengshao.workorders.models import LedgerEntry, Merge, Promise, WorkOrder
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
            _settle(case, [promise], found, at)
    if closed.closing.kind is ClosingKind.SOLVED and closed.seen:
        _strike_off(case, at)


def settle_what_came_back(case: WorkOrder, found: Settled, at: datetime) -> None:
    """Settle the promises whose day has come."""
    _settle(case, case.promises.filter(came_back_at__isnull=False, settled_at=None), found, at)


def let_go(case: WorkOrder, at: datetime) -> None:
    """Nobody waits any more, the case ends without being closed: nothing comes back of it."""
    _settle(case, case.promises.filter(settled_at=None), NOBODY_KNOWS, at)
    _strike_off(case, at)


def _settle(case: WorkOrder, promises: Iterable[Promise], found: Settled, at: datetime) -> None:
    settled = list(promises)
    for promise in settled:
        promise.kept, promise.settled_at = found.kept, at
        promise.save(update_fields=["kept", "settled_at"])
    tell_promises(case, settled)


def _strike_off(case: WorkOrder, at: datetime) -> None:
    entries = list(case.ledger.filter(struck_off_at=None))
    for entry in entries:
        entry.struck_off_at = at
        entry.save(update_fields=["struck_off_at"])
    tell_ledger(case, entries)


def check_may_go_together(source: WorkOrder, target: WorkOrder) -> None:
    """:raises BothOnLedger: if each of the two has an entry of its own, with owner and review"""
    if all(case.ledger.filter(struck_off_at=None).exists() for case in (source, target)):
        raise BothOnLedger


def go_along(merge: Merge, source: WorkOrder, target: WorkOrder) -> None:
    """Let what is not over go with the reports to the other case."""
    promises = list(source.promises.filter(settled_at=None).order_by("pk"))
    entries = list(source.ledger.filter(struck_off_at=None).order_by("pk"))
    merge.promise_ids = [promise.pk for promise in promises]
    merge.ledger_ids = [entry.pk for entry in entries]
    merge.save(update_fields=["promise_ids", "ledger_ids"])
    _hang_on(target, promises, entries, source)


def come_along_back(merge: Merge, source: WorkOrder, target: WorkOrder) -> None:
    """Let what went with the reports come back with them, whatever became of it meanwhile."""
    promises = list(target.promises.filter(pk__in=merge.promise_ids).order_by("pk"))
    entries = list(target.ledger.filter(pk__in=merge.ledger_ids).order_by("pk"))
    _hang_on(source, promises, entries, target)


def _hang_on(
    case: WorkOrder, promises: list[Promise], entries: list[LedgerEntry], before: WorkOrder
) -> None:
    promise_ids = [promise.pk for promise in promises]
    ledger_ids = [entry.pk for entry in entries]
    Promise.objects.filter(pk__in=promise_ids).update(work_order=case)
    LedgerEntry.objects.filter(pk__in=ledger_ids).update(work_order=case)
    tell_gone(before, promise_ids=promise_ids, ledger_ids=ledger_ids)
    tell_promises(case, promises)
    tell_ledger(case, entries)


def awaited_on(case: WorkOrder, at: datetime) -> frozenset[Awaited]:
    """Return what may still come of an ended case, beside its tasks and ratings."""
    until = queries.reopening_until(case, on=localdate(at))
    waits = {
        Awaited.PROMISE: case.promises.filter(settled_at=None).exists(),
        Awaited.LEDGER: case.ledger.filter(struck_off_at=None).exists(),
        Awaited.REOPENING: case.outcome == Outcome.CLOSED and until is not None and at <= until,
    }
    return frozenset(what for what, still in waits.items() if still)
