"""When the calendar changes, the deadlines that its changed days touch are made anew."""

import json
from datetime import UTC, date, datetime, timedelta

from chengshao.catalog import actions as catalog
from chengshao.catalog import queries as catalog_queries
from chengshao.catalog.terms import CalendarDayKind
from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.models import Alert, Deadline, WorkOrder
from chengshao.workorders.tasks import JOB, recalculate_at
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    DeadlineAuthority,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, LOADER, District, move, owed
from tests.orders import NOON, PLATFORM_DUE, clock, in_hand, outer_in_hand, suspended

_K, _C = TaskKind, TaskCommand
DAY = timedelta(days=1)
TUESDAY = date(2026, 3, 3)
WEDNESDAY_NINE = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # sixteen hours from Monday 09:00


def rest_on(day: date) -> None:
    """Let the city rest on a day that was worked so far."""
    catalog.set_day(
        day=day, kind=CalendarDayKind.CITY_REST, name="测试休息日", source="测试通知",
        actor=LOADER, at=AT,
    )  # fmt: skip


def lines_of(case: WorkOrder) -> list[dict[str, object]]:
    """Return what the history says of deadlines made anew."""
    bodies = [json.loads(body) for body in case.entries.values_list("body", flat=True)]
    return [body for body in bodies if body["command"] == CaseCommand.RECALCULATE]


class TestOurOwn:
    def test_moves_by_the_day_of_rest(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        assert clock(owed(case, _K.LEAD)).due_at == WEDNESDAY_NINE
        rest_on(TUESDAY)

        assert recalculate_at(NOON) == 1

        lead = clock(owed(case, _K.LEAD))
        assert lead.due_at == WEDNESDAY_NINE + DAY
        newest = catalog_queries.newest_calendar()
        assert newest is not None
        assert lead.calendar_version == newest.version

    def test_is_one_line_of_the_history_however_many_moved(
        self, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district.roads, district.water)
        rest_on(TUESDAY)

        recalculate_at(NOON)

        (line,) = lines_of(case)
        assert line["task_ids"] == [owed(case, _K.LEAD).pk, owed(case, _K.CO_HANDLE).pk]

    def test_run_again_it_finds_nothing(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        rest_on(TUESDAY)
        recalculate_at(NOON)

        assert recalculate_at(NOON) == 0

        assert len(lines_of(case)) == 1

    def test_keeps_what_an_extension_added(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)
        rest_on(TUESDAY)

        recalculate_at(NOON)

        # thirty-two hours were Friday 09:00: now it is Monday
        assert clock(owed(case, _K.LEAD)).due_at == datetime(2026, 3, 9, 1, 0, tzinfo=UTC)

    def test_lifts_what_was_said_of_being_overdue(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        late = WEDNESDAY_NINE + timedelta(minutes=30)
        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=late)
        overdue = Alert.objects.filter(work_order=case, kind=AlertKind.OVERDUE, seen_at=None)
        assert overdue.exists()
        rest_on(TUESDAY)

        recalculate_at(late)

        assert (clock(owed(case, _K.LEAD)).said, overdue.exists()) == ("", False)


class TestLeftAlone:
    def test_is_what_no_changed_day_touches_but_it_holds_by_the_new_calendar(
        self, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district.roads)
        before = case.entries.count()
        rest_on(date(2026, 3, 20))

        assert recalculate_at(NOON) == 0

        lead, newest = clock(owed(case, _K.LEAD)), catalog_queries.newest_calendar()
        assert newest is not None
        assert (lead.due_at, lead.calendar_version) == (WEDNESDAY_NINE, newest.version)
        assert case.entries.count() == before

    def test_is_what_rests_until_it_resumes_by_the_new_calendar(
        self, centre: Actor, district: District
    ) -> None:
        case = suspended(in_hand(centre, district.roads), centre)
        rest_on(date(2026, 3, 13))  # the Friday after it resumes

        assert recalculate_at(NOON) == 0

        assert clock(owed(case, _K.LEAD)).remaining_seconds == 14 * 3600
        actions.resume_case(case_id=case.pk, actor=JOB, at=datetime(2026, 3, 12, tzinfo=UTC))
        assert clock(owed(case, _K.LEAD)).due_at == datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


class TestOuterOrder:
    """The platform's end is its word, whatever our calendar says; ours keeps its reserve."""

    def test_the_platform_s_end_stays(self, centre: Actor, district: District) -> None:
        case = outer_in_hand(centre, district.roads)
        rest_on(TUESDAY)

        recalculate_at(NOON)

        outer = Deadline.objects.filter(
            task__work_order=case, authority=DeadlineAuthority.OUTER, ended_at=None
        )
        assert set(outer.values_list("due_at", flat=True)) == {PLATFORM_DUE}

    def test_ours_comes_sooner_where_the_reserve_takes_longer(
        self, centre: Actor, district: District
    ) -> None:
        case = outer_in_hand(centre, district.roads)
        rest_on(TUESDAY)

        recalculate_at(NOON)

        # four working hours before Wednesday 09:00 are on Monday now, at 15:00
        assert clock(owed(case, _K.LEAD)).due_at == datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
