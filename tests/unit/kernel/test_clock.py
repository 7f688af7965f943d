"""The four clocks (domain: 紧急工作时, 工作时, 工作日, 自然日), on the real days of 2026."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.clock import (
    ZONE,
    ClockOutOfRange,
    ClockUnit,
    Limit,
    LimitUnreadable,
    OfficeHours,
    OfficeHoursUnreadable,
    Span,
    WorkCalendar,
    add_seconds,
    due_at,
    format_hours,
    format_limit,
    parse_hours,
    parse_limit,
    remaining,
    stops_at,
)

DAY_AND_A_HALF = parse_hours("08:00-12:00 14:00-18:00")
SUMMER = parse_hours("08:00-11:30 14:30-18:00")
WORKING = (ClockUnit.WORKING_HOUR, ClockUnit.WORKING_DAY)


def calendar(
    *,
    hours: tuple[OfficeHours, ...] = (OfficeHours(date(2000, 1, 1), None, DAY_AND_A_HALF),),
    announced: frozenset[int] = frozenset({2025, 2026}),
) -> WorkCalendar:
    """Spring Festival and National Day of 2026 with the days swapped for them; 2027 is open."""
    rest = [date(2026, 2, day) for day in range(15, 24)]
    rest += [date(2026, 10, day) for day in range(1, 8)]
    worked = [date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)]
    exceptions = dict.fromkeys(rest, False) | dict.fromkeys(worked, True)
    return WorkCalendar(7, hours, exceptions, announced)


CITY = calendar()
WITH_SUMMER_HOURS = calendar(
    hours=(
        OfficeHours(date(2000, 1, 1), date(2026, 6, 1), DAY_AND_A_HALF),
        OfficeHours(date(2026, 6, 1), date(2026, 10, 1), SUMMER),
        OfficeHours(date(2026, 10, 1), None, DAY_AND_A_HALF),
    )
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


class TestWhenALimitRunsOut:
    @pytest.mark.parametrize(
        ("start", "limit", "due"),
        [
            # through the night and the holiday
            ("2026-02-14 23:00", "2紧急工作时", "2026-02-15 01:00"),
            ("2026-02-14 12:00", "1紧急工作日", "2026-02-15 12:00"),
            ("2026-02-14 12:00", "3自然日", "2026-02-17 12:00"),
            # over the break at noon, to the closing, over the night
            ("2026-03-02 11:00", "2小时", "2026-03-02 15:00"),
            ("2026-03-02 09:00", "1天", "2026-03-03 09:00"),
            ("2026-03-02 14:00", "4工作时", "2026-03-02 18:00"),
            ("2026-03-02 17:00", "2工作时", "2026-03-03 09:00"),
            # outside office hours it starts at the next opening
            ("2026-03-02 12:30", "1工作时", "2026-03-02 15:00"),
            ("2026-03-02 22:00", "1工作日", "2026-03-03 18:00"),
            ("2026-03-07 10:00", "1工作日", "2026-03-09 18:00"),
            # Spring Festival, with a Saturday worked before and one after it
            ("2026-02-13 17:00", "1工作日", "2026-02-14 17:00"),
            ("2026-02-14 17:00", "1工作日", "2026-02-24 17:00"),
            ("2026-02-27 17:00", "1天", "2026-02-28 17:00"),
            # National Day: the Sunday 20 September is worked
            ("2026-09-19 10:00", "1天", "2026-09-20 18:00"),
            ("2026-09-30 17:00", "2工作日", "2026-10-09 17:00"),
            # into a provisional year: New Year rests, the day after doesn't
            ("2026-12-31 17:00", "1工作日", "2027-01-04 17:00"),
        ],
    )
    def test_each_clock_counts_its_own_time(self, start: str, limit: str, due: str) -> None:
        assert due_at(at(start), parse_limit(limit), CITY) == at(due)

    def test_a_working_day_is_eight_working_hours_in_the_short_season_too(self) -> None:
        due = due_at(at("2026-06-01 08:00"), parse_limit("1工作日"), WITH_SUMMER_HOURS)

        assert due == at("2026-06-02 09:00")

    def test_the_answer_is_utc_and_whole_seconds(self) -> None:
        start = at("2026-03-02 09:00") + timedelta(microseconds=999_999)

        due = due_at(start, parse_limit("1工作时"), CITY)

        assert due == datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
        assert due.tzinfo is UTC

    def test_a_moment_without_a_zone_is_a_mistake_of_the_program(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            due_at(datetime(2026, 3, 2), parse_limit("1天"), CITY)  # noqa: DTZ001

    @pytest.mark.parametrize("unit", list(ClockUnit))
    def test_what_lies_beyond_the_calendar_is_refused(self, unit: ClockUnit) -> None:
        with pytest.raises(ClockOutOfRange):
            add_seconds(at("2026-03-02 09:00"), 10**12, unit, CITY)

    def test_a_city_without_office_hours_has_no_working_time(self) -> None:
        with pytest.raises(ClockOutOfRange):
            due_at(at("2026-03-02 09:00"), parse_limit("1天"), calendar(hours=()))


class TestDays:
    def test_a_year_not_announced_rests_on_the_statutory_days_with_a_fixed_date(self) -> None:
        rest = [day for day in _weekdays_of(2027) if not CITY.is_workday(day)]

        assert CITY.is_provisional(2027)
        assert rest == [date(2027, 1, 1), date(2027, 10, 1)]  # the others fall on weekends

    def test_an_announced_year_rests_as_announced(self) -> None:
        assert not CITY.is_provisional(2026)
        assert CITY.is_workday(date(2026, 5, 1))  # our calendar announces no Labour Day

    def test_a_holiday_is_no_mere_weekend_and_not_what_a_city_works_on(self) -> None:
        thursday, friday, saturday = date(2026, 10, 1), date(2026, 10, 2), date(2026, 10, 3)
        holidays = frozenset({thursday, friday, saturday})
        exceptions = {thursday: False, friday: True, saturday: False}
        city = replace(CITY, exceptions=exceptions, holidays=holidays)

        assert [city.is_holiday(day) for day in (thursday, friday, saturday)] == [True, False, True]
        assert not city.is_holiday(saturday + timedelta(days=7))
        assert city.is_holiday(date(2027, 10, 1))  # not announced yet, but sure

    def test_a_span_names_the_provisional_years_it_touches(self) -> None:
        span = at("2026-12-31 23:59"), at("2027-01-01 00:00")

        assert CITY.provisional_years(*span) == (2027,)
        assert CITY.provisional_years(at("2026-01-01 00:00"), span[0]) == ()


def _weekdays_of(year: int) -> list[date]:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    return [day for day in days if day.weekday() < 5]


class TestPause:
    def test_what_was_left_in_office_hours_is_left_after_the_pause(self) -> None:
        due = due_at(at("2026-03-02 09:00"), parse_limit("2天"), CITY)
        left = remaining(at("2026-03-02 17:00"), due, ClockUnit.WORKING_DAY, CITY)

        resumed = add_seconds(at("2026-10-03 10:00"), left, ClockUnit.WORKING_DAY, CITY)

        assert left == 10 * 3600
        assert resumed == at("2026-10-09 10:00")

    def test_a_clock_paused_when_overdue_is_as_overdue_afterwards(self) -> None:
        left = remaining(
            at("2026-03-03 10:00"), at("2026-03-02 17:00"), ClockUnit.WORKING_HOUR, CITY
        )

        resumed = add_seconds(at("2026-03-06 09:00"), left, ClockUnit.WORKING_HOUR, CITY)

        assert left == -3 * 3600
        assert resumed == at("2026-03-05 16:00")


moments = st.datetimes(
    datetime(2025, 6, 1),  # noqa: DTZ001
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.integers(0, 250 * 8 * 3600)
units = st.sampled_from(ClockUnit)
calendars = st.sampled_from(
    (
        CITY,
        WITH_SUMMER_HOURS,
        calendar(hours=(OfficeHours(date(2000, 1, 1), None, (Span(0, 86400),)),)),
    )
)


class TestArithmetic:
    """Across nights, holidays, make-up days, seasons and into years not announced yet."""

    @given(moments, amounts, units, calendars)
    def test_measuring_gives_what_was_added(
        self, start: datetime, seconds: int, unit: ClockUnit, city: WorkCalendar
    ) -> None:
        assert remaining(start, add_seconds(start, seconds, unit, city), unit, city) == seconds

    @given(moments, amounts, units, calendars)
    def test_what_was_taken_off_is_measured_too(
        self, start: datetime, seconds: int, unit: ClockUnit, city: WorkCalendar
    ) -> None:
        assert remaining(start, add_seconds(start, -seconds, unit, city), unit, city) == -seconds

    @given(moments, amounts, amounts, units, calendars)
    def test_in_two_steps_or_in_one(
        self, start: datetime, first: int, second: int, unit: ClockUnit, city: WorkCalendar
    ) -> None:
        steps = add_seconds(add_seconds(start, first, unit, city), second, unit, city)

        assert steps == add_seconds(start, first + second, unit, city)

    @given(moments, moments, amounts, amounts, units, calendars)
    def test_later_or_longer_is_never_sooner(
        self,
        one: datetime,
        other: datetime,
        little: int,
        more: int,
        unit: ClockUnit,
        city: WorkCalendar,
    ) -> None:
        (early, late), (short, long) = sorted((one, other)), sorted((little, more))

        due = add_seconds(early, short, unit, city)

        assert due <= add_seconds(late, short, unit, city)
        assert due <= add_seconds(early, long, unit, city)

    @given(moments, amounts, amounts, moments, units, calendars)
    def test_a_pause_loses_nothing(
        self,
        start: datetime,
        amount: int,
        run: int,
        resumed_at: datetime,
        unit: ClockUnit,
        city: WorkCalendar,
    ) -> None:
        due = add_seconds(start, amount, unit, city)
        paused_at = add_seconds(start, run, unit, city)
        left = remaining(paused_at, due, unit, city)

        due_again = add_seconds(resumed_at, left, unit, city)

        assert left == amount - run
        assert remaining(resumed_at, due_again, unit, city) == left

    @given(moments, st.integers(0, 40 * 8 * 3600), st.sampled_from(WORKING), calendars)
    def test_it_agrees_with_counting_office_hours_day_by_day(
        self, start: datetime, seconds: int, unit: ClockUnit, city: WorkCalendar
    ) -> None:
        due = add_seconds(start, seconds, unit, city)

        assert _office_seconds(start, due, city) == seconds


def _office_seconds(start: datetime, due: datetime, city: WorkCalendar) -> int:
    start, total = start.replace(microsecond=0), 0
    day = start.astimezone(ZONE).date()
    while day <= due.astimezone(ZONE).date():
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)
        for span in city.spans_on(day):
            opens = max(midnight + timedelta(seconds=span.opens), start)
            closes = min(midnight + timedelta(seconds=span.closes), due)
            total += max(0, int((closes - opens).total_seconds()))
        day += timedelta(days=1)
    return total


class TestReadingALimit:
    @pytest.mark.parametrize(
        ("text", "limit"),
        [
            ("2紧急工作时", Limit(2, ClockUnit.URGENT_HOUR)),
            ("1紧急工作日", Limit(24, ClockUnit.URGENT_HOUR)),
            ("4工作时", Limit(4, ClockUnit.WORKING_HOUR)),
            ("4小时", Limit(4, ClockUnit.WORKING_HOUR)),
            ("2工作日", Limit(2, ClockUnit.WORKING_DAY)),
            ("5个工作日", Limit(5, ClockUnit.WORKING_DAY)),
            ("2天", Limit(2, ClockUnit.WORKING_DAY)),
            ("3自然日", Limit(3, ClockUnit.NATURAL_DAY)),
            ("1紧急工作时制止", Limit(1, ClockUnit.URGENT_HOUR, "制止")),
            (" １５ 天 ", Limit(15, ClockUnit.WORKING_DAY)),
            ("7天（汛期4小时）", Limit(7, ClockUnit.WORKING_DAY, "（汛期4小时）")),
        ],
    )
    def test_the_forms_of_the_standards(self, text: str, limit: Limit) -> None:
        assert parse_limit(text) == limit

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "天",
            "0天",
            "-1天",
            "1.5天",
            "两天",
            "2",
            "2周",
            "99999天",
            "500紧急工作日",  # 12,000 hours
            "2小时30分",
            "1天\x00",
            "1天\n2天",
            "٣天",
            "1天" + "备" * 41,
            "1" * 100_000 + "天",
        ],
    )
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(LimitUnreadable):
            parse_limit(text)

    @given(st.text())
    def test_any_text_is_a_limit_or_refused(self, text: str) -> None:
        try:
            limit = parse_limit(text)
        except LimitUnreadable:
            return
        assert parse_limit(format_limit(limit)) == limit

    @given(st.integers(1, 9999), units)
    def test_what_is_written_is_read_back(self, amount: int, unit: ClockUnit) -> None:
        assert parse_limit(format_limit(Limit(amount, unit))) == Limit(amount, unit)


class TestReadingOfficeHours:
    @pytest.mark.parametrize(
        "text",
        ["08:00-12:00 14:00-18:00", "8:00至12:00、14:00—18:00", "８：００~12:00，14:00-18:00"],
    )
    def test_the_forms_of_notices(self, text: str) -> None:
        assert parse_hours(text) == (Span(28800, 43200), Span(50400, 64800))

    @pytest.mark.parametrize(
        "text",
        ["", "8-12", "12:00-08:00", "08:00-08:00", "08:00-12:00 11:00-18:00", "14:00-24:01",
         "08:60-09:00", "08:00-12:00\x00", "1:00-2:00 " * 50],
    )  # fmt: skip
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(OfficeHoursUnreadable):
            parse_hours(text)

    def test_what_is_written_is_read_back(self) -> None:
        assert format_hours(parse_hours("8:30-12:00、13:00-24:00")) == "08:30-12:00 13:00-24:00"


class TestUntilWhenAClockRuns:
    @pytest.mark.parametrize("unit", WORKING)
    @pytest.mark.parametrize(
        ("now", "stops"),
        [
            ("2026-03-02 09:00", "2026-03-02 12:00"),
            ("2026-03-02 12:00", "2026-03-02 12:00"),
            ("2026-03-02 13:00", "2026-03-02 13:00"),
            ("2026-03-02 14:00", "2026-03-02 18:00"),
            ("2026-03-07 09:00", "2026-03-07 09:00"),
        ],
    )
    def test_a_working_clock_until_closing_or_it_stands(
        self, now: str, stops: str, unit: ClockUnit
    ) -> None:
        assert stops_at(at(now), unit, CITY) == at(stops)

    @pytest.mark.parametrize("unit", [ClockUnit.URGENT_HOUR, ClockUnit.NATURAL_DAY])
    def test_the_others_run_through(self, unit: ClockUnit) -> None:
        assert stops_at(at("2026-03-07 09:00"), unit, CITY) is None
