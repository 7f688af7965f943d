"""What a seal is over, and when a day may be sealed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.canonical import GENESIS
from chengshao.workorders.rules.seals import (
    Sealed,
    day_of_line,
    digest_of_day,
    last_settled_day,
    line_of,
    mac_of,
    span_of,
)

DAY = date(2026, 3, 2)
KEY = b"k" * 32
SEAL = Sealed(DAY, 2, 17, "d" * 64, GENESIS, datetime(2026, 3, 2, 18, 20, tzinfo=UTC))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
HEADS = st.lists(
    st.tuples(st.integers(1), st.integers(1, 2**31), st.text("0123456789abcdef", min_size=64)),
    max_size=5,
)


def test_a_day_is_the_city_s() -> None:
    start, end = span_of(DAY)

    assert start == datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
    assert end == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


@given(MOMENTS)
def test_a_settled_day_is_over_for_two_hours(now: datetime) -> None:
    day = last_settled_day(now)

    assert span_of(day)[1] <= now - timedelta(hours=2)
    assert span_of(day + timedelta(days=1))[1] > now - timedelta(hours=2)


def test_the_digest_of_no_case_is_one_too() -> None:
    cases, digest = digest_of_day([])

    assert (cases, len(digest)) == (0, 64)


@given(HEADS, HEADS)
def test_other_heads_have_another_digest(
    one: list[tuple[int, int, str]], other: list[tuple[int, int, str]]
) -> None:
    assert (digest_of_day(one) == digest_of_day(other)) is (one == other)


@pytest.mark.parametrize(
    "changed",
    [
        replace(SEAL, day=date(2026, 3, 3)),
        replace(SEAL, cases=3),
        replace(SEAL, last_entry=18),
        replace(SEAL, digest="e" * 64),
        replace(SEAL, previous="1" * 64),
        replace(SEAL, sealed_at=SEAL.sealed_at + timedelta(microseconds=1)),
    ],
    ids=["day", "cases", "last entry", "digest", "previous", "moment"],
)
def test_the_mac_holds_together_all_that_a_seal_says(changed: Sealed) -> None:
    assert mac_of(changed, KEY) != mac_of(SEAL, KEY)


def test_who_lacks_the_key_makes_no_such_mac() -> None:
    assert mac_of(SEAL, b"x" * 32) != mac_of(SEAL, KEY)


def test_a_line_says_all_that_the_seal_says() -> None:
    line = line_of(SEAL, mac_of(SEAL, KEY))

    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert json.loads(line) == {
        "v": 1,
        "day": "2026-03-02",
        "cases": 2,
        "last_entry": 17,
        "digest": "d" * 64,
        "previous": GENESIS,
        "sealed_at": "2026-03-02T18:20:00+00:00",
        "mac": mac_of(SEAL, KEY),
    }
    assert day_of_line(line) == DAY


@pytest.mark.parametrize("line", ["", "\n", "{}", "[]", '{"day": 3}', '{"day": "x"}', "\x00{", "4"])
def test_a_line_that_can_t_be_read_is_about_no_day(line: str) -> None:
    assert day_of_line(line) is None


@given(st.text(max_size=50))
def test_no_line_breaks_the_reading(line: str) -> None:
    assert day_of_line(line) is None
