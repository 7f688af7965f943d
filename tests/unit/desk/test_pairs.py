"""What stands beside what where pictures of before and after are shown."""

from hypothesis import given
from hypothesis import strategies as st

from chengshao.desk.rules.pairs import sides


def test_the_first_before_stands_beside_the_first_after() -> None:
    assert sides(["b1", "b2"], [["a1", "a2"]]) == [("b1", "a1"), ("b2", "a2")]


def test_what_is_not_shown_yet_leaves_its_side_empty() -> None:
    assert sides(["b1", "b2"], []) == [("b1", None), ("b2", None)]
    assert sides(["b1", "b2"], [["a1"]]) == [("b1", "a1"), ("b2", None)]


def test_nobody_took_one_before() -> None:
    assert sides([], [["a1"]]) == [(None, "a1")]


def test_each_round_is_held_against_the_same_before_and_the_newest_comes_first() -> None:
    assert sides(["b1", "b2"], [["bad"], ["good", "better"]]) == [
        ("b1", "good"),
        ("b2", "better"),
        ("b1", "bad"),
    ]


def test_a_round_without_a_picture_is_none() -> None:
    assert sides(["b1"], [["a1"], []]) == [("b1", "a1")]


@given(st.lists(st.integers()), st.lists(st.lists(st.integers(), max_size=4), max_size=4))
def test_no_picture_is_lost(before: list[int], rounds: list[list[int]]) -> None:
    shown = sides(before, rounds)

    assert sorted(a for _b, a in shown if a is not None) == sorted(a for r in rounds for a in r)
    assert {b for b, _a in shown if b is not None} == set(before)
