import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.bigrams import bigrams


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("路灯不亮", ["路灯", "灯不", "不亮"]),
        ("路灯，不亮", ["路灯", "不亮"]),
        ("3号楼", ["3号", "号楼"]),
        ("浙A·12345", ["浙a", "12", "23", "34", "45"]),
        ("ＡＢ　ｃ", ["ab", "c"]),
        ("灯", ["灯"]),
        ("灯 灯", ["灯"]),
        ("哈哈哈", ["哈哈"]),
        ("𠮷野家", ["𠮷野", "野家"]),
        ("", []),
        ("，。！", []),
    ],
)
def test_neighbours_within_a_run_make_a_pair(text: str, pairs: list[str]) -> None:
    assert bigrams(text) == pairs


@given(before=st.text(max_size=10), word=st.text("路灯不亮aB12", min_size=2), after=st.text())
def test_a_text_holds_every_pair_of_a_word_in_it(before: str, word: str, after: str) -> None:
    # A blank on either side: marks may join with the word's own first and last characters.
    assert set(bigrams(word)) <= set(bigrams(f"{before} {word} {after}"))


@given(st.text())
def test_pairs_are_short_and_come_once(text: str) -> None:
    pairs = bigrams(text)

    assert len(set(pairs)) == len(pairs)
    assert all(pair for pair in pairs)
    assert "\x00" not in "".join(pairs)
