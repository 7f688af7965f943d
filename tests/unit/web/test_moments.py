"""Moments as one says them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from chengshao.web.moments import day, deadline, full, moment

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 22, 23, 36, tzinfo=UTC), "今天07:36"),
        (datetime(2026, 11, 22, 15, 59, tzinfo=UTC), "昨天23:59"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "今天00:00"),
        (datetime(2026, 11, 24, 9, 30, tzinfo=UTC), "明天17:30"),
        (datetime(2026, 11, 16, 1, 0, tzinfo=UTC), "11月16日"),
        (datetime(2025, 12, 31, 15, 59, tzinfo=UTC), "2025年12月31日"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "1月1日"),
    ],
)
def test_the_day_is_that_of_shanghai(at: datetime, said: str) -> None:
    assert moment(at, NOW) == said


def test_a_moment_in_full() -> None:
    assert full(datetime(2026, 11, 22, 23, 36, tzinfo=UTC)) == "2026年11月23日 07:36"


def test_a_date_has_its_year_only_where_it_is_another() -> None:
    assert day(date(2026, 11, 16), date(2026, 11, 23)) == "11月16日"
    assert day(date(2025, 11, 16), date(2026, 11, 23)) == "2025年11月16日"


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "11月25日18:21"), ("en", "25 Nov 18:21")]
)
def test_a_deadline_beyond_tomorrow_has_day_and_hour(language: str, said: str) -> None:
    with translation.override(language):
        assert deadline(datetime(2026, 11, 25, 10, 21, tzinfo=UTC), NOW) == said
