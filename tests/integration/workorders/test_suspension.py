"""While a case is suspended no clock of it runs; it resumes by itself, once, on the day set."""

import json
from datetime import UTC, date, datetime, timedelta

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Deadline, WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    CaseCommand,
    DeadlineAuthority,
    OuterWhat,
    Power,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, District, move, owed, staff
from tests.orders import (
    HOUR,
    NOON,
    PLATFORM_DUE,
    RESUMES_AT,
    RESUMES_ON,
    clock,
    in_hand,
    outer_in_hand,
    outer_suspended,
    refused,
    suspended,
)

_K, _C = TaskKind, TaskCommand
OUTER = DeadlineAuthority.OUTER
DAY = timedelta(days=1)
TOO_LATE = RESUMES_AT + 9 * HOUR


def resume(case: WorkOrder, at: datetime = RESUMES_AT) -> None:
    actions.resume_case(case_id=case.pk, actor=JOB, at=at)
    case.refresh_from_db()


def approve(case: WorkOrder, what: OuterWhat, actor: Actor) -> WorkOrder:
    """Let the centre grant the one of two requests that asks for this."""
    task = case.tasks.get(kind=_K.CENTRE_APPROVAL, ended_at=None, asked__what=what)
    return actions.move_task(
        task_id=task.pk, seen_revision=task.revision, command=_C.GRANT, actor=actor, at=NOON
    )


class TestWhatOpensMeanwhile:
    def test_waits_with_its_whole_time(self, centre: Actor, district: District) -> None:
        case = suspended(in_hand(centre, district.roads), centre)

        move(case, _K.LEAD, _C.CALL_IN, centre, reason="请帮忙", asked=[district.water], at=NOON)

        waiting = clock(owed(case, _K.CO_HANDLE))
        assert (waiting.due_at, waiting.next_at) == (None, None)
        assert waiting.remaining_seconds == 16 * 3600

    def test_starts_when_the_case_resumes(self, centre: Actor, district: District) -> None:
        case = suspended(in_hand(centre, district.roads), centre)
        move(case, _K.LEAD, _C.CALL_IN, centre, reason="请帮忙", asked=[district.water], at=NOON)

        resume(case)

        # sixteen hours from Thursday 08:00 on: Friday 18:00
        assert clock(owed(case, _K.CO_HANDLE)).due_at == datetime(2026, 3, 13, 10, tzinfo=UTC)


class TestTheLeadItWasGrantedTo:
    """It rests for that lead alone: whatever ends the lead lets every clock run on at once."""

    def lines(self, case: WorkOrder) -> list[str]:
        bodies = case.entries.order_by("seq").values_list("body", flat=True)
        return [json.loads(body)["command"] for body in bodies][-2:]

    def runs_on(self, case: WorkOrder) -> bool:
        case.refresh_from_db()
        rests = Deadline.objects.filter(task__work_order=case, ended_at=None, due_at=None)
        return case.resumes_at is None and not rests.exists()

    def test_answers(self, centre: Actor, district: District) -> None:
        case = suspended(in_hand(centre, district.roads), centre)

        move(case, _K.LEAD, _C.ANSWER, centre, reply="提前修好了", at=NOON + DAY)

        assert self.runs_on(case)
        assert self.lines(case) == [_C.ANSWER, CaseCommand.RESUME]
        # two working hours from Tuesday 11:00: one before noon, one from 14:00 on
        assert clock(owed(case, _K.CHECK)).due_at == datetime(2026, 3, 3, 7, tzinfo=UTC)

    def test_answers_once_its_leader_has_signed(self, centre: Actor, district: District) -> None:
        case = suspended(in_hand(centre, district.roads), centre)
        handler, leader = (
            staff(district.roads, Power.SEE, power) for power in (Power.HANDLE, Power.SIGN_OFF)
        )
        move(case, _K.LEAD, _C.ANSWER, handler, reply="修好了", at=NOON)
        assert not self.runs_on(case)

        move(case, _K.SIGN_OFF, _C.SIGN, leader, at=NOON + HOUR)

        assert self.runs_on(case)
        assert self.lines(case) == [_C.SIGN, CaseCommand.RESUME]

    def test_is_rid_of_the_case_and_the_next_has_its_own_time(
        self, centre: Actor, district: District
    ) -> None:
        case = suspended(in_hand(centre, district.roads, district.water), centre)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们", at=NOON + DAY)
        assert not self.runs_on(case)

        move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="确实不归", at=NOON + DAY)

        assert self.runs_on(case)
        assert self.lines(case) == [_C.GRANT, CaseCommand.RESUME]
        assert clock(owed(case, _K.DISPATCH)).due_at is not None

    def test_cannot_have_it_twice_on_one_case(self, centre: Actor, district: District) -> None:
        case = suspended(in_hand(centre, district.roads), centre)
        move(case, _K.LEAD, _C.RESUME, centre, at=NOON)

        with refused(refusals.SuspendedBefore, case):
            move(case, _K.LEAD, _C.ASK_SUSPENSION, centre, reason="再等等", until=RESUMES_ON)


class TestLiftedByTheLead:
    def test_before_its_day(self, centre: Actor, district: District) -> None:
        case = suspended(in_hand(centre, district.roads), centre)
        handler = staff(district.roads, Power.SEE, Power.HANDLE)

        case = move(case, _K.LEAD, _C.RESUME, handler, at=NOON + DAY)

        assert case.resumes_at is None
        # fourteen hours were left from Tuesday 11:00 on: five, eight, and one from Thursday 08:00
        assert clock(owed(case, _K.LEAD)).due_at == datetime(2026, 3, 5, 1, tzinfo=UTC)
        line = json.loads(case.entries.latest("seq").body)
        assert (line["command"], line["task_id"]) == (_C.RESUME, owed(case, _K.LEAD).pk)

    def test_not_where_nothing_rests(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)

        with refused(refusals.WrongState, case):
            move(case, _K.LEAD, _C.RESUME, centre)

    def test_the_end_that_the_platform_agreed_to_stays(
        self, centre: Actor, district: District
    ) -> None:
        case = outer_suspended(outer_in_hand(centre, district.roads), centre)

        case = move(case, _K.LEAD, _C.RESUME, centre, at=NOON + DAY)

        agreed = PLATFORM_DUE + (RESUMES_AT - NOON)
        assert (case.outer_due_at, clock(owed(case, _K.LEAD), OUTER).due_at) == (agreed, agreed)


class TestTheEnd:
    def closed(self, centre: Actor, district: District) -> WorkOrder:
        case = in_hand(centre, district.roads, phone="13800001111")
        suspended(case, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="修好了", at=NOON)
        return move(case, _K.CHECK, _C.PASS, centre, at=NOON)

    def test_ends_the_suspension_and_telling_has_its_clock(
        self, centre: Actor, district: District
    ) -> None:
        case = self.closed(centre, district)

        assert case.resumes_at is None
        assert clock(owed(case, _K.TELL)).due_at is not None
        assert queries.cases_to_resume(RESUMES_AT + DAY, limit=9) == []

    def test_who_has_it_reopened_does_not_wait_for_it(
        self, centre: Actor, district: District
    ) -> None:
        case = self.closed(centre, district)
        report = case.reports.get()
        citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)

        actions.reopen_by_citizen(report_id=report.pk, words="没好", actor=citizen, at=AT + DAY)

        assert clock(owed(case, _K.DISPATCH)).due_at is not None


class TestExtensionGrantedMeanwhile:
    def test_comes_on_top_of_what_is_left(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件", at=NOON)
        move(case, _K.LEAD, _C.ASK_SUSPENSION, centre, reason="等汛期", until=RESUMES_ON, at=NOON)
        approve(case, OuterWhat.SUSPENSION, centre)

        approve(case, OuterWhat.EXTENSION, centre)

        lead = owed(case, _K.LEAD)
        assert (lead.extensions, clock(lead).remaining_seconds) == (1, (14 + 16) * 3600)


class TestGrantedTooLate:
    """What would be over before it began is not granted: it would use up the only one."""

    def test_not_by_the_unit_s_leader(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        handler = staff(district.roads, Power.SEE, Power.HANDLE)
        leader = staff(district.roads, Power.SEE, Power.SIGN_OFF)
        move(case, _K.LEAD, _C.ASK_SUSPENSION, handler, reason="等", until=RESUMES_ON)

        with refused(refusals.SuspensionOver, case):
            move(case, _K.LEADER_APPROVAL, _C.GRANT, leader, at=TOO_LATE)

    def test_nor_by_the_centre(self, centre: Actor, district: District) -> None:
        case = in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_SUSPENSION, centre, reason="等", until=RESUMES_ON)

        with refused(refusals.SuspensionOver, case):
            move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre, at=TOO_LATE)

    def test_nor_is_the_platform_s_grant_of_use(self, centre: Actor, district: District) -> None:
        case = outer_in_hand(centre, district.roads)
        suspended(case, centre)  # on our side: its platform is asked

        with refused(refusals.SuspensionOver, case):
            move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason="同意", at=TOO_LATE)


class TestResuming:
    def test_counts_from_the_day_set_however_late_the_job(
        self, centre: Actor, district: District
    ) -> None:
        case = suspended(in_hand(centre, district.roads), centre)

        resume(case, at=RESUMES_AT + 11 * HOUR)  # Thursday 11:00

        # fourteen hours were left at the opening on Thursday
        assert clock(owed(case, _K.LEAD)).due_at == datetime(2026, 3, 13, 8, tzinfo=UTC)


class TestOuterOrder:
    """Its platform has agreed to wait: its end moves by as long as the case rests."""

    def test_tells_the_platform_s_new_end_at_once(self, centre: Actor, district: District) -> None:
        case = outer_suspended(outer_in_hand(centre, district.roads), centre)

        case.refresh_from_db()
        assert case.outer_due_at == PLATFORM_DUE + (RESUMES_AT - NOON)

    def test_resumes_to_that_end_with_ours_a_reserve_before(
        self, centre: Actor, district: District
    ) -> None:
        case = outer_suspended(outer_in_hand(centre, district.roads), centre)
        move(
            case, _K.LEAD, _C.CALL_IN, centre, reason="请帮忙", asked=[district.water],
            at=NOON + DAY,
        )  # fmt: skip

        resume(case)

        outer = Deadline.objects.filter(
            task__work_order=case, authority=OUTER, ended_at=None
        ).values_list("due_at", flat=True)
        assert set(outer) == {case.outer_due_at}
        # the new end is Friday 22:00: four working hours before its closing is noon
        friday_noon = datetime(2026, 3, 13, 4, tzinfo=UTC)
        assert clock(owed(case, _K.CO_HANDLE)).due_at == friday_noon

    def test_a_day_that_the_platform_names_meanwhile_is_the_end_after_it(
        self, centre: Actor, district: District
    ) -> None:
        case = outer_in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件", at=NOON)
        approve(case, OuterWhat.EXTENSION, centre)
        extension = owed(case, _K.OUTER_REQUEST)
        suspended(case, centre)
        granted = case.tasks.get(kind=_K.OUTER_REQUEST, ended_at=None, asked__what="SUSPENSION")
        for task, until in ((granted, None), (extension, date(2026, 3, 31))):
            actions.move_task(
                task_id=task.pk, seen_revision=task.revision, command=_C.GRANT, reason="同意",
                until=until, actor=centre, at=NOON,
            )  # fmt: skip

        resume(case)

        named = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
        assert (case.outer_due_at, clock(owed(case, _K.LEAD), OUTER).due_at) == (named, named)
