"""First contact (先行联系): when the citizen counts as reached, or as tried by the rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chengshao.workorders.terms import ContactResult

_SPOKEN = frozenset({ContactResult.TALKED, ContactResult.REFUSED})
_IN_VAIN = frozenset({ContactResult.NOBODY, ContactResult.UNAVAILABLE, ContactResult.WRONG_NUMBER})
TRIES = 3
APART = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to get in touch with the citizen of one report."""

    report_id: int
    at: datetime
    result: ContactResult


def contact_met(attempts: Iterable[Attempt], report_ids: Iterable[int]) -> bool:
    """
    Tell whether the citizens of all these reports were reached or tried by the rule.

    Reached by talk; or tried three times at different hours, plus a message left. Two tries within
    one hour are one, though the clock may have struck between them.
    """
    by_report: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        by_report.setdefault(attempt.report_id, []).append(attempt)
    return all(_met(by_report.get(report_id, [])) for report_id in report_ids)


def tried_in_vain(attempts: Iterable[Attempt], report_ids: Iterable[int]) -> bool:
    """Tell whether the citizens of all these reports were tried by the rule and none talked."""
    attempts, ids = list(attempts), list(report_ids)
    spoken = any(a.report_id in ids and a.result in _SPOKEN for a in attempts)
    return bool(ids) and not spoken and contact_met(attempts, ids)


def still_owed(attempts: Iterable[Attempt]) -> tuple[int, bool] | None:
    """
    Return what one citizen is still owed: tries at other hours, and whether a message; None: met.
    """
    attempts = list(attempts)
    results = {attempt.result for attempt in attempts}
    if results & _SPOKEN:
        return None
    tries = _apart(attempt.at for attempt in attempts if attempt.result in _IN_VAIN)
    left = (max(TRIES - tries, 0), ContactResult.MESSAGE not in results)
    return None if left == (0, False) else left


def _apart(moments: Iterable[datetime]) -> int:
    counted: list[datetime] = []
    for at in sorted(moments):
        if not counted or at - counted[-1] >= APART:
            counted.append(at)
    return len(counted)


def _met(attempts: list[Attempt]) -> bool:
    return still_owed(attempts) is None
