"""An order of another platform that goes on after its day, or after that platform was done."""

from datetime import date, timedelta

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    DeadlineAuthority,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, SOLVED, District, dispatched, move, owed
from tests.orders import PLATFORM_DUE, clock, kinds, outer
from tests.turns import sent

_K, _C = TaskKind, TaskCommand
INNER, OUTER = DeadlineAuthority
PHONE = "13800001111"
SAID = "市12345复函〔2026〕12号"
NEXT_WEEK = AT + timedelta(days=7)  # Monday, 09:00


def closed_there(
    actor: Actor, lead: int, closing: Closing = SOLVED, report: NewReport | None = None
) -> WorkOrder:
    """Return an order that its platform agreed to close."""
    case = dispatched(actor, lead, report=report or outer(phone=PHONE))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)
    case = move(case, _K.LEAD, _C.ANSWER, actor, reply="好了", closing=closing)
    if kinds(case)[-1] == _K.CHECK:
        move(case, _K.CHECK, _C.PASS, actor)
    return move(case, _K.OUTER_CLOSING, _C.GRANT, actor, reason=SAID)


def reopened(case: WorkOrder) -> WorkOrder:
    report_id = case.reports.get().pk
    own = Actor(ActorKind.CITIZEN, report_id=report_id)
    actions.reopen_by_citizen(report_id=report_id, words="又坏了", actor=own, at=NEXT_WEEK)
    return WorkOrder.objects.get(pk=case.pk)


def sent_again(case: WorkOrder, lead: int, actor: Actor) -> WorkOrder:
    case = sent(case, lead, actor, at=NEXT_WEEK)
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor, at=NEXT_WEEK)


class TestAgreedToBeClosed:
    def test_the_platform_s_clock_is_over_and_a_line_keeps_what_end_it_set(
        self, centre: Actor, district: District
    ) -> None:
        case = closed_there(centre, district.roads)

        assert case.outer_due_at is None
        line = case.entries.latest("seq").body
        assert f'"command":"{CaseCommand.PLATFORM_DONE}"' in line
        assert PLATFORM_DUE.isoformat() in line

    def test_telling_its_citizen_takes_its_own_time(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=outer(phone=PHONE))
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        move(case, _K.CHECK, _C.PASS, centre)
        late = PLATFORM_DUE - timedelta(hours=1)

        case = move(case, _K.OUTER_CLOSING, _C.GRANT, centre, reason=SAID, at=late)

        assert clock(owed(case, _K.TELL)).due_at == late + timedelta(hours=10)

    def test_reopened_it_is_ours_alone_with_whole_clocks(
        self, centre: Actor, district: District
    ) -> None:
        case = reopened(closed_there(centre, district.roads))

        case = sent_again(case, district.roads, centre)

        lead = owed(case, _K.LEAD)
        assert clock(lead).due_at == NEXT_WEEK + timedelta(days=2)
        assert list(lead.deadlines.values_list("authority", flat=True)) == [INNER]
        assert (clock(owed(case, _K.CONTACT)).due_at or AT) > NEXT_WEEK

    def test_then_more_time_is_asked_of_our_own_centre_alone(
        self, centre: Actor, district: District
    ) -> None:
        case = reopened(closed_there(centre, district.roads))
        case = sent_again(case, district.roads, centre)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件", at=NEXT_WEEK)

        case = move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre, at=NEXT_WEEK)

        assert _K.OUTER_REQUEST not in kinds(case)
        assert owed(case, _K.LEAD).extensions == 1

    def test_and_it_closes_without_asking_again(self, centre: Actor, district: District) -> None:
        case = reopened(closed_there(centre, district.roads))
        case = sent_again(case, district.roads, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="又修好了", at=NEXT_WEEK)

        case = move(case, _K.CHECK, _C.PASS, centre, at=NEXT_WEEK)

        assert case.step == Step.CLOSED

    def test_a_promise_that_comes_back_leaves_time_to_look(
        self, centre: Actor, district: District
    ) -> None:
        promise = Closing(ClosingKind.PROMISED, promised_on=date(2026, 3, 9))
        case = closed_there(centre, district.roads, promise)

        actions.bring_back_promise(case_id=case.pk, actor=JOB, at=NEXT_WEEK)

        assert clock(owed(case, _K.CHECK)).due_at == NEXT_WEEK + timedelta(hours=2)


class TestNotClosedInItsTime:
    def test_what_opens_later_has_the_ordinary_time(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=outer())
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了", at=NEXT_WEEK)

        case = move(case, _K.CHECK, _C.FAIL, centre, reason="没好", at=NEXT_WEEK)

        lead = owed(case, _K.LEAD)
        assert clock(lead).due_at == NEXT_WEEK + timedelta(days=2)
        assert clock(lead, OUTER).due_at == PLATFORM_DUE

    def test_what_opens_within_the_reserve_has_what_is_left_of_the_platform_s(
        self, centre: Actor, district: District
    ) -> None:
        shortly = PLATFORM_DUE - timedelta(minutes=30)
        case = dispatched(centre, district.roads, report=outer())
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了", at=shortly)

        case = move(case, _K.CHECK, _C.FAIL, centre, reason="没好", at=shortly)

        assert clock(owed(case, _K.LEAD)).due_at == PLATFORM_DUE
