"""A button is there only where it can be pressed: what is offered on the case as a whole."""

from dataclasses import replace
from datetime import datetime, timedelta

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import CaseView
from chengshao.workorders.terms import CaseCommand, Channel
from tests.district import AT, District, closed, registered, said

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
