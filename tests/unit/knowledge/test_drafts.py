"""What may be published: three sentences at most are read aloud, cases say of nobody who it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.errors import DomainError
from chengshao.knowledge.rules.drafts import Draft, check_draft, sentences_in, validity_of
from chengshao.knowledge.terms import ItemKind, Validity

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DRAFT = Draft(
    kind=ItemKind.ANSWER,
    title="早市占道由谁管",
    answer="由综合行政执法部门管理。划定了摊位的，按公示的时间经营。",
    unit_id=1,
    source="城市市容和环境卫生管理条例",
    valid_from=NOON,
)


def refused(draft: Draft) -> str:
    with pytest.raises(DomainError) as error:
        check_draft(draft)
    return error.value.code


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("好", 1),
        ("好。", 1),
        ("先登记。再核实！三天内答复吗？会。", 4),
        ("费用9.5元。", 1),
        ("第一\n第二", 2),
        ("。。。", 0),
        ("Call us. We help.", 2),
    ],
)
def test_sentences_are_counted_as_a_reader_stops(text: str, count: int) -> None:
    assert sentences_in(text) == count


def test_what_is_read_aloud_has_three_sentences_at_most() -> None:
    check_draft(replace(DRAFT, answer="一。二。三。"))

    assert refused(replace(DRAFT, answer="一。二。三。四。")) == "knowledge_too_long_to_read_aloud"
    check_draft(replace(DRAFT, kind=ItemKind.GUIDANCE, answer="一。二。三。四。"))


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, title=" \u3000"),
        replace(DRAFT, answer=" \u3000"),
        replace(DRAFT, source=" \u3000"),
    ],
)
def test_title_answer_and_source_are_there(draft: Draft) -> None:
    assert refused(draft) == "knowledge_text_missing"


def test_texts_have_bounds() -> None:
    assert refused(replace(DRAFT, title="长" * 61)) == "knowledge_text_too_long"
    assert refused(replace(DRAFT, callers_words=("长" * 61,))) == "knowledge_text_too_long"
    many = tuple(str(n) for n in range(21))
    assert refused(replace(DRAFT, callers_words=many)) == "knowledge_too_many_callers_words"


def test_a_temporary_line_ends() -> None:
    line = replace(DRAFT, kind=ItemKind.TEMPORARY)

    assert refused(line) == "knowledge_expiry_missing"
    check_draft(replace(line, valid_until=NOON + timedelta(hours=6)))


def test_what_ends_ends_after_it_begins() -> None:
    assert refused(replace(DRAFT, valid_until=NOON)) == "knowledge_period_empty"


@pytest.mark.parametrize("told", ["陈女士多次来电", "李某称夜间扰民", "王师傅答应装罩"])
def test_a_case_says_of_nobody_who_it_was(told: str) -> None:
    case = replace(DRAFT, kind=ItemKind.BAD_CASE, answer=told)

    assert refused(case) == "knowledge_case_names_somebody"
    check_draft(replace(case, kind=ItemKind.ANSWER))


@pytest.mark.parametrize("told", ["一位女士来电", "在某小区", "上周某日", "某单位回复"])
def test_nobody_in_particular_may_be_told_of(told: str) -> None:
    check_draft(replace(DRAFT, kind=ItemKind.GOOD_CASE, answer=told))


def test_an_item_holds_from_its_first_moment_until_before_its_last() -> None:
    end = NOON + timedelta(hours=1)
    moments = (NOON - timedelta(seconds=1), NOON, end - timedelta(seconds=1), end)

    assert [validity_of(NOON, end, at) for at in moments] == [
        Validity.AHEAD,
        Validity.IN_FORCE,
        Validity.IN_FORCE,
        Validity.EXPIRED,
    ]
    assert validity_of(NOON, None, end + timedelta(days=9999)) is Validity.IN_FORCE


@given(st.lists(st.text("好的行", min_size=1), min_size=1, max_size=9))
def test_as_many_sentences_as_were_ended(sentences: list[str]) -> None:
    assert sentences_in("。".join(sentences)) == len(sentences)
