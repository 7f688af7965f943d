"""Who is on duty, asked of what stands in the tables."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, transaction

from chengshao.kernel.clock import WorkCalendar
from chengshao.people import actions, queries
from chengshao.people.actions import PeopleTextInvalid, PeopleTextMissing
from chengshao.people.models import DutyDeputy, DutyPattern
from chengshao.people.queries import OnDuty
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Deputy, Shift
from chengshao.people.terms import DayKind
from tests.integration.people.conftest import AT, LOADER, SINCE, unit
from tests.statements import count_statements

pytestmark = pytest.mark.django_db

NATIONAL_DAY = date(2026, 10, 1)
CALENDAR = WorkCalendar(
    version=1,
    office_hours=(),
    exceptions={NATIONAL_DAY: False},
    announced_years=frozenset({2026}),
    holidays=frozenset({NATIONAL_DAY}),
)
NOON_OF_THE_HOLIDAY = datetime(2026, 10, 1, 4, tzinfo=UTC)
NOON_OF_A_SUNDAY = datetime(2026, 10, 11, 4, tzinfo=UTC)


def keep(unit_id: int, kind: DayKind, leader: str, *deputies: Deputy) -> None:
    """Put a shift of a whole day on the roster."""
    shift = Shift(
        day_kind=kind,
        starts=time(0),
        ends=time(0),
        leader=leader,
        phone="0571-00000001",
        deputies=deputies,
        period=Period(SINCE),
    )
    actions.keep_duty_shift(unit_id=unit_id, shift=shift, actor=LOADER, at=AT)


def test_the_leader_is_told_with_every_deputy_in_the_rosters_order() -> None:
    gas = unit("gas")
    deputies = (Deputy("演示乙", "0571-00000002"), Deputy("演示丙"), Deputy("演示甲"))
    keep(gas, DayKind.HOLIDAY, "演示丁", *deputies)

    assert queries.on_duty([gas], NOON_OF_THE_HOLIDAY, CALENDAR) == {
        gas: OnDuty("演示丁", "0571-00000001", datetime(2026, 10, 1, 16, tzinfo=UTC), deputies)
    }


def test_a_holiday_is_apart_from_a_sunday_and_falls_back_on_it() -> None:
    gas, water = unit("gas"), unit("water")
    for unit_id in (gas, water):
        keep(unit_id, DayKind.RESTDAY, "周末")
    keep(gas, DayKind.HOLIDAY, "节日")

    def names(at: datetime) -> dict[int, str]:
        found = queries.on_duty([gas, water], at, CALENDAR)
        return {unit_id: duty.name for unit_id, duty in found.items()}

    assert names(NOON_OF_THE_HOLIDAY) == {gas: "节日", water: "周末"}
    assert names(NOON_OF_A_SUNDAY) == {gas: "周末", water: "周末"}


def test_takes_no_more_statements_for_more_units() -> None:
    units = [unit(code) for code in ("gas", "water", "heat")]
    for unit_id in units:
        keep(unit_id, DayKind.RESTDAY, "演示甲", Deputy("演示乙"), Deputy("演示丙"))

    with count_statements() as statements:
        assert len(queries.on_duty(units, NOON_OF_A_SUNDAY, CALENDAR)) == 3
    assert statements.number == 3  # with whether what is kept is as it was

    with count_statements() as statements:
        assert len(queries.on_duty(units, NOON_OF_A_SUNDAY, CALENDAR)) == 3
    assert statements.number == 1


@pytest.mark.parametrize(
    ("deputy", "refusal"),
    [
        (Deputy("", "0571-00000002"), PeopleTextMissing),
        (Deputy("演示乙、演示丙"), PeopleTextInvalid),
        (Deputy("演示乙", "1，2"), PeopleTextInvalid),
        (Deputy("演" * 41), PeopleTextInvalid),
    ],
)
def test_a_deputy_is_one_person_with_a_name(deputy: Deputy, refusal: type[Exception]) -> None:
    gas = unit("gas")

    with pytest.raises(refusal):
        keep(gas, DayKind.RESTDAY, "演示甲", deputy)
    assert not DutyPattern.objects.exists()


def test_a_deputy_without_a_name_is_refused_by_the_database() -> None:
    keep(unit("gas"), DayKind.RESTDAY, "演示甲")

    with pytest.raises(IntegrityError), transaction.atomic():
        DutyDeputy.objects.create(pattern=DutyPattern.objects.get(), position=0, name="")
