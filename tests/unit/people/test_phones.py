"""One number for the many ways in which people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.people.rules.phones import PhoneInvalid, normalise_phone, number_to_find

MOBILE = "13800138000"
LANDLINE = "057187654321"


@pytest.mark.parametrize(
    "told",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        " 138\u30000013 8000 ",
        "１３８００１３８０００",
        "+86 138 0013 8000",
        "0086-138-0013-8000",
        "8613800138000",
        "013800138000",
        "+86 013800138000",
        "（138）00138000",
    ],
)
def test_a_mobile_number_is_one(told: str) -> None:
    assert normalise_phone(told) == MOBILE


@pytest.mark.parametrize(
    "told",
    ["0571-87654321", "(0571)87654321", "+86 571 8765 4321", "8657187654321", "0571 8765 4321"],
)
def test_a_landline_keeps_its_area_code(told: str) -> None:
    assert normalise_phone(told) == LANDLINE


@pytest.mark.parametrize(
    "told", ["0571-87654321-802", "0571-87654321转802", "057187654321 ext 802"]
)
def test_an_extension_is_kept_apart_and_not_looked_up(told: str) -> None:
    assert normalise_phone(told) == f"{LANDLINE}转802"
    assert number_to_find(normalise_phone(told)) == LANDLINE


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("010-12345678", "01012345678"),
        ("861012345678", "01012345678"),
        ("87654321", "87654321"),
        ("668802", "668802"),
        ("400-800-1234", "4008001234"),
        ("+852 9123 4567", "+85291234567"),
        ("00852 9123 4567", "+85291234567"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_other_numbers(told: str, number: str) -> None:
    assert normalise_phone(told) == number


@pytest.mark.parametrize(
    "told",
    ["+86" * 5000, "没有", "12", "1" * 16, "138x", "a13800138000", "٠١٢٣٤٥٦٧", "-", "++1234"],
)
def test_what_is_no_number_is_refused(told: str) -> None:
    with pytest.raises(PhoneInvalid):
        normalise_phone(told)


@given(st.text(alphabet="0123456789+- ()转x１８６", max_size=24))
def test_a_normal_number_stays_as_it_is(told: str) -> None:
    try:
        number = normalise_phone(told)
    except PhoneInvalid:
        return
    assert normalise_phone(number) == number


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "+86", "86", "0086", "0", "+860086"]),
)
def test_any_mobile_is_found_however_it_is_written(number: str, prefix: str) -> None:
    spaced = f"{prefix} {number[:3]} {number[3:7]}-{number[7:]}"

    assert normalise_phone(spaced) == number
