"""From the registrar's desk to the lead: what is checked and what stands afterwards."""

from datetime import timedelta

import pytest

from chengshao.catalog.queries import LeadNotByList, MatterNotFound
from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit
from chengshao.kernel.errors import DomainError
from chengshao.people.queries import UnitNotFound
from chengshao.places.queries import DivisionNotFound
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import ChangedMeanwhile, Place
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.refusals import NeedMissing, PowerMissing, WrongState
from chengshao.workorders.terms import Power, Principle, Step, TaskKind
from tests.district import (
    AT,
    HUBIN,
    MANHOLE,
    NO_WATER,
    QINGBOMEN,
    TREE,
    District,
    dispatched,
    everyone,
    owed,
    registered,
    reported,
    said,
    staff,
)


def seen_by(case: WorkOrder) -> set[int]:
    return set(case.audience.values_list("unit_id", flat=True))


class TestRegister:
    def test_names_the_matter_and_takes_what_goes_with_it(self, centre: Actor) -> None:
        case = registered(centre, matter=TREE)

        assert (case.matter, case.urgency, case.step) == (TREE, "ORDINARY", Step.REGISTERED)
        assert case.evidence_asked == ["PHOTO_AFTER"]
        assert case.matter_version is not None

    def test_takes_the_urgency_of_the_matter_or_the_registrars(self, centre: Actor) -> None:
        by_matter = registered(centre, said("k-1"), matter=NO_WATER)
        case = reported(centre, said("k-2", "没水了")).work_order
        by_hand = actions.register(
            number=case.number,
            seen_revision=case.revision,
            matter=NO_WATER,
            urgency=Urgency.EMERGENCY,
            actor=centre,
            at=AT,
        )

        assert (by_matter.urgency, by_hand.urgency) == ("URGENT", "EMERGENCY")
        dues = [owed(c, TaskKind.DISPATCH).deadlines.get().amount for c in (by_matter, by_hand)]
        assert dues == [2, 1]

    def test_shows_the_case_to_the_sub_district_of_the_place(
        self, centre: Actor, district: District
    ) -> None:
        case = registered(centre)

        assert seen_by(case) == {district.centre, district.qingbo}

    def test_a_corrected_place_takes_it_from_the_wrong_sub_district(
        self, centre: Actor, district: District
    ) -> None:
        case = reported(centre).work_order
        WorkOrder.objects.filter(pk=case.pk).update(territory=HUBIN)
        case.audience.create(unit_id=district.hubin, territory=HUBIN, opened_at=AT)

        case = actions.register(
            number=case.number,
            seen_revision=case.revision,
            matter=MANHOLE,
            place=Place("清波门", QINGBOMEN),
            actor=centre,
            at=AT,
        )

        assert seen_by(case) == {district.centre, district.qingbo}
        assert {row.territory for row in case.audience.all()} == {QINGBOMEN}

    @pytest.mark.parametrize(
        ("matter", "place", "refusal"),
        [
            ("Z9999", None, MatterNotFound),
            (MANHOLE, Place("", "330102999000"), DivisionNotFound),
        ],
    )
    def test_what_is_unknown_is_refused_and_nothing_changes(
        self, centre: Actor, matter: str, place: Place | None, refusal: type[DomainError]
    ) -> None:
        case = reported(centre).work_order

        with pytest.raises(refusal):
            actions.register(
                number=case.number,
                seen_revision=case.revision,
                matter=matter,
                place=place,
                actor=centre,
                at=AT,
            )

        case.refresh_from_db()
        assert (case.step, case.matter, case.entries.count()) == (Step.REPORTED, "", 1)

    def test_a_stale_page_is_refused(self, centre: Actor) -> None:
        case = reported(centre).work_order

        with pytest.raises(ChangedMeanwhile):
            actions.register(
                number=case.number,
                seen_revision=case.revision - 1,
                matter=MANHOLE,
                actor=centre,
                at=AT,
            )
        case.refresh_from_db()
        assert case.step == Step.REPORTED


class TestDispatch:
    def test_opens_a_task_with_a_deadline_for_each_unit(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, district.water)

        lead, help_ = owed(case, TaskKind.LEAD), owed(case, TaskKind.CO_HANDLE)
        limit = lead.deadlines.get()
        assert (lead.unit_id, lead.principle) == (district.roads, Principle.BY_AGREEMENT)
        assert (limit.amount, limit.unit) == (2, ClockUnit.WORKING_DAY)
        assert limit.due_at == AT + timedelta(days=2)  # Monday 09:00 to Wednesday 09:00
        assert help_.deadlines.get().due_at == limit.due_at
        assert lead.follows is not None
        assert lead.follows.kind == TaskKind.DISPATCH
        assert seen_by(case) >= {district.roads, district.water}

    def test_ends_the_clock_of_the_desk(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)

        done = case.tasks.get(kind=TaskKind.DISPATCH)
        limit = done.deadlines.get()
        assert done.ended_at == limit.ended_at == AT
        assert limit.next_at is None

    def test_never_to_a_community(self, centre: Actor, district: District) -> None:
        case = registered(centre)

        with pytest.raises(LeadNotByList):
            to(case, district.qingbomen, centre)
        unchanged(case)

    def test_never_to_a_unit_that_is_not_there(self, centre: Actor) -> None:
        case = registered(centre)

        with pytest.raises(UnitNotFound):
            to(case, 10**9, centre)
        unchanged(case)

    def test_takes_a_basis(self, centre: Actor, district: District) -> None:
        case = registered(centre)

        with pytest.raises(NeedMissing):
            to(case, district.roads, centre, basis=" ")
        unchanged(case)

    def test_not_before_it_is_registered(self, centre: Actor, district: District) -> None:
        case = reported(centre).work_order

        with pytest.raises(WrongState):
            to(case, district.roads, centre)

    def test_takes_the_power_in_the_territory_of_the_place(self, district: District) -> None:
        case = registered(everyone(district))
        see_all = staff(district.centre, Power.SEE).grants
        elsewhere = staff(district.centre, Power.DISPATCH, territory=HUBIN)

        with pytest.raises(PowerMissing):
            to(case, district.roads, Actor(elsewhere.kind, None, see_all | elsewhere.grants))
        unchanged(case)


class TestLists:
    def test_are_the_newest_first(self, centre: Actor, district: District) -> None:
        for hour in (1, 3, 2):
            reported(centre, said(f"k-{hour}", f"第{hour}小时的事"), AT + timedelta(hours=hour))

        lines = queries.cases_of_unit(unit_id=district.centre, actor=centre, limit=2)

        assert [line.words for line in lines] == ["第3小时的事", "第2小时的事"]

    def test_show_nothing_to_who_may_not_see(self, centre: Actor, district: District) -> None:
        reported(centre)

        handler = staff(district.roads, Power.HANDLE, Power.SEE)
        assert queries.cases_of_unit(unit_id=district.centre, actor=handler, limit=9) == []
        blind = staff(district.centre, Power.REGISTER)
        assert queries.cases_of_unit(unit_id=district.centre, actor=blind, limit=9) == []

    @pytest.mark.parametrize(
        ("words", "found"),
        [("井盖", True), ("路口", True), ("20260302", True), ("路灯", False), ("盖井", False)],
    )
    def test_are_searched_by_two_characters(
        self, centre: Actor, district: District, words: str, found: bool
    ) -> None:
        reported(centre)

        lines = queries.cases_of_unit(unit_id=district.centre, actor=centre, limit=9, words=words)

        assert bool(lines) is found

    def test_of_what_is_owed_are_the_most_pressing_first(
        self, centre: Actor, district: District
    ) -> None:
        slow = dispatched(centre, district.parks, report=said("k-1"), matter=TREE)
        fast = dispatched(centre, district.water, report=said("k-2", "没水"), matter=NO_WATER)

        lines = queries.tasks_owed(actor=centre, power=Power.HANDLE, kinds=[TaskKind.LEAD], limit=9)

        # somebody with a power over all units still has no list of all units
        assert lines == []
        handler = Actor(
            centre.kind,
            None,
            frozenset().union(
                *(
                    staff(unit, Power.SEE, Power.HANDLE).grants
                    for unit in (district.parks, district.water)
                )
            ),
        )
        lines = queries.tasks_owed(
            actor=handler, power=Power.HANDLE, kinds=[TaskKind.LEAD], limit=9
        )
        assert [line.number for line in lines] == [fast.number, slow.number]

    def test_end_at_the_border_of_a_territory(self, centre: Actor, district: District) -> None:
        case = registered(centre)

        inside = staff(district.centre, Power.SEE, territory=QINGBOMEN)
        outside = staff(district.centre, Power.SEE, territory=HUBIN)

        assert queries.visible_to(inside).get() == case
        assert not queries.visible_to(outside).exists()


def to(case: WorkOrder, unit_id: int, actor: Actor, *, basis: str = "清单") -> None:
    actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=unit_id,
        principle=Principle.BY_AGREEMENT,
        basis=basis,
        actor=actor,
        at=AT,
    )


def unchanged(case: WorkOrder) -> None:
    """Assert that a registered case is as it was."""
    entries = case.entries.count()
    case.refresh_from_db()
    assert (case.step, entries) == (Step.REGISTERED, 2)
    assert not case.tasks.filter(kind=TaskKind.LEAD).exists()
