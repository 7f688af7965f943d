"""Who may be asked to lead: the lists first, practice only where they name nobody (B5, X2)."""

from datetime import datetime, timedelta

import pytest

from chengshao.dispatch import queries
from chengshao.dispatch.actions import NoSoleLead, register_and_dispatch
from chengshao.dispatch.terms import Confidence
from chengshao.kernel.actor import Actor
from chengshao.workorders import actions as workorders
from chengshao.workorders import queries as cases
from chengshao.workorders.actions import OldCaseRow, Place, PowerMissing, Provenance, import_cases
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import ClosingKind, Power, Principle, Step, TaskCommand, TaskKind
from tests.district import (
    AT,
    MANHOLE,
    NO_WATER,
    QINGBOMEN,
    District,
    account,
    closed,
    dispatched,
    move,
    owed,
    reported,
    said,
    staff,
)

TODAY = AT.date()


def advice(centre: Actor, matter: str) -> queries.Advice:
    return queries.advice_for(matter=matter, territory=QINGBOMEN, actor=centre, on=TODAY)


class TestAdvice:
    def test_names_the_unit_of_the_list_with_its_basis(
        self, centre: Actor, district: District
    ) -> None:
        (suggestion,) = advice(centre, MANHOLE).suggestions

        assert (suggestion.unit_id, suggestion.co_unit_ids) == (district.roads, (district.water,))
        assert suggestion.principle is Principle.BY_LAW
        assert suggestion.confidence is Confidence.HIGH
        assert suggestion.basis == "城市道路管理条例（国务院令第198号）第二十三条"

    def test_falls_back_to_the_sub_district_and_says_so(
        self, centre: Actor, district: District
    ) -> None:
        (suggestion,) = advice(centre, NO_WATER).suggestions

        assert suggestion.unit_id == district.qingbo
        assert suggestion.confidence is Confidence.LOW
        assert suggestion.basis == ""

    def test_shows_the_precedents_and_who_led_them(self, centre: Actor, district: District) -> None:
        case = closed(centre, district.roads)

        found = advice(centre, MANHOLE)

        assert [p.number for p in found.precedents] == [case.number]
        assert found.suggestions[0].led_before == 1

    def test_shows_no_precedent_that_the_actor_does_not_see(
        self, centre: Actor, district: District
    ) -> None:
        closed(centre, district.roads)

        blind = Actor(centre.kind)
        assert advice(blind, MANHOLE).precedents == ()


class TestOldCases:
    def test_are_precedents_of_the_unit_that_closed_them(
        self, centre: Actor, district: District
    ) -> None:
        imported(centre, "A-1", unit_id=district.roads)

        (precedent,) = advice(centre, MANHOLE).precedents

        assert precedent.lead_unit_id == district.roads
        assert precedent.seconds == timedelta(days=2).total_seconds()
        assert advice(centre, MANHOLE).suggestions[0].led_before == 1

    def test_whose_end_or_unit_is_not_known_push_nobody_out(
        self, centre: Actor, district: District
    ) -> None:
        known = closed(centre, district.roads)
        for number in range(3):
            imported(centre, f"A-{number}", unit_id=district.water, ended_at=None)
            imported(centre, f"B-{number}")

        found = advice(centre, MANHOLE).precedents

        assert found[0].number == known.number
        assert [p.lead_unit_id for p in found[1:]] == [district.water] * 2
        assert [p.seconds for p in found[1:]] == [None, None]


class TestDirectDispatch:
    def test_sends_the_case_to_the_one_lead_in_two_entries(
        self, centre: Actor, district: District
    ) -> None:
        case = reported(centre).work_order

        send_directly(case, centre)

        assert (case.step, case.entries.count()) == (Step.DISPATCHED, 3)
        assert owed(case, TaskKind.LEAD).unit_id == district.roads
        assert owed(case, TaskKind.CO_HANDLE).unit_id == district.water

    def test_registers_nothing_where_the_lists_name_no_single_lead(self, centre: Actor) -> None:
        case = reported(centre, said(words="没水")).work_order

        with pytest.raises(NoSoleLead):
            register_and_dispatch(
                number=case.number,
                seen_revision=case.revision,
                matter=NO_WATER,
                place=Place("", QINGBOMEN),
                actor=centre,
                at=AT,
            )

        case.refresh_from_db()
        assert (case.step, case.entries.count()) == (Step.REPORTED, 1)


def send_directly(case: WorkOrder, actor: Actor, matter: str = MANHOLE) -> None:
    register_and_dispatch(
        number=case.number,
        seen_revision=case.revision,
        matter=matter,
        place=Place("", QINGBOMEN),
        actor=actor,
        at=AT,
    )
    case.refresh_from_db()


class TestWhoSendsByTheCatalogue:
    """It takes a power of its own: what else a dispatcher does takes theirs (目录直派)."""

    @pytest.fixture
    def operator(self, district: District) -> Actor:
        powers = (Power.SEE, Power.REPORT, Power.DIRECT_DISPATCH)
        return staff(district.centre, *powers, user_id=account("operator"))

    def test_needs_neither_to_register_nor_to_dispatch_else(
        self, centre: Actor, district: District, operator: Actor
    ) -> None:
        case = reported(centre).work_order

        send_directly(case, operator)

        assert owed(case, TaskKind.LEAD).unit_id == district.roads

    def test_neither_is_enough_for_it(self, centre: Actor, district: District) -> None:
        case = reported(centre).work_order
        dispatcher = staff(district.centre, *(set(Power) - {Power.DIRECT_DISPATCH}))

        with pytest.raises(PowerMissing) as refusal:
            send_directly(case, dispatcher)

        case.refresh_from_db()
        assert refusal.value.params["power"] == Power.DIRECT_DISPATCH
        assert case.step == Step.REPORTED

    def test_of_any_other_lead_somebody_else_decides(
        self, centre: Actor, district: District, operator: Actor
    ) -> None:
        case = reported(centre).work_order

        with pytest.raises(PowerMissing):
            workorders.register(
                number=case.number,
                seen_revision=case.revision,
                matter=MANHOLE,
                actor=operator,
                at=AT,
            )

    def test_takes_back_what_they_sent_until_it_is_acknowledged(
        self, centre: Actor, district: District, operator: Actor
    ) -> None:
        case = reported(centre).work_order
        send_directly(case, operator)
        assert recallable(operator) == [case.number]

        move(case, TaskKind.LEAD, TaskCommand.RECALL, operator, reason="地点错了")

        assert owed(case, TaskKind.DISPATCH)
        assert recallable(operator) == []

    def test_and_nothing_that_somebody_else_sent(
        self, centre: Actor, district: District, operator: Actor
    ) -> None:
        case = dispatched(centre, district.roads)

        with pytest.raises(PowerMissing):
            move(case, TaskKind.LEAD, TaskCommand.RECALL, operator, reason="地点错了")

        assert recallable(operator) == []
        assert owed(case, TaskKind.LEAD)


def recallable(actor: Actor) -> list[str]:
    found = cases.cases_to_recall(actor=actor, limit=9)
    assert cases.count_to_recall(actor=actor) == len(found)
    return [line.number for line in found]


def imported(
    actor: Actor,
    key: str,
    *,
    unit_id: int | None = None,
    ended_at: datetime | None = AT - timedelta(days=98),
) -> None:
    row = OldCaseRow(
        key=key,
        row=2,
        digest=key,
        report=said(key),
        place=Place("", QINGBOMEN),
        matter=MANHOLE,
        unit_id=unit_id,
        opened_at=AT - timedelta(days=100),
        ended_at=ended_at,
        closed_as=ClosingKind.SOLVED,
    )
    result = import_cases(rows=[row], whence=Provenance("旧系统", "", 1), actor=actor, at=AT)
    assert result.refused == {}
