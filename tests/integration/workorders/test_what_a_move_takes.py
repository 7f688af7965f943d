"""Nothing is stored of a move that says more than its row takes, or what is not so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chengshao.catalog.queries import ResponsibilityNotInForce
from chengshao.catalog.queries import responsibilities_for as responsibilities
from chengshao.kernel.actor import Actor, Grant
from chengshao.kernel.errors import DomainError
from chengshao.people.actions import reveal_contact
from chengshao.people.actions.contacts import PurposeMissing
from chengshao.people.terms import Power as People
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import WordsMissing
from chengshao.workorders.models import Alert, Copy, WorkOrder
from chengshao.workorders.rules.refusals import (
    NeedMissing,
    NotRefuted,
    SuspendedBefore,
    SuspendedNow,
    TakesNo,
    UnitComplainedAbout,
)
from chengshao.workorders.terms import (
    CaseCommand,
    Channel,
    ContactResult,
    DeclineGround,
    NoteName,
    Principle,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    MANHOLE,
    QINGBOMEN,
    SOLVED,
    TREE,
    District,
    closed,
    dispatched,
    move,
    owed,
    registered,
    reported,
    said,
)
from tests.turns import PHONE, handling

_C, _K = TaskCommand, TaskKind
_REVEALS = Grant(People.REVEAL_CONTACT, None)
UNSEEN = " \u200b\u2060\u3000"


def unchanged(
    case: WorkOrder, act: Callable[[], object], refusal: type[DomainError]
) -> DomainError:
    """Try it and return why it was refused, having seen that nothing changed."""
    before = WorkOrder.objects.values_list("revision", "history_seq").get(pk=case.pk)
    with pytest.raises(refusal) as refused:
        act()
    assert WorkOrder.objects.values_list("revision", "history_seq").get(pk=case.pk) == before
    return refused.value


def sent(
    case: WorkOrder, actor: Actor, lead: int, *, copies: int = 0, responsibility: int | None = None
) -> WorkOrder:
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        copy_unit_ids=frozenset({copies} - {0}),
        principle=Principle.BY_AGREEMENT,
        basis="联席会议纪要",
        responsibility_id=responsibility,
        actor=actor,
        at=AT,
    )


class TestTheCitizensAnswer:
    def test_is_not_rewritten_by_who_checks(self, district: District, centre: Actor) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="井盖已换好")

        refusal = unchanged(
            case, lambda: move(case, _K.CHECK, _C.PASS, centre, reply="已经好了"), TakesNo
        )

        assert refusal.params["fields"] == "reply"
        assert queries.last_note(case, NoteName.REPLY) == "井盖已换好"

    def test_nor_by_who_acknowledges(self, district: District, centre: Actor) -> None:
        case = dispatched(centre, district.roads)

        unchanged(case, lambda: move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, reply="不办"), TakesNo)

    def test_nor_by_who_tells_it_after_the_end(self, district: District, centre: Actor) -> None:
        case = closed(centre, district.roads, report=said(phone=PHONE))

        unchanged(case, lambda: move(case, _K.TELL, _C.TELL, centre, reply="另一段话"), TakesNo)

        assert queries.last_note(case, NoteName.REPLY) == "井盖已换好"

    def test_of_invisible_characters_is_none(self, district: District, centre: Actor) -> None:
        case = handling(centre, district.roads)

        refusal = unchanged(
            case, lambda: move(case, _K.LEAD, _C.ANSWER, centre, reply=UNSEEN), NeedMissing
        )

        assert refusal.params == {"need": "REPLY"}


def test_a_check_takes_nothing_of_other_moves(district: District, centre: Actor) -> None:
    case = handling(centre, district.roads)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="井盖已换好")
    stray = {"closing": SOLVED, "asked": [district.water], "until": date(2026, 3, 20)}

    refusal = unchanged(case, lambda: move(case, _K.CHECK, _C.PASS, centre, **stray), TakesNo)  # type: ignore[arg-type]

    assert refusal.params["fields"] == "closing, asked_unit_ids, until"


class TestACall:
    @pytest.mark.parametrize("command", [_C.CONTACT, _C.TELL])
    def test_is_no_move_without_how_it_went(
        self, district: District, centre: Actor, command: TaskCommand
    ) -> None:
        told = said(phone=PHONE)
        case = (
            dispatched(centre, district.roads, report=told)
            if command == _C.CONTACT
            else closed(centre, district.roads, report=told)
        )
        kind = _K.CONTACT if command == _C.CONTACT else _K.TELL

        refusal = unchanged(
            case, lambda: move(case, kind, command, centre, reason="打过"), NeedMissing
        )

        assert refusal.params == {"need": "ATTEMPT"}

    def test_goes_by_its_own_door(self, district: District, centre: Actor) -> None:
        case = dispatched(centre, district.roads, report=said(phone=PHONE))

        actions.record_contact(
            task_id=owed(case, _K.CONTACT).pk,
            report_id=case.reports.get().pk,
            result=ContactResult.TALKED,
            words="说好了",
            actor=centre,
            at=AT,
        )

        assert queries.last_note(case, NoteName.REASON) == "说好了"


class TestADispatch:
    def test_rests_on_no_row_that_is_not_there(self, district: District, centre: Actor) -> None:
        case = registered(centre)

        unchanged(
            case,
            lambda: sent(case, centre, district.roads, responsibility=99_999_999),
            ResponsibilityNotInForce,
        )

    def test_nor_on_a_row_of_another_matter(self, district: District, centre: Actor) -> None:
        case = registered(centre, matter=MANHOLE)
        (tree,) = responsibilities(TREE, QINGBOMEN, AT.date())

        unchanged(
            case,
            lambda: sent(case, centre, district.roads, responsibility=tree.id),
            ResponsibilityNotInForce,
        )

    def test_rests_on_the_row_that_names_the_matter(
        self, district: District, centre: Actor
    ) -> None:
        case = registered(centre, matter=MANHOLE)
        (manhole,) = responsibilities(MANHOLE, QINGBOMEN, AT.date())

        assert sent(case, centre, district.roads, responsibility=manhole.id).step == Step.DISPATCHED

    def test_is_not_copied_to_the_unit_complained_about(
        self, district: District, centre: Actor
    ) -> None:
        case = registered(centre, said(about=district.parks))

        unchanged(
            case,
            lambda: sent(case, centre, district.roads, copies=district.parks),
            UnitComplainedAbout,
        )

        assert not Copy.objects.exists()

    def test_says_whom_it_told_and_tells_nobody_twice(
        self, district: District, centre: Actor
    ) -> None:
        case = sent(registered(centre), centre, district.roads, copies=district.parks)
        move(case, _K.LEAD, _C.RECALL, centre, reason="派错了")
        alerts = Alert.objects.filter(unit=district.parks).count()
        case.refresh_from_db()

        sent(case, centre, district.water, copies=district.parks)

        told = queries.case_view(number=case.number, actor=centre).entries[-1].body
        assert "copy_unit_ids" not in told
        assert Alert.objects.filter(unit=district.parks).count() == alerts


class TestNotFound:
    def decline(self, case: WorkOrder, actor: Actor) -> WorkOrder:
        return actions.move_case(
            number=case.number,
            seen_revision=WorkOrder.objects.get(pk=case.pk).revision,
            command=CaseCommand.DECLINE,
            ground=DeclineGround.NOT_FOUND,
            reply="去看过，没有发现",
            actor=actor,
            at=AT,
        )

    def test_is_no_ground_where_nobody_verified(self, centre: Actor) -> None:
        case = reported(centre).work_order

        unchanged(case, lambda: self.decline(case, centre), NotRefuted)

    @pytest.mark.parametrize("found", [True, False])
    def test_is_one_where_who_verified_found_nothing(self, centre: Actor, *, found: bool) -> None:
        case = reported(centre, replace(said(), channel=Channel.SENSOR)).work_order
        command = _C.CONFIRM if found else _C.REFUTE
        move(case, _K.VERIFY, command, centre, reason="去看过")

        if found:
            unchanged(case, lambda: self.decline(case, centre), NotRefuted)
        else:
            assert self.decline(case, centre).step == Step.DECLINED


class TestInvisibleWords:
    def test_are_no_report(self, centre: Actor) -> None:
        with pytest.raises(WordsMissing):
            reported(centre, said(words=UNSEEN))

    def test_are_no_reason(self, district: District, centre: Actor) -> None:
        case = dispatched(centre, district.roads)

        unchanged(
            case, lambda: move(case, _K.LEAD, _C.ASK_RETURN, centre, reason=UNSEEN), NeedMissing
        )

    @pytest.mark.parametrize("purpose", [".", "……", "a", UNSEEN])
    def test_nor_are_signs_a_purpose(self, centre: Actor, purpose: str) -> None:
        report = reported(centre, said(phone=PHONE))
        reveals = replace(centre, grants=centre.grants | {_REVEALS})

        with pytest.raises(PurposeMissing):
            reveal_contact(
                contact_id=report.contact_id or 0,
                purpose=purpose,
                about=report.work_order.number,
                actor=reveals,
                at=AT,
            )


class TestWhileTheClocksRest:
    @pytest.mark.parametrize(
        ("command", "refusal"),
        [(_C.ASK_EXTENSION, SuspendedNow), (_C.ASK_SUSPENSION, SuspendedBefore)],
    )
    def test_nobody_asks_for_more_time(
        self,
        district: District,
        centre: Actor,
        command: TaskCommand,
        refusal: type[DomainError],
    ) -> None:
        case = handling(centre, district.roads)
        until = AT.date() + timedelta(days=20)
        other = replace(centre, user_id=None)
        move(case, _K.LEAD, _C.ASK_SUSPENSION, centre, reason="等备件", until=until)
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, other)
        more = until if command == _C.ASK_SUSPENSION else None

        unchanged(
            case, lambda: move(case, _K.LEAD, command, centre, reason="还要", until=more), refusal
        )
