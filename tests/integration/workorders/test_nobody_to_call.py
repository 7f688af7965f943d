"""Once a contact is erased nobody can be called: what was owed by phone ends by itself."""

import json

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people.terms import Power as PeoplePower
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Deadline, Report, WorkOrder
from chengshao.workorders.terms import (
    CaseCommand,
    ContactResult,
    Power,
    Principle,
    TaskKind,
    TaskState,
)
from tests.clerks import SignIn
from tests.district import AT, District, closed, dispatched, owed, reported, said

_K = TaskKind


@pytest.fixture
def officer(district: District) -> Actor:
    powers = (Power.SEE, Power.ERASE, PeoplePower.ERASE_CONTACT)
    return Actor(
        ActorKind.PERSON, None, frozenset(Grant(power, district.centre) for power in powers)
    )


def told_by(actor: Actor, lead: int, *, ended: bool) -> WorkOrder:
    report = said(phone="13800001111")
    return closed(actor, lead, report=report) if ended else dispatched(actor, lead, report=report)


def erase(case: WorkOrder, report: Report, officer: Actor) -> None:
    actions.erase_report(
        reason="删除申请", number=case.number, report_id=report.pk, actor=officer, at=AT
    )


def open_kinds(case: WorkOrder) -> set[str]:
    return set(case.tasks.filter(ended_at=None).values_list("kind", flat=True))


@pytest.mark.parametrize(("ended", "kind"), [(False, _K.CONTACT), (True, _K.TELL)])
def test_what_was_owed_by_phone_ends_as_a_move_of_the_system(
    centre: Actor, district: District, officer: Actor, ended: bool, kind: TaskKind
) -> None:
    case = told_by(centre, district.roads, ended=ended)
    task = owed(case, kind)

    erase(case, case.reports.get(), officer)

    task.refresh_from_db()
    assert task.state == TaskState.CANCELLED
    assert not Deadline.objects.filter(task=task, ended_at=None).exists()
    line = json.loads(case.entries.order_by("-seq")[0].body)
    assert (line["command"], line["actor"], line["task_ids"]) == (
        CaseCommand.NOBODY_WAITS, ActorKind.SYSTEM, [task.pk],
    )  # fmt: skip
    assert queries.broken_cases([case.pk]) == []


@pytest.mark.parametrize("ended", [False, True])
def test_who_asked_for_confidence_is_not_called_at_all(
    centre: Actor, district: District, ended: bool
) -> None:
    report = said(phone="13800001111", confidential=True)
    make = closed if ended else dispatched

    case = make(centre, district.roads, report=report)

    assert not case.tasks.filter(kind__in=[_K.CONTACT, _K.TELL]).exists()


def test_the_page_says_so(
    centre: Actor, district: District, officer: Actor, sign_in: SignIn
) -> None:
    case = told_by(centre, district.roads, ended=True)
    erase(case, case.reports.get(), officer)

    page = sign_in(Role.REGISTRAR, district.centre).get(f"/desk/cases/{case.number}/")

    assert "没有人待联系，联系任务结束" in page.content.decode()


def test_another_citizen_is_still_to_be_called(
    centre: Actor, district: District, officer: Actor
) -> None:
    case = told_by(centre, district.roads, ended=False)
    first = case.reports.get()
    second = reported(centre, said("k-2", "还有一个", joins=case.number, phone="13900002222"))

    erase(case, first, officer)

    assert _K.CONTACT in open_kinds(case)
    erase(case, second, officer)
    assert _K.CONTACT not in open_kinds(case)


def test_who_was_called_already_is_not_waited_for(
    centre: Actor, district: District, officer: Actor
) -> None:
    """The one who could not be reached goes, the other has been told: the task is over."""
    case = told_by(centre, district.roads, ended=False)
    first = case.reports.get()
    second = reported(centre, said("k-2", "还有一个", joins=case.number, phone="13900002222"))
    actions.record_contact(
        task_id=owed(case, _K.CONTACT).pk, report_id=second.pk,
        result=ContactResult.TALKED, actor=centre, at=AT,
    )  # fmt: skip

    erase(case, first, officer)

    assert _K.CONTACT not in open_kinds(case)


def test_without_such_a_task_nothing_more_is_written(
    centre: Actor, district: District, officer: Actor
) -> None:
    case = dispatched(centre, district.roads)

    erase(case, case.reports.get(), officer)

    assert CaseCommand.NOBODY_WAITS not in "".join(case.entries.values_list("body", flat=True))


def test_who_is_erased_is_not_called_any_more(
    centre: Actor, district: District, officer: Actor
) -> None:
    case = told_by(centre, district.roads, ended=False)
    first = case.reports.get()
    reported(centre, said("k-2", "还有一个", joins=case.number, phone="13900002222"))
    erase(case, first, officer)

    with pytest.raises(actions.ContactNotTaken):
        actions.record_contact(
            task_id=owed(case, _K.CONTACT).pk, report_id=first.pk,
            result=ContactResult.TALKED, actor=centre, at=AT,
        )  # fmt: skip


def test_after_erasing_a_later_dispatch_owes_no_call(
    centre: Actor, district: District, officer: Actor
) -> None:
    case = reported(centre, said(phone="13800001111")).work_order
    erase(case, case.reports.get(), officer)
    case.refresh_from_db()
    case = actions.register(
        number=case.number, seen_revision=case.revision, matter="C0101", actor=centre, at=AT
    )
    actions.dispatch(
        number=case.number, seen_revision=case.revision, lead_unit_id=district.roads,
        principle=Principle.BY_AGREEMENT, basis="示意", actor=centre, at=AT,
    )  # fmt: skip

    assert open_kinds(case) == {_K.LEAD}


def test_nobody_but_the_system_s_own_consequence_ends_them(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = told_by(centre, district.roads, ended=True)
    leader: Client = sign_in(Role.DUTY_LEADER, district.centre)

    answer = leader.post(
        f"/desk/cases/{case.number}/moves/NOBODY_WAITS", {"seen_revision": case.revision}
    )

    assert answer.status_code == 409
    assert _K.TELL in open_kinds(case)
