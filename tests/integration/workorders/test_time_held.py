"""Whose time it was: every task's time is booked to the unit that held it, by its own clock."""

from datetime import UTC, datetime, timedelta

from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit
from chengshao.workorders import actions, queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import TimeHeld
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import Principle, TaskCommand, TaskKind, TaskState
from tests.district import AT, District, dispatched, move, owed
from tests.orders import HOUR, NOON, RESUMES_AT, clock, in_hand, suspended
from tests.statements import count_statements

_K, _C = TaskKind, TaskCommand
AFTER_LUNCH = AT + 6 * HOUR  # Monday 15:00: four working hours since 09:00
WEDNESDAY_TEN = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # an hour after sixteen were over


def held(case: WorkOrder, kind: str, at: datetime) -> list[TimeHeld]:
    return [row for row in queries.time_held(case, at=at) if row.kind == kind]


def returned(actor: Actor, wrong: int, right: int, verdict_at: datetime) -> WorkOrder:
    """Return a case that one unit gave back and another was sent."""
    case = dispatched(actor, wrong)
    move(case, _K.LEAD, _C.ASK_RETURN, actor, reason="不归我们")
    case = move(case, _K.ADJUDICATE, _C.GRANT, actor, reason="依据权责清单", at=verdict_at)
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=right,
        principle=Principle.BY_AGREEMENT,
        basis="权责清单",
        actor=actor,
        at=verdict_at,
    )


class TestReturn:
    def test_granted_its_time_is_booked_to_who_held_the_order(
        self, centre: Actor, district: District
    ) -> None:
        case = returned(centre, district.parks, district.roads, AFTER_LUNCH)

        first, second = held(case, _K.LEAD, AFTER_LUNCH + HOUR)

        assert (first.unit_id, first.seconds, first.clock, first.returned, first.state) == (
            district.parks, 4 * 3600, ClockUnit.WORKING_DAY, True, TaskState.CANCELLED,
        )  # fmt: skip
        assert (second.unit_id, second.seconds, second.returned) == (district.roads, 3600, False)

    def test_the_next_lead_s_clock_starts_at_its_own_dispatch(
        self, centre: Actor, district: District
    ) -> None:
        case = returned(centre, district.parks, district.roads, AFTER_LUNCH)

        lead = clock(owed(case, _K.LEAD))
        # sixteen hours from Monday 15:00: three, eight, and five on Wednesday
        wednesday = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)
        assert (lead.started_at, lead.due_at) == (AFTER_LUNCH, wednesday)

    def test_granted_late_it_counts_for_nobody(self, centre: Actor, district: District) -> None:
        case = returned(centre, district.parks, district.roads, WEDNESDAY_TEN)

        first, _second = held(case, _K.LEAD, WEDNESDAY_TEN)

        assert (first.seconds, first.late_by) == (17 * 3600, 0)

    def test_refused_it_never_stopped(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.parks)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们")
        move(case, _K.ADJUDICATE, _C.DENY, centre, reason="清单写明", at=AFTER_LUNCH)

        (lead,) = held(case, _K.LEAD, WEDNESDAY_TEN)

        assert (lead.seconds, lead.late_by, lead.returned) == (17 * 3600, 3600, False)


class TestDelay:
    def test_of_a_co_handler_is_its_own(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads, district.water)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

        rows = {row.kind: row for row in queries.time_held(case, at=WEDNESDAY_TEN)}

        helping, leading = rows[_K.CO_HANDLE], rows[_K.LEAD]
        assert (helping.unit_id, helping.late_by) == (district.water, 3600)
        assert (leading.unit_id, leading.late_by) == (district.roads, 0)

    def test_stands_where_the_task_ended(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="修好了", at=WEDNESDAY_TEN)

        (lead,) = held(case, _K.LEAD, WEDNESDAY_TEN + timedelta(days=9))

        assert (lead.state, lead.seconds, lead.late_by) == (TaskState.DONE, 17 * 3600, 3600)


class TestSuspension:
    def test_is_nobody_s_time(self, centre: Actor, district: District) -> None:
        case = suspended(in_hand(centre, district.roads), centre)
        (resting,) = held(case, _K.LEAD, RESUMES_AT)
        assert resting.seconds == 2 * 3600

        actions.resume_case(case_id=case.pk, actor=JOB, at=RESUMES_AT)

        case.refresh_from_db()
        (running,) = held(case, _K.LEAD, datetime(2026, 3, 12, 2, tzinfo=UTC))  # Thursday 10:00
        assert (running.seconds, running.late_by) == (4 * 3600, 0)

    def test_takes_nothing_from_what_opened_meanwhile(
        self, centre: Actor, district: District
    ) -> None:
        case = suspended(in_hand(centre, district.roads), centre)
        move(case, _K.LEAD, _C.CALL_IN, centre, reason="请帮忙", asked=[district.water], at=NOON)

        (waiting,) = held(case, _K.CO_HANDLE, RESUMES_AT)

        assert (waiting.seconds, waiting.late_by) == (0, 0)


def test_tasks_that_are_at_hand_ask_nothing_more_of_the_database(
    centre: Actor, district: District
) -> None:
    case = in_hand(centre, district.roads)
    view = queries.case_view(number=case.number, actor=centre)
    calendar = catalog.calendar_for(localdate(NOON))

    with count_statements() as counted:
        rows = queries.time_held(case, at=NOON, tasks=view.tasks, calendar=calendar)

    assert (len(rows), counted.number) == (len(view.tasks), 0)
