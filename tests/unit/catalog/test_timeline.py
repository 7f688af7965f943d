"""Versions of one thing: never two at once, never rewritten."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules.timeline import PeriodsOverlap, Version, VersionExists, place, put
from chengshao.kernel.errors import Refused

Known = tuple[Version[str], ...]
START = date(2026, 1, 1)


def day(n: int | None) -> date | None:
    return None if n is None else START + timedelta(days=n)


def version(content: str, start: int, end: int | None = None) -> Version[str]:
    return Version(START + timedelta(days=start), day(end), content)


def after(known: Known, *new: Version[str]) -> Known:
    for one in new:
        known = put(known, place(known, one))
    return known


def test_the_first_holds_until_further_notice() -> None:
    assert after((), version("old", 0)) == (version("old", 0),)


def test_a_new_one_ends_the_one_before() -> None:
    assert after((), version("old", 0), version("new", 10)) == (
        version("old", 0, 10),
        version("new", 10),
    )


def test_one_that_comes_late_lasts_until_the_next_that_is_known() -> None:
    assert after((), version("new", 10), version("old", 0)) == (
        version("old", 0, 10),
        version("new", 10),
    )


def test_one_in_between_parts_what_held() -> None:
    known = after((), version("old", 0), version("new", 10), version("middle", 5))

    assert known == (version("old", 0, 5), version("middle", 5, 10), version("new", 10))


def test_the_same_again_changes_nothing() -> None:
    known = after((), version("old", 0), version("new", 10))

    assert after(known, version("old", 0), version("old", 0, 10), version("new", 10)) == known


def test_the_same_content_later_goes_on() -> None:
    known = after((), version("old", 0))

    assert after(known, version("old", 10)) == known


def test_an_end_may_be_set_once() -> None:
    known = after((), version("old", 0), version("old", 0, 10))

    assert known == (version("old", 0, 10),)
    with pytest.raises(VersionExists):
        place(known, version("old", 0, 20))


def test_other_content_from_the_same_day_is_refused() -> None:
    with pytest.raises(VersionExists):
        place((version("old", 0),), version("new", 0))


def test_lasting_into_the_next_is_refused() -> None:
    with pytest.raises(PeriodsOverlap):
        place((version("new", 10),), version("old", 0, 11))


def test_a_gap_may_be_filled() -> None:
    known = after((), version("old", 0, 5), version("new", 10), version("middle", 5))

    assert known == (version("old", 0, 5), version("middle", 5, 10), version("new", 10))


starts = st.integers(0, 30)
versions = st.builds(
    lambda content, start, length: version(content, start, length and start + length),
    st.sampled_from("abc"),
    starts,
    st.none() | st.integers(1, 20),
)


@given(st.lists(versions, max_size=12))
def test_periods_stay_apart_and_a_refused_version_leaves_no_trace(
    given_versions: list[Version[str]],
) -> None:
    known: Known = ()
    for one in given_versions:
        try:
            placing = place(known, one)
        except Refused:
            continue
        before, known = known, put(known, placing)
        held = next(v for v in known if v.holds_on(one.valid_from))
        assert held.content == one.content
        assert {v.valid_from for v in before} <= {v.valid_from for v in known}
        assert put(known, place(known, one)) == known

    for earlier, later in pairwise(known):
        assert earlier.valid_until is not None
        assert earlier.valid_from < earlier.valid_until <= later.valid_from


@given(st.lists(versions, max_size=6))
def test_no_content_in_force_on_a_past_day_is_exchanged(given_versions: list[Version[str]]) -> None:
    """What a version said on its first day it says for ever."""
    known: Known = ()
    said: dict[date, str] = {}
    for one in given_versions:
        try:
            known = put(known, place(known, one))
        except Refused:
            continue
        said |= {v.valid_from: v.content for v in known if v.valid_from not in said}
        assert {v.valid_from: v.content for v in known} == said
