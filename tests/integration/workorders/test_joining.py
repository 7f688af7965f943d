"""A second voice on a case that is there: nobody reads what was not said to them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.workorders import queries
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Deadline, Report, WorkOrder
from chengshao.workorders.terms import (
    Channel,
    DeadlineAuthority,
    Power,
    ReportKind,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import (
    AT,
    QINGBOMEN,
    District,
    closed,
    dispatched,
    move,
    owed,
    registered,
    reported,
    said,
    staff,
)
from tests.standing import REVIEW_ON, Standing

CITIZEN = Actor(ActorKind.CITIZEN)
DAY = timedelta(days=1)


def informant(**more: Any) -> NewReport:
    return replace(said("k-2", "举报井盖被盗卖", **more), kind=ReportKind.INFORMANT)


def order(key: str = "k-2", due: timedelta = DAY, **more: Any) -> NewReport:
    """Return a report as another platform hands it over."""
    told = replace(said(key, "路面塌陷", **more), channel=Channel.TRANSFER)
    return replace(told, source_number="PT-2026-7", outer_due_at=AT + due)


def refused(actor: Actor, report: NewReport) -> str:
    with pytest.raises(DomainError) as refusal:
        reported(actor, report)
    return refusal.value.code


def state(case: WorkOrder) -> tuple[int, int, int]:
    """Return what a refusal leaves as it was."""
    stored = WorkOrder.objects.get(pk=case.pk)
    return stored.revision, stored.history_seq, stored.reports.count()


class TestTheCircle:
    def test_what_is_said_in_confidence_joins_no_open_case(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)
        before = state(case)

        for report in (
            informant(joins=case.number),
            said("k-2", "请保密", joins=case.number, confidential=True),
        ):
            assert refused(centre, report) == "workorder_cant_merge"
        assert state(case) == before

    def test_nor_does_what_is_said_openly_join_a_confidential_one(self, centre: Actor) -> None:
        case = registered(centre, said(confidential=True))
        before = state(case)

        assert refused(centre, said("k-2", joins=case.number)) == "workorder_cant_merge"
        assert state(case) == before

    def test_within_one_circle_it_joins(self, centre: Actor) -> None:
        case = registered(centre, said(confidential=True))

        joined = reported(centre, said("k-2", joins=case.number, confidential=True))

        assert joined.work_order == case


class TestAComplaint:
    def test_is_seen_by_the_superior_of_whom_it_is_about(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)
        superior = staff(district.office, Power.SEE)
        assert not queries.visible_to(superior).filter(pk=case.pk).exists()

        reported(centre, said("k-2", "园林中心推诿", joins=case.number, about=district.parks))

        assert queries.visible_to(superior).filter(pk=case.pk).exists()

    def test_takes_the_case_from_who_only_looked_on(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)
        subdistrict = staff(district.qingbo, Power.SEE)
        assert case.territory == QINGBOMEN
        assert queries.visible_to(subdistrict).filter(pk=case.pk).exists()

        reported(centre, said("k-2", "街道没人管", joins=case.number, about=district.qingbo))

        assert not queries.visible_to(subdistrict).filter(pk=case.pk).exists()

    def test_does_not_come_to_a_case_on_which_that_unit_works_or_worked(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.parks)
        move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不归我们")
        other = staff(district.centre, Power.SEE, Power.DISPATCH, user_id=None)
        move(case, TaskKind.ADJUDICATE, TaskCommand.GRANT, other, reason="确实不归")
        before = state(case)

        for about in (district.parks, district.centre):
            report = said("k-2", joins=case.number, about=about)
            assert refused(centre, report) == "workorder_unit_complained_about"
        assert state(case) == before


class TestAPlatformsOrder:
    def outer(self, case: WorkOrder) -> list[object]:
        rows = Deadline.objects.filter(
            task__work_order=case, authority=DeadlineAuthority.OUTER, ended_at=None
        )
        return list(rows.values_list("due_at", flat=True))

    def test_brings_its_clock_to_the_case_it_joins(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        before = owed(case, TaskKind.LEAD).deadlines.get().due_at

        joined = reported(centre, order(joins=case.number))

        case.refresh_from_db()
        inner = owed(case, TaskKind.LEAD).deadlines.get(authority=DeadlineAuthority.INNER).due_at
        assert (case.outer_due_at, self.outer(case)) == (AT + DAY, [AT + DAY])
        assert inner is not None
        assert before is not None
        assert AT < inner < AT + DAY < before
        assert joined.source_number == "PT-2026-7"
        assert queries.first_broken_entry(case) is None

    def test_the_nearest_of_several_counts(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads, report=order("k-1", 5 * DAY))

        reported(centre, order("k-2", 9 * DAY, joins=case.number))
        case.refresh_from_db()
        assert case.outer_due_at == AT + 5 * DAY

        reported(centre, order("k-3", DAY, joins=case.number))
        case.refresh_from_db()
        assert (case.outer_due_at, self.outer(case)) == (AT + DAY, [AT + DAY])

    def test_one_that_is_moved_gives_way_to_the_next(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=order("k-1", 2 * DAY))
        reported(centre, order("k-2", 4 * DAY, joins=case.number))
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(case, TaskKind.LEAD, TaskCommand.ASK_EXTENSION, centre, reason="等配件")
        move(case, TaskKind.CENTRE_APPROVAL, TaskCommand.GRANT, centre)

        move(
            case,
            TaskKind.OUTER_REQUEST,
            TaskCommand.GRANT,
            centre,
            reason="平台同意",
            until=(AT + 20 * DAY).date(),
        )

        case.refresh_from_db()
        assert (case.outer_due_at, self.outer(case)) == (AT + 4 * DAY, [AT + 4 * DAY])

    @pytest.mark.parametrize("stands", ["suspended", "on the ledger"])
    def test_does_not_come_where_its_clock_would_stand(
        self, centre: Actor, district: District, stands: str
    ) -> None:
        by = Standing(district, centre, owner=district.roads, other=district.water)
        case = suspended(by) if stands == "suspended" else on_the_ledger(by)
        before = state(case)

        assert refused(centre, order(joins=case.number)) == "workorder_platform_clock_stops"
        assert state(case) == before


def suspended(by: Standing) -> WorkOrder:
    case = by.handling(said())
    move(
        case,
        TaskKind.LEAD,
        TaskCommand.ASK_SUSPENSION,
        by.actor,
        reason="等汛期过去",
        until=REVIEW_ON,
    )
    return move(case, TaskKind.CENTRE_APPROVAL, TaskCommand.GRANT, by.actor)


def on_the_ledger(by: Standing) -> WorkOrder:
    return by.before(TaskKind.LEDGER_REVIEW, TaskState.OPEN, said())


class TestWhoSpeaksForAPlatform:
    def test_is_nobody_without_a_name(self, district: District) -> None:
        report = replace(said(), channel=Channel.PORTAL, outer_due_at=AT + timedelta(minutes=1))

        assert refused(CITIZEN, report) == "report_outer_due_not_yours"
        assert not Report.objects.exists()

    def test_is_who_has_one(self, centre: Actor) -> None:
        assert reported(centre, order()).work_order.outer_due_at == AT + DAY


def test_an_ended_case_is_not_joined(centre: Actor, district: District) -> None:
    case = closed(centre, district.roads)
    before = state(case)

    assert refused(centre, said("k-2", joins=case.number)) == "workorder_wrong_state"
    assert state(case) == before


def test_whoever_does_not_see_a_case_does_not_join_it(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads)
    stranger = staff(district.parks, Power.SEE, Power.REPORT)
    before = state(case)

    assert refused(stranger, said("k-2", joins=case.number)) == "workorder_not_found"
    elsewhere = said("k-2", "半夜施工太吵", joins=case.number)
    assert refused(CITIZEN, elsewhere) == "workorder_not_found"
    assert state(case) == before
