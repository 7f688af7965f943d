"""What the next line of a case must say of the rows that hang on it: its history proves them."""

from collections.abc import Collection, Iterable

from chengshao.kernel.canonical import Json
from chengshao.workorders.models import LedgerEntry, Promise, Report, WorkOrder
from chengshao.workorders.rules.standing import (
    GONE,
    LEDGER,
    OF_LEDGER,
    OF_PROMISE,
    PROMISES,
    REPORTS,
    facts_of,
    facts_of_report,
)


def tell_promises(case: WorkOrder, promises: Iterable[Promise]) -> None:
    """Say of each promise whose it is, for when, and what became of it."""
    _tell(case, PROMISES, [{"id": row.pk, **facts_of(row, OF_PROMISE)} for row in promises])


def tell_ledger(case: WorkOrder, entries: Iterable[LedgerEntry]) -> None:
    """Say of each entry of the ledger its level, owner, approver, next review and end."""
    _tell(case, LEDGER, [{"id": row.pk, **facts_of(row, OF_LEDGER)} for row in entries])


def tell_reports(case: WorkOrder, reports: Iterable[Report]) -> None:
    """Say of reports that came from another case how they stand: its lines are not here."""
    _tell(case, REPORTS, [{"id": row.pk, **facts_of_report(row)} for row in reports])


def tell_gone(
    case: WorkOrder, *, promise_ids: Collection[int], ledger_ids: Collection[int]
) -> None:
    """Say which promises and entries hang on another case from now on."""
    gone: dict[str, Json] = {}
    if promise_ids:
        gone[PROMISES] = sorted(promise_ids)
    if ledger_ids:
        gone[LEDGER] = sorted(ledger_ids)
    if gone:
        case.unsaid = (*case.unsaid, {GONE: gone})


def _tell(case: WorkOrder, what: str, rows: list[dict[str, Json]]) -> None:
    if rows:
        told: list[Json] = list(rows)
        case.unsaid = (*case.unsaid, {what: told})
