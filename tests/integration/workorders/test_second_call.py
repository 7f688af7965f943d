"""The second call through the actions: who may press again when, and when a result is told."""

from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.terms import ContactResult, Power, Principle, TaskCommand, TaskKind
from tests.district import AT, District, dispatched, move, owed, reported, said, staff

_K, _C = TaskKind, TaskCommand
PHONE, HOUR = "13800138000", timedelta(hours=1)


def citizen(report: Report) -> Actor:
    return Actor(ActorKind.CITIZEN, report_id=report.pk)


def state(case: WorkOrder) -> tuple[object, ...]:
    case.refresh_from_db()
    told = list(case.reports.order_by("pk").values_list("told_at", flat=True))
    return (case.revision, case.history_head, case.chases, told)


@pytest.fixture
def closed_for_two(centre: Actor, district: District) -> WorkOrder:
    """Two citizens left a number on a case that is closed now."""
    case = dispatched(centre, district.roads, report=said(phone=PHONE))
    reported(centre, said("k-2", "我也要说", joins=case.number, phone="13900139000"))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
    return move(case, _K.CHECK, _C.PASS, centre)


class TestChasing:
    def test_its_citizen_waits_an_hour_to_press_again(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)
        report = case.reports.get()
        actions.chase_report(report_id=report.pk, actor=citizen(report), at=AT)
        before = state(case)

        with pytest.raises(actions.ChasedLately) as refusal:
            actions.chase_report(
                report_id=report.pk, actor=citizen(report), at=AT + timedelta(seconds=3541)
            )

        assert refusal.value.params == {"minutes": 1}
        assert state(case) == before
        actions.chase_report(report_id=report.pk, actor=citizen(report), at=AT + HOUR)

    def test_who_calls_is_heard_by_a_person_each_time(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)
        report = case.reports.get()

        for minute in range(3):
            at = AT + timedelta(minutes=minute)
            actions.chase_report(report_id=report.pk, actor=centre, at=at)

        case.refresh_from_db()
        assert case.chases == 3
        with pytest.raises(actions.ChasedLately):  # the units heard it from the operator
            actions.chase_report(report_id=report.pk, actor=citizen(report), at=AT + HOUR)

    def test_another_s_chase_is_not_one_s_own(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        other = reported(centre, said("k-2", "我也要说", joins=case.number))
        actions.chase_report(report_id=other.pk, actor=citizen(other), at=AT)
        mine = case.reports.order_by("pk")[0]

        actions.chase_report(report_id=mine.pk, actor=citizen(mine), at=AT)

        case.refresh_from_db()
        assert case.chases == 2


class TestReading:
    def test_ends_the_task_when_everybody_who_waits_knows(
        self, centre: Actor, closed_for_two: WorkOrder
    ) -> None:
        first, second = closed_for_two.reports.order_by("pk")

        assert actions.read_result(report_id=first.pk, actor=citizen(first), at=AT + HOUR)
        tell = owed(closed_for_two, _K.TELL)
        actions.record_contact(
            task_id=tell.pk, report_id=second.pk, result=ContactResult.TALKED, actor=centre,
            at=AT + HOUR,
        )  # fmt: skip

        assert not closed_for_two.tasks.filter(ended_at=None).exists()
        closed_for_two.refresh_from_db()
        assert queries.first_broken_entry(closed_for_two) is None

    def test_is_written_once(self, closed_for_two: WorkOrder) -> None:
        first, _second = closed_for_two.reports.order_by("pk")
        actions.read_result(report_id=first.pk, actor=citizen(first), at=AT + HOUR)
        before = state(closed_for_two)

        again = actions.read_result(report_id=first.pk, actor=citizen(first), at=AT + 2 * HOUR)

        assert (again, state(closed_for_two)) == (False, before)

    def test_is_no_deed_of_staff(self, centre: Actor, closed_for_two: WorkOrder) -> None:
        first, _second = closed_for_two.reports.order_by("pk")
        tell, before = owed(closed_for_two, _K.TELL), state(closed_for_two)

        with pytest.raises(refusals.PowerMissing):
            actions.read_result(report_id=first.pk, actor=centre, at=AT)
        with pytest.raises(refusals.PowerMissing):
            move(closed_for_two, _K.TELL, _C.READ, centre)

        assert state(closed_for_two) == before
        assert (
            _C.READ
            not in queries.case_view(number=closed_for_two.number, actor=centre).commands[tell.pk]
        )

    def test_by_somebody_else_s_link_reads_nothing(self, closed_for_two: WorkOrder) -> None:
        first, second = closed_for_two.reports.order_by("pk")
        before = state(closed_for_two)

        with pytest.raises(queries.ReportNotFound):
            actions.read_result(report_id=first.pk, actor=citizen(second), at=AT)

        assert state(closed_for_two) == before

    def test_a_new_result_is_to_be_read_anew(
        self, centre: Actor, closed_for_two: WorkOrder, district: District
    ) -> None:
        case = closed_for_two
        first, _second = case.reports.order_by("pk")
        actions.read_result(report_id=first.pk, actor=citizen(first), at=AT + HOUR)
        actions.reopen_by_citizen(
            report_id=first.pk, words="没好", actor=citizen(first), at=AT + HOUR
        )

        actions.dispatch(
            number=case.number,
            seen_revision=WorkOrder.objects.get(pk=case.pk).revision,
            lead_unit_id=district.roads,
            principle=Principle.BY_AGREEMENT,
            basis="原单位接着办",
            actor=centre,
            at=AT + HOUR,
        )
        assert not actions.read_result(report_id=first.pk, actor=citizen(first), at=AT + HOUR)
        later = AT + 3 * HOUR
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, at=later)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="这回好了", at=later)
        move(case, _K.CHECK, _C.PASS, centre, at=later)

        assert actions.read_result(report_id=first.pk, actor=citizen(first), at=later + HOUR)


def test_a_confidential_number_is_told_by_the_link_alone(centre: Actor, district: District) -> None:
    """Nobody may ring it (people promised that): what is owed ends when the page is opened."""
    case = dispatched(centre, district.roads, report=said(phone=PHONE, confidential=True))
    handler = staff(district.roads, Power.SEE, Power.HANDLE, Power.SIGN_OFF)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, handler)
    move(case, _K.LEAD, _C.ANSWER, handler, reply="好了")
    move(case, _K.CHECK, _C.PASS, centre)
    report = case.reports.get()

    actions.read_result(report_id=report.pk, actor=citizen(report), at=AT + HOUR)

    assert not case.tasks.filter(ended_at=None).exists()
