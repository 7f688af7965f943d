"""Merging and undoing it: no order of a platform and no citizen's will is lost on the way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import ChangedMeanwhile, NewReport
from chengshao.workorders.models import Deadline, WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    Channel,
    DeadlineAuthority,
    Power,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    District,
    dispatched,
    move,
    owed,
    parted,
    registered,
    reported,
    said,
    staff,
)

_INNER, _OUTER = DeadlineAuthority.INNER, DeadlineAuthority.OUTER
DAY = timedelta(days=1)


def order(key: str, due: timedelta) -> NewReport:
    """Return a report as another platform hands it over."""
    return replace(said(key), channel=Channel.TRANSFER, outer_due_at=AT + due)


def merge(source: WorkOrder, target: WorkOrder, actor: Actor) -> None:
    source.refresh_from_db()
    actions.merge_cases(
        number=source.number,
        into=target.number,
        seen_revision=source.revision,
        reason="同一处",
        actor=actor,
        at=AT,
    )
    again(source, target)


def undo(source: WorkOrder, target: WorkOrder, actor: Actor) -> None:
    parted(source, "其实是两处", actor)
    again(source, target)


def again(*cases: WorkOrder) -> None:
    for case in cases:
        case.refresh_from_db()
        assert queries.first_broken_entry(case) is None
        assert case.step == case.facts().step


def withdraw(case: WorkOrder, key: str) -> None:
    report = case.reports.get(client_key=key)
    citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)
    actions.withdraw_report(report_id=report.pk, reason="好了", actor=citizen, at=AT)


def clocks(case: WorkOrder, authority: str) -> list[datetime | None]:
    rows = Deadline.objects.filter(task__work_order=case, authority=authority, ended_at=None)
    return list(rows.values_list("due_at", flat=True))


class TestSeen:
    def test_nothing_comes_apart_on_an_old_page(self, centre: Actor, district: District) -> None:
        target = dispatched(centre, district.roads)
        source = registered(centre, said("k-2"))
        merge(source, target, centre)
        stale = source.revision - 1

        with pytest.raises(ChangedMeanwhile):
            actions.undo_merge(
                number=source.number, seen_revision=stale, reason="两处", actor=centre, at=AT
            )

        source.refresh_from_db()
        assert source.merged_into_id == target.pk
        assert target.reports.count() == 2

    def test_twice_pressed_the_second_is_told_that_it_is_done(
        self, centre: Actor, district: District
    ) -> None:
        target = dispatched(centre, district.roads)
        source = registered(centre, said("k-2"))
        merge(source, target, centre)
        seen = source.revision
        undo(source, target, centre)

        with pytest.raises(ChangedMeanwhile):
            actions.undo_merge(
                number=source.number, seen_revision=seen, reason="两处", actor=centre, at=AT
            )

    def test_what_was_not_merged_does_not_come_apart(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)

        with pytest.raises(refusals.WrongState):
            parted(case, "两处", centre)


class TestThePlatformsClock:
    def test_goes_with_its_order_and_comes_back_with_it(
        self, centre: Actor, district: District
    ) -> None:
        target = dispatched(centre, district.roads)
        ours = clocks(target, _INNER)
        source = registered(centre, order("k-2", DAY))

        merge(source, target, centre)

        assert (source.outer_due_at, target.outer_due_at) == (None, AT + DAY)
        assert clocks(target, _OUTER) == [AT + DAY]
        (inner,) = clocks(target, _INNER)
        assert inner is not None
        assert AT < inner < AT + DAY

        undo(source, target, centre)

        assert (source.outer_due_at, target.outer_due_at) == (AT + DAY, None)
        assert (clocks(target, _OUTER), clocks(target, _INNER)) == ([], ours)
        assert clocks(source, _OUTER) == [AT + DAY]

    def test_can_go_there_and_back_again(self, centre: Actor, district: District) -> None:
        target = dispatched(centre, district.roads)
        source = registered(centre, order("k-2", DAY))

        for _ in range(2):
            merge(source, target, centre)
            assert clocks(target, _OUTER) == [AT + DAY]
            undo(source, target, centre)
            assert (clocks(target, _OUTER), clocks(source, _OUTER)) == ([], [AT + DAY])

    @pytest.mark.parametrize(("first", "second"), [(1, 3), (3, 1)])
    def test_of_two_orders_the_nearest_counts_and_each_keeps_its_own(
        self, centre: Actor, district: District, first: int, second: int
    ) -> None:
        target = dispatched(centre, district.roads, report=order("k-1", first * DAY))
        source = registered(centre, order("k-2", second * DAY))

        merge(source, target, centre)
        assert (target.outer_due_at, clocks(target, _OUTER)) == (AT + DAY, [AT + DAY])

        undo(source, target, centre)
        assert (target.outer_due_at, source.outer_due_at) == (
            AT + first * DAY,
            AT + second * DAY,
        )

    def test_what_its_platform_granted_goes_with_it(
        self, centre: Actor, district: District
    ) -> None:
        source = dispatched(centre, district.roads, report=order("k-2", 2 * DAY))
        move(source, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(source, TaskKind.LEAD, TaskCommand.ASK_EXTENSION, centre, reason="等配件")
        move(source, TaskKind.CENTRE_APPROVAL, TaskCommand.GRANT, centre)
        until = (AT + 6 * DAY).date()
        move(
            source, TaskKind.OUTER_REQUEST, TaskCommand.GRANT, centre, reason="平台同意",
            until=until,
        )  # fmt: skip
        source.refresh_from_db()
        granted = source.outer_due_at
        assert granted is not None
        assert granted.date() == until
        target = dispatched(centre, district.parks, report=said("k-3"))

        merge(source, target, centre)

        assert target.outer_due_at == granted

    def test_what_a_suspension_added_goes_with_it(self, centre: Actor, district: District) -> None:
        source = dispatched(centre, district.roads, report=order("k-2", 9 * DAY))
        move(source, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(
            source, TaskKind.LEAD, TaskCommand.ASK_SUSPENSION, centre, reason="等汛期过去",
            until=(AT + 3 * DAY).date(),
        )  # fmt: skip
        move(source, TaskKind.CENTRE_APPROVAL, TaskCommand.GRANT, centre)
        move(source, TaskKind.OUTER_REQUEST, TaskCommand.GRANT, centre, reason="平台同意")
        actions.resume_case(case_id=source.pk, actor=JOB, at=AT + 3 * DAY)
        source.refresh_from_db()
        moved = source.outer_due_at
        assert moved is not None
        assert moved > AT + 9 * DAY
        target = dispatched(centre, district.parks, report=said("k-3"))

        merge(source, target, centre)

        assert target.outer_due_at == moved

    def test_does_not_go_where_it_would_stand(self, centre: Actor, district: District) -> None:
        target = dispatched(centre, district.roads)
        move(target, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(
            target, TaskKind.LEAD, TaskCommand.ASK_SUSPENSION, centre, reason="等汛期过去",
            until=(AT + 20 * DAY).date(),
        )  # fmt: skip
        move(target, TaskKind.CENTRE_APPROVAL, TaskCommand.GRANT, centre)
        source = registered(centre, order("k-2", DAY))
        before = (source.history_seq, target.entries.count())

        with pytest.raises(refusals.PlatformClockStops) as refusal:
            merge(source, target, centre)

        assert refusal.value.code == "workorder_platform_clock_stops"
        source.refresh_from_db()
        assert (source.history_seq, target.entries.count()) == before
        assert (source.outer_due_at, source.reports.count()) == (AT + DAY, 1)


class TestUndoneAfterEverybodyTookItBack:
    def test_the_one_that_was_merged_ends_as_withdrawn(
        self, centre: Actor, district: District
    ) -> None:
        source, target = registered(centre, said("k-a")), registered(centre, said("k-b"))
        merge(source, target, centre)
        withdraw(target, "k-a")

        undo(source, target, centre)

        assert (source.step, source.ended_at, source.merged_into) == (Step.WITHDRAWN, AT, None)
        assert not source.tasks.filter(ended_at=None).exists()
        assert target.step == Step.REGISTERED

    def test_so_does_the_one_that_took_it_in(self, centre: Actor, district: District) -> None:
        source = registered(centre, said("k-a"))
        target = dispatched(centre, district.roads, report=said("k-b"))
        merge(source, target, centre)
        withdraw(target, "k-b")
        target.refresh_from_db()
        assert target.step == Step.DISPATCHED  # somebody waits on it

        undo(source, target, centre)

        assert (target.step, target.ended_at) == (Step.WITHDRAWN, AT)
        assert not target.tasks.filter(ended_at=None).exists()
        assert (source.step, owed(source, TaskKind.DISPATCH).state) == (Step.REGISTERED, "OPEN")


class TestAComplaint:
    def test_takes_the_other_case_from_who_only_looks_on_until_they_part(
        self, centre: Actor, district: District
    ) -> None:
        target = dispatched(centre, district.roads)
        about = reported(centre, said("k-2", "街道没人管", about=district.qingbo)).work_order
        subdistrict, superior = (
            staff(unit_id, Power.SEE) for unit_id in (district.qingbo, district.office)
        )

        def sees(actor: Actor) -> bool:
            return queries.visible_to(actor).filter(pk=target.pk).exists()

        assert (sees(subdistrict), sees(superior)) == (True, False)

        merge(about, target, centre)
        assert (sees(subdistrict), sees(superior)) == (False, True)
        assert not queries.visible_to(subdistrict).filter(pk=about.pk).exists()

        undo(about, target, centre)
        assert sees(subdistrict)
