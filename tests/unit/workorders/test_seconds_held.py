"""How long a unit held a task by the task's own clock: never the time at rest."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.clock import ClockUnit, OfficeHours, WorkCalendar, add_seconds, parse_hours
from chengshao.kernel.clock import remaining as between
from chengshao.workorders.rules.clocks import seconds_held

CITY = WorkCalendar(
    1, (OfficeHours(date(2000, 1, 1), None, parse_hours("08:00-12:00 14:00-18:00")),), {},
    frozenset({2026}),
)  # fmt: skip
OPENED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
hours = st.integers(min_value=0, max_value=60 * 24).map(lambda n: timedelta(hours=n))
units = st.sampled_from(list(ClockUnit))


@given(worked=hours, unit=units)
def test_without_a_rest_it_is_all_between_opening_and_end(
    worked: timedelta, unit: ClockUnit
) -> None:
    until = OPENED + worked

    held = seconds_held(
        opened_at=OPENED, started_at=OPENED, until=until, suspended_at=None, rests=False,
        unit=unit, calendar=CITY,
    )  # fmt: skip

    assert held == between(OPENED, until, unit, CITY)


@given(before=hours, rest=hours, after=hours, unit=units)
def test_a_rest_is_left_out(
    before: timedelta, rest: timedelta, after: timedelta, unit: ClockUnit
) -> None:
    suspended_at = OPENED + before
    resumed_at = suspended_at + rest + timedelta(hours=1)
    until = resumed_at + after

    held = seconds_held(
        opened_at=OPENED, started_at=resumed_at, until=until, suspended_at=suspended_at,
        rests=False, unit=unit, calendar=CITY,
    )  # fmt: skip

    assert held == between(OPENED, suspended_at, unit, CITY) + between(
        resumed_at, until, unit, CITY
    )


@given(rest=hours, unit=units, opened_later=hours)
def test_what_ends_at_rest_has_the_time_before_it_alone(
    rest: timedelta, unit: ClockUnit, opened_later: timedelta
) -> None:
    suspended_at = add_seconds(OPENED, 7200, unit, CITY)
    opened_at = OPENED + opened_later

    held = seconds_held(
        opened_at=opened_at, started_at=opened_at, until=suspended_at + rest + opened_later,
        suspended_at=suspended_at, rests=True, unit=unit, calendar=CITY,
    )  # fmt: skip

    assert held == max(0, between(opened_at, suspended_at, unit, CITY))
