"""Who is on duty after midnight is told by the kind of day on which the night began."""

from datetime import UTC, date, datetime, time

from chengshao.catalog.queries import calendar_for
from chengshao.desk.queries import on_duty
from chengshao.people import actions as people
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift
from chengshao.people.terms import DayKind
from tests.district import AT, LOADER, District


def test_the_night_after_a_holiday_is_the_holidays(district: District) -> None:
    for kind, leader in ((DayKind.WORKDAY, "平时班"), (DayKind.RESTDAY, "假日班")):
        shift = Shift(
            day_kind=kind,
            on_date=None,
            starts=time(20),
            ends=time(8),
            leader=leader,
            phone="0571-00000000",
            period=Period(date(2020, 1, 1), None),
        )
        people.keep_duty_shift(unit_id=district.roads, shift=shift, actor=LOADER, at=AT)
    calendar = calendar_for(date(2026, 10, 1))
    two_at_night = datetime(2026, 10, 1, 18, tzinfo=UTC)  # Friday 02:00 after National Day
    after_a_workday = datetime(2026, 9, 29, 18, tzinfo=UTC)  # Wednesday 02:00

    assert on_duty([district.roads], calendar, two_at_night)[district.roads].name == "假日班"
    assert on_duty([district.roads], calendar, after_a_workday)[district.roads].name == "平时班"
