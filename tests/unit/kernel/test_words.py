"""Words that are mandatory are words that somebody can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.words import is_blank, letters_in


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
