"""Honest closing (F17): what each kind must name, and who looks at it before the case ends."""

from datetime import date

from chengshao.catalog.terms import CheckMode, Track
from chengshao.workorders.rules.facts import CaseFacts, Closing
from chengshao.workorders.rules.refusals import ClosingIncomplete, DateOutOfReach
from chengshao.workorders.terms import DIRECT_CLOSINGS, ClosingKind

_MOST_DAYS_AHEAD = 5 * 366
_NO_LOOK = frozenset({CheckMode.NONE, CheckMode.SAMPLE})


def check_closing(closing: Closing, *, today: date) -> None:
    """
    Pass if the closing names all that its kind asks, and only that.

    :raises ClosingIncomplete: with the name of what is missing or too much
    :raises DateOutOfReach: if a promise or a review is not in the next five years
    """
    asked = {
        ClosingKind.PROMISED: ("promised_on",),
        ClosingKind.PROCEDURE: ("organ", "procedure_number", "procedure_on"),
        ClosingKind.LEDGER: ("ledger_level", "review_on"),
    }.get(closing.kind, ())
    fields = (
        "promised_on",
        "organ",
        "procedure_number",
        "procedure_on",
        "ledger_level",
        "review_on",
    )
    for name in fields:
        if _named(getattr(closing, name)) is not (name in asked):
            raise ClosingIncomplete(closing_kind=closing.kind, field=name)
    for day in (closing.promised_on, closing.review_on):
        if day is not None:
            check_ahead(day, today=today, most_days=_MOST_DAYS_AHEAD)
    if closing.procedure_on is not None and closing.procedure_on > today:
        raise DateOutOfReach(field="procedure_on")


def _named(value: object) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def check_ahead(day: date, *, today: date, most_days: int) -> None:
    """:raises DateOutOfReach: unless the day comes after today and within so many days"""
    if not 0 < (day - today).days <= most_days:
        raise DateOutOfReach(field="date")


def may_close_directly(closing: Closing | None) -> bool:
    """Tell whether the desk itself may close so, without any unit (接诉即答)."""
    return closing is not None and closing.kind in DIRECT_CLOSINGS


def how_checked(case: CaseFacts, kind: ClosingKind) -> CheckMode | None:
    """
    Return how the answer is checked before the case closes; None: it isn't, at most sampled later.

    What is not solved is always read by the desk (Weifang: ending without handling is reviewed);
    a simple track spares the visit (F16); a complex one is always looked at.
    """
    if kind is not ClosingKind.SOLVED:
        return CheckMode.REPLY_REVIEW
    if case.track is Track.COMPLEX and case.check_mode in _NO_LOOK:
        return CheckMode.REPLY_REVIEW
    if case.track is Track.SIMPLE or case.check_mode in _NO_LOOK:
        return None
    return case.check_mode


def leader_signs(case: CaseFacts) -> bool:
    """Tell whether a unit's answer goes up only after its leader's sign-off."""
    if case.track is Track.COMPLEX:
        return True
    return not case.sign_off_waived and case.track is Track.ORDINARY
