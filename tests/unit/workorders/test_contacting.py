"""First contact by the rule: three tries at different hours, and a message."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.workorders.rules.contacting import TRIES, Attempt, still_owed
from chengshao.workorders.terms import ContactResult

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # in the city
MESSAGE = Attempt(1, NINE, ContactResult.MESSAGE)


def nobody(*minutes: int) -> list[Attempt]:
    """Return tries in vain, so many minutes after nine."""
    return [Attempt(1, NINE + timedelta(minutes=n), ContactResult.NOBODY) for n in minutes]


@pytest.mark.parametrize(
    ("minutes", "left"),
    [
        ((0, 60, 120), None),
        ((0, 10, 20), (2, False)),
        ((59, 60, 120), (1, False)),  # 9:59, 10:00, 11:00
        ((59, 119, 179), None),
        ((0, 59, 118), (1, False)),  # three clock hours, two of them an hour apart
        ((120, 0, 60), None),
    ],
)
def test_tries_count_that_are_an_hour_apart(
    minutes: tuple[int, ...], left: tuple[int, bool] | None
) -> None:
    assert still_owed([*nobody(*minutes), MESSAGE]) == left


def test_a_message_is_owed_beside_them() -> None:
    assert still_owed(nobody(0, 60, 120)) == (0, True)


def test_whoever_was_talked_to_is_reached() -> None:
    assert still_owed([Attempt(1, NINE, ContactResult.TALKED)]) is None


@given(st.lists(st.integers(0, 6 * 60), max_size=7))
def test_no_choice_of_tries_an_hour_apart_would_count_more(minutes: list[int]) -> None:
    left = still_owed([*nobody(*minutes), MESSAGE])

    tries = TRIES if left is None else TRIES - left[0]
    assert tries == min(TRIES, max(map(len, choices_apart(sorted(minutes)))))


def choices_apart(minutes: list[int]) -> Iterator[tuple[int, ...]]:
    for size in range(len(minutes) + 1):
        for chosen in combinations(minutes, size):
            if all(later - earlier >= 60 for earlier, later in pairwise(chosen)):
                yield chosen
