"""The words of a message: a template may ask for named facts and for nothing else."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.errors import DomainError
from chengshao.notices.actions.keeping import SEEDS
from chengshao.notices.rules.composing import (
    MOST_CHARACTERS,
    TemplateAsksUnknown,
    TemplateMissing,
    TemplateNamesNoCase,
    TemplateTooLong,
    TemplateUnreadable,
    check_template,
    compose,
)
from chengshao.notices.rules.kinds import parameters_of
from chengshao.notices.terms import NoticeKind

NAMES = ("number", "date")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("  ", TemplateMissing),
        ("\u200b", TemplateMissing),
        ("长" * (MOST_CHARACTERS + 1), TemplateTooLong),
        ("编号{number", TemplateUnreadable),
        ("编号}", TemplateUnreadable),
        ("编号{}", TemplateUnreadable),
        ("编号{0}", TemplateUnreadable),
        ("编号{number!r}", TemplateUnreadable),
        ("编号{number:>99999999}", TemplateUnreadable),
        ("编号{number.__class__}", TemplateUnreadable),
        ("编号{number[0]}", TemplateUnreadable),
        ("编号\x00", TemplateUnreadable),
        ("电话{phone}", TemplateAsksUnknown),
    ],
)
def test_a_template_that_asks_for_more_is_refused(text: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        check_template(text, NAMES)


def test_a_template_is_filled_with_its_facts() -> None:
    text = check_template(" 编号{number}，{{原样}}，{date}前 ", NAMES)

    assert compose(text, {"number": "20260302-0001", "date": "3月5日"}) == (
        "编号20260302-0001，{原样}，3月5日前"
    )


def test_a_fact_that_is_not_known_leaves_a_gap() -> None:
    assert compose("到{date}止", {}) == "到止"


@given(st.text(max_size=40))
def test_whatever_is_taken_can_be_filled(text: str) -> None:
    try:
        taken = check_template(text, NAMES)
    except DomainError:
        return
    compose(taken, {"number": "1", "date": "2"})


def test_every_kind_has_words_that_come_with_the_program() -> None:
    with (SEEDS / "templates.csv").open(encoding="utf-8") as file:
        rows = {NoticeKind(row["kind"]): row["text"] for row in csv.DictReader(file)}

    assert set(rows) == set(NoticeKind)
    for kind, text in rows.items():
        assert check_template(text, parameters_of(kind)) == text


@pytest.mark.parametrize("text", ["办好了", "{date}前给您答复"])
def test_what_names_no_case_is_refused(text: str) -> None:
    with pytest.raises(TemplateNamesNoCase):
        check_template(text, ("number", "link", "date"))
