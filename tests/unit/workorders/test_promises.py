"""A promise is kept where somebody saw it; nobody's word alone makes it so."""

import pytest

from chengshao.workorders.rules.facts import ClosedAs, Closing
from chengshao.workorders.rules.promises import (
    NOBODY_KNOWS,
    Settled,
    settled_by,
    settled_on_its_day,
)
from chengshao.workorders.terms import ClosingKind, Step

SOLVED, EXPLAINED = Closing(ClosingKind.SOLVED), Closing(ClosingKind.EXPLAINED)
SEEN = ClosedAs(SOLVED, 7, seen=True)
UNSEEN = ClosedAs(SOLVED, 7)
AS_BEFORE = ClosedAs(Closing(ClosingKind.PROMISED), 7, again=True)
OTHERWISE = ClosedAs(EXPLAINED, 7, seen=True)


@pytest.mark.parametrize(
    ("closed", "settled"),
    [
        (SEEN, Settled(True)),
        (UNSEEN, NOBODY_KNOWS),
        (AS_BEFORE, NOBODY_KNOWS),
        (OTHERWISE, Settled(False)),
    ],
    ids=["solved and seen", "solved unseen", "as before", "otherwise"],
)
def test_once_its_day_has_come_a_closing_settles_it(closed: ClosedAs, settled: Settled) -> None:
    assert settled_by(closed, came_back=True) == settled


@pytest.mark.parametrize(
    ("closed", "settled"),
    [(SEEN, Settled(True)), (UNSEEN, None), (AS_BEFORE, None), (OTHERWISE, None)],
    ids=["solved and seen", "solved unseen", "as before", "otherwise"],
)
def test_before_its_day_only_what_was_seen_does(closed: ClosedAs, settled: Settled | None) -> None:
    assert settled_by(closed, came_back=False) == settled


@pytest.mark.parametrize("step", [Step.REGISTERED, Step.DISPATCHED, Step.HANDLING])
def test_on_its_day_what_nobody_has_answered_is_not_kept(step: Step) -> None:
    assert settled_on_its_day(step) == Settled(False)


def test_on_its_day_what_is_being_checked_waits_for_the_check() -> None:
    assert settled_on_its_day(Step.ANSWERED) is None
