"""A case goes on though the unit that led it is closed since: to who follows it, else the desk."""

from datetime import date, datetime, timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people import queries as units
from chengshao.people.queries import UnitNotFound
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import CaseCommand, Principle, TaskCommand, TaskKind, TaskState
from tests.district import AT, LOADER, District, closed, dispatched, move, owed, said
from tests.standing import REVIEW_ON, Standing

_K, _C = TaskKind, TaskCommand
CHANGE = date(2026, 3, 5)
LATER = datetime.combine(CHANGE, AT.timetz()) + timedelta(days=4)


def answered(actor: Actor, lead: int) -> WorkOrder:
    case = dispatched(actor, lead, report=said(phone="13800001111"))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)
    return move(case, _K.LEAD, _C.ANSWER, actor, reply="已换好")


def close(unit_id: int, *into: int, open_work_to: int | None = None) -> None:
    if into:
        people.split_unit(
            unit_id=unit_id,
            into_ids=frozenset(into),
            open_work_to=open_work_to,
            on=CHANGE,
            actor=LOADER,
            at=AT,
        )
        return
    people.close_unit(unit_id=unit_id, on=CHANGE, actor=LOADER, at=AT)


@pytest.fixture(autouse=True)
def nobody_below(district: District) -> None:
    close(district.squad)


class TestWhoFollows:
    def test_a_unit_in_force_follows_itself(self, district: District) -> None:
        close(district.roads, district.water, district.parks)

        assert units.who_follows(district.roads, CHANGE - timedelta(1)) == district.roads

    @pytest.mark.parametrize(
        ("into", "open_work_to", "follows"),
        [
            ((), None, None),
            (("parks",), None, "parks"),
            (("parks", "water"), "water", "water"),
            (("parks", "water"), None, None),
        ],
        ids=["nobody", "the only one", "who took over", "nobody of several"],
    )
    def test_of_a_closed_one(
        self,
        district: District,
        into: tuple[str, ...],
        open_work_to: str | None,
        follows: str | None,
    ) -> None:
        close(
            district.roads,
            *(getattr(district, name) for name in into),
            open_work_to=getattr(district, open_work_to) if open_work_to else None,
        )

        expected = getattr(district, follows) if follows else None
        assert units.who_follows(district.roads, CHANGE) == expected

    def test_down_the_whole_line(self, district: District) -> None:
        close(district.roads, district.parks, open_work_to=district.parks)
        close(district.parks, district.water, open_work_to=district.water)

        assert units.who_follows(district.roads, CHANGE) == district.water


class TestAFailedCheck:
    def test_goes_to_who_follows_the_lead(self, centre: Actor, district: District) -> None:
        case = answered(centre, district.roads)
        close(district.roads, district.parks, open_work_to=district.parks)

        move(case, _K.CHECK, _C.FAIL, centre, reason="还是歪的", at=LATER)

        lead = owed(case, _K.LEAD)
        assert (lead.unit_id, lead.round) == (district.parks, 2)
        assert case.audience.filter(unit=district.parks).exists()

    def test_goes_to_the_dispatch_desk_where_nobody_follows(
        self, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district.roads)
        close(district.roads)

        move(case, _K.CHECK, _C.FAIL, centre, reason="还是歪的", at=LATER)

        assert owed(case, _K.DISPATCH).unit_id == district.centre
        assert not case.tasks.filter(kind=_K.LEAD, ended_at=None).exists()

    def test_before_the_day_it_is_still_the_lead_s(self, centre: Actor, district: District) -> None:
        case = answered(centre, district.roads)
        close(district.roads, district.parks, open_work_to=district.parks)

        move(case, _K.CHECK, _C.FAIL, centre, reason="还是歪的", at=AT)

        assert owed(case, _K.LEAD).unit_id == district.roads

    def test_passed_the_citizen_is_told_by_who_follows(
        self, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district.roads)
        close(district.roads, district.parks, open_work_to=district.parks)

        case = move(case, _K.CHECK, _C.PASS, centre, at=LATER)

        assert owed(case, _K.TELL).unit_id == district.parks
        assert case.closed_unit_id == district.roads  # whose answer it was

    def test_and_by_the_desk_where_nobody_follows(self, centre: Actor, district: District) -> None:
        case = answered(centre, district.roads)
        close(district.roads)

        move(case, _K.CHECK, _C.PASS, centre, at=LATER)

        assert owed(case, _K.TELL).unit_id == district.centre


def test_reopened_it_is_dispatched_anew_and_not_to_who_is_gone(
    centre: Actor, district: District
) -> None:
    case = closed(centre, district.roads)
    close(district.roads)
    case = actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.REOPEN,
        reason="又坏了",
        actor=centre,
        at=LATER,
    )
    assert owed(case, _K.DISPATCH).unit_id == district.centre

    with pytest.raises(UnitNotFound):
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=district.roads,
            principle=Principle.BY_AGREEMENT,
            basis="原单位",
            actor=centre,
            at=LATER,
        )


def test_a_ledger_s_review_is_asked_of_who_follows_its_owner(
    centre: Actor, district: District
) -> None:
    by = Standing(district, centre, owner=district.roads, other=district.water)
    case = by.before(_K.LEDGER_APPROVAL, TaskState.OPEN, said())
    case = move(case, _K.LEDGER_APPROVAL, _C.GRANT, centre)
    close(district.roads, district.parks, open_work_to=district.parks)

    review = datetime.combine(REVIEW_ON, AT.timetz())
    actions.review_ledger(case_id=case.pk, actor=JOB, at=review)

    assert owed(case, _K.LEDGER_REVIEW).unit_id == district.parks
    assert case.ledger.get().owner_id == district.parks
