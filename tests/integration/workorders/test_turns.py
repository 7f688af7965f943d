"""Every lawful turn of a case, through the actions, as a district would take it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.people import actions as people
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Alert, Deadline, Task, WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    LedgerLevel,
    Power,
    Principle,
    ReportKind,
    Step,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    NO_WATER,
    District,
    dispatched,
    move,
    owed,
    parted,
    registered,
    reported,
    said,
    shown,
    staff,
)
from tests.turns import sent

_K, _C = TaskKind, TaskCommand
HOUR = timedelta(hours=1)


def kinds(case: WorkOrder) -> list[str]:
    """Return what is open on the case, in the order of its opening."""
    return list(case.tasks.filter(ended_at=None).order_by("pk").values_list("kind", flat=True))


def handling(
    actor: Actor, lead: int, *helping: int, phone: str = "", at: datetime = AT
) -> WorkOrder:
    case = dispatched(actor, lead, *helping, report=said(phone=phone), at=at)
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor, at=at)


def handler_of(unit_id: int, user_id: int | None = None) -> Actor:
    return staff(unit_id, Power.SEE, Power.HANDLE, user_id=user_id)


def leader_of(unit_id: int) -> Actor:
    return staff(unit_id, Power.SEE, Power.HANDLE, Power.SIGN_OFF)


def inner(task: Task) -> Deadline:
    return task.deadlines.get(authority=DeadlineAuthority.INNER)


def refused(error: type[DomainError], case: WorkOrder, *args: object, **kwargs: object) -> None:
    """Try a move; it is refused with this error, and nothing has changed."""
    before = WorkOrder.objects.get(pk=case.pk)
    tasks = list(case.tasks.order_by("pk").values())
    with pytest.raises(error):
        move(case, *args, **kwargs)  # type: ignore[arg-type]
    after = WorkOrder.objects.get(pk=case.pk)
    assert (after.revision, after.history_head) == (before.revision, before.history_head)
    assert list(case.tasks.order_by("pk").values()) == tasks


class TestSignOff:
    """Only the unit's answer goes up, after its leader's sign-off."""

    def test_a_handler_s_answer_waits_for_the_leader(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        move(case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="井盖已换好")

        assert kinds(case) == [_K.LEAD, _K.SIGN_OFF]
        case.refresh_from_db()
        assert case.step == Step.HANDLING

    def test_the_leader_s_signature_lets_the_draft_go_up(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="井盖已换好")

        move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.roads))
        case = move(case, _K.CHECK, _C.PASS, centre)

        citizen = Actor(ActorKind.CITIZEN, report_id=case.reports.get().pk)
        assert queries.progress_of(citizen, AT).reply == "井盖已换好"

    def test_a_draft_sent_back_stays_with_the_handler(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, handler_of(district.roads), reply="已处理")

        move(case, _K.SIGN_OFF, _C.SEND_BACK, leader_of(district.roads), reason="写清换了什么")

        assert kinds(case) == [_K.LEAD]

    def test_a_leader_who_answers_needs_no_other_signature(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        move(case, _K.LEAD, _C.ANSWER, leader_of(district.roads), reply="井盖已换好")

        assert kinds(case) == [_K.CHECK]

    def test_a_handler_does_not_sign(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        handler = handler_of(district.roads)
        move(case, _K.LEAD, _C.ANSWER, handler, reply="井盖已换好")

        refused(refusals.PowerMissing, case, _K.SIGN_OFF, _C.SIGN, handler)


class TestReturn:
    def test_the_limit_never_was_the_unit_s_when_granted(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        lead = owed(case, _K.LEAD)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="是供水井盖")

        move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="铭牌为证")

        assert inner(lead).void
        assert kinds(case) == [_K.DISPATCH]

    def test_nor_is_it_told_any_more_that_the_limit_is_past(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="是供水井盖")
        late = AT + timedelta(days=4)
        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=late)
        told = Alert.objects.filter(unit=district.roads, kind=AlertKind.OVERDUE, seen_at=None)
        assert told.exists()

        move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="铭牌为证", at=late)

        assert not told.exists()

    def test_the_clock_runs_on_when_refused(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        due = inner(owed(case, _K.LEAD)).due_at
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不是我们的")

        move(case, _K.ADJUDICATE, _C.DENY, centre, reason="职责清单写明", at=AT + 3 * HOUR)

        lead = owed(case, _K.LEAD)
        assert (inner(lead).due_at, inner(lead).void, lead.designated) == (due, False, True)
        refused(refusals.LeadDesignated, case, _K.LEAD, _C.ASK_RETURN, centre, reason="还是不是")

    def test_a_co_handler_s_return_leaves_the_lead_alone(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads, district.water)
        move(case, _K.CO_HANDLE, _C.ASK_RETURN, centre, reason="与供水无关")

        move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="铭牌为证")

        assert kinds(case) == [_K.LEAD]


class TestRecall:
    def test_until_it_is_acknowledged_the_desk_takes_it_back(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, district.water)

        case = move(case, _K.LEAD, _C.RECALL, centre, reason="派错了")

        assert (kinds(case), case.step) == ([_K.DISPATCH], Step.REGISTERED)
        told = Alert.objects.filter(kind=AlertKind.RECALLED).values_list("unit_id", flat=True)
        assert set(told) == {district.roads, district.water}  # the helper's task went with it

    def test_then_no_more(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)

        refused(refusals.WrongState, case, _K.LEAD, _C.RECALL, centre, reason="派错了")

    def test_the_unit_itself_recalls_nothing(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)

        everything = staff(district.roads, *Power)
        refused(refusals.PowerMissing, case, _K.LEAD, _C.RECALL, everything, reason="不想办")


def extended_twice(centre: Actor, lead: int) -> WorkOrder:
    case = handling(centre, lead)
    for _ in range(2):
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)
    return case


class TestExtension:
    def test_goes_through_the_leader_and_the_centre_and_adds_one_limit(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        before = inner(owed(case, _K.LEAD))

        move(case, _K.LEAD, _C.ASK_EXTENSION, handler_of(district.roads), reason="等配件")
        assert inner(owed(case, _K.LEAD)).due_at == before.due_at  # the old stands until decided
        move(case, _K.LEADER_APPROVAL, _C.GRANT, leader_of(district.roads))
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

        after = inner(owed(case, _K.LEAD))
        # two working days more: from Wednesday 09:00 to Friday 09:00
        assert before.due_at == datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
        assert after.due_at == datetime(2026, 3, 6, 1, 0, tzinfo=UTC)

    def test_granted_late_it_counts_from_the_old_due_and_lifts_the_mark(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
        late = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=late)
        assert inner(owed(case, _K.LEAD)).said == CaseCommand.SAY_OVERDUE

        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre, at=late)

        after = inner(owed(case, _K.LEAD))
        assert (after.due_at, after.said) == (datetime(2026, 3, 6, 1, 0, tzinfo=UTC), "")

    def test_is_asked_before_it_is_overdue(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)

        late = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
        refused(
            refusals.AlreadyOverdue, case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="忘了", at=late
        )

    def test_is_granted_twice_at_most(self, centre: Actor, district: District) -> None:
        case = extended_twice(centre, district.roads)

        refused(refusals.ExtensionsUsedUp, case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="再等")

    def test_nor_twice_more_in_the_next_round(self, centre: Actor, district: District) -> None:
        case = extended_twice(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        move(case, _K.CHECK, _C.FAIL, centre, reason="没好")
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)

        refused(refusals.ExtensionsUsedUp, case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="再等")

    def test_anew_where_it_is_dispatched_anew(self, centre: Actor, district: District) -> None:
        case = extended_twice(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="先由供水查")
        move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="同意")
        case = sent(case, district.roads, centre)
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)

        case = move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")

        assert owed(case, _K.CENTRE_APPROVAL)

    def test_refused_the_old_due_stands(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        due = inner(owed(case, _K.LEAD)).due_at
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")

        move(case, _K.CENTRE_APPROVAL, _C.DENY, centre, reason="不复杂")

        assert (inner(owed(case, _K.LEAD)).due_at, kinds(case)) == (due, [_K.LEAD])


UNTIL = date(2026, 3, 12)


def suspended(centre: Actor, district: District) -> WorkOrder:
    case = handling(centre, district.roads)
    noon = AT + 2 * HOUR  # two of sixteen hours are used up
    move(case, _K.LEAD, _C.ASK_SUSPENSION, centre, reason="等汛期过去", until=UNTIL, at=noon)
    return move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre, at=noon)


class TestSuspension:
    def test_keeps_what_is_left_and_has_no_due(self, centre: Actor, district: District) -> None:
        case = suspended(centre, district)

        clock = inner(owed(case, _K.LEAD))
        assert (clock.due_at, clock.next_at, clock.remaining_seconds) == (None, None, 14 * 3600)

    def test_resumes_by_itself_with_what_was_left(self, centre: Actor, district: District) -> None:
        case = suspended(centre, district)
        morning = datetime(2026, 3, 12, 0, 0, tzinfo=UTC)  # Thursday 08:00

        assert queries.cases_to_resume(morning - 9 * HOUR, limit=9) == []
        assert queries.cases_to_resume(morning, limit=9) == [case.pk]
        actions.resume_case(case_id=case.pk, actor=JOB, at=morning)

        clock = inner(owed(case, _K.LEAD))
        # eight hours on Thursday, six on Friday
        assert clock.due_at == datetime(2026, 3, 13, 8, 0, tzinfo=UTC)
        case.refresh_from_db()
        assert case.resumes_at is None

    def test_comes_once(self, centre: Actor, district: District) -> None:
        case = suspended(centre, district)
        actions.resume_case(case_id=case.pk, actor=JOB, at=datetime(2026, 3, 12, tzinfo=UTC))

        refused(
            refusals.SuspendedBefore, case, _K.LEAD, _C.ASK_SUSPENSION, centre,
            reason="再等", until=UNTIL + timedelta(30), at=datetime(2026, 3, 12, 1, tzinfo=UTC),
        )  # fmt: skip

    def test_lasts_a_year_at_most_and_names_the_last_day(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        with pytest.raises(refusals.DayNotAhead) as why:
            move(
                case,
                _K.LEAD,
                _C.ASK_SUSPENSION,
                centre,
                reason="等规划",
                until=AT.date() + timedelta(400),
            )

        assert why.value.params["last"] == str(AT.date() + timedelta(365))


class TestContact:
    def contact(
        self, case: WorkOrder, result: ContactResult, actor: Actor, at: datetime = AT
    ) -> WorkOrder:
        return actions.record_contact(
            task_id=owed(case, _K.CONTACT).pk,
            report_id=case.reports.get().pk,
            result=result,
            actor=actor,
            at=at,
        )

    def test_is_owed_by_the_lead_where_somebody_can_be_called(
        self, centre: Actor, district: District
    ) -> None:
        with_phone = dispatched(centre, district.roads, report=said(phone="13800001111"))
        without = dispatched(centre, district.roads, report=said("k-2"))

        assert (kinds(with_phone), kinds(without)) == ([_K.LEAD, _K.CONTACT], [_K.LEAD])

    def test_is_met_by_talk(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, phone="13800001111")

        self.contact(case, ContactResult.TALKED, centre)

        assert kinds(case) == [_K.LEAD]

    def test_or_by_three_attempts_at_different_hours_and_a_message(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads, phone="13800001111")
        for hours in (0, 0, 1, 2):
            self.contact(case, ContactResult.NOBODY, centre, AT + hours * HOUR)
        assert kinds(case) == [_K.LEAD, _K.CONTACT]

        self.contact(case, ContactResult.MESSAGE, centre, AT + 3 * HOUR)

        assert kinds(case) == [_K.LEAD]

    def test_unreachable_closes_only_by_the_rule(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, phone="13800001111")
        unreachable = Closing(ClosingKind.UNREACHABLE)

        refused(
            refusals.ContactOwed, case, _K.LEAD, _C.ANSWER, centre,
            reply="多次联系未果", closing=unreachable,
        )  # fmt: skip
        for hours in range(3):
            self.contact(case, ContactResult.NOBODY, centre, AT + hours * HOUR)
        self.contact(case, ContactResult.MESSAGE, centre, AT + 3 * HOUR)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="多次联系未果", closing=unreachable)
        assert kinds(case) == [_K.CHECK]


class TestConsultation:
    def asked(self, centre: Actor, district: District) -> WorkOrder:
        case = registered(centre, said(phone="13800001111"))
        return move(
            case, _K.DISPATCH, _C.CONSULT, centre, reason="谁主办？", asked=[district.parks]
        )

    def test_asks_the_units_and_lets_the_sub_district_get_in_touch(
        self, centre: Actor, district: District
    ) -> None:
        case = self.asked(centre, district)

        assert kinds(case) == [_K.DISPATCH, _K.CONSULT, _K.CONTACT]
        assert owed(case, _K.CONTACT).unit_id == district.qingbo
        assert inner(owed(case, _K.CONSULT)).due_at == AT + 2 * HOUR

    def test_ends_when_a_lead_stands(self, centre: Actor, district: District) -> None:
        case = self.asked(centre, district)
        move(case, _K.CONSULT, _C.OPINE, centre, reason="应由城管主办")

        self.dispatch(case, district.roads, Principle.BY_AGREEMENT, centre)

        assert kinds(case) == [_K.LEAD, _K.CONTACT]
        assert owed(case, _K.CONTACT).unit_id == district.roads

    def test_designation_comes_after_asking(self, centre: Actor, district: District) -> None:
        case = registered(centre, said("k-2"))
        with pytest.raises(refusals.CentreDesignates):
            self.dispatch(case, district.qingbo, Principle.BY_DESIGNATION, centre)

        asked = self.asked(centre, district)
        move(asked, _K.CONSULT, _C.OPINE, centre, reason="不归园林")
        self.dispatch(asked, district.qingbo, Principle.BY_DESIGNATION, centre)
        assert owed(asked, _K.LEAD).unit_id == district.qingbo

    def test_and_is_the_duty_leader_s(self, centre: Actor, district: District) -> None:
        case = self.asked(centre, district)
        dispatcher = staff(district.centre, Power.SEE, Power.DISPATCH)

        with pytest.raises(refusals.PowerMissing):
            self.dispatch(case, district.qingbo, Principle.BY_DESIGNATION, dispatcher)
        assert _K.DISPATCH in kinds(case)

    def dispatch(self, case: WorkOrder, lead: int, principle: Principle, actor: Actor) -> None:
        case.refresh_from_db()
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=lead,
            principle=principle,
            basis="会商结论",
            actor=actor,
            at=AT,
        )


class TestTogether:
    def test_a_double_dispatch_answers_on_a_clock_of_its_own(
        self, centre: Actor, district: District
    ) -> None:
        case = registered(centre)
        case = actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=district.roads,
            double_unit_ids=frozenset({district.water}),
            principle=Principle.BY_AGREEMENT,
            basis="双派",
            actor=centre,
            at=AT,
        )
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        answer = {"reply": "好了", "reason": "不等"}
        refused(refusals.DoubleAwaited, case, _K.LEAD, _C.ANSWER, centre, **answer)

        move(case, _K.DOUBLE, _C.ACKNOWLEDGE, centre)
        move(case, _K.DOUBLE, _C.ANSWER, centre, reply="阀门已修")
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        assert kinds(case) == [_K.CHECK]

    def test_a_lead_calls_in_a_co_handler_itself(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)

        handler = handler_of(district.roads)
        move(case, _K.LEAD, _C.CALL_IN, handler, reason="要关阀门", asked=[district.water])

        assert owed(case, _K.CO_HANDLE).unit_id == district.water
        assert queries.visible_to(handler_of(district.water)).filter(pk=case.pk).exists()

    def test_what_is_sub_assigned_goes_up_through_the_unit(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        move(
            case, _K.LEAD, _C.SUBASSIGN, handler_of(district.roads),
            reason="今天更换井盖", asked=[district.squad],
        )  # fmt: skip

        move(case, _K.SUBASSIGNED, _C.ACKNOWLEDGE, handler_of(district.squad))
        move(case, _K.SUBASSIGNED, _C.HAND_UP, handler_of(district.squad), reason="换好了")

        assert kinds(case) == [_K.LEAD]
        assert case.tasks.get(kind=_K.SUBASSIGNED).state == TaskState.DONE

    def test_an_inquiry_holds_nothing_up(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.INQUIRE, centre, reason="管线归谁？", asked=[district.water])

        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")

        assert case.tasks.get(kind=_K.INQUIRY).state == TaskState.CANCELLED

    def test_an_order_to_a_sub_district_is_copied_to_its_district(
        self, centre: Actor, district: District
    ) -> None:
        case = registered(centre)
        move(case, _K.DISPATCH, _C.CONSULT, centre, reason="谁？", asked=[district.parks])
        consulted = move(case, _K.CONSULT, _C.OPINE, centre, reason="属地先行")

        actions.dispatch(
            number=case.number,
            seen_revision=consulted.revision,
            lead_unit_id=district.qingbo,
            principle=Principle.BY_DESIGNATION,
            basis="属地先行",
            actor=centre,
            at=AT,
        )

        assert case.copies.get().unit_id == district.office
        assert not case.tasks.filter(unit=district.office).exists()

    def test_so_is_one_to_help(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads, district.qingbo)

        assert case.copies.get().unit_id == district.office

    def test_so_is_one_to_help_as_the_lead_calls_it_in(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        move(case, _K.LEAD, _C.CALL_IN, centre, reason="请清场", asked=[district.qingbo])

        assert case.copies.get().unit_id == district.office

    def test_so_is_one_to_help_in_the_place_of_another(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, district.water)
        move(case, _K.CO_HANDLE, _C.ASK_RETURN, centre, reason="不归我们")
        verdict = owed(case, _K.ADJUDICATE)

        actions.move_task(
            task_id=verdict.pk,
            seen_revision=verdict.revision,
            command=_C.GRANT,
            reason="属地协助",
            proposed_unit_id=district.qingbo,
            actor=centre,
            at=AT,
        )

        assert case.copies.get().unit_id == district.office


class TestClosingKinds:
    def closed_as(self, closing: Closing, centre: Actor, district: District) -> WorkOrder:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="答复", closing=closing)
        kind = _K.LEDGER_APPROVAL if closing.ledger_level else _K.CHECK
        command = _C.GRANT if closing.ledger_level else _C.PASS
        return move(case, kind, command, centre)

    def test_a_promise_comes_back_on_its_day_and_is_checked(
        self, centre: Actor, district: District
    ) -> None:
        day = date(2026, 4, 10)
        case = self.closed_as(Closing(ClosingKind.PROMISED, promised_on=day), centre, district)
        assert (case.step, case.closing_kind) == (Step.CLOSED, ClosingKind.PROMISED)

        assert queries.cases_with_promises_due(day - timedelta(1), limit=9) == []
        assert queries.cases_with_promises_due(day, limit=9) == [case.pk]
        morning = datetime(2026, 4, 10, 0, 5, tzinfo=UTC)
        actions.bring_back_promise(case_id=case.pk, actor=JOB, at=morning)
        assert kinds(case) == [_K.CHECK]

        case = move(case, _K.CHECK, _C.PASS, centre, at=morning + HOUR)
        assert (case.closing_kind, case.promises.get().kept) == (ClosingKind.SOLVED, True)

    def test_a_promise_not_kept_is_rework(self, centre: Actor, district: District) -> None:
        promise = Closing(ClosingKind.PROMISED, promised_on=date(2026, 4, 10))
        case = self.closed_as(promise, centre, district)
        morning = datetime(2026, 4, 10, 0, 5, tzinfo=UTC)
        actions.bring_back_promise(case_id=case.pk, actor=JOB, at=morning)

        case = move(case, _K.CHECK, _C.FAIL, centre, reason="还是坏的", at=morning)

        assert (kinds(case), case.promises.get().kept) == ([_K.LEAD], False)

    def test_the_ledger_takes_an_approver_and_is_reviewed_until_struck_off(
        self, centre: Actor, district: District
    ) -> None:
        entry_of = Closing(
            ClosingKind.LEDGER, ledger_level=LedgerLevel.DISTRICT, review_on=date(2026, 6, 1)
        )
        case = self.closed_as(entry_of, centre, district)
        entry = case.ledger.get()
        assert (entry.owner_id, entry.struck_off_at) == (district.roads, None)

        day = datetime(2026, 6, 1, 0, 5, tzinfo=UTC)
        assert queries.ledger_cases_to_review(day.date(), limit=9) == [case.pk]
        actions.review_ledger(case_id=case.pk, actor=JOB, at=day)
        shown(case, _K.LEDGER_REVIEW, at=day)
        move(case, _K.LEDGER_REVIEW, _C.STRIKE_OFF, centre, reason="新管道已通", at=day)
        assert kinds(case) == [_K.CHECK]
        case = move(case, _K.CHECK, _C.PASS, centre, at=day)

        assert case.ledger.get().struck_off_at == day
        assert case.closing_kind == ClosingKind.SOLVED

    def test_a_repeat_attaches_to_the_ledger(self, centre: Actor, district: District) -> None:
        entry_of = Closing(
            ClosingKind.LEDGER, ledger_level=LedgerLevel.DISTRICT, review_on=date(2026, 6, 1)
        )
        case = self.closed_as(entry_of, centre, district)

        again = reported(centre, said("k-2", "还是老样子", joins=case.number))

        assert again.work_order_id == case.pk
        assert Alert.objects.filter(unit=district.roads, kind=AlertKind.SUPPLEMENTED).exists()

    def test_to_a_closed_case_nothing_attaches(self, centre: Actor, district: District) -> None:
        case = self.closed_as(Closing(ClosingKind.SOLVED), centre, district)

        with pytest.raises(refusals.WrongState):
            reported(centre, said("k-2", "又坏了", joins=case.number))
        assert case.reports.count() == 1

    @pytest.mark.parametrize(
        "closing",
        [
            Closing(ClosingKind.PROMISED),
            Closing(ClosingKind.PROCEDURE, organ="区法院"),
            Closing(ClosingKind.LEDGER, review_on=date(2026, 6, 1)),
            Closing(ClosingKind.SOLVED, organ="区法院"),
        ],
    )
    def test_names_what_its_kind_asks_and_only_that(
        self, closing: Closing, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        refused(
            refusals.ClosingIncomplete, case, _K.LEAD, _C.ANSWER, centre,
            reply="答复", closing=closing,
        )  # fmt: skip


class TestReopening:
    def test_by_the_citizen_s_right_opens_a_new_dispatch(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        case = move(case, _K.CHECK, _C.PASS, centre)
        report = case.reports.get()
        citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)

        actions.reopen_by_citizen(
            report_id=report.pk, words="第二天又坏了", actor=citizen, at=AT + timedelta(3)
        )

        case.refresh_from_db()
        assert (case.step, case.ended_at, kinds(case)) == (Step.REGISTERED, None, [_K.DISPATCH])
        assert report.ratings.get().ended_at == AT + timedelta(3)

    def test_not_after_the_period(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        case = move(case, _K.CHECK, _C.PASS, centre)
        report = case.reports.get()

        with pytest.raises(refusals.ReopeningOver):
            actions.reopen_by_citizen(
                report_id=report.pk,
                words="又坏了",
                actor=Actor(ActorKind.CITIZEN, report_id=report.pk),
                at=AT + timedelta(16),
            )
        case.refresh_from_db()
        assert case.step == Step.CLOSED


class TestMerging:
    def test_hangs_the_reports_on_the_other_case(self, centre: Actor, district: District) -> None:
        kept = handling(centre, district.roads)
        double = reported(centre, said("k-2", "同一个井盖")).work_order

        actions.merge_cases(
            number=double.number, into=kept.number, seen_revision=double.revision,
            reason="同一处", actor=centre, at=AT,
        )  # fmt: skip

        double.refresh_from_db()
        assert (double.step, double.merged_into_id, kinds(double)) == (Step.MERGED, kept.pk, [])
        assert kept.reports.count() == 2
        kept.refresh_from_db()
        assert [queries.first_broken_entry(c) for c in (kept, double)] == [None, None]

    def test_is_undone_with_a_new_task(self, centre: Actor, district: District) -> None:
        kept = handling(centre, district.roads)
        double = registered(centre, said("k-2", "同一个井盖"))
        actions.merge_cases(
            number=double.number, into=kept.number, seen_revision=double.revision,
            reason="同一处", actor=centre, at=AT,
        )  # fmt: skip

        parted(double, "其实是两处", centre)

        double.refresh_from_db()
        assert (double.step, kinds(double)) == (Step.REGISTERED, [_K.DISPATCH])
        assert (kept.reports.count(), double.reports.count()) == (1, 1)

    def test_never_shows_a_complaint_to_whom_it_is_about(
        self, centre: Actor, district: District
    ) -> None:
        kept = handling(centre, district.roads)
        about = reported(centre, said("k-2", "城管态度差", about=district.roads)).work_order

        with pytest.raises(refusals.CantMerge):
            actions.merge_cases(
                number=about.number, into=kept.number, seen_revision=about.revision,
                reason="同一处", actor=centre, at=AT,
            )  # fmt: skip
        about.refresh_from_db()
        assert (about.step, about.reports.count()) == (Step.REPORTED, 1)


class TestOuterOrder:
    """An order of another platform: some moves are its to grant, and its clock runs until then."""

    DUE = AT + timedelta(days=2)

    def handling(self, centre: Actor, district: District) -> WorkOrder:
        order = replace(said(), outer_due_at=self.DUE)
        case = dispatched(centre, district.roads, report=order)
        return move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)

    def test_has_both_clocks_ours_a_reserve_before(self, centre: Actor, district: District) -> None:
        case = self.handling(centre, district)

        clocks = dict(owed(case, _K.LEAD).deadlines.values_list("authority", "due_at"))
        assert clocks[DeadlineAuthority.OUTER] == self.DUE
        inner_due = clocks[DeadlineAuthority.INNER]
        assert inner_due is not None
        assert inner_due < self.DUE

    def test_is_closed_when_the_platform_says_so(self, centre: Actor, district: District) -> None:
        case = self.handling(centre, district)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")

        case = move(case, _K.CHECK, _C.PASS, centre)
        assert (case.outcome, kinds(case)) == ("", [_K.OUTER_CLOSING])
        case = move(case, _K.OUTER_CLOSING, _C.GRANT, centre, reason="市12345同意结案")
        assert case.step == Step.CLOSED

    def test_refused_there_it_is_rework(self, centre: Actor, district: District) -> None:
        case = self.handling(centre, district)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        move(case, _K.CHECK, _C.PASS, centre)

        case = move(case, _K.OUTER_CLOSING, _C.DENY, centre, reason="平台抽查仍破损")

        assert (kinds(case), case.step) == ([_K.LEAD], Step.DISPATCHED)

    def test_an_extension_counts_only_once_the_platform_grants_it(
        self, centre: Actor, district: District
    ) -> None:
        case = self.handling(centre, district)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)
        outer = owed(case, _K.LEAD).deadlines.get(authority=DeadlineAuthority.OUTER)
        assert (outer.due_at, kinds(case)) == (self.DUE, [_K.LEAD, _K.OUTER_REQUEST])

        move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason="市12345同意", until=date(2026, 3, 9))

        case.refresh_from_db()
        assert case.outer_due_at == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)

    def test_it_is_given_back_where_the_platform_takes_it(
        self, centre: Actor, district: District
    ) -> None:
        case = reported(centre, replace(said(), outer_due_at=self.DUE)).work_order
        case = actions.move_case(
            number=case.number, seen_revision=case.revision,
            command=CaseCommand.ASK_OUTER_RETURN, reason="属于邻区", actor=centre, at=AT,
        )  # fmt: skip
        assert kinds(case) == [_K.REGISTER, _K.OUTER_REQUEST]

        case = move(case, _K.OUTER_REQUEST, _C.GRANT, centre, reason="已收回")

        assert (case.step, kinds(case)) == (Step.RETURNED, [])


class TestSecondCall:
    def test_a_chase_reaches_the_handler_and_the_leader_and_makes_no_order(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        actions.chase_report(report_id=case.reports.get().pk, actor=centre, at=AT + HOUR)

        chased = Alert.objects.filter(work_order=case, kind=AlertKind.CHASED)
        assert sorted(chased.values_list("unit", "for_leader")) == [
            (district.roads, False),
            (district.roads, True),
        ]
        case.refresh_from_db()
        assert (case.chases, WorkOrder.objects.count()) == (1, 1)

    def test_a_citizen_supplements_only_the_own_report(
        self, centre: Actor, district: District
    ) -> None:
        report = handling(centre, district.roads).reports.get()
        stranger = Actor(ActorKind.CITIZEN, report_id=report.pk + 1)

        with pytest.raises(queries.ReportNotFound):
            actions.supplement_report(report_id=report.pk, words="还有一个", actor=stranger, at=AT)
        assert not Alert.objects.exists()


class TestDirect:
    def test_the_desk_answers_at_once(self, centre: Actor) -> None:
        case = reported(centre, said(phone="13800001111")).work_order

        case = actions.answer_directly(
            number=case.number, seen_revision=case.revision, matter=NO_WATER,
            reply="检修至今晚八点", actor=centre, at=AT,
        )  # fmt: skip

        assert (case.step, case.closing_kind) == (Step.CLOSED, ClosingKind.EXPLAINED)
        assert kinds(case) == [_K.TELL]

    def test_who_found_and_fixed_it_records_it_once(
        self, centre: Actor, district: District
    ) -> None:
        rules = "事项编码,来源渠道,紧急程度,办理方式,依据,生效日期\nC0101,,,即办,测试,2020-01-01\n"
        catalog.import_table(
            kind=TableKind.TRACK_RULES, content=rules.encode(), actor=LOADER, at=AT
        )

        report = actions.record_fixed(
            report=said(), unit_id=district.roads, matter=MANHOLE, reply="当场盖好",
            actor=centre, at=AT,
        )  # fmt: skip

        case = report.work_order
        assert (case.step, case.closing_kind, kinds(case)) == (Step.CLOSED, "SOLVED", [])
        assert case.tasks.get().unit_id == district.roads
        assert case.entries.count() == 1

    def test_not_where_the_matter_takes_more(self, centre: Actor, district: District) -> None:
        with pytest.raises(refusals.NotOnTheSpot):
            actions.record_fixed(
                report=said(), unit_id=district.roads, matter=MANHOLE, reply="当场盖好",
                actor=centre, at=AT,
            )  # fmt: skip
        assert not WorkOrder.objects.exists()


class TestSweep:
    def test_reminds_says_overdue_and_then_tells_the_leader(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        moments = [
            datetime(2026, 3, 3, 7, 50, tzinfo=UTC),  # four fifths of two working days
            datetime(2026, 3, 4, 1, 0, tzinfo=UTC),
            datetime(2026, 3, 4, 8, 0, tzinfo=UTC),
        ]

        told = []
        for at in moments:
            assert queries.cases_with_deadlines_to_look_at(at, limit=9) == [case.pk]
            actions.say_what_is_due(case_id=case.pk, actor=JOB, at=at)
            told.append(Alert.objects.order_by("-pk").values_list("kind", "for_leader")[0])

        assert told == [
            (AlertKind.REMINDER, False),
            (AlertKind.OVERDUE, False),
            (AlertKind.OVERDUE, True),
        ]
        assert queries.cases_with_deadlines_to_look_at(moments[-1], limit=9) == []

    def test_late_it_tells_unit_and_leader_and_keeps_the_last_word(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=AT + timedelta(30))

        told = Alert.objects.order_by("pk").values_list("kind", "for_leader")
        assert list(told) == [(AlertKind.OVERDUE, False), (AlertKind.OVERDUE, True)]
        line = json.loads(case.entries.latest("seq").body)
        assert line["command"] == CaseCommand.TELL_LEADER
        assert [each["said"] for each in line["deadlines"]] == [CaseCommand.TELL_LEADER]

    def test_once_it_is_done_nobody_is_told_of_its_limit_any_more(
        self, centre: Actor, district: District
    ) -> None:
        case, handler = handling(centre, district.roads), handler_of(district.roads)
        late = AT + timedelta(30)
        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=late)
        (told,) = queries.alerts_of(handler, limit=9)
        assert told.kind is AlertKind.OVERDUE

        move(case, _K.LEAD, _C.ANSWER, handler, reply="井盖已换好", at=late)
        move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.roads), at=late)

        assert queries.alerts_of(handler, limit=9) == []

    def test_not_so_late_the_leader_is_left_in_peace(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)

        when_due = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
        actions.say_what_is_due(case_id=case.pk, actor=JOB, at=when_due)

        assert list(Alert.objects.values_list("kind", "for_leader")) == [(AlertKind.OVERDUE, False)]

    def test_twice_is_once(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        at = AT + timedelta(30)

        for _ in range(2):
            actions.say_what_is_due(case_id=case.pk, actor=JOB, at=at)

        assert Alert.objects.count() == 2  # its own, and its leader's


class TestNamedPersons:
    def test_an_informant_s_case_is_for_persons_not_units(
        self, centre: Actor, district: District
    ) -> None:
        report = reported(centre, replace(said(), kind=ReportKind.INFORMANT))

        case = report.work_order
        assert case.named_only
        colleague = Actor(ActorKind.PERSON, 999_999, frozenset({Grant(Power.SEE, district.centre)}))
        assert not queries.visible_to(colleague).filter(pk=case.pk).exists()
        assert report.confidential

    def test_one_more_is_named_by_whom_the_power_has(
        self, centre: Actor, district: District
    ) -> None:
        case = reported(centre, replace(said(), kind=ReportKind.INFORMANT)).work_order
        people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
        person = people.NewAccount(username="roads", display_name="办理人")
        handler = people.open_account(account=person, actor=LOADER, at=AT)
        people.appoint(
            user_id=handler,
            role=Role.HANDLER,
            unit_id=district.roads,
            valid_from=AT.date(),
            actor=LOADER,
            at=AT,
        )
        chief = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.NAME_PERSONS, None)}))
        told = staff(district.roads, Power.SEE, Power.HANDLE, user_id=handler)
        colleague = staff(district.roads, Power.SEE, Power.HANDLE, user_id=handler + 1)

        actions.name_person(
            number=case.number,
            user_id=handler,
            unit_id=district.roads,
            reason="由他办理",
            actor=chief,
            at=AT,
        )

        assert queries.visible_to(told).filter(pk=case.pk).exists()
        assert not queries.visible_to(colleague).filter(pk=case.pk).exists()
        with pytest.raises(actions.PersonNotOfUnit):
            actions.name_person(
                number=case.number,
                user_id=handler,
                unit_id=district.parks,
                reason="由他办理",
                actor=chief,
                at=AT,
            )

    def test_a_matter_that_is_confidential_takes_the_case_from_whole_units(
        self, centre: Actor, district: District
    ) -> None:
        table = (
            "事项编码,大类,事项,别名,序号,立案条件,结案条件,时限,紧急程度,佐证要求,核查方式,"
            "敏感程度,来源,生效日期\n"
            "D0901,举报,违纪线索,,1,有线索,已移交,5工作日,一般,,答复审核,保密,测试,2020-01-01\n"
        )
        catalog.import_table(kind=TableKind.MATTERS, content=table.encode(), actor=LOADER, at=AT)
        case = reported(centre).work_order
        colleague = staff(district.centre, Power.SEE, Power.REGISTER, user_id=999_999)
        assert queries.visible_to(colleague).filter(pk=case.pk).exists()

        actions.register(
            number=case.number, seen_revision=case.revision, matter="D0901", actor=centre, at=AT
        )

        assert not queries.visible_to(colleague).filter(pk=case.pk).exists()
