"""Who is on duty at a moment."""

from datetime import date, datetime, time, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.clock import WorkCalendar
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import (
    Deputy,
    Shift,
    cells_of,
    day_kind,
    deputies_of,
    meet,
    on_duty_at,
    shifts_of,
)
from chengshao.people.terms import DayKind

FRIDAY, SATURDAY = date(2026, 3, 6), date(2026, 3, 7)
ALWAYS = Period(date(2024, 1, 1))


def shift(
    leader: str,
    starts: int,
    ends: int,
    kind: DayKind = DayKind.WORKDAY,
    *,
    on: date | None = None,
    period: Period = ALWAYS,
) -> Shift:
    return Shift(
        day_kind=kind,
        starts=time(starts),
        ends=time(ends),
        leader=leader,
        phone="1",
        on_date=on,
        period=period,
    )


DAY = shift("day", 9, 18)
NIGHT = shift("night", 18, 9)
WEEKEND = shift("weekend", 0, 0, DayKind.RESTDAY)
ROSTER = [DAY, NIGHT, WEEKEND]


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


def leader(
    moment: datetime,
    roster: list[Shift] = ROSTER,
    *,
    day: DayKind = DayKind.WORKDAY,
    before: DayKind = DayKind.WORKDAY,
) -> str | None:
    kinds = {moment.date(): day, moment.date() - timedelta(days=1): before}
    found = on_duty_at(roster, moment, kinds.__getitem__)
    return found[0].leader if found else None


def test_a_shift_begins_with_its_first_minute_and_ends_before_its_last() -> None:
    assert leader(at(FRIDAY, 9)) == "day"
    assert leader(at(FRIDAY, 17, 59)) == "day"
    assert leader(at(FRIDAY, 18)) == "night"


def test_a_night_runs_into_the_next_morning_and_tells_its_end() -> None:
    found = on_duty_at([DAY, NIGHT], at(FRIDAY, 3), lambda day: DayKind.WORKDAY)

    assert found == (NIGHT, at(FRIDAY, 9))


def test_a_rest_day_begins_at_midnight_and_takes_over_from_the_night() -> None:
    assert leader(at(SATURDAY, 3), day=DayKind.RESTDAY) == "weekend"
    assert leader(at(SATURDAY, 3), [DAY, NIGHT], day=DayKind.RESTDAY) == "night"


def test_no_night_shift_begins_on_a_rest_day() -> None:
    assert leader(at(FRIDAY, 3), [DAY, NIGHT], before=DayKind.RESTDAY) is None


def test_a_named_day_replaces_the_pattern_even_for_the_hours_it_leaves_out() -> None:
    feast = shift("feast", 10, 12, DayKind.DATE, on=FRIDAY)

    assert leader(at(FRIDAY, 11), [*ROSTER, feast]) == "feast"
    assert leader(at(FRIDAY, 13), [*ROSTER, feast]) is None
    assert leader(at(FRIDAY, 13) + timedelta(days=7), [*ROSTER, feast]) == "day"


HOLIDAY = shift("holiday", 0, 0, DayKind.HOLIDAY)


def test_a_statutory_holiday_has_a_pattern_apart_from_the_weekends() -> None:
    assert leader(at(FRIDAY, 11), [*ROSTER, HOLIDAY], day=DayKind.HOLIDAY) == "holiday"
    assert leader(at(SATURDAY, 11), [*ROSTER, HOLIDAY], day=DayKind.RESTDAY) == "weekend"


def test_without_a_pattern_in_force_a_holiday_goes_by_that_of_days_at_rest() -> None:
    over = shift("over", 0, 0, DayKind.HOLIDAY, period=Period(date(2024, 1, 1), FRIDAY))

    assert leader(at(FRIDAY, 11), day=DayKind.HOLIDAY) == "weekend"
    assert leader(at(FRIDAY, 11), [*ROSTER, over], day=DayKind.HOLIDAY) == "weekend"


def test_a_named_date_goes_before_a_holiday() -> None:
    feast = shift("feast", 0, 0, DayKind.DATE, on=FRIDAY)

    assert leader(at(FRIDAY, 11), [*ROSTER, HOLIDAY, feast], day=DayKind.HOLIDAY) == "feast"


def test_the_calendar_tells_holidays_weekends_and_days_worked_apart() -> None:
    thursday, city_rest, worked = date(2026, 10, 1), date(2026, 9, 28), date(2026, 10, 10)
    calendar = WorkCalendar(
        version=1,
        office_hours=(),
        exceptions={thursday: False, city_rest: False, worked: True},
        announced_years=frozenset({2026}),
        holidays=frozenset({thursday}),
    )
    days = (thursday, city_rest, SATURDAY, worked, FRIDAY)

    assert [day_kind(day, calendar) for day in days] == [
        DayKind.HOLIDAY,
        DayKind.RESTDAY,
        DayKind.RESTDAY,
        DayKind.WORKDAY,
        DayKind.WORKDAY,
    ]


def test_a_pattern_holds_for_its_period_only() -> None:
    old = shift("old", 9, 18, period=Period(date(2024, 1, 1), FRIDAY))
    new = shift("new", 9, 18, period=Period(FRIDAY))

    assert leader(at(FRIDAY, 10), [old, new]) == "new"
    assert leader(at(FRIDAY, 10) - timedelta(days=1), [old, new]) == "old"


def test_shifts_of_one_day_meet_or_not() -> None:
    assert not meet([DAY, NIGHT])
    assert meet([DAY, shift("early", 8, 10)])
    assert meet([NIGHT, shift("late", 22, 23)])


def test_deputies_are_read_as_a_duty_office_types_them() -> None:
    assert deputies_of("", "") == ()
    assert deputies_of("甲", "1") == (Deputy("甲", "1"),)
    assert deputies_of("甲、乙，丙", "1、、3") == (
        Deputy("甲", "1"),
        Deputy("乙"),
        Deputy("丙", "3"),
    )
    assert deputies_of("甲\n乙", "1\n2") == (Deputy("甲", "1"), Deputy("乙", "2"))
    assert deputies_of("甲、乙", "") == (Deputy("甲"), Deputy("乙"))


def test_numbers_that_do_not_go_with_the_names_are_not_guessed_at() -> None:
    assert deputies_of("甲、乙", "1") is None
    assert deputies_of("", "1") is None
    assert deputies_of("甲、、乙", "1、2、3") is None


word = st.text(st.characters(exclude_categories=("Z", "C"), exclude_characters="、，,；;"))


@given(st.lists(st.builds(Deputy, word.filter(bool), word), max_size=5))
def test_deputies_come_back_from_the_cells_they_were_written_to(deputies: list[Deputy]) -> None:
    assert deputies_of(*cells_of(deputies)) == tuple(deputies)


kinds = st.sampled_from([DayKind.WORKDAY, DayKind.RESTDAY, DayKind.HOLIDAY])
shifts = st.builds(
    shift,
    st.sampled_from(["a", "b", "c"]),
    st.integers(0, 23),
    st.integers(0, 23),
    kinds,
)


@given(st.lists(shifts, max_size=5), st.integers(0, 48 * 60), kinds, kinds)
def test_whoever_is_on_duty_began_before_and_has_not_ended(
    roster: list[Shift], minutes: int, kind: DayKind, before: DayKind
) -> None:
    moment = at(FRIDAY, 0) + timedelta(minutes=minutes)
    days = {moment.date(): kind, moment.date() - timedelta(days=1): before}
    found = on_duty_at(roster, moment, days.__getitem__)

    running = {
        (one, one.span(day)[1])
        for (day, kind), one in product(days.items(), roster)
        if one in shifts_of(roster, day, kind) and one.span(day)[0] <= moment < one.span(day)[1]
    }
    assert (found in running) if running else found is None
