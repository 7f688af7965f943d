"""Who leads, on what principle: by law, by agreement, by designation (F3, B2)."""

from datetime import timedelta

import pytest

from chengshao.catalog.queries import LeadNotByLaw
from chengshao.dispatch.actions import PlaceNotConfirmed, register_and_dispatch
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions
from chengshao.workorders.actions import Place
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.terms import Principle, Step, TaskCommand, TaskKind
from tests.district import (
    AT,
    MANHOLE,
    NO_WATER,
    QINGBO,
    District,
    dispatched,
    move,
    owed,
    registered,
    reported,
)
from tests.turns import citizen_of, doubled, handler_of, kinds, leader_of, refused, sent

_K, _C = TaskKind, TaskCommand
DESIGNATED = Principle.BY_DESIGNATION
HOUR = timedelta(hours=1)


def consulted(actor: Actor, *unit_ids: int) -> WorkOrder:
    case = registered(actor)
    return move(case, _K.DISPATCH, _C.CONSULT, actor, reason="谁办", asked=unit_ids)


def refuses_to_send(
    error: type[DomainError], case: WorkOrder, lead: int, actor: Actor, principle: Principle
) -> None:
    with pytest.raises(error):
        sent(case, lead, actor, principle=principle)
    assert _K.DISPATCH in kinds(case)
    assert not case.tasks.filter(kind=_K.LEAD).exists()


def at_time(case: WorkOrder, lead: int, actor: Actor, hours: int) -> WorkOrder:
    case.refresh_from_db()
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        principle=DESIGNATED,
        basis="值班领导指定",
        actor=actor,
        at=AT + hours * HOUR,
    )


class TestHearing:
    """The duty leader designates after the units were heard."""

    def test_not_while_a_unit_has_time_left(self, centre: Actor, district: District) -> None:
        case = consulted(centre, district.water, district.parks)
        one = case.tasks.filter(kind=_K.CONSULT).order_by("pk")[0]
        actions.move_task(
            task_id=one.pk, seen_revision=one.revision, command=_C.OPINE, reason="不归我们",
            actor=centre, at=AT,
        )  # fmt: skip

        refuses_to_send(refusals.CentreDesignates, case, district.roads, centre, DESIGNATED)

    def test_once_all_have_said_their_opinion(self, centre: Actor, district: District) -> None:
        case = consulted(centre, district.water)
        move(case, _K.CONSULT, _C.OPINE, centre, reason="不归我们")

        case = sent(case, district.roads, centre, principle=DESIGNATED)

        assert owed(case, _K.LEAD).designated

    def test_or_their_two_hours_are_over(self, centre: Actor, district: District) -> None:
        case = consulted(centre, district.water)
        with pytest.raises(refusals.CentreDesignates):
            at_time(case, district.roads, centre, hours=1)

        case = at_time(case, district.roads, centre, hours=2)

        assert owed(case, _K.LEAD).designated

    def test_or_one_returned_it_and_the_desk_ruled(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不归我们")
        move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="铭牌为证")

        case = sent(case, district.parks, centre, principle=DESIGNATED)

        assert owed(case, _K.LEAD).designated


class TestNotReturnable:
    """Once designated may not be returned (Weifang's regulation)."""

    def designated(self, centre: Actor, district: District) -> WorkOrder:
        case = consulted(centre, district.water)
        move(case, _K.CONSULT, _C.OPINE, centre, reason="不归我们")
        return sent(case, district.roads, centre, principle=DESIGNATED)

    def returns_nothing(self, case: WorkOrder, unit_id: int, kind: TaskKind = _K.LEAD) -> None:
        handler = handler_of(unit_id)
        refused(refusals.LeadDesignated, case, kind, _C.ASK_RETURN, handler, reason="不归我们")

    def test_the_lead(self, centre: Actor, district: District) -> None:
        self.returns_nothing(self.designated(centre, district), district.roads)

    def test_nor_who_is_dispatched_beside(self, centre: Actor, district: District) -> None:
        case = consulted(centre, district.water)
        move(case, _K.CONSULT, _C.OPINE, centre, reason="不归我们")
        case = sent(case, district.roads, centre, beside=district.parks, principle=DESIGNATED)

        self.returns_nothing(case, district.parks, _K.DOUBLE)

    def test_in_the_next_round_neither(self, centre: Actor, district: District) -> None:
        case = self.designated(centre, district)
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
        move(case, _K.CHECK, _C.FAIL, centre, reason="没好")

        self.returns_nothing(case, district.roads)

    def test_nor_dispatched_anew_after_reopening(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.parks)
        move(case, _K.LEAD, _C.ASK_RETURN, handler_of(district.parks), reason="不归我们")
        move(case, _K.ADJUDICATE, _C.DENY, centre, reason="就归你们")
        move(case, _K.LEAD, _C.ACKNOWLEDGE, handler_of(district.parks))
        move(case, _K.LEAD, _C.ANSWER, leader_of(district.parks), reply="好了")
        move(case, _K.CHECK, _C.PASS, centre)
        report_id = case.reports.get().pk
        actions.reopen_by_citizen(
            report_id=report_id, words="没好", actor=citizen_of(case), at=AT + HOUR
        )

        case = sent(case, district.parks, centre)

        self.returns_nothing(case, district.parks)


class TestPrinciple:
    def test_by_law_leads_whom_the_catalogue_names(self, centre: Actor, district: District) -> None:
        case = sent(registered(centre), district.roads, centre, principle=Principle.BY_LAW)

        assert owed(case, _K.LEAD).principle == Principle.BY_LAW

    def test_where_it_names_nobody_nobody_leads_by_law(
        self, centre: Actor, district: District
    ) -> None:
        case = registered(centre, matter=NO_WATER)

        refuses_to_send(LeadNotByLaw, case, district.water, centre, Principle.BY_LAW)

    def test_stays_through_rework(self, centre: Actor, district: District) -> None:
        case = doubled(centre, district.roads, district.parks, Principle.BY_LAW)
        for kind in (_K.DOUBLE, _K.LEAD):
            move(case, kind, _C.ANSWER, centre, reply="好了")

        move(case, _K.CHECK, _C.FAIL, centre, reason="没好")

        lead = owed(case, _K.LEAD)
        assert (lead.round, lead.principle) == (2, Principle.BY_LAW)


class TestByCatalogue:
    """目录直派 takes a matter and a place that a person has confirmed."""

    def direct(self, case: WorkOrder, actor: Actor, place: Place | None = None) -> None:
        register_and_dispatch(
            number=case.number,
            seen_revision=case.revision,
            matter=MANHOLE,
            place=place,
            actor=actor,
            at=AT,
        )

    @pytest.mark.parametrize("territory", ["", "330102000000"])
    def test_not_without_a_sub_district(self, centre: Actor, territory: str) -> None:
        case = reported(centre).work_order

        with pytest.raises(PlaceNotConfirmed):
            self.direct(case, centre, Place("说不清在哪", territory))
        case.refresh_from_db()
        assert (case.step, kinds(case)) == (Step.REPORTED, [_K.REGISTER])

    def test_a_sub_district_is_enough(self, centre: Actor, district: District) -> None:
        case = reported(centre).work_order

        self.direct(case, centre, Place("清波街道", QINGBO))

        assert owed(case, _K.LEAD).unit_id == district.roads
