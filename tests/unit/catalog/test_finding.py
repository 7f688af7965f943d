"""How near a matter stands to what somebody typed or said."""

import pytest

from chengshao.catalog.rules.finding import fold, initials, mention, rank

COVER = ("C0101", "上水井盖", ("自来水井盖", "井盖没了"), "ssjg zlsjg jgml")


def test_words_are_folded_in_width_and_case() -> None:
    assert fold("　ＡＢ　井盖 \n Ｃ") == "ab 井盖 c"


def test_the_closer_the_words_the_higher_the_rank() -> None:
    asked = ["上水井盖", "自来水井盖", "上水", "水井", "自来水", "缺失"]

    ranks = [rank(words, *COVER) for words in asked]

    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)


def test_the_code_is_as_good_as_the_name() -> None:
    assert rank("c0101", *COVER) == rank("上水井盖", *COVER)


@pytest.mark.parametrize("words", ["我家门口井盖没了很危险", "路口的自来水井盖坏了"])
def test_an_alias_said_in_full_weighs_more_than_chance(words: str) -> None:
    assert mention(words, *COVER) > 100


def test_what_the_name_begins_with_is_a_hint() -> None:
    renovation = ("D0209", "装修扰民", ("电钻",), "zxrm")

    assert 0 < mention("楼上装修太吵", *renovation) < mention("楼上用电钻", *renovation)


def test_one_shared_pair_is_chance() -> None:
    assert mention("盖没有坏", *COVER) == 0


def test_initials_are_one_run_a_name() -> None:
    assert initials("上水井盖", "停水") == "ssjg ts"
    assert initials("占道经营（早）") == "zdjy（z）"
