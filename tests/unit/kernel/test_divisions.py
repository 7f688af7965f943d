"""Division codes: 2+2+2+3+3 digits, zeros to the right are "all of it" (GB/T 2260)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.divisions import (
    DivisionCodeInvalid,
    DivisionLevel,
    division_level,
    division_line,
    division_prefix,
    is_within,
)

LINE = ("330102001051", "330102001000", "330102000000", "330100000000", "330000000000")
CODES = st.from_regex(r"[1-9][0-9]{11}", fullmatch=True)


@pytest.mark.parametrize(("code", "level"), list(zip(LINE, reversed(DivisionLevel), strict=True)))
def test_a_code_tells_its_level(code: str, level: DivisionLevel) -> None:
    assert division_level(code) is level


def test_the_line_above_a_community() -> None:
    assert division_line(LINE[0]) == LINE


@pytest.mark.parametrize(
    "code",
    [
        "",
        "33010200105",
        "3301020010511",
        "33010200105a",
        "000102001051",
        "３３０１０２００１０５１",
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(DivisionCodeInvalid):
        division_level(code)


@pytest.mark.parametrize("code", ["330102001051\n", " 330102001051"])
def test_a_code_has_nothing_around_it(code: str) -> None:
    with pytest.raises(DivisionCodeInvalid):
        division_level(code)


def test_everywhere_has_no_line_and_no_prefix() -> None:
    assert (division_line(""), division_prefix("")) == ((), "")


def test_a_community_lies_in_its_district_and_in_no_other() -> None:
    assert is_within("330102001051", "330102000000")
    assert not is_within("330105001051", "330102000000")


def test_everywhere_lies_only_in_everywhere() -> None:
    assert is_within("", "")
    assert not is_within("", "330102000000")


@given(CODES)
def test_a_code_lies_in_each_of_its_line_and_in_everywhere(code: str) -> None:
    assert all(is_within(code, outer) for outer in (*division_line(code), ""))


@given(CODES, CODES)
def test_a_division_lies_in_another_exactly_if_that_stands_in_its_line(
    code: str, outer: str
) -> None:
    assert is_within(code, outer) == (outer in division_line(code))
