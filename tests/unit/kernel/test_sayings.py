"""Places are found by characters, pinyin initials, full pinyin, and these mixed (C8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.sayings import asked_for, fold, sayings_of

GATE = ("清波门社区", "清波门")


def finds(words: str, *names: str) -> bool:
    """Tell as the database does: the grams first, then the sayings themselves."""
    asked, said = asked_for(words), sayings_of(names)
    return asked is not None and set(asked.grams) <= set(said.grams) and asked.says(said.lines)


@pytest.mark.parametrize(
    "words",
    ["清波门", "波门", "清", "清波门社区", "qbm", "QBM", "ｑｂｍ", "qbmsq", "bms", "q", "qingbomen",
     "qingbo", "清bm", "清波men", "q波m", "清bomen", "清波 社区", "qbm 社", "  清波门，",
     "清·波·门"],
)  # fmt: skip
def test_a_gate_by_many_words(words: str) -> None:
    assert finds(words, *GATE)


@pytest.mark.parametrize(
    "words",
    ["清泰", "门波", "门", "bqm", "清mb", "qinbomen", "清波 街道", "qbx", "波清", "清波门a"],
)
def test_but_not_by_others(words: str) -> None:
    assert not finds(words, *GATE)


@pytest.mark.parametrize("words", ["", "  ", "，。", "·"])
def test_no_words_ask_for_nothing(words: str) -> None:
    assert asked_for(words) is None


@pytest.mark.parametrize(
    "words", ["88号", "88", "街88", "cqj", "zqj", "长庆街88号a座", "Ａ座", "长q街"]
)
def test_numbers_letters_and_characters_with_two_readings(words: str) -> None:
    assert finds(words, "长庆街88号A座")


def test_another_name_finds_too() -> None:
    assert finds("hzdzc", "杭州站", "城站", "杭州大转车")


def test_very_long_words_are_cut() -> None:
    asked = asked_for("清" * 10_000)

    assert asked is not None
    assert len(asked.parts[0]) == 60


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8)


@given(HAN, st.data())
def test_every_part_of_a_name_of_two_characters_or_more_finds_it(
    name: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(name) - 2))
    end = data.draw(st.integers(start + 2, len(name)))

    assert finds(name[start:end], name)
    assert finds(name[0], name)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_can_be_a_name_and_a_query(name: str, words: str) -> None:
    finds(words, name)
    if asked_for(name) is not None and " " not in name.strip() and 1 < len(fold(name)) < 20:
        assert finds(fold(name), name)
