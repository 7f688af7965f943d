"""Words that are mandatory are words that somebody can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.words import is_blank, letters_in, whole_number


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "\u3000", "\u200b", "\ufeff\u2060", "\u00a0\u202f", "\u0301", "\u3164\u2800"],
)
def test_what_nobody_can_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["好", "a", "1", "。", "👍", "\u200b好\u200b", "e\u0301"])
def test_what_can_be_read_is_not(text: str) -> None:
    assert not is_blank(text)


@given(st.text(st.characters(categories=["Cf", "Zs", "Mn"])), st.sampled_from("好a1"))
def test_one_sign_among_the_invisible_is_enough(unseen: str, sign: str) -> None:
    assert is_blank(unseen)
    assert not is_blank(unseen + sign + unseen)


@pytest.mark.parametrize(
    ("text", "letters"), [(".", 0), ("……", 0), ("110", 0), ("核", 1), ("核实", 2), ("a-b", 2)]
)
def test_letters_are_counted_and_signs_are_not(text: str, letters: int) -> None:
    assert letters_in(text) == letters


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("0042", 42), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "1_0", "１", "②", "٣", "x", "9" * 19])
def test_nothing_else_is_one(text: str) -> None:
    assert whole_number(text) is None
