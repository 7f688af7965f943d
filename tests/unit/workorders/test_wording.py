"""
Numbers in an answer that may be somebody's own, those of offices that all know are none; and words
that say nothing.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.workorders.rules.wording import (
    EMPTY_PHRASES,
    doubts_in,
    empty_phrases,
    telling_name,
    without_own,
)
from chengshao.workorders.terms import ReplyDoubt

_ID, _PHONE = ReplyDoubt.ID_NUMBER, ReplyDoubt.PHONE


@pytest.mark.parametrize(
    ("reply", "doubts"),
    [
        ("井盖已换好", ()),
        ("有事请打12345或4008001234", ()),
        ("案卷20261122-0001已办结，工单202611220001234567890", ()),
        ("已联系13800138000", (_PHONE,)),
        ("已联系138 0013 8000，他同意", (_PHONE,)),
        ("已联系138-0013-8000", (_PHONE,)),
        ("请打0571-87654321", (_PHONE,)),
        ("１３８００１３８０００", (_PHONE,)),
        ("身份证330102199003078515的住户", (_ID,)),
        ("身份证33010219900307851x", (_ID,)),
        ("330102199003078515，13800138000", (_ID, _PHONE)),
        ("330102199013078515", ()),  # no month 13: no identity number
    ],
)
def test_what_is_said_by_mistake(reply: str, doubts: tuple[ReplyDoubt, ...]) -> None:
    assert doubts_in(reply) == doubts


@pytest.mark.parametrize(
    ("name", "telling"),
    [
        ("陈女士", ""),
        ("陈小明", "陈小明"),
        ("陈小明先生", "陈小明"),
        (" 欧阳 ", "欧阳"),
        ("陈", ""),
        ("", ""),
    ],
)
def test_a_name_tells_who_somebody_is(name: str, telling: str) -> None:
    assert telling_name(name) == telling


@pytest.mark.parametrize(
    ("reply", "phrases"),
    [
        ("井盖已换好，11月22日17:00通行", ()),
        ("已转区住建局，由其11月25日前修好", ()),  # says who and by when
        ("已转相关部门处理。", ("已转相关部门",)),
        ("我们将加强管理，将持续关注。", ("将加强管理", "将持续关注")),
        ("已转 相关\n部门", ("已转相关部门",)),
        ("井盖〔写办了什么〕", ("〔写办了什么〕",)),
        ("", ()),
    ],
)
def test_what_says_nothing(reply: str, phrases: tuple[str, ...]) -> None:
    assert empty_phrases(reply) == phrases


@given(st.text(max_size=30), st.sampled_from(EMPTY_PHRASES), st.text(max_size=30))
def test_an_empty_phrase_is_found_wherever_it_stands(before: str, phrase: str, after: str) -> None:
    assert phrase in empty_phrases(before + "。" + phrase + "。" + after)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("井盖已换，请放心。", "井盖已换，请放心。"),
        ("陈小明您好，打138-0013-8000", "诉求人您好，打（电话略）"),
        ("打１３８００１３８０００", "打（电话略）"),
        ("证件33010219900307851x", "证件（证件号略）"),
        ("有事打12345", "有事打12345"),
    ],
)
def test_what_leaves_the_house_without_what_is_somebodys_own(words: str, left: str) -> None:
    assert without_own(words, ["小明", "陈小明", ""]) == left


@given(st.text(max_size=60))
def test_nothing_that_is_left_is_doubted(words: str) -> None:
    assert without_own(without_own(words, []), []) == without_own(words, [])
