"""A platform takes its order back from a case that others wait for, too: it goes on for them."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Deadline, Report, WorkOrder
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    CaseCommand,
    DeadlineAuthority,
    Milestone,
    Principle,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, District, move, owed, registered, reported, said
from tests.orders import NOON, RESUMES_ON, clock, kinds, outer

_K, _C = TaskKind, TaskCommand
SAID = "市12345：已收回"
PHONE, THEIRS = "13800001111", "13900002222"


def asked_back(actor: Actor, *, phone: str = "", order_phone: str = "") -> WorkOrder:
    """Return a platform's order that somebody else asks for, too, when it is to be taken back."""
    case = registered(actor, outer(phone=order_phone))
    reported(actor, said("k-2", joins=case.number, phone=phone))
    case.refresh_from_db()
    return actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.ASK_OUTER_RETURN,
        reason="不是平台的事",
        actor=actor,
        at=AT,
    )


def in_hand(case: WorkOrder, actor: Actor, lead: int) -> WorkOrder:
    case = actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        principle=Principle.BY_AGREEMENT,
        basis="先办着",
        actor=actor,
        at=AT,
    )
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)


def taken_back(case: WorkOrder, actor: Actor) -> WorkOrder:
    """Enter that the platform agrees."""
    request = case.tasks.get(kind=_K.OUTER_REQUEST, ended_at=None, asked__what="RETURN")
    return actions.move_task(
        task_id=request.pk,
        seen_revision=request.revision,
        command=_C.GRANT,
        reason=SAID,
        actor=actor,
        at=NOON,
    )


def order_of(case: WorkOrder) -> Report:
    return case.reports.get(client_key="k-1")


def lines(case: WorkOrder) -> list[dict[str, Any]]:
    return [
        json.loads(body) for body in case.entries.order_by("seq").values_list("body", flat=True)
    ]


class TestWhoElseWaits:
    def test_keeps_the_case_where_it_stood(self, centre: Actor, district: District) -> None:
        case = in_hand(asked_back(centre), centre, district.roads)

        case = taken_back(case, centre)

        assert (case.outcome, case.step, kinds(case)) == ("", Step.HANDLING, [_K.LEAD])

    @pytest.mark.parametrize("gone", ["withdrawn", "nuisance"])
    def test_where_nobody_does_it_ends(self, centre: Actor, district: District, gone: str) -> None:
        case = asked_back(centre)
        other = case.reports.get(client_key="k-2")
        if gone == "withdrawn":
            actions.withdraw_report(report_id=other.pk, reason="不用了", actor=centre, at=AT)
        else:
            actions.mark_nuisance(report_id=other.pk, reason="骂人", actor=centre, at=AT)

        case = taken_back(case, centre)

        assert (case.step, kinds(case), order_of(case).withdrawn_at) == (Step.RETURNED, [], None)


class TestTheOrder:
    def test_is_marked_as_taken_back_and_a_line_keeps_its_end(
        self, centre: Actor, district: District
    ) -> None:
        case = asked_back(centre)
        order = order_of(case)
        assert order.outer_due_at is not None

        case = taken_back(case, centre)

        assert (order_of(case).withdrawn_at, order_of(case).outer_due_at) == (NOON, None)
        assert case.reports.get(client_key="k-2").withdrawn_at is None
        granted, leaves = lines(case)[-2:]
        assert (granted["command"], granted["step"]) == (_C.GRANT, Step.REGISTERED)
        assert (leaves["command"], leaves["orders"]) == (
            CaseCommand.PLATFORM_LEAVES,
            [{"report_id": order.pk, "outer_due_at": order.outer_due_at.isoformat()}],
        )
        assert queries.first_broken_entry(case) is None

    def test_is_neither_told_nor_rated(self, centre: Actor, district: District) -> None:
        case = in_hand(asked_back(centre, phone=PHONE, order_phone=THEIRS), centre, district.roads)
        case = taken_back(case, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="换好了")

        case = move(case, _K.CHECK, _C.PASS, centre)

        assert (case.step, kinds(case)) == (Step.CLOSED, [_K.TELL])
        waiting = case.reports.filter(ratings__ended_at=None, ratings__isnull=False)
        assert list(waiting.values_list("client_key", flat=True)) == ["k-2"]
        assert [r.client_key for r in queries.reachable_reports(case)] == ["k-2"]

    def test_is_called_no_more(self, centre: Actor, district: District) -> None:
        case = in_hand(asked_back(centre, order_phone=THEIRS), centre, district.roads)
        assert _K.CONTACT in kinds(case)

        case = taken_back(case, centre)

        assert kinds(case) == [_K.LEAD]

    def test_is_with_its_platform_again_for_its_citizen_and_not_withdrawn(
        self, centre: Actor, district: District
    ) -> None:
        case = in_hand(asked_back(centre), centre, district.roads)
        case = taken_back(case, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="换好了", at=NOON)

        theirs, other = (
            queries.progress_of(Actor(ActorKind.CITIZEN, report_id=report.pk), NOON)
            for report in case.reports.order_by("client_key")
        )

        assert (theirs.step, theirs.withdrawn, theirs.milestones[-1].what) == (
            Step.RETURNED, False, Milestone.RETURNED,
        )  # fmt: skip
        assert (other.step, other.milestones[-1].what) == (Step.ANSWERED, Milestone.ANSWERED)
        assert Milestone.RETURNED not in {passed.what for passed in other.milestones}

    def test_is_not_said_to_be_withdrawn_to_who_calls(
        self, centre: Actor, district: District
    ) -> None:
        case = taken_back(in_hand(asked_back(centre), centre, district.roads), centre)
        other = case.reports.get(client_key="k-2")

        theirs = queries.call_line(report_id=order_of(case).pk, actor=centre)
        mine = queries.call_line(report_id=other.pk, actor=centre)

        assert (theirs.given_back, mine.given_back, mine.withdrawn) == (True, False, False)


class TestTheClocks:
    def test_of_the_platform_end_and_ours_run_with_their_own_time(
        self, centre: Actor, district: District
    ) -> None:
        case = in_hand(asked_back(centre), centre, district.roads)
        lead = owed(case, _K.LEAD)
        cut = clock(lead).due_at

        case = taken_back(case, centre)

        assert case.outer_due_at is None
        running = Deadline.objects.filter(task__work_order=case, ended_at=None)
        assert not running.filter(authority=DeadlineAuthority.OUTER).exists()
        whole, sixteen_hours_after_monday_nine = clock(lead).due_at, AT + timedelta(days=2)
        assert cut is not None
        assert cut < sixteen_hours_after_monday_nine
        assert whole == sixteen_hours_after_monday_nine

    def test_of_a_suspended_case_rest_on_and_resume_without_it(
        self, centre: Actor, district: District
    ) -> None:
        case = in_hand(asked_back(centre), centre, district.roads)
        move(case, _K.LEAD, _C.ASK_SUSPENSION, centre, reason="等汛期", until=RESUMES_ON, at=NOON)
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre, at=NOON)
        agreed = case.tasks.get(kind=_K.OUTER_REQUEST, ended_at=None, asked__what="SUSPENSION")
        actions.move_task(
            task_id=agreed.pk, seen_revision=agreed.revision, command=_C.GRANT, reason="同意",
            actor=centre, at=NOON,
        )  # fmt: skip

        case = taken_back(case, centre)
        assert case.resumes_at is not None
        actions.resume_case(case_id=case.pk, actor=JOB, at=case.resumes_at)

        running = Deadline.objects.filter(task__work_order=case, ended_at=None)
        assert [row.authority for row in running] == [DeadlineAuthority.INNER]
        assert running.get().due_at is not None


class TestWhatElseThePlatformWasAsked:
    def test_is_waited_for_no_more(self, centre: Actor, district: District) -> None:
        case = in_hand(asked_back(centre), centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

        case = taken_back(case, centre)

        assert kinds(case) == [_K.LEAD]
        said_of = [line["what"] for line in lines(case) if line["command"] == "REQUEST_LAPSES"]
        assert said_of == ["EXTENSION"]

    def test_to_close_is_closed_without_it(self, centre: Actor, district: District) -> None:
        case = in_hand(asked_back(centre, phone=PHONE), centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="换好了")
        case = move(case, _K.CHECK, _C.PASS, centre)
        assert kinds(case) == [_K.OUTER_REQUEST, _K.OUTER_CLOSING]

        case = taken_back(case, centre)

        assert (case.step, case.closing_kind, kinds(case)) == (Step.CLOSED, "SOLVED", [_K.TELL])


def test_another_order_may_come_later(centre: Actor, district: District) -> None:
    case = taken_back(in_hand(asked_back(centre), centre, district.roads), centre)
    due = AT + timedelta(days=5)

    reported(centre, replace(outer(due=due), client_key="k-3", joins=case.number))

    case.refresh_from_db()
    assert (case.outer_due_at, clock(owed(case, _K.LEAD), DeadlineAuthority.OUTER).due_at) == (
        due, due,
    )  # fmt: skip
