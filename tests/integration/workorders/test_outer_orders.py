"""An order of another platform: what ends it or moves its end is that platform's word (B8)."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import ChangedMeanwhile
from chengshao.workorders.models import Alert, WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    DeadlineAuthority,
    DeclineGround,
    Principle,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, District, move, owed, registered, reported, said
from tests.orders import (
    HOUR,
    PLATFORM_DUE,
    RESUMES_ON,
    clock,
    kinds,
    outer,
    outer_in_hand,
    refused,
)

_K, _C = TaskKind, TaskCommand
INNER, OUTER = DeadlineAuthority
SAID = "市12345复函〔2026〕12号"


def ask_back(case: WorkOrder, actor: Actor) -> WorkOrder:
    case.refresh_from_db()
    return actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.ASK_OUTER_RETURN,
        reason="属于邻区",
        actor=actor,
        at=AT,
    )


def decline(case: WorkOrder, actor: Actor) -> WorkOrder:
    return actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.DECLINE,
        ground=DeclineGround.BEYOND_GOVERNMENT,
        reply="不属于政府职责",
        actor=actor,
        at=AT,
    )


def asked_back_and_dispatched(actor: Actor, lead: int) -> WorkOrder:
    """Return an order that the platform is asked to take back while a unit sees to it."""
    case = ask_back(registered(actor, outer()), actor)
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        principle=Principle.BY_AGREEMENT,
        basis="先办着",
        actor=actor,
        at=AT,
    )


class TestDeclining:
    def test_is_not_ours_to_do(self, centre: Actor, district: District) -> None:
        case = reported(centre, outer()).work_order

        with refused(refusals.AskThePlatform, case):
            decline(case, centre)

    def test_is_offered_on_our_own_alone_and_asking_back_on_the_platform_s(
        self, centre: Actor, district: District
    ) -> None:
        theirs, own = reported(centre, outer()).work_order, reported(centre, said("k-2")).work_order

        offered = [
            set(queries.case_view(number=case.number, actor=centre).case_commands)
            for case in (theirs, own)
        ]
        assert offered == [{CaseCommand.ASK_OUTER_RETURN}, {CaseCommand.DECLINE}]


class TestAskingToTakeItBack:
    def test_stays_while_the_case_is_dispatched_and_recalled(
        self, centre: Actor, district: District
    ) -> None:
        case = asked_back_and_dispatched(centre, district.roads)
        assert kinds(case) == [_K.OUTER_REQUEST, _K.LEAD]

        move(case, _K.LEAD, _C.RECALL, centre, reason="派错")

        assert kinds(case) == [_K.OUTER_REQUEST, _K.DISPATCH]

    def test_granted_ends_the_case_and_who_had_it_in_hand_hears_of_it(
        self, centre: Actor, district: District
    ) -> None:
        case = asked_back_and_dispatched(centre, district.roads)

        case = move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID)

        assert (case.step, kinds(case)) == (Step.RETURNED, [])
        told = Alert.objects.filter(work_order=case, kind=AlertKind.RECALLED)
        assert list(told.values_list("unit", flat=True)) == [district.roads]

    def test_unanswered_it_ends_without_effect(self, centre: Actor, district: District) -> None:
        case = asked_back_and_dispatched(centre, district.roads)

        case = move(case, _K.OUTER_REQUEST, _C.UNANSWERED, centre)

        assert (case.step, kinds(case)) == (Step.DISPATCHED, [_K.LEAD])

    @pytest.mark.parametrize("command", [_C.GRANT, _C.DENY])
    def test_the_answer_is_in_the_platform_s_words(
        self, centre: Actor, district: District, command: str
    ) -> None:
        case = asked_back_and_dispatched(centre, district.roads)

        with refused(refusals.NeedMissing, case):
            move(case, _K.OUTER_REQUEST, command, centre)


class TestExtension:
    def asked(self, centre: Actor, district: District) -> WorkOrder:
        case = outer_in_hand(centre, district.roads, district.water)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
        return move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

    def granted(self, centre: Actor, district: District, until: date) -> WorkOrder:
        case = self.asked(centre, district)
        return move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID, until=until)

    def test_takes_the_platform_s_new_day(self, centre: Actor, district: District) -> None:
        case = self.asked(centre, district)

        with refused(refusals.NeedMissing, case):
            move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID)

    def test_to_the_minute_where_the_platform_names_one(
        self, centre: Actor, district: District
    ) -> None:
        case = self.asked(centre, district)
        request, due = owed(case, _K.OUTER_REQUEST), datetime(2026, 3, 9, 7, 30, tzinfo=UTC)

        case = actions.move_task(
            task_id=request.pk, seen_revision=request.revision, command=_C.GRANT, reason=SAID,
            outer_due_at=due, actor=centre, at=AT,
        )  # fmt: skip

        assert case.outer_due_at == due
        line = queries.case_view(number=case.number, actor=centre).entries[-1].body
        assert (line["until"], line["outer_due_at"]) == ("2026-03-09", due.isoformat())

    def test_never_one_before_the_old_end(self, centre: Actor, district: District) -> None:
        case = self.asked(centre, district)

        with refused(refusals.DateOutOfReach, case):
            move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID, until=date(2026, 3, 3))

    def test_the_day_holds_for_the_case_and_all_its_outer_clocks(
        self, centre: Actor, district: District
    ) -> None:
        case = self.granted(centre, district, date(2026, 3, 9))

        case.refresh_from_db()
        new = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
        running = [clock(owed(case, kind), OUTER).due_at for kind in (_K.LEAD, _K.CO_HANDLE)]
        assert [case.outer_due_at, *running] == [new, new, new]

    def test_ours_run_on_as_far_as_the_reserve_lets_them(
        self, centre: Actor, district: District
    ) -> None:
        case = self.asked(centre, district)
        # four working hours before the platform's Wednesday 09:00
        tuesday = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
        assert clock(owed(case, _K.CO_HANDLE)).due_at == tuesday

        move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID, until=date(2026, 3, 9))

        # sixteen working hours for who helps, twice that for the lead, whose extension it is
        assert clock(owed(case, _K.CO_HANDLE)).due_at == datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
        assert clock(owed(case, _K.LEAD)).due_at == datetime(2026, 3, 6, 1, 0, tzinfo=UTC)

    def test_ours_is_cut_to_the_reserve(self, centre: Actor, district: District) -> None:
        case = self.granted(centre, district, date(2026, 3, 4))

        # thirty-two hours would be Friday; four before Wednesday's closing is its noon
        assert clock(owed(case, _K.LEAD)).due_at == datetime(2026, 3, 4, 4, 0, tzinfo=UTC)

    def test_granted_late_it_lifts_what_was_said_of_being_overdue(
        self, centre: Actor, district: District
    ) -> None:
        case = self.asked(centre, district)
        thursday = AT + timedelta(days=3)
        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=thursday)
        lead = owed(case, _K.LEAD)
        overdue = Alert.objects.filter(task=lead, kind=AlertKind.OVERDUE, seen_at=None)
        assert overdue.exists()

        move(
            case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID, until=date(2026, 3, 16),
            at=thursday,
        )  # fmt: skip

        assert {clock(lead, INNER).said, clock(lead, OUTER).said} == {""}
        assert not overdue.exists()


class TestItsWordIsWaitedFor:
    """What it was asked for doesn't vanish because we are ready before it answers."""

    def asked(self, centre: Actor, district: District, until: date | None = None) -> WorkOrder:
        case = outer_in_hand(centre, district.roads)
        command = _C.ASK_SUSPENSION if until else _C.ASK_EXTENSION
        move(case, _K.LEAD, command, centre, reason="等配件", until=until)
        return move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

    def answered(self, centre: Actor, district: District, until: date | None = None) -> WorkOrder:
        case = self.asked(centre, district, until)
        return move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")

    def last_line(self, case: WorkOrder) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(case.entries.latest("seq").body)
        return told

    def test_when_the_lead_has_answered(self, centre: Actor, district: District) -> None:
        case = self.answered(centre, district)

        assert kinds(case) == [_K.OUTER_REQUEST, _K.CHECK]

    def test_when_it_is_recalled_and_asked_back_beside(
        self, centre: Actor, district: District
    ) -> None:
        case = self.asked(centre, district)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们")
        move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="确实")

        ask_back(case, centre)

        assert kinds(case) == [_K.OUTER_REQUEST, _K.DISPATCH, _K.OUTER_REQUEST]

    @pytest.mark.parametrize("command", [_C.DENY, _C.UNANSWERED])
    def test_until_it_is_entered(self, centre: Actor, district: District, command: str) -> None:
        case = self.answered(centre, district)

        case = move(case, _K.OUTER_REQUEST, command, centre, reason=SAID)

        assert kinds(case) == [_K.CHECK]

    def test_a_new_day_moves_its_own_clock_and_gives_nobody_an_extension(
        self, centre: Actor, district: District
    ) -> None:
        case = self.answered(centre, district)

        case = move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID, until=date(2026, 3, 9))

        new = datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)
        assert (case.outer_due_at, clock(owed(case, _K.CHECK), OUTER).due_at) == (new, new)
        lead = case.tasks.get(kind=_K.LEAD)
        assert (lead.extensions, clock(lead).due_at, clock(lead).ended_at) == (
            0, datetime(2026, 3, 3, 7, 0, tzinfo=UTC), AT,
        )  # fmt: skip
        assert self.last_line(case)["too_late"] is True

    @pytest.mark.parametrize("days", [1, 30])
    def test_a_suspension_rests_nothing_any_more(
        self, centre: Actor, district: District, days: int
    ) -> None:
        case = self.answered(centre, district, until=RESUMES_ON)

        case = move(
            case, _K.OUTER_REQUEST, _C.GRANT, centre, reason=SAID, at=AT + timedelta(days=days)
        )

        assert (case.resumes_at, case.suspended_at, case.outer_due_at) == (None, None, PLATFORM_DUE)
        assert (kinds(case), self.last_line(case)["too_late"]) == ([_K.CHECK], True)

    def test_where_the_case_ends_before_a_line_says_so(
        self, centre: Actor, district: District
    ) -> None:
        case = self.answered(centre, district)
        request = owed(case, _K.OUTER_REQUEST)
        move(case, _K.CHECK, _C.PASS, centre)

        case = move(case, _K.OUTER_CLOSING, _C.GRANT, centre, reason=SAID)

        assert (case.step, kinds(case)) == (Step.CLOSED, [])
        line = self.last_line(case)
        assert (line["command"], line["task_id"], line["what"]) == (
            CaseCommand.REQUEST_LAPSES, request.pk, "EXTENSION",
        )  # fmt: skip


class TestClosing:
    def asked(self, centre: Actor, district: District) -> WorkOrder:
        case = outer_in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        return move(case, _K.CHECK, _C.PASS, centre)

    def test_unanswered_is_noted_and_the_platform_s_clock_runs_on(
        self, centre: Actor, district: District
    ) -> None:
        case = self.asked(centre, district)

        for hours in (1, 2):
            case = move(
                case, _K.OUTER_CLOSING, _C.UNANSWERED, centre, reason="已电话催办",
                at=AT + hours * HOUR,
            )  # fmt: skip

        assert (case.step, case.outcome, kinds(case)) == (Step.ANSWERED, "", [_K.OUTER_CLOSING])
        running = clock(owed(case, _K.OUTER_CLOSING), OUTER)
        assert (running.due_at, running.ended_at) == (PLATFORM_DUE, None)

    def test_it_is_noted_with_words_and_by_who_saw_the_last_note(
        self, centre: Actor, district: District
    ) -> None:
        case = self.asked(centre, district)
        with refused(refusals.NeedMissing, case):
            move(case, _K.OUTER_CLOSING, _C.UNANSWERED, centre)
        seen = owed(case, _K.OUTER_CLOSING)
        move(case, _K.OUTER_CLOSING, _C.UNANSWERED, centre, reason="已电话催办")

        with refused(ChangedMeanwhile, case):
            actions.move_task(
                task_id=seen.pk, seen_revision=seen.revision, command=_C.UNANSWERED,
                reason="已电话催办", actor=centre, at=AT,
            )  # fmt: skip

    def test_only_its_grant_closes(self, centre: Actor, district: District) -> None:
        case = self.asked(centre, district)
        move(case, _K.OUTER_CLOSING, _C.UNANSWERED, centre, reason="已电话催办")
        with refused(refusals.NeedMissing, case):
            move(case, _K.OUTER_CLOSING, _C.GRANT, centre)

        case = move(case, _K.OUTER_CLOSING, _C.GRANT, centre, reason=SAID)

        assert case.step == Step.CLOSED
