"""How many cases would have gone otherwise, and in what."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chengshao.administration.rules.comparing import Decision, Otherwise, is_late, tallied
from chengshao.catalog.terms import Track

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
decisions = st.builds(
    Decision,
    lead_unit_id=st.none() | st.integers(1, 3),
    track=st.none() | st.sampled_from(Track),
    asks=st.none(),
    due_at=st.none() | st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours)),
)
cases = st.builds(
    Otherwise,
    number=st.from_regex(r"20260302-[0-9]{4}", fullmatch=True),
    before=decisions,
    after=decisions,
    was_late=st.booleans(),
    would_be_late=st.booleans(),
)


def case(before: Decision, after: Decision, number: str = "20260302-0001") -> Otherwise:
    return Otherwise(number, before, after, was_late=False, would_be_late=True)


def test_who_leads_from_whom_to_whom() -> None:
    old, new = Decision(1, Track.ORDINARY, None, None), Decision(2, Track.SIMPLE, None, None)

    tally, examples = tallied([case(old, new), case(old, old), case(old, new)], most_examples=1)

    assert (tally.looked_at, tally.otherwise) == (3, 2)
    assert tally.leads == {(1, 2): 2}
    assert tally.tracks == {(Track.ORDINARY, Track.SIMPLE): 2}
    assert len(examples) == 1


def test_shorter_and_later() -> None:
    old = Decision(1, None, None, NOON)
    new = Decision(1, None, None, NOON - timedelta(hours=1))

    tally, _ = tallied([case(old, new)], most_examples=0)

    assert (tally.shorter, tally.longer, tally.late_before, tally.late_after) == (1, 0, 0, 1)


def test_what_still_runs_is_late_by_now() -> None:
    assert is_late(NOON, None, NOON + timedelta(seconds=1))
    assert not is_late(NOON, NOON, NOON + timedelta(days=1))
    assert not is_late(None, None, NOON)


@given(st.lists(cases, max_size=20), st.integers(0, 5))
def test_no_case_is_told_that_would_have_gone_the_same_way(
    found: list[Otherwise], most: int
) -> None:
    tally, examples = tallied(found, most_examples=most)

    assert all(each.before != each.after for each in examples)
    assert len(examples) == min(most, tally.otherwise)
    assert tally.leads.total() <= tally.otherwise <= tally.looked_at == len(found)
    assert tally.shorter + tally.longer <= tally.otherwise
