"""What is left of names and numbers where not everything may be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.people.rules.masking import mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王明", "王*"),
        ("王小明", "王**"),
        ("王女士", "王女士"),
        ("王小明先生", "王**先生"),
        ("欧阳锋", "欧阳*"),
        ("欧阳小锋", "欧阳**"),
        ("欧阳女士", "欧阳女士"),
        ("欧阳", "欧*"),
        ("买买提·艾力", "买**"),
        ("John Smith", "J**"),
        ("王", "王"),
        ("13800138000", "138****8000"),
        ("", ""),
    ],
)
def test_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138000", "138****8000"),
        ("057187654321", "05718765****"),
        ("057187654321转802", "05718765****"),
        ("668802", "66****"),
        ("110", "***"),
        ("+85291234567", "+8529123****"),
        ("", ""),
    ],
)
def test_numbers(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.from_regex(r"[0-9]{4,15}", fullmatch=True))
def test_at_least_four_digits_are_hidden(phone: str) -> None:
    assert mask_phone(phone).count("*") == 4
    assert len(mask_phone(phone)) == len(phone)
