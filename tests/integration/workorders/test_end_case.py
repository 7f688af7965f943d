import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.refusals import NeedMissing, WrongState
from chengshao.workorders.terms import CaseCommand, DeclineGround, Step
from tests.district import AT, District, dispatched, reported, said


def withdraw(report_id: int, actor: Actor) -> Step:
    gone = actions.withdraw_report(report_id=report_id, reason="已修好", actor=actor, at=AT)
    return Step(gone.work_order.step)


def decline(case: WorkOrder, actor: Actor, *, reply: str = "请向物业公司反映") -> WorkOrder:
    return actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.DECLINE,
        ground=DeclineGround.BEYOND_GOVERNMENT,
        reply=reply,
        actor=actor,
        at=AT,
    )


def test_the_last_withdrawal_ends_the_case(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads)
    first = case.reports.get()
    second = reported(centre, said("k-2", "我也是", joins=case.number))

    steps = [
        withdraw(first.pk, centre),
        withdraw(second.pk, Actor(ActorKind.CITIZEN, report_id=second.pk)),
    ]

    assert steps == [Step.DISPATCHED, Step.WITHDRAWN]
    assert not case.tasks.filter(ended_at=None).exists()


def test_a_citizen_withdraws_no_other_report(centre: Actor) -> None:
    report = reported(centre)

    with pytest.raises(queries.ReportNotFound):
        withdraw(report.pk, Actor(ActorKind.CITIZEN, report_id=report.pk + 1))
    report.refresh_from_db()
    assert report.withdrawn_at is None


def test_a_declined_case_owes_nothing(centre: Actor) -> None:
    case = decline(reported(centre).work_order, centre)

    assert (case.step, case.ended_at) == (Step.DECLINED, AT)
    assert not case.tasks.filter(ended_at=None).exists()


def test_without_a_word_for_the_citizen_nothing_is_declined(centre: Actor) -> None:
    case = reported(centre).work_order

    with pytest.raises(NeedMissing):
        decline(case, centre, reply=" ")
    case.refresh_from_db()
    assert case.step == Step.REPORTED


def test_a_dispatched_case_is_declined_no_more(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads)

    with pytest.raises(WrongState):
        decline(case, centre)
    case.refresh_from_db()
    assert case.step == Step.DISPATCHED


def test_a_case_that_changed_meanwhile_is_not_ended(centre: Actor) -> None:
    case = reported(centre).work_order
    case.revision -= 1

    with pytest.raises(actions.ChangedMeanwhile):
        decline(case, centre)
    assert WorkOrder.objects.get().step == Step.REPORTED
