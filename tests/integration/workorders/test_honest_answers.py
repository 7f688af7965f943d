"""Honest closing (F17): the same is asked of who answers and of who signs the answer."""

from datetime import date, timedelta

import pytest

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind, Track
from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import case_view
from chengshao.workorders.rules import refusals
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import (
    ClosingKind,
    ContactResult,
    Step,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    SOLVED,
    TREE,
    District,
    dispatched,
    move,
    owed,
    reported,
)
from tests.turns import PHONE, doubled, handler_of, handling, kinds, leader_of, refused, sent

_K, _C = TaskKind, TaskCommand
UNREACHABLE = Closing(ClosingKind.UNREACHABLE)
EXPLAINED = Closing(ClosingKind.EXPLAINED)
BY_APRIL = Closing(ClosingKind.PROMISED, promised_on=date(2026, 4, 1))


def called(case: WorkOrder, actor: Actor, *results: ContactResult) -> None:
    """Try to call the citizen, every two hours."""
    for nth, result in enumerate(results):
        actions.record_contact(
            task_id=owed(case, _K.CONTACT).pk,
            report_id=case.reports.get().pk,
            result=result,
            actor=actor,
            at=AT + nth * timedelta(hours=2),
        )


def drafted(case: WorkOrder, unit_id: int, closing: Closing, reason: str = "") -> None:
    move(
        case, _K.LEAD, _C.ANSWER, handler_of(unit_id), reply="办好了", closing=closing,
        reason=reason,
    )  # fmt: skip


def track_rule(track: str) -> None:
    headings = "事项编码,来源渠道,紧急程度,办理方式,依据,生效日期"
    table = f"{headings}\n{MANHOLE},,,{track},测试,2020-01-01\n"
    catalog.import_table(kind=TableKind.TRACK_RULES, content=table.encode(), actor=LOADER, at=AT)


class TestUnreachable:
    def test_is_nobody_who_talked(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, phone=PHONE)
        called(case, centre, ContactResult.TALKED)

        leader = leader_of(district.roads)
        refused(
            refusals.CitizenReached, case, _K.LEAD, _C.ANSWER, leader, reply="没联系上",
            closing=UNREACHABLE,
        )  # fmt: skip

    def test_is_nobody_who_was_not_tried(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, phone=PHONE)

        leader = leader_of(district.roads)
        refused(
            refusals.ContactOwed, case, _K.LEAD, _C.ANSWER, leader, reply="没联系上",
            closing=UNREACHABLE,
        )  # fmt: skip

    def test_is_who_was_tried_by_the_rule(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, phone=PHONE)
        rings = ContactResult.NOBODY
        called(case, centre, rings, rings, rings, ContactResult.MESSAGE)

        move(
            case, _K.LEAD, _C.ANSWER, leader_of(district.roads), reply="没联系上",
            closing=UNREACHABLE,
        )  # fmt: skip

        assert kinds(case) == [_K.CHECK]

    def test_a_leader_can_t_sign_it_either(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, phone=PHONE)
        drafted(case, district.roads, EXPLAINED)

        leader = leader_of(district.roads)
        refused(refusals.ContactOwed, case, _K.SIGN_OFF, _C.SIGN, leader, closing=UNREACHABLE)


class TestEvidence:
    def test_a_leader_s_signature_is_no_way_round_it(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.parks, matter=TREE)
        drafted(case, district.parks, EXPLAINED)

        leader = leader_of(district.parks)
        missing = refused(refusals.NeedMissing, case, _K.SIGN_OFF, _C.SIGN, leader, closing=SOLVED)

        assert "EVIDENCE_AS_ASKED" in missing

    def test_what_was_only_explained_is_signed_without(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.parks, matter=TREE)
        drafted(case, district.parks, EXPLAINED)

        move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.parks))

        assert kinds(case) == [_K.CHECK]


class TestParts:
    def test_who_was_called_in_after_the_draft_is_not_passed_over(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        drafted(case, district.roads, SOLVED)
        handler = handler_of(district.roads)
        move(case, _K.LEAD, _C.CALL_IN, handler, reason="要关阀", asked=[district.water])

        leader = leader_of(district.roads)
        missing = refused(refusals.NeedMissing, case, _K.SIGN_OFF, _C.SIGN, leader)
        assert "PARTS_OR_REASON" in missing

        move(case, _K.SIGN_OFF, _C.SIGN, leader, reason="不用关阀了")
        assert kinds(case) == [_K.CHECK]

    def test_what_the_draft_gave_a_reason_for_is_signed(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads, district.water)
        drafted(case, district.roads, SOLVED, reason="阀门不用关")

        move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.roads))

        assert case.tasks.get(kind=_K.CO_HANDLE).state == TaskState.CANCELLED

    def test_while_one_beside_the_lead_has_not_answered_no_reason_lets_it_go(
        self, centre: Actor, district: District
    ) -> None:
        case = doubled(centre, district.roads, district.parks)

        refused(
            refusals.DoubleAwaited, case, _K.LEAD, _C.ANSWER, centre, reply="好", reason="不等了"
        )

        lead = owed(case, _K.LEAD).pk
        offered = case_view(number=case.number, actor=centre).commands[lead]
        assert _C.ANSWER not in offered
        move(case, _K.DOUBLE, _C.ANSWER, centre, reply="树已移")
        assert _C.ANSWER in case_view(number=case.number, actor=centre).commands[lead]

    def test_what_a_part_bars_is_told_before_anybody_tries(
        self, centre: Actor, district: District
    ) -> None:
        case = doubled(centre, district.roads, district.parks)
        move(case, _K.DOUBLE, _C.ANSWER, centre, reply="四月前移树", closing=BY_APRIL)

        barred = case_view(number=case.number, actor=centre).barred[owed(case, _K.LEAD).pk]

        assert barred == {
            ClosingKind.SOLVED: "workorder_part_not_solved",
            ClosingKind.UNREACHABLE: "workorder_contact_owed",
        }

    def test_nothing_is_solved_while_a_part_is_only_promised(
        self, centre: Actor, district: District
    ) -> None:
        case = doubled(centre, district.roads, district.parks)
        move(case, _K.DOUBLE, _C.ANSWER, centre, reply="四月前移树", closing=BY_APRIL)

        refused(refusals.PartNotSolved, case, _K.LEAD, _C.ANSWER, centre, reply="路修好了")

        move(case, _K.LEAD, _C.ANSWER, centre, reply="路好了，树四月移", closing=BY_APRIL)
        case = move(case, _K.CHECK, _C.PASS, centre)
        assert (case.closing_kind, case.promises.count()) == (ClosingKind.PROMISED, 1)


class TestDirectAnswer:
    def answered(self, centre: Actor, kind: ClosingKind) -> WorkOrder:
        case = reported(centre).work_order
        return actions.answer_directly(
            number=case.number,
            seen_revision=case.revision,
            matter=MANHOLE,
            reply="已答复",
            closing_kind=kind,
            actor=centre,
            at=AT,
        )

    def test_the_desk_doesn_t_say_solved_of_what_a_unit_does(self, centre: Actor) -> None:
        with pytest.raises(refusals.NotDirectly):
            self.answered(centre, ClosingKind.SOLVED)
        case = WorkOrder.objects.get()
        assert (case.step, case.matter, case.track) == (Step.REPORTED, "", Track.ORDINARY)

    def test_but_of_what_takes_an_answer(self, centre: Actor) -> None:
        track_rule("直接答复")

        case = self.answered(centre, ClosingKind.SOLVED)

        assert (case.step, case.track) == (Step.CLOSED, Track.DIRECT_ANSWER)

    def test_reopened_it_goes_the_matter_s_own_way(self, centre: Actor, district: District) -> None:
        case = self.answered(centre, ClosingKind.EXPLAINED)
        report_id = case.reports.get().pk
        actions.reopen_by_citizen(report_id=report_id, words="没解决", actor=centre, at=AT)
        case = sent(case, district.roads, centre)
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)

        drafted(case, district.roads, SOLVED)

        assert kinds(case) == [_K.LEAD, _K.SIGN_OFF]
        assert WorkOrder.objects.get(pk=case.pk).track == Track.ORDINARY


class TestTracks:
    def test_a_simple_one_closes_without_a_visit(self, centre: Actor, district: District) -> None:
        track_rule("简易")
        case = handling(centre, district.roads)
        drafted(case, district.roads, SOLVED)
        assert kinds(case) == [_K.LEAD, _K.SIGN_OFF]

        case = move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.roads))

        assert (case.step, kinds(case)) == (Step.CLOSED, [])

    def test_a_complex_one_is_signed_and_looked_at(self, centre: Actor, district: District) -> None:
        track_rule("复杂")
        case = handling(centre, district.roads)
        drafted(case, district.roads, SOLVED)
        assert kinds(case) == [_K.LEAD, _K.SIGN_OFF]

        move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.roads))

        assert kinds(case) == [_K.CHECK]


def test_a_closing_whose_day_has_come_meanwhile_is_not_signed(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    tomorrow = Closing(ClosingKind.PROMISED, promised_on=date(2026, 3, 3))
    drafted(case, district.roads, tomorrow)

    leader, later = leader_of(district.roads), AT + timedelta(days=2)
    refused(refusals.DateOutOfReach, case, _K.SIGN_OFF, _C.SIGN, leader, at=later)
