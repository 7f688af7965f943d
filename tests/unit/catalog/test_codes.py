"""Codes of matters: kind, classes, matter, condition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules.codes import (
    MatterCodeInvalid,
    class_of_matter,
    kind_of_code,
    matter_line,
    split_code,
)
from chengshao.catalog.terms import MatterKind

NOT_CODES = ["", "c0101", "X0101", "C010", "C01-1", "C0101-", "C0101-0", "C0101-100", "C0101-1-1",
             "C0101 ", "C0101\n", "C01０1", "C" + "01" * 6, "井盖"]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("C0101-2", ("C0101-2", "C0101", "C01", "C")),
        ("D010203", ("D010203", "D0102", "D01", "D")),
        ("E", ("E",)),
    ],
)
def test_a_code_lies_in_those_above_it(code: str, line: tuple[str, ...]) -> None:
    assert matter_line(code) == line


def test_a_prefix_of_digits_alone_is_not_above() -> None:
    assert "C0101-1" not in matter_line("C0101-12")


@pytest.mark.parametrize("code", NOT_CODES)
def test_anything_else_is_no_code(code: str) -> None:
    with pytest.raises(MatterCodeInvalid):
        matter_line(code)


@pytest.mark.parametrize("code", ["C", "C01", *NOT_CODES])
def test_a_class_or_less_is_no_matter(code: str) -> None:
    with pytest.raises(MatterCodeInvalid):
        split_code(code)


def test_a_matter_knows_its_class_kind_and_condition() -> None:
    assert split_code("E0601-12") == ("E0601", 12)
    assert split_code("E0601") == ("E0601", None)
    assert class_of_matter("E0601-12") == "E06"
    assert kind_of_code("E0601") is MatterKind.EVENT


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        line = matter_line(text)
    except MatterCodeInvalid:
        return
    assert line[0] == text
    assert line[-1] in ("C", "E", "D")
