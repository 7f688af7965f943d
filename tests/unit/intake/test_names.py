"""Which name of ours another system's name means: for certain, as a guess, or nobody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.intake.rules.names import Match, Names

OURS = Names(
    {
        "roads": ["区城市管理局", "区城管局", "市容局"],
        "water": ["区供水公司"],
        "east": ["东街道办事处"],
        "one": ["东街道第一社区"],
        "two": ["东街道第二社区"],
    }
)
NOBODY = Match("", "", certain=False)


@pytest.mark.parametrize("told", ["roads", "区城市管理局", " 区城市 管理局", "区城管局", "市容局"])
def test_a_code_or_a_name_in_full_is_certain(told: str) -> None:
    assert OURS.match(told) == Match("roads", "区城市管理局", certain=True)


@pytest.mark.parametrize("told", ["ＲＯＡＤＳ", "Roads"])
def test_width_and_case_do_not_matter(told: str) -> None:
    assert OURS.match(told).code == "roads"


@pytest.mark.parametrize(
    "told", ["区城市管理局（本级）", "区城市管理局[2018]", "区城市管理局处置", "区城市管理分局"]
)
def test_a_variant_is_a_guess_that_somebody_looks_at(told: str) -> None:
    assert OURS.match(told) == Match("roads", "区城市管理局", certain=False)


@pytest.mark.parametrize("told", ["", "  ", "某某公司", "（）"])
def test_what_comes_near_nobody_is_nobody(told: str) -> None:
    assert OURS.match(told) == NOBODY


def test_the_first_word_that_is_certain_decides() -> None:
    assert OURS.match("9770", "区供水公司") == Match("water", "区供水公司", certain=True)
    assert OURS.match("区城市管理分局", "区供水公司").code == "water"


def test_a_name_that_two_have_is_nobodys_for_certain() -> None:
    twins = Names({"a": ["社区服务中心"], "b": ["社区服务中心"]})

    assert twins.match("社区服务中心") == NOBODY


class TestOfTwoOfTheSameName:
    BEFORE, SINCE = date(2024, 5, 1), date(2026, 5, 1)
    OURS = Names(
        {"old": ["环卫所"], "new": ["环卫所"], "gone": ["市容办"]},
        lambda code, day: (code == "new") == (day >= date(2025, 1, 1)),
    )

    def test_who_was_there_then_is_meant(self) -> None:
        assert self.OURS.match("环卫所", on=[self.BEFORE, self.SINCE]).code == "old"
        assert self.OURS.match("环卫所", on=[self.SINCE]).code == "new"

    def test_one_that_was_there_at_no_such_time_is_still_found(self) -> None:
        assert self.OURS.match("市容办", on=[self.SINCE]) == Match("gone", "市容办", certain=True)


def test_without_guessing_only_what_is_written_alike_is_found() -> None:
    assert OURS.match("区城市管理分局", guess=False) == NOBODY
    assert OURS.match("区城市管理局（本级）", guess=False).code == "roads"


@given(st.lists(st.text(max_size=30), max_size=3))
def test_any_words_mean_one_of_ours_or_nobody(told: list[str]) -> None:
    match = OURS.match(*told)

    assert match.code in {"", "roads", "water", "east", "one", "two"}
    assert not match.certain or match.code
