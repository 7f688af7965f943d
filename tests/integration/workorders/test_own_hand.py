"""Nobody checks an own answer, nor passes what they have not seen; only citizens take back."""

from datetime import date, timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import ChangedMeanwhile
from chengshao.workorders.models import Alert, Report, WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    AlertKind,
    ClosingKind,
    Outcome,
    Power,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, District, account, dispatched, move, owed, reported, said, staff
from tests.standing import outer
from tests.turns import (
    citizen_of,
    doubled,
    handler_of,
    handling,
    kinds,
    leader_of,
    refused,
    with_check_at,
)

_K, _C = TaskKind, TaskCommand
DAY = timedelta(days=1)


class TestOwnAnswer:
    """Nobody checks what they drafted, answered or signed in this round."""

    @pytest.fixture
    def handler(self, district: District) -> Actor:
        return with_check_at(district, handler_of(district.roads, account("handler")))

    @pytest.fixture
    def leader(self, district: District) -> Actor:
        return with_check_at(district, leader_of(district.roads, account("leader")))

    def checks_not(self, case: WorkOrder, person: Actor, **when: object) -> None:
        task = owed(case, _K.CHECK)
        refused(refusals.NotYourOwn, case, _K.CHECK, _C.PASS, person, **when)
        refused(refusals.NotYourOwn, case, _K.CHECK, _C.FAIL, person, reason="没好", **when)
        view = queries.case_view(number=case.number, actor=person)
        assert (view.commands[task.pk], task.pk in view.own) == ((), True)

    def test_neither_who_drafted_nor_who_signed(
        self, centre: Actor, district: District, handler: Actor, leader: Actor
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, handler, reply="好了")
        move(case, _K.SIGN_OFF, _C.SIGN, leader)

        self.checks_not(case, handler)
        self.checks_not(case, leader)

    def test_nor_whose_draft_came_back(
        self, centre: Actor, district: District, handler: Actor, leader: Actor
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, handler, reply="好了")
        move(case, _K.SIGN_OFF, _C.SEND_BACK, leader, reason="写清楚")
        move(case, _K.LEAD, _C.ANSWER, leader, reply="好了，已装防坠网")

        self.checks_not(case, handler)

    def test_nor_who_answered_beside_the_lead(self, centre: Actor, district: District) -> None:
        beside = with_check_at(district, leader_of(district.parks, account("beside")))
        case = doubled(centre, district.roads, district.parks)
        move(case, _K.DOUBLE, _C.ANSWER, beside, reply="树移了")
        move(case, _K.LEAD, _C.ANSWER, centre, reply="路好了")

        self.checks_not(case, beside)

    def test_nor_on_the_day_of_their_own_promise(
        self, centre: Actor, district: District, leader: Actor
    ) -> None:
        case = handling(centre, district.roads)
        on = Closing(ClosingKind.PROMISED, promised_on=date(2026, 3, 20))
        move(case, _K.LEAD, _C.ANSWER, leader, reply="二十日前修", closing=on)
        move(case, _K.CHECK, _C.PASS, centre)
        later = AT + 20 * DAY
        actions.bring_back_promise(case_id=case.pk, actor=JOB, at=later)

        self.checks_not(case, leader, at=later)

        move(case, _K.CHECK, _C.PASS, centre, at=later)

    def test_who_answered_the_round_before_may(
        self, centre: Actor, district: District, leader: Actor
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, leader, reply="好了")
        move(case, _K.CHECK, _C.FAIL, centre, reason="没好")
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="这回好了")

        move(case, _K.CHECK, _C.PASS, leader)

        assert kinds(case) == []

    def test_nor_in_a_sample(self, district: District, centre: Actor, leader: Actor) -> None:
        case = dispatched(centre, district.roads)
        move(case, _K.LEAD, _C.ACKNOWLEDGE, leader)
        move(case, _K.LEAD, _C.ANSWER, leader, reply="好了")
        move(case, _K.CHECK, _C.PASS, centre)
        actions.take_sample(case_id=case.pk, actor=JOB, at=AT)

        refused(refusals.NotYourOwn, case, _K.SAMPLE, _C.PASS, leader)


class TestOwnRequest:
    """Nobody grants at the centre what they asked for themselves in their unit."""

    @pytest.mark.parametrize("command", [_C.GRANT, _C.DENY])
    def test_neither_grants_nor_denies(
        self, centre: Actor, district: District, command: TaskCommand
    ) -> None:
        person = account("both")
        in_unit = handler_of(district.roads, person)
        at_centre = staff(district.centre, Power.SEE, Power.DESIGNATE, user_id=person)
        both = Actor(in_unit.kind, person, in_unit.grants | at_centre.grants)
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, both, reason="配件未到")
        move(case, _K.LEADER_APPROVAL, _C.GRANT, leader_of(district.roads, account("leader")))

        refused(refusals.NotYourOwn, case, _K.CENTRE_APPROVAL, command, both, reason="同意")
        move(case, _K.CENTRE_APPROVAL, command, centre, reason="同意")


class TestSeen:
    """Who signs or checks has seen all that the citizen said."""

    def supplemented(self, case: WorkOrder) -> None:
        report_id = case.reports.get().pk
        actions.supplement_report(
            report_id=report_id, words="旁边又坏了一个", actor=citizen_of(case), at=AT
        )

    @pytest.mark.parametrize(("kind", "command"), [(_K.SIGN_OFF, _C.SIGN), (_K.CHECK, _C.PASS)])
    def test_a_supplement_is_looked_at_before_it_goes_on(
        self, centre: Actor, district: District, kind: TaskKind, command: TaskCommand
    ) -> None:
        case = handling(centre, district.roads)
        answers = handler_of(district.roads) if kind is _K.SIGN_OFF else centre
        move(case, _K.LEAD, _C.ANSWER, answers, reply="好了")
        seen = owed(case, kind)
        self.supplemented(case)

        with pytest.raises(ChangedMeanwhile):
            actions.move_task(
                task_id=seen.pk, seen_revision=seen.revision, command=command, actor=centre, at=AT
            )
        assert owed(case, kind).pk == seen.pk
        told = Alert.objects.filter(kind=AlertKind.SUPPLEMENTED, work_order=case)
        assert told.filter(unit=seen.unit_id).exists()

        move(case, kind, command, centre)
        assert not case.tasks.filter(pk=seen.pk, ended_at=None).exists()


class TestTakingBack:
    """Only its citizen takes a report back, on the phone in the own words."""

    def test_the_desk_writes_down_what_the_citizen_says(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)
        report_id = case.reports.get().pk
        operator = staff(district.centre, Power.SEE, Power.SPEAK_FOR)

        with pytest.raises(refusals.NeedMissing):
            actions.withdraw_report(report_id=report_id, reason=" ", actor=operator, at=AT)
        assert Report.objects.get(pk=report_id).withdrawn_at is None

        actions.withdraw_report(report_id=report_id, reason="来电说已经修好", actor=operator, at=AT)
        case.refresh_from_db()
        assert case.outcome == Outcome.WITHDRAWN

    def test_who_doesn_t_speak_for_citizens_can_t(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        report_id = case.reports.get().pk
        powers = set(Power) - {Power.SPEAK_FOR}
        collector = staff(district.centre, *powers)

        with pytest.raises(refusals.PowerMissing):
            actions.withdraw_report(report_id=report_id, reason="不办了", actor=collector, at=AT)
        assert Report.objects.get(pk=report_id).withdrawn_at is None

    def test_the_citizen_gives_no_reasons(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        report = case.reports.get()
        citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)

        actions.withdraw_report(report_id=report.pk, reason="", actor=citizen, at=AT)

        case.refresh_from_db()
        assert case.outcome == Outcome.WITHDRAWN

    def test_what_a_platform_ordered_is_taken_back_there(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=outer(said()))
        report = case.reports.get()
        citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)

        for actor in (centre, citizen):
            with pytest.raises(refusals.AskThePlatform):
                actions.withdraw_report(report_id=report.pk, reason="好了", actor=actor, at=AT)
        assert Report.objects.get(pk=report.pk).withdrawn_at is None

    def test_whoever_joined_such_an_order_takes_the_own_report_back(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=outer(said()))
        own = reported(centre, said("k-2", joins=case.number))
        citizen = Actor(ActorKind.CITIZEN, report_id=own.pk)

        actions.withdraw_report(report_id=own.pk, reason="", actor=citizen, at=AT)

        case.refresh_from_db()
        assert case.outcome == ""
