"""Who may be asked to lead: the lists first, practice only where they name nobody (B5, X2)."""

import pytest

from chengshao.dispatch import queries
from chengshao.dispatch.actions import NoSoleLead, register_and_dispatch
from chengshao.dispatch.terms import Confidence
from chengshao.kernel.actor import Actor
from chengshao.workorders.actions import Place
from chengshao.workorders.terms import Principle, Step, TaskKind
from tests.district import (
    AT,
    MANHOLE,
    NO_WATER,
    QINGBOMEN,
    District,
    closed,
    owed,
    reported,
    said,
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


class TestDirectDispatch:
    def test_sends_the_case_to_the_one_lead_in_two_entries(
        self, centre: Actor, district: District
    ) -> None:
        case = reported(centre).work_order

        register_and_dispatch(
            number=case.number,
            seen_revision=case.revision,
            matter=MANHOLE,
            place=Place("", QINGBOMEN),
            actor=centre,
            at=AT,
        )

        case.refresh_from_db()
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
