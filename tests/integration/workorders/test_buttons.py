"""A button is there only where it can be pressed: on a task, and on the case as a whole."""

from dataclasses import replace
from datetime import datetime, timedelta

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import CaseView
from chengshao.workorders.rules.refusals import AlreadyWaiting
from chengshao.workorders.terms import CaseCommand, Channel, TaskCommand, TaskKind
from tests.district import AT, District, closed, dispatched, move, owed, registered, said
from tests.orders import in_hand, outer_in_hand, refused, suspended
from tests.turns import handler_of, leader_of

_K, _C = TaskKind, TaskCommand

LATE = AT + timedelta(days=300)


def seen(case: WorkOrder, actor: Actor, at: datetime = AT) -> CaseView:
    return queries.case_view(number=case.number, actor=actor, at=at)


def an_order(actor: Actor) -> WorkOrder:
    """Return a case that another platform sent."""
    sent = replace(said(), channel=Channel.TRANSFER, outer_due_at=AT + timedelta(days=9))
    return registered(actor, sent)


def test_only_an_order_can_be_asked_back(district: District, centre: Actor) -> None:
    own, order = registered(centre, said("k-2")), an_order(centre)

    assert CaseCommand.ASK_OUTER_RETURN not in seen(own, centre).case_commands
    assert CaseCommand.ASK_OUTER_RETURN in seen(order, centre).case_commands


def test_it_is_asked_back_once(district: District, centre: Actor) -> None:
    order = an_order(centre)

    actions.move_case(
        number=order.number,
        seen_revision=order.revision,
        command=CaseCommand.ASK_OUTER_RETURN,
        reason="不在本区",
        actor=centre,
        at=AT,
    )

    assert CaseCommand.ASK_OUTER_RETURN not in seen(order, centre).case_commands


def test_an_ended_case_can_be_reopened_while_its_time_lasts(
    district: District, centre: Actor
) -> None:
    case = closed(centre, district.roads)

    in_time, late = seen(case, centre), seen(case, centre, LATE)

    assert (CaseCommand.REOPEN in in_time.case_commands, in_time.may_reopen) == (True, True)
    assert (CaseCommand.REOPEN in late.case_commands, late.may_reopen) == (False, False)


def offered(case: WorkOrder, kind: str, actor: Actor) -> set[str]:
    """Return what this actor may try on the open task of this kind."""
    return set(seen(case, actor).commands[owed(case, kind).pk])


class TestWhatWaitsIsNotAskedAgain:
    def test_an_answer_while_its_draft_waits_for_a_signature(
        self, district: District, centre: Actor
    ) -> None:
        handler = handler_of(district.roads)
        case = in_hand(centre, district.roads)
        assert _C.ANSWER in offered(case, _K.LEAD, handler)

        move(case, _K.LEAD, _C.ANSWER, handler, reply="换好了")

        assert _C.ANSWER not in offered(case, _K.LEAD, handler)
        assert _C.ANSWER not in offered(case, _K.LEAD, leader_of(district.roads))
        assert _C.INQUIRE in offered(case, _K.LEAD, handler)

    def test_a_return_that_is_ruled_on(self, district: District, centre: Actor) -> None:
        case = dispatched(centre, district.roads)

        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们")

        assert _C.ASK_RETURN not in offered(case, _K.LEAD, centre)

    def test_an_extension_wherever_it_waits_but_a_suspension_still(
        self, district: District, centre: Actor
    ) -> None:
        case = outer_in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, handler_of(district.roads), reason="等配件")

        for waits_for, who in (
            (_K.LEADER_APPROVAL, leader_of(district.roads, user_id=None)),
            (_K.CENTRE_APPROVAL, centre),
            (_K.OUTER_REQUEST, None),
        ):
            there = offered(case, _K.LEAD, centre)
            assert (_C.ASK_EXTENSION in there, _C.ASK_SUSPENSION in there) == (False, True)
            if who is not None:
                move(case, waits_for, _C.GRANT, who)

    def test_letting_the_clocks_run_on_only_while_they_rest(
        self, district: District, centre: Actor
    ) -> None:
        case = in_hand(centre, district.roads)
        assert _C.RESUME not in offered(case, _K.LEAD, centre)

        suspended(case, centre)

        there = offered(case, _K.LEAD, handler_of(district.roads))
        assert _C.RESUME in there
        assert not there & {_C.ASK_EXTENSION, _C.ASK_SUSPENSION}


class TestADraftIsTakenBack:
    def test_by_the_unit_and_answered_anew(self, district: District, centre: Actor) -> None:
        handler = handler_of(district.roads)
        case = in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, handler, reply="换好了")
        assert _C.RECALL in offered(case, _K.SIGN_OFF, handler)

        move(case, _K.SIGN_OFF, _C.RECALL, handler)

        assert not case.tasks.filter(kind=_K.SIGN_OFF, ended_at=None).exists()
        assert not case.alerts.exists()
        assert _C.ANSWER in offered(case, _K.LEAD, handler)

    def test_before_the_order_is_returned(self, district: District, centre: Actor) -> None:
        handler = handler_of(district.roads)
        case = in_hand(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, handler, reply="换好了")
        assert _C.ASK_RETURN not in offered(case, _K.LEAD, handler)

        with refused(AlreadyWaiting, case):
            move(case, _K.LEAD, _C.ASK_RETURN, handler, reason="不归我们")

        move(case, _K.SIGN_OFF, _C.RECALL, handler)
        move(case, _K.LEAD, _C.ASK_RETURN, handler, reason="不归我们")

    def test_by_nobody_of_another_unit(self, district: District, centre: Actor) -> None:
        case = in_hand(centre, district.roads, district.water)
        move(case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="换好了", reason="不等")

        assert offered(case, _K.SIGN_OFF, handler_of(district.water)) == set()
