"""How near a matter stands to what somebody typed or said."""

import pytest

from chengshao.kernel.finding import fold, initials, mention, pair_weights, rank, said_of

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


def mentioned(asked: str, *called: tuple[str, ...]) -> list[str]:
    """Return the names of the matters that a sentence mentions, the closest first."""
    names = [said_of(name, aliases) for name, *aliases in called]
    weights = pair_weights(asked, names)
    near = [(mention(asked, each, weights), each[0]) for each in names]
    return [name for score, name in sorted(near, reverse=True) if score]


COVER_NAMES = ("上水井盖", "自来水井盖", "井盖没了")
RENOVATION = ("装修扰民", "电钻")


@pytest.mark.parametrize("words", ["我家门口井盖没了很危险", "路口的自来水井盖坏了"])
def test_an_alias_said_in_full_weighs_more_than_what_is_shared(words: str) -> None:
    assert mentioned(words, ("井盖清洗",), COVER_NAMES)[0] == "上水井盖"


def test_what_the_name_begins_with_is_a_hint() -> None:
    assert mentioned("楼上装修太吵", RENOVATION) == ["装修扰民"]
    assert mentioned("楼上用电钻修东西，装修公司不管", ("装修垃圾",), RENOVATION) == [
        "装修扰民",
        "装修垃圾",
    ]


def test_one_shared_pair_is_chance() -> None:
    assert mentioned("盖没有坏", COVER_NAMES) == []


def test_what_stands_in_any_demand_is_no_mention() -> None:
    assert mentioned("小区门口现在没有人管理", ("小区管理", "门口没有"), ("老旧小区门口",)) == []


def test_a_pair_that_few_have_weighs_more() -> None:
    many = [(f"垃圾{n}号",) for n in "甲乙丙丁"]

    assert mentioned("垃圾桶边上烟道漏了", *many, ("烟道问题",))[0] == "烟道问题"


def test_what_is_said_is_found_before_a_name_that_says_little() -> None:
    found = mentioned("希望修一修路灯", ("意见", "希望"), ("路灯",))

    assert found == ["路灯", "意见"]


def test_initials_are_one_run_a_name() -> None:
    assert initials("上水井盖", "停水") == "ssjg ts"
    assert initials("占道经营（早）") == "zdjy（z）"
