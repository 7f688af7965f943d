"""The grammar of the chip: shape, word, amount; two units at most; colour for exceptions only."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from chengshao.web import due
from chengshao.web.due import DueChip, DueState, amount_words, running

MINUTE, HOUR, DAY = 60, 3600, 86_400
WORKING_DAY = 8 * HOUR
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai, a Monday


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def chip(left: int, amount: int = DAY, *, day: int = DAY, label: str = "") -> DueChip:
    due_at = NOW + timedelta(seconds=left)
    return running(left=left, amount=amount, due_at=due_at, now=NOW, day=day, label=label)


@pytest.mark.parametrize(
    ("seconds", "day", "words"),
    [
        (3 * DAY + 5 * HOUR, DAY, "3天"),
        (DAY + 4 * HOUR + 59, DAY, "1天4小时"),
        (DAY, DAY, "1天"),
        (WORKING_DAY, WORKING_DAY, "1天"),
        (12 * HOUR + 40 * MINUTE, DAY, "12小时"),
        (3 * HOUR + 20 * MINUTE + 59, DAY, "3小时20分"),
        (5 * HOUR, DAY, "5小时"),
        (12 * MINUTE, DAY, "12分"),
        (59, DAY, "不到1分"),
        (0, DAY, "不到1分"),
    ],
)
def test_an_amount_takes_two_units_at_most(seconds: int, day: int, words: str) -> None:
    assert amount_words(seconds, day) == words


@given(st.integers(0, 400 * DAY), st.sampled_from([DAY, WORKING_DAY]))
def test_an_amount_never_promises_more_than_there_is(seconds: int, day: int) -> None:
    with translation.override("zh-hans"):
        words = amount_words(seconds, day)
    total, rest = 0, words
    for unit, size in (("天", day), ("小时", HOUR), ("分", MINUTE)):
        if unit in rest and rest != "不到1分":
            n, rest = rest.split(unit, 1)
            total += int(n) * size
    assert total <= seconds
    assert len([unit for unit in ("天", "小时", "分") if unit in words]) <= 2


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (6 * HOUR, DueState.OK),
        (6 * HOUR - 1, DueState.SOON),
        (0, DueState.SOON),
        (-1, DueState.LATE),
    ],
)
def test_less_than_a_quarter_is_soon_and_below_nothing_is_late(left: int, state: DueState) -> None:
    assert chip(left, DAY).state == state


def test_a_running_clock_says_what_is_left() -> None:
    said = chip(3 * HOUR + 20 * MINUTE, DAY)
    assert said.words == "剩3小时20分"
    assert said.title == "剩余3小时20分（今天17:20前）"


def test_a_limit_is_named_where_there_are_several() -> None:
    assert chip(12 * MINUTE, 2 * HOUR, label="派单").words == "派单剩12分"
    assert chip(-18 * MINUTE, 2 * HOUR, label="派单").words == "派单超18分"


def test_overdue_says_by_how_much_and_since_when() -> None:
    said = chip(-WORKING_DAY, 5 * WORKING_DAY, day=WORKING_DAY)
    assert said.words == "超1天"
    assert said.title == "已超期1个工作日（应于今天06:00前）"


def test_a_moment_too_late_is_a_minute_too_late() -> None:
    assert chip(-1).words == "超1分"


def test_a_paused_and_a_finished_clock_have_no_amount_to_count() -> None:
    assert due.paused(title="等配件，11月25日恢复") == DueChip(
        state=DueState.HOLD, words="暂停计时", title="等配件，11月25日恢复"
    )
    assert due.finished().left is None
    assert due.finished().words == "已办结"


def test_the_browser_is_told_where_the_clock_stops() -> None:
    closes = NOW + timedelta(hours=3)
    said = running(left=HOUR, amount=DAY, due_at=NOW, now=NOW, runs_until=closes)
    assert (said.at, said.runs_until) == ("2026-11-23T06:00:00+00:00", "2026-11-23T09:00:00+00:00")
