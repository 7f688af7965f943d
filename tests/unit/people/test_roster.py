"""Who is on duty at a moment."""

from datetime import date, datetime, time, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift, meet, on_duty_at, shifts_of
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
    workday: bool = True,
    workday_before: bool = True,
) -> str | None:
    found = on_duty_at(roster, moment, workday=workday, workday_before=workday_before)
    return found[0].leader if found else None


def test_a_shift_begins_with_its_first_minute_and_ends_before_its_last() -> None:
    assert leader(at(FRIDAY, 9)) == "day"
    assert leader(at(FRIDAY, 17, 59)) == "day"
    assert leader(at(FRIDAY, 18)) == "night"


def test_a_night_runs_into_the_next_morning_and_tells_its_end() -> None:
    found = on_duty_at([DAY, NIGHT], at(FRIDAY, 3), workday=True, workday_before=True)

    assert found == (NIGHT, at(FRIDAY, 9))


def test_a_rest_day_begins_at_midnight_and_takes_over_from_the_night() -> None:
    assert leader(at(SATURDAY, 3), workday=False) == "weekend"
    assert leader(at(SATURDAY, 3), [DAY, NIGHT], workday=False) == "night"


def test_no_night_shift_begins_on_a_rest_day() -> None:
    assert leader(at(FRIDAY, 3), [DAY, NIGHT], workday_before=False) is None


def test_a_named_day_replaces_the_pattern_even_for_the_hours_it_leaves_out() -> None:
    feast = shift("feast", 10, 12, DayKind.DATE, on=FRIDAY)

    assert leader(at(FRIDAY, 11), [*ROSTER, feast]) == "feast"
    assert leader(at(FRIDAY, 13), [*ROSTER, feast]) is None
    assert leader(at(FRIDAY, 13) + timedelta(days=7), [*ROSTER, feast]) == "day"


def test_a_pattern_holds_for_its_period_only() -> None:
    old = shift("old", 9, 18, period=Period(date(2024, 1, 1), FRIDAY))
    new = shift("new", 9, 18, period=Period(FRIDAY))

    assert leader(at(FRIDAY, 10), [old, new]) == "new"
    assert leader(at(FRIDAY, 10) - timedelta(days=1), [old, new]) == "old"


def test_shifts_of_one_day_meet_or_not() -> None:
    assert not meet([DAY, NIGHT])
    assert meet([DAY, shift("early", 8, 10)])
    assert meet([NIGHT, shift("late", 22, 23)])


shifts = st.builds(
    shift,
    st.sampled_from(["a", "b", "c"]),
    st.integers(0, 23),
    st.integers(0, 23),
    st.sampled_from([DayKind.WORKDAY, DayKind.RESTDAY]),
)


@given(st.lists(shifts, max_size=5), st.integers(0, 48 * 60), st.booleans(), st.booleans())
def test_whoever_is_on_duty_began_before_and_has_not_ended(
    roster: list[Shift], minutes: int, workday: bool, before: bool
) -> None:
    moment = at(FRIDAY, 0) + timedelta(minutes=minutes)
    found = on_duty_at(roster, moment, workday=workday, workday_before=before)

    days = [(moment.date(), workday), (moment.date() - timedelta(days=1), before)]
    running = {
        (one, one.span(day)[1])
        for (day, kind), one in product(days, roster)
        if one in shifts_of(roster, day, workday=kind)
        and one.span(day)[0] <= moment < one.span(day)[1]
    }
    assert (found in running) if running else found is None
