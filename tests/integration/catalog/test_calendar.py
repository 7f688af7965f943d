"""The work calendar: announced and provisional years, the city's own days, office hours."""

from datetime import date, datetime

import pytest

from chengshao.catalog import actions, queries
from chengshao.catalog.models import CalendarDay, CalendarVersion
from chengshao.catalog.terms import CalendarDayKind, TableKind
from chengshao.kernel.clock import ZONE, due_at, parse_limit
from chengshao.kernel.tables import TableRefused
from tests.integration.catalog.conftest import AT, KEEPER, REGISTRAR, TODAY, take
from tests.statements import count_statements

pytestmark = pytest.mark.django_db
HOURS = {"办公时间": "08:00-12:00 14:00-18:00", "依据": "示意", "生效日期": "2000-01-01"}


@pytest.fixture(autouse=True)
def hours() -> None:
    take(TableKind.OFFICE_HOURS, HOURS)


def set_day(day: date, kind: CalendarDayKind) -> int | None:
    return actions.set_day(
        day=day, kind=kind, name="演示", source="本市通知（示意）", actor=KEEPER, at=AT
    )


def due(start: str, limit: str) -> str:
    begins = datetime.fromisoformat(start).replace(tzinfo=ZONE)
    ends = due_at(begins, parse_limit(limit), queries.calendar_for(begins.date()))
    return ends.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def test_without_office_hours_no_clock_runs() -> None:
    with pytest.raises(queries.CalendarMissing):
        queries.calendar_for(date(1999, 12, 31))


class TestStatutoryDays:
    def test_rest_and_make_up_days_are_taken_over(self) -> None:
        actions.load_statutory_days(years=[2026], actor=KEEPER, at=AT)

        calendar = queries.calendar_for(TODAY)

        assert not calendar.is_workday(date(2026, 2, 17))
        assert calendar.is_workday(date(2026, 2, 14))  # a Saturday
        assert not calendar.is_provisional(2026)
        assert due("2026-02-14 17:00", "1天") == "2026-02-24 17:00"

    def test_a_year_not_announced_is_provisional_and_said_so(self) -> None:
        actions.load_statutory_days(years=[2026], actor=KEEPER, at=AT)

        calendar = queries.calendar_for(TODAY)

        assert list(queries.announced_years()) == [2026]
        assert calendar.is_provisional(2027)
        assert due("2026-12-31 17:00", "1天") == "2027-01-04 17:00"

    def test_a_year_that_the_program_does_not_know_is_refused(self) -> None:
        after = max(actions.published_years()) + 1

        with pytest.raises(actions.YearNotKnown):
            actions.load_statutory_days(years=[after], actor=KEEPER, at=AT)

        assert not CalendarDay.objects.exists()

    def test_a_year_is_announced_by_hand_from_the_notice(self) -> None:
        set_day(date(2027, 2, 8), CalendarDayKind.STATUTORY_HOLIDAY)

        actions.announce_year(year=2027, source="通知（示意）", actor=KEEPER, at=AT)

        assert not queries.calendar_for(TODAY).is_provisional(2027)
        assert queries.days_changed_since(0) == (date(2000, 1, 1), None)
        newest = CalendarVersion.objects.latest("version")
        assert (newest.first_day, newest.last_day) == (date(2027, 1, 1), date(2027, 12, 31))


class TestTheCitysOwnDays:
    def test_they_stand_above_the_statutory_until_taken_back(self) -> None:
        actions.load_statutory_days(years=[2026], actor=KEEPER, at=AT)
        set_day(date(2026, 10, 5), CalendarDayKind.CITY_WORK)
        assert queries.calendar_for(TODAY).is_workday(date(2026, 10, 5))

        actions.clear_day(day=date(2026, 10, 5), city=True, reason="撤销", actor=KEEPER, at=AT)

        assert not queries.calendar_for(TODAY).is_workday(date(2026, 10, 5))

    def test_a_day_the_city_rests_is_no_statutory_holiday(self) -> None:
        actions.load_statutory_days(years=[2026], actor=KEEPER, at=AT)
        set_day(date(2026, 3, 9), CalendarDayKind.CITY_REST)
        calendar = queries.calendar_for(TODAY)

        assert calendar.is_holiday(date(2026, 2, 17))
        assert not calendar.is_holiday(date(2026, 3, 9))
        assert not calendar.is_holiday(date(2026, 2, 14))  # a Saturday that is worked for it

    def test_each_change_makes_a_version_that_names_its_days(self) -> None:
        before = queries.calendar_for(TODAY).version
        set_day(date(2026, 3, 9), CalendarDayKind.CITY_REST)
        set_day(date(2026, 3, 4), CalendarDayKind.CITY_REST)

        assert queries.calendar_for(TODAY).version == before + 2
        assert queries.days_changed_since(before) == (date(2026, 3, 4), date(2026, 3, 9))
        assert queries.days_changed_since(before + 2) is None

    def test_the_same_again_changes_nothing(self) -> None:
        version = set_day(date(2026, 3, 9), CalendarDayKind.CITY_REST)

        assert set_day(date(2026, 3, 9), CalendarDayKind.CITY_REST) is None
        assert queries.calendar_for(TODAY).version == version

    def test_what_the_calendar_said_before_stays_written_down(self) -> None:
        set_day(date(2026, 3, 9), CalendarDayKind.CITY_REST)
        set_day(date(2026, 3, 9), CalendarDayKind.CITY_WORK)

        rows = CalendarDay.objects.order_by("pk")
        assert [(row.kind, row.until is None) for row in rows] == [
            ("CITY_REST", False),
            ("CITY_WORK", True),
        ]

    def test_two_words_of_the_city_on_one_day_are_a_fault(self) -> None:
        day = {"日期": "2026-03-09", "名称": "演示", "依据": "示意"}

        with pytest.raises(TableRefused) as refused:
            take(
                TableKind.CALENDAR_DAYS,
                day | {"类别": "本市休息"},
                day | {"类别": "本市上班"},
            )

        assert [(f.row, f.code) for f in refused.value.faults] == [(3, "value_repeated")]
        assert not CalendarDay.objects.exists()

    def test_only_a_keeper_changes_the_calendar(self) -> None:
        with pytest.raises(actions.CatalogPowerMissing):
            actions.set_day(
                day=TODAY,
                kind=CalendarDayKind.CITY_REST,
                name="",
                source="",
                actor=REGISTRAR,
                at=AT,
            )

        assert queries.calendar_for(TODAY).is_workday(TODAY)

    def test_a_year_beyond_the_calendar_is_refused(self) -> None:
        with pytest.raises(actions.YearOutOfRange):
            set_day(date(2200, 1, 1), CalendarDayKind.CITY_REST)


class TestOfficeHours:
    def test_they_differ_by_season(self) -> None:
        summer = {"办公时间": "08:00-11:30 14:30-18:00", "依据": "示意"}
        take(
            TableKind.OFFICE_HOURS,
            summer | {"生效日期": "2026-06-01", "失效日期": "2026-10-01"},
            HOURS | {"生效日期": "2026-10-01"},
        )

        assert due("2026-06-01 11:00", "1工作时") == "2026-06-01 15:00"
        assert due("2026-05-29 11:00", "1工作时") == "2026-05-29 12:00"
        assert due("2026-10-12 11:00", "1工作时") == "2026-10-12 12:00"

    def test_no_time_is_left_without_them(self) -> None:
        before = queries.calendar_for(TODAY).version
        summer = HOURS | {"办公时间": "09:00-12:00", "生效日期": "2026-06-01"}

        with pytest.raises(TableRefused) as refused:
            take(TableKind.OFFICE_HOURS, summer | {"失效日期": "2026-10-01"})

        assert [f.code for f in refused.value.faults] == ["office_hours_gap"]
        assert queries.calendar_for(TODAY).version == before

    def test_new_ones_hold_from_their_day_on(self) -> None:
        actions.set_office_hours(
            spans="9:00-12:00、13:00-18:00", valid_from=date(2026, 4, 1), source="示意",
            actor=KEEPER, at=AT,
        )  # fmt: skip

        assert due("2026-03-31 08:00", "8工作时") == "2026-03-31 18:00"
        assert due("2026-04-01 08:00", "8工作时") == "2026-04-01 18:00"
        assert due("2026-04-01 08:00", "4工作时") == "2026-04-01 14:00"


def test_a_calendar_that_is_known_costs_one_statement() -> None:
    queries.calendar_for(TODAY)

    with count_statements() as seen:
        queries.calendar_for(TODAY)

    assert seen.number == 1, seen.statements
