"""Honest closing (F17): what each kind must name, and who looks at it before the case ends."""

from datetime import date, timedelta

from chengshao.catalog.terms import CheckMode, Track
from chengshao.kernel.words import is_blank
from chengshao.workorders.rules.facts import CaseFacts, Closing
from chengshao.workorders.rules.refusals import ClosingIncomplete, DateOutOfReach, DayNotAhead
from chengshao.workorders.terms import DIRECT_CLOSINGS, ClosingKind

_MOST_DAYS_TO_PROMISE = 5 * 366
_NO_LOOK = frozenset({CheckMode.NONE, CheckMode.SAMPLE})


def check_closing(closing: Closing, *, today: date, most_review_days: int) -> None:
    """
    Pass if the closing names all that its kind asks, and only that.

    :raises ClosingIncomplete: with the name of what is missing or too much
    :raises DateOutOfReach: if a promise is not in the next five years, or a review of the ledger
        not in so many days
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
    if closing.promised_on is not None:
        check_ahead(closing.promised_on, today=today, most_days=_MOST_DAYS_TO_PROMISE)
    if closing.review_on is not None:
        check_ahead(closing.review_on, today=today, most_days=most_review_days)
    if closing.procedure_on is not None and closing.procedure_on > today:
        raise DateOutOfReach(field="procedure_on")


def _named(value: object) -> bool:
    return not is_blank(value) if isinstance(value, str) else bool(value)


def check_ahead(day: date, *, today: date, most_days: int) -> None:
    """:raises DayNotAhead: unless the day comes after today and within so many days"""
    if not 0 < (day - today).days <= most_days:
        last = today + timedelta(days=most_days)
        raise DayNotAhead(field="date", last=last.isoformat())


def may_close_directly(closing: Closing | None, track: Track) -> bool:
    """
    Tell whether the desk itself may close so, without any unit (接诉即答).

    That something is solved it can say only of a matter that takes no more than an answer.
    """
    if closing is None or closing.kind not in DIRECT_CLOSINGS:
        return False
    return closing.kind is not ClosingKind.SOLVED or track is Track.DIRECT_ANSWER


def how_checked(case: CaseFacts, kind: ClosingKind, *, open_ends: bool = False) -> CheckMode | None:
    """
    Return how the answer is checked before the case closes; None: it isn't, at most sampled later.

    What is not solved is always read by the desk (Weifang: ending without handling is reviewed);
    a simple track spares the visit (F16); a complex one is always looked at, and so is what was
    promised or stands on the ledger (`open_ends`).
    """
    if kind is not ClosingKind.SOLVED:
        return CheckMode.REPLY_REVIEW
    return how_solved_is_checked(case.track, case.check_mode, open_ends=open_ends)


def how_solved_is_checked(
    track: Track, check_mode: CheckMode, *, open_ends: bool = False
) -> CheckMode | None:
    """Return how it is checked that something is solved; None: it isn't, at most sampled later."""
    if (track is Track.COMPLEX or open_ends) and check_mode in _NO_LOOK:
        return CheckMode.REPLY_REVIEW
    if (track is Track.SIMPLE and not open_ends) or check_mode in _NO_LOOK:
        return None
    return check_mode


def leader_signs(case: CaseFacts) -> bool:
    """Tell whether a unit's answer goes up only after its leader's sign-off: matters waive it."""
    return is_signed(case.track, waived=case.sign_off_waived)


def is_signed(track: Track, *, waived: bool) -> bool:
    """Tell whether a leader signs what goes this way; what is complex always."""
    return track is Track.COMPLEX or not waived
