"""Whom there is to call on a case, by whom, and when there is nobody left."""

import json
from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import ContactNotTaken
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import (
    CaseCommand,
    ContactResult,
    Power,
    Principle,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import (
    AT,
    LOADER,
    District,
    closed,
    dispatched,
    move,
    owed,
    parted,
    registered,
    reported,
    said,
    staff,
)

_K, _C = TaskKind, TaskCommand
PHONE, OTHER_PHONE = "13800001111", "13800002222"
TASK = "更换井盖"
NEXT_DAY = AT + timedelta(days=1)
CONTRACTOR = (
    "单位代码,单位名称,类型,层级,上级单位代码,启用日期\n"
    "fixers,演示养护公司,作业单位,区级,roads,2020-01-01\n"
)


def waiting(case: WorkOrder, kind: str) -> bool:
    return case.tasks.filter(kind=kind, ended_at=None).exists()


def first_report(case: WorkOrder) -> int:
    return case.reports.order_by("pk")[0].pk


def talk(case: WorkOrder, kind: str, actor: Actor) -> None:
    actions.record_contact(
        task_id=owed(case, kind).pk,
        report_id=first_report(case),
        result=ContactResult.TALKED,
        actor=actor,
        at=AT,
    )


def withdraw(case: WorkOrder, actor: Actor) -> None:
    actions.withdraw_report(report_id=first_report(case), reason="不用了", actor=actor, at=NEXT_DAY)


def mark_nuisance(case: WorkOrder, actor: Actor) -> None:
    actions.mark_nuisance(report_id=first_report(case), reason="骂人", actor=actor, at=NEXT_DAY)


def erase(case: WorkOrder, actor: Actor) -> None:
    eraser = Actor(ActorKind.SYSTEM, grants=actor.grants | {Grant("ERASE_CONTACT", None)})
    actions.erase_report(
        number=case.number,
        report_id=first_report(case),
        reason="本人要求",
        actor=eraser,
        at=NEXT_DAY,
    )


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    """Two people ask for it, the first of them can be called."""
    case = dispatched(centre, district.roads, report=said(phone=PHONE))
    reported(centre, said("k-2", joins=case.number))
    return case


GONE = pytest.mark.parametrize("gone", [withdraw, mark_nuisance, erase])


class TestNobodyLeft:
    @GONE
    def test_ends_the_first_contact(self, case: WorkOrder, centre: Actor, gone: object) -> None:
        task = owed(case, _K.CONTACT)

        gone(case, centre)  # type: ignore[operator]

        task.refresh_from_db()
        assert (task.state, task.ended_at) == (TaskState.CANCELLED, NEXT_DAY)
        assert waiting(case, _K.LEAD)

    @GONE
    def test_is_a_line_of_the_history_by_nobody(
        self, case: WorkOrder, centre: Actor, gone: object
    ) -> None:
        task = owed(case, _K.CONTACT)

        gone(case, centre)  # type: ignore[operator]

        case.refresh_from_db()
        body = json.loads(case.entries.get(seq=case.history_seq).body)
        assert (body["command"], body["actor"]) == (CaseCommand.NOBODY_WAITS, ActorKind.SYSTEM)
        assert body["task_ids"] == [task.pk]
        assert queries.first_broken_entry(case) is None

    def test_ends_the_telling_of_what_was_erased(self, centre: Actor, district: District) -> None:
        case = closed(centre, district.roads, report=said(phone=PHONE))
        assert waiting(case, _K.TELL)

        erase(case, centre)

        assert not waiting(case, _K.TELL)

    @pytest.mark.parametrize("gone", [mark_nuisance, erase])
    def test_is_called_no_more(self, case: WorkOrder, centre: Actor, gone: object) -> None:
        reported(centre, said("k-3", joins=case.number, phone=OTHER_PHONE))
        gone(case, centre)  # type: ignore[operator]

        with pytest.raises(ContactNotTaken):
            talk(case, _K.CONTACT, centre)
        assert waiting(case, _K.CONTACT)

    def test_is_not_so_while_another_waits(self, case: WorkOrder, centre: Actor) -> None:
        reported(centre, said("k-3", joins=case.number, phone=OTHER_PHONE))

        withdraw(case, centre)

        assert waiting(case, _K.CONTACT)

    def test_whoever_is_left_having_been_reached_it_is_done(
        self, case: WorkOrder, centre: Actor
    ) -> None:
        other = reported(centre, said("k-3", joins=case.number, phone=OTHER_PHONE))
        task = owed(case, _K.CONTACT)
        talk(case, _K.CONTACT, centre)

        actions.withdraw_report(report_id=other.pk, reason="不用了", actor=centre, at=NEXT_DAY)

        task.refresh_from_db()
        assert (task.state, task.ended_at) == (TaskState.DONE, NEXT_DAY)

    def test_who_goes_to_another_case_is_called_there(self, case: WorkOrder, centre: Actor) -> None:
        source = registered(centre, said("k-3", phone=OTHER_PHONE))
        actions.merge_cases(
            number=source.number, into=case.number, seen_revision=source.revision,
            reason="同一件事", actor=centre, at=AT,
        )  # fmt: skip
        withdraw(case, centre)
        assert waiting(case, _K.CONTACT)

        parted(source, "两件事", centre, at=NEXT_DAY)

        assert not waiting(case, _K.CONTACT)


class TestReopened:
    def reopened(self, case: WorkOrder) -> WorkOrder:
        report_id = first_report(case)
        own = Actor(ActorKind.CITIZEN, report_id=report_id)
        actions.reopen_by_citizen(report_id=report_id, words="没好", actor=own, at=NEXT_DAY)
        return WorkOrder.objects.get(pk=case.pk)

    def test_the_new_lead_gets_in_touch_again(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads, report=said(phone=PHONE))
        talk(case, _K.CONTACT, centre)
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        case = self.reopened(move(case, _K.CHECK, _C.PASS, centre))

        self.dispatch(case, district.parks, centre)

        contact = owed(case, _K.CONTACT)
        assert contact.unit_id == district.parks
        view = queries.case_view(number=case.number, actor=centre)
        assert view.still_owed(first_report(case)) == (3, True)

    def test_a_return_is_no_new_beginning(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads, report=said(phone=PHONE))
        talk(case, _K.CONTACT, centre)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们管")
        case = move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="确实不归")

        self.dispatch(case, district.parks, centre)

        assert not waiting(case, _K.CONTACT)

    def dispatch(self, case: WorkOrder, unit_id: int, actor: Actor) -> None:
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=unit_id,
            principle=Principle.BY_AGREEMENT,
            basis="联席会议纪要（示意）",
            actor=actor,
            at=NEXT_DAY,
        )


class TestAContractorThatLeads:
    """It sees no citizen's words, so it calls none."""

    @pytest.fixture
    def contractor(self, district: District) -> int:
        people.import_units(content=CONTRACTOR.encode(), actor=LOADER, at=AT)
        return unit_ids_by_code(["fixers"])["fixers"]

    def test_leaves_the_calls_to_its_unit(
        self, centre: Actor, district: District, contractor: int
    ) -> None:
        case = dispatched(centre, contractor, report=said(phone=PHONE), task_words=TASK)

        assert owed(case, _K.CONTACT).unit_id == district.roads
        sees = staff(district.roads, Power.SEE, Power.HANDLE)
        assert queries.case_view(number=case.number, actor=sees).reports

    def test_and_the_telling(self, centre: Actor, district: District, contractor: int) -> None:
        case = closed(centre, contractor, report=said(phone=PHONE), task_words=TASK)

        assert owed(case, _K.TELL).unit_id == district.roads

    def test_else_to_the_desk(self, centre: Actor, district: District) -> None:
        alone = CONTRACTOR.replace(",roads,", ",,")
        people.import_units(content=alone.encode(), actor=LOADER, at=AT)
        contractor = unit_ids_by_code(["fixers"])["fixers"]

        case = dispatched(centre, contractor, report=said(phone=PHONE), task_words=TASK)

        assert owed(case, _K.CONTACT).unit_id == district.centre
