"""What is asked before an answer goes up, by track and closing."""

from datetime import UTC, datetime, timedelta

import pytest

from chengshao.catalog.terms import CheckMode, Track
from chengshao.workorders.rules.closings import how_checked, leader_signs, may_close_directly
from chengshao.workorders.rules.contacting import Attempt, tried_in_vain
from chengshao.workorders.rules.facts import CaseFacts, Closing
from chengshao.workorders.rules.tracks import track_with_unit
from chengshao.workorders.terms import ClosingKind, ContactResult

DESK = 1
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RINGS = ContactResult.NOBODY


class TestTracks:
    """Who signs and who looks depends on the matter and its track, as data (F16)."""

    @pytest.mark.parametrize("track", [Track.SIMPLE, Track.ORDINARY])
    def test_the_leader_signs_unless_the_matter_waives_it(self, track: Track) -> None:
        assert leader_signs(CaseFacts(DESK, track=track))
        assert not leader_signs(CaseFacts(DESK, track=track, sign_off_waived=True))

    def test_of_a_complex_one_the_leader_always_signs(self) -> None:
        assert leader_signs(CaseFacts(DESK, track=Track.COMPLEX, sign_off_waived=True))

    def test_a_simple_one_is_spared_the_visit(self) -> None:
        simple = CaseFacts(DESK, track=Track.SIMPLE, check_mode=CheckMode.SITE)

        assert how_checked(simple, ClosingKind.SOLVED) is None
        assert how_checked(simple, ClosingKind.EXPLAINED) is CheckMode.REPLY_REVIEW

    def test_a_complex_one_is_always_looked_at(self) -> None:
        unseen = CaseFacts(DESK, track=Track.COMPLEX, check_mode=CheckMode.NONE)
        seen = CaseFacts(DESK, track=Track.COMPLEX, check_mode=CheckMode.SITE)

        assert how_checked(unseen, ClosingKind.SOLVED) is CheckMode.REPLY_REVIEW
        assert how_checked(seen, ClosingKind.SOLVED) is CheckMode.SITE

    @pytest.mark.parametrize(
        ("own", "with_unit"),
        [
            (Track.ON_THE_SPOT, Track.ORDINARY),
            (Track.DIRECT_ANSWER, Track.ORDINARY),
            (Track.SIMPLE, Track.SIMPLE),
            (Track.COMPLEX, Track.COMPLEX),
        ],
    )
    def test_what_was_not_settled_at_once_goes_its_own_way(
        self, own: Track, with_unit: Track
    ) -> None:
        assert track_with_unit(own) is with_unit


class TestDirectly:
    """The desk itself can answer; that something is solved it knows only where an answer is all."""

    @pytest.mark.parametrize("track", list(Track))
    def test_solved_only_where_it_takes_an_answer(self, track: Track) -> None:
        may = may_close_directly(Closing(ClosingKind.SOLVED), track)

        assert may is (track is Track.DIRECT_ANSWER)

    def test_explained_whatever_it_takes(self) -> None:
        assert may_close_directly(Closing(ClosingKind.EXPLAINED), Track.COMPLEX)
        assert not may_close_directly(Closing(ClosingKind.UNREACHABLE), Track.DIRECT_ANSWER)


class TestTriedInVain:
    """Unreachable is who was tried by the rule and never talked."""

    def tries(self, *results: ContactResult, report: int = 1) -> list[Attempt]:
        return [Attempt(report, AT + nth * 2 * HOUR, each) for nth, each in enumerate(results)]

    def test_three_tries_and_a_message(self) -> None:
        assert tried_in_vain(self.tries(RINGS, RINGS, RINGS, ContactResult.MESSAGE), [1])

    def test_not_without_the_message(self) -> None:
        assert not tried_in_vain(self.tries(RINGS, RINGS, RINGS), [1])

    @pytest.mark.parametrize("spoken", [ContactResult.TALKED, ContactResult.REFUSED])
    def test_not_who_spoke_to_us(self, spoken: ContactResult) -> None:
        tries = self.tries(RINGS, RINGS, RINGS, ContactResult.MESSAGE, spoken)

        assert not tried_in_vain(tries, [1])

    def test_not_if_one_of_two_was_reached(self) -> None:
        tries = self.tries(RINGS, RINGS, RINGS, ContactResult.MESSAGE)
        reached = self.tries(ContactResult.TALKED, report=2)

        assert not tried_in_vain([*tries, *reached], [1, 2])

    def test_not_where_nobody_can_be_called(self) -> None:
        assert not tried_in_vain([], [])
