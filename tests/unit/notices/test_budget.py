"""When one more message may go: not at night, not more often than is set."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.clock import ZONE
from chengshao.notices.rules.budget import ContactBudget, end_of_quiet, when_to_send

USUAL = ContactBudget(3, 10, time(21), time(8))
MONDAY = datetime(2026, 3, 2, 10, tzinfo=ZONE)


def at(hour: int, minute: int = 0, *, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (at(20, 59), None),
        (at(21), at(8, day=3)),
        (at(23, 30), at(8, day=3)),
        (at(0, day=3), at(8, day=3)),
        (at(7, 59), at(8)),
        (at(8), None),
    ],
)
def test_the_night_is_quiet_until_the_morning(moment: datetime, until: datetime | None) -> None:
    assert end_of_quiet(moment, USUAL) == until


def test_quiet_hours_go_by_the_city_s_clock() -> None:
    assert end_of_quiet(datetime(2026, 3, 2, 14, tzinfo=UTC), USUAL) == at(8, day=3)  # 22:00 there


def test_quiet_hours_may_lie_within_a_day() -> None:
    siesta = ContactBudget(3, 10, time(12), time(14))

    assert end_of_quiet(at(13), siesta) == at(14)
    assert end_of_quiet(at(14), siesta) is None
    assert end_of_quiet(at(23), siesta) is None


def test_equal_ends_are_no_quiet_hours() -> None:
    assert end_of_quiet(at(3), ContactBudget(3, 10, time(8), time(8))) is None


def test_the_fourth_of_a_day_waits_for_the_next_morning() -> None:
    sent = [at(9), at(9, 30), at(9, 40)]

    assert when_to_send(MONDAY, sent, USUAL) == at(8, day=3)
    assert when_to_send(MONDAY, sent[:2], USUAL) == MONDAY


def test_the_eleventh_of_a_week_waits_until_the_oldest_is_a_week_old() -> None:
    sent = [at(11, day=day) - timedelta(days=7) for day in (3, 3, 4, 4, 5, 5, 6, 6, 7, 7)]

    assert when_to_send(MONDAY, sent, USUAL) == at(11, day=3)


moments = st.integers(0, 28 * 86400).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
budgets = st.builds(
    ContactBudget,
    per_day=st.integers(1, 4),
    per_week=st.integers(1, 12),
    quiet_from=st.times(),
    quiet_until=st.times(),
)


def fits(moment: datetime, sent: list[datetime], budget: ContactBudget) -> bool:
    day = moment.astimezone(ZONE).date()
    week = [one for one in sent if moment - timedelta(days=7) < one <= moment]
    return (
        sum(one.astimezone(ZONE).date() == day for one in sent) < budget.per_day
        and len(week) < budget.per_week
        and end_of_quiet(moment, budget) is None
    )


@given(moments, st.lists(moments, max_size=30), budgets)
def test_the_moment_found_fits_and_none_is_put_off_without_need(
    moment: datetime, sent: list[datetime], budget: ContactBudget
) -> None:
    sent = [one for one in sent if one <= moment]

    found = when_to_send(moment, sent, budget)

    assert found >= moment
    assert fits(found, sent, budget)
    assert (found == moment) == fits(moment, sent, budget)


@given(moments, budgets)
def test_a_quiet_hour_ends_within_a_day_and_is_over_then(
    moment: datetime, budget: ContactBudget
) -> None:
    ends = end_of_quiet(moment, budget)

    if ends is not None:
        assert moment < ends <= moment + timedelta(days=1)
        assert end_of_quiet(ends, budget) is None
