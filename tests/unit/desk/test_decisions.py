"""What stands on the leader's page, and what counts as growing."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.desk.rules.decisions import MOST, Ask, chosen
from chengshao.desk.rules.growth import grows, steepest, tenths, usual

FOUND = st.fixed_dictionaries({ask: st.lists(st.integers(0, 12), max_size=7) for ask in Ask})


def test_of_each_kind_one_then_the_next_of_each() -> None:
    found = {
        Ask.STUCK: ["s1", "s2"],
        Ask.GROWTH: ["g1", "g2"],
        Ask.REQUEST: ["r1", "r2", "r3"],
    }

    assert [thing for _ask, thing in chosen(found)] == ["s1", "s2", "g1", "g2", "r1"]


def test_emergencies_go_before_all_others() -> None:
    found = {Ask.STUCK: ["s1"], Ask.EMERGENCY: [f"e{n}" for n in range(7)]}

    assert [thing for _ask, thing in chosen(found)] == [f"e{n}" for n in range(5)]


def test_a_case_stands_there_once_for_its_first_reason() -> None:
    assert chosen({Ask.OUTER: [1, 2], Ask.EMERGENCY: [1]}) == [(Ask.EMERGENCY, 1), (Ask.OUTER, 2)]


@given(FOUND)
def test_never_more_than_five_nothing_twice_and_full_where_there_is_enough(
    found: dict[Ask, list[int]],
) -> None:
    kept = [thing for _ask, thing in chosen(found)]

    different = {thing for things in found.values() for thing in things}
    assert len(kept) == len(set(kept)) == min(MOST, len(different))


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (5, (2, 3, 2, 2), True),
        (4, (0, 0, 0, 0), False),  # too few to say anything
        (5, (0, 0, 0, 0), True),
        (9, (5, 5, 4, 5), False),  # not twice as many
        (10, (0, 10, 0, 0), False),  # one such week was there before
        (11, (0, 10, 0, 0), True),
    ],
)
def test_what_grows(now: int, before: tuple[int, ...], said: bool) -> None:
    assert grows(now, before) is said


@given(st.integers(0, 500), st.lists(st.integers(0, 500), min_size=4, max_size=4))
def test_what_grows_is_always_more_than_in_any_week_before(now: int, before: list[int]) -> None:
    if grows(now, before):
        assert now > max(before)
        assert now >= 2 * usual(before)


def test_the_steepest_first() -> None:
    weeks = [(6, (1, 1, 1, 1)), (3, (0, 0, 0, 0)), (20, (2, 2, 2, 2))]

    assert steepest(weeks) == [2, 0]


@pytest.mark.parametrize(
    ("mean", "said"), [(Fraction(9, 4), "2.2"), (Fraction(2), "2"), (Fraction(29, 4), "7.2")]
)
def test_a_mean_has_one_decimal_at_most(mean: Fraction, said: str) -> None:
    assert tenths(mean) == said
