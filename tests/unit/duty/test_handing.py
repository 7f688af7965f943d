"""The text of a hand-over: kept and read back the same, and known by its digest."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chengshao.duty.rules.handing import Line, Part, Shifts, body_of, digest_of, parts_in
from chengshao.duty.terms import HandedPart

SHIFTS = Shifts("白班", "夜班", datetime(2026, 3, 3, tzinfo=UTC))
LINES = st.lists(st.builds(Line, st.text(max_size=20), st.just("20260302-0001")), max_size=4)
PARTS = st.lists(
    st.builds(Part, st.sampled_from(HandedPart), LINES.map(tuple), st.booleans()), max_size=4
)


@given(PARTS, st.text(max_size=20))
def test_what_is_kept_reads_as_it_was_written(parts: list[Part], remarks: str) -> None:
    body = body_of(SHIFTS, parts, remarks)

    assert parts_in(body) == parts
    assert digest_of(body) == digest_of(dict(reversed(body.items())))


@given(PARTS, st.text(max_size=20), st.text(max_size=20))
def test_other_words_are_another_text(parts: list[Part], one: str, other: str) -> None:
    same = digest_of(body_of(SHIFTS, parts, one)) == digest_of(body_of(SHIFTS, parts, other))

    assert same == (one == other)
