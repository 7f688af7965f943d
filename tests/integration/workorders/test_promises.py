"""A promise is a row of its own: it comes back on its day, and goes where its case goes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import actions as people
from chengshao.people.actions.units import UnitOwesWork
from chengshao.people.queries import open_work_of
from chengshao.workorders import actions, queries, tasks
from chengshao.workorders.models import Promise, Rating, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import ClosingKind, Principle, Step, TaskCommand, TaskKind
from tests.district import (
    AT,
    LOADER,
    District,
    dispatched,
    move,
    owed,
    parted,
    said,
)

_K, _C = TaskKind, TaskCommand
DAY = date(2026, 3, 20)
MORNING = datetime(2026, 3, 20, 0, 5, tzinfo=UTC)
NEXT_DAY = AT + timedelta(days=1)
BY_THEN = Closing(ClosingKind.PROMISED, promised_on=DAY)


def promised(actor: Actor, unit_id: int, key: str = "k-1", *, on: date = DAY) -> WorkOrder:
    """Return a case that was closed with a promise, checked as an answer is."""
    case = dispatched(actor, unit_id, report=said(key))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)
    closing = Closing(ClosingKind.PROMISED, promised_on=on)
    move(case, _K.LEAD, _C.ANSWER, actor, reply="本月二十日前修好", closing=closing)
    return move(case, _K.CHECK, _C.PASS, actor)


def come_back(case: WorkOrder, at: datetime = MORNING) -> WorkOrder:
    actions.bring_back_promise(case_id=case.pk, actor=JOB, at=at)
    return WorkOrder.objects.get(pk=case.pk)


def citizen(case: WorkOrder) -> Actor:
    return Actor(ActorKind.CITIZEN, report_id=case.reports.order_by("pk")[0].pk)


def reopen(case: WorkOrder, at: datetime = NEXT_DAY) -> WorkOrder:
    own = citizen(case)
    actions.reopen_by_citizen(report_id=own.report_id or 0, words="还没好", actor=own, at=at)
    return WorkOrder.objects.get(pk=case.pk)


def dispatch(case: WorkOrder, unit_id: int, actor: Actor, at: datetime = NEXT_DAY) -> WorkOrder:
    actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=unit_id,
        principle=Principle.BY_AGREEMENT,
        basis="联席会议纪要（示意）",
        actor=actor,
        at=at,
    )
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor, at=at)


def answer(case: WorkOrder, actor: Actor, closing: Closing, at: datetime = NEXT_DAY) -> WorkOrder:
    return move(case, _K.LEAD, _C.ANSWER, actor, reply="答复", closing=closing, at=at)


SOLVED, EXPLAINED = Closing(ClosingKind.SOLVED), Closing(ClosingKind.EXPLAINED)


class TestOnItsDay:
    def test_what_a_check_saw_is_kept(self, centre: Actor, district: District) -> None:
        case = come_back(promised(centre, district.roads))

        case = move(case, _K.CHECK, _C.PASS, centre, at=MORNING)

        promise = case.promises.get()
        assert (promise.kept, promise.settled_at) == (True, MORNING)
        assert case.closing_kind == ClosingKind.SOLVED

    def test_what_a_check_did_not_see_is_not(self, centre: Actor, district: District) -> None:
        case = come_back(promised(centre, district.roads))

        move(case, _K.CHECK, _C.FAIL, centre, reason="还是坏的", at=MORNING)

        promise = case.promises.get()
        assert (promise.kept, promise.settled_at) == (False, MORNING)
        assert owed(case, _K.LEAD).unit_id == district.roads

    def test_where_nobody_can_look_nobody_knows(self, centre: Actor, district: District) -> None:
        case = come_back(promised(centre, district.roads))

        case = move(case, _K.CHECK, _C.CANNOT_CHECK, centre, reason="围挡，看不到", at=MORNING)

        promise = case.promises.get()
        assert (promise.kept, promise.settled_at) == (None, MORNING)
        assert case.closing_kind == ClosingKind.PROMISED, "nobody said that it is solved"
        progress = queries.progress_of(citizen(case), MORNING)
        assert progress.closing == BY_THEN
        assert progress.milestones[-1].closing == ClosingKind.PROMISED

    @pytest.mark.parametrize("seen", [_C.PASS, _C.CANNOT_CHECK])
    def test_its_citizen_is_asked_for_the_result_once_it_is_there(
        self, centre: Actor, district: District, seen: TaskCommand
    ) -> None:
        case = promised(centre, district.roads)
        assert not Rating.objects.filter(report__work_order=case).exists()

        move(come_back(case), _K.CHECK, seen, centre, reason="围挡", at=MORNING)

        assert Rating.objects.get(report__work_order=case).ended_at is None

    def test_it_comes_back_once(self, centre: Actor, district: District) -> None:
        case = come_back(promised(centre, district.roads))
        move(case, _K.CHECK, _C.CANNOT_CHECK, centre, reason="围挡", at=MORNING)

        assert queries.cases_with_promises_due(DAY + timedelta(days=9), limit=9) == []
        assert Promise.objects.count() == 1

    def test_nobody_having_answered_by_then_it_is_not_kept(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatch(reopen(promised(centre, district.roads)), district.roads, centre)

        case = come_back(case)

        assert (case.promises.get().kept, case.step) == (False, Step.HANDLING)
        assert queries.first_broken_entry(case) is None

    def test_what_is_being_checked_waits_for_it(self, centre: Actor, district: District) -> None:
        case = dispatch(reopen(promised(centre, district.roads)), district.roads, centre)
        answer(case, centre, SOLVED)

        case = come_back(case)
        assert case.promises.get().settled_at is None
        case = move(case, _K.CHECK, _C.PASS, centre, at=MORNING)

        assert case.promises.get().kept is True


class TestBeforeItsDay:
    def test_solved_and_seen_it_is_kept_and_never_comes_back(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatch(reopen(promised(centre, district.roads)), district.roads, centre)
        answer(case, centre, SOLVED)
        case = move(case, _K.CHECK, _C.PASS, centre, at=NEXT_DAY)
        assert case.promises.get().kept is True

        tasks.bring_back_at(MORNING)

        case.refresh_from_db()
        assert case.step == Step.CLOSED

    def test_closed_in_another_way_it_stands(self, centre: Actor, district: District) -> None:
        case = dispatch(reopen(promised(centre, district.roads)), district.roads, centre)
        answer(case, centre, EXPLAINED)
        case = move(case, _K.CHECK, _C.PASS, centre, at=NEXT_DAY)
        assert case.promises.get().settled_at is None

        case = come_back(case)

        assert owed(case, _K.CHECK)

    def test_a_simple_case_is_looked_at_where_something_was_promised(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatch(reopen(promised(centre, district.roads)), district.roads, centre)
        WorkOrder.objects.filter(pk=case.pk).update(track="SIMPLE")

        answer(case, centre, SOLVED)

        assert owed(case, _K.CHECK)

    def test_another_lead_keeps_it_just_the_same(self, centre: Actor, district: District) -> None:
        case = dispatch(reopen(promised(centre, district.roads)), district.parks, centre)
        answer(case, centre, EXPLAINED)
        move(case, _K.CHECK, _C.PASS, centre, at=NEXT_DAY)

        case = come_back(case)
        move(case, _K.CHECK, _C.FAIL, centre, reason="没修", at=MORNING)

        assert owed(case, _K.LEAD).unit_id == district.parks
        promise = case.promises.get()
        assert (promise.unit_id, promise.kept) == (district.roads, False)


class TestItsUnit:
    def test_does_not_close_on_it(self, centre: Actor, district: District) -> None:
        promised(centre, district.parks)

        with pytest.raises(UnitOwesWork) as refused:
            people.close_unit(unit_id=district.parks, on=NEXT_DAY.date(), actor=LOADER, at=AT)

        assert refused.value.params == {"open_work": "PROMISES", "count": 1}

    def test_passes_it_to_who_follows(self, centre: Actor, district: District) -> None:
        case = promised(centre, district.parks)
        people.close_unit(
            unit_id=district.parks,
            on=NEXT_DAY.date(),
            successor_id=district.water,
            actor=LOADER,
            at=AT,
        )
        assert open_work_of(district.water) == {"PROMISES": 1}

        case = come_back(case)
        move(case, _K.CHECK, _C.FAIL, centre, reason="没修", at=MORNING)

        assert case.promises.get().unit_id == district.water
        assert owed(case, _K.LEAD).unit_id == district.water

    def test_owes_nothing_once_it_is_settled(self, centre: Actor, district: District) -> None:
        move(come_back(promised(centre, district.parks)), _K.CHECK, _C.PASS, centre, at=MORNING)

        assert open_work_of(district.parks) == {}


class TestTogetherAndApart:
    @pytest.fixture
    def other(self, centre: Actor, district: District) -> WorkOrder:
        return dispatched(centre, district.parks, report=said("k-2", "同一处"))

    def merge(self, case: WorkOrder, into: WorkOrder, actor: Actor) -> None:
        actions.merge_cases(
            number=case.number,
            into=into.number,
            seen_revision=case.revision,
            reason="同一件事",
            actor=actor,
            at=NEXT_DAY,
        )

    def test_it_goes_with_the_reports(
        self, centre: Actor, district: District, other: WorkOrder
    ) -> None:
        case = reopen(promised(centre, district.roads))

        self.merge(case, other, centre)

        assert queries.cases_with_promises_due(DAY, limit=9) == [other.pk]

    def test_and_comes_back_with_them(
        self, centre: Actor, district: District, other: WorkOrder
    ) -> None:
        case = reopen(promised(centre, district.roads))
        self.merge(case, other, centre)

        parted(case, "两件事", centre, at=NEXT_DAY)

        assert queries.cases_with_promises_due(DAY, limit=9) == [case.pk]
        assert not other.promises.exists()

    def test_what_is_settled_stays(
        self, centre: Actor, district: District, other: WorkOrder
    ) -> None:
        case = come_back(promised(centre, district.roads))
        case = move(case, _K.CHECK, _C.PASS, centre, at=MORNING)
        case = reopen(case, at=MORNING)

        self.merge(case, other, centre)

        assert case.promises.get().kept is True


class TestAnEndWithoutAClosing:
    def withdrawn(self, case: WorkOrder) -> WorkOrder:
        case, own = reopen(case), citizen(case)
        actions.withdraw_report(
            report_id=own.report_id or 0, reason="不用了", actor=own, at=NEXT_DAY
        )
        return WorkOrder.objects.get(pk=case.pk)

    def test_lets_it_go(self, centre: Actor, district: District) -> None:
        case = self.withdrawn(promised(centre, district.roads))

        promise = case.promises.get()
        assert case.step == Step.WITHDRAWN
        assert (promise.kept, promise.settled_at, promise.came_back_at) == (None, NEXT_DAY, None)

    def test_and_starves_no_other(
        self, centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "BATCH", 1)
        self.withdrawn(promised(centre, district.roads, on=DAY - timedelta(days=1)))
        other = promised(centre, district.roads, "k-2")

        assert tasks.bring_back_at(MORNING) == 1

        other.refresh_from_db()
        assert other.step == Step.ANSWERED
