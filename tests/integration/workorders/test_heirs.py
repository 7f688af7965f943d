"""A complaint about a unit follows to whoever takes over its work, before it or after."""

from dataclasses import dataclass

import pytest

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.queries import actor_of_user, kept_from
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import visible_to
from chengshao.workorders.rules.refusals import UnitComplainedAbout, WrongState
from chengshao.workorders.terms import Principle, TaskCommand, TaskKind
from tests.district import AT, LOADER, District, move, owed, registered, said
from tests.staffed import Staff
from tests.statements import count_statements
from tests.turns import handling, refused

TODAY = AT.date()


def taken_over(unit_id: int, by: int) -> None:
    people.close_unit(unit_id=unit_id, on=TODAY, successor_id=by, actor=LOADER, at=AT)


@dataclass(frozen=True, slots=True)
class Heir:
    """Somebody of parks, which takes over the work of squad."""

    user_id: int

    @property
    def now(self) -> Actor:
        return actor_of_user(self.user_id)


@pytest.fixture
def heir(staffed: Staff) -> Heir:
    return Heir(staffed.appoint("parks").user_id or 0)


def about_squad(centre: Actor, district: District) -> WorkOrder:
    return registered(centre, said(about=district.squad))


@pytest.mark.parametrize("role", ["lead", "double", "helping"])
def test_who_took_over_gets_no_task(
    centre: Actor, district: District, heir: Heir, role: str
) -> None:
    case = about_squad(centre, district)
    taken_over(district.squad, district.parks)
    before = case.revision, case.tasks.count()
    parks = frozenset({district.parks})

    with pytest.raises(UnitComplainedAbout):
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=district.parks if role == "lead" else district.roads,
            double_unit_ids=parks if role == "double" else frozenset(),
            co_handle_unit_ids=parks if role == "helping" else frozenset(),
            principle=Principle.BY_AGREEMENT,
            basis="会商",
            actor=centre,
            at=AT,
        )

    case.refresh_from_db()
    assert (case.revision, case.tasks.count()) == before
    assert not visible_to(heir.now).exists()


def test_nor_is_it_called_in(centre: Actor, district: District, heir: Heir) -> None:
    case = handling(centre, district.roads)
    case.reports.update(complained_about_unit=district.squad)
    taken_over(district.squad, district.parks)

    refused(
        UnitComplainedAbout, case, TaskKind.LEAD, TaskCommand.CALL_IN, centre,
        reason="请来", asked=[district.parks],
    )  # fmt: skip


def test_nor_is_a_person_of_it_named(
    centre: Actor, district: District, heir: Heir, staffed: Staff
) -> None:
    case = registered(centre, said(about=district.squad, confidential=True))
    taken_over(district.squad, district.parks)

    with pytest.raises(UnitComplainedAbout):
        actions.name_person(
            number=case.number,
            user_id=heir.user_id,
            unit_id=district.parks,
            reason="由他办",
            actor=centre,
            at=AT,
        )


def test_what_it_saw_it_sees_no_more(centre: Actor, district: District, heir: Heir) -> None:
    case = about_squad(centre, district)
    actions.copy_to(case, [district.parks], AT)
    assert visible_to(heir.now).get() == case

    taken_over(district.squad, district.parks)

    assert not visible_to(heir.now).exists()
    with pytest.raises(queries.WorkOrderNotFound):
        queries.case_view(number=case.number, actor=heir.now)
    assert not queries.reports_visible_to(heir.now).exists()


def test_it_goes_on_to_who_follows_the_successor(
    centre: Actor, district: District, staffed: Staff
) -> None:
    last = Heir(staffed.appoint("hubin").user_id or 0)
    case = about_squad(centre, district)
    actions.copy_to(case, [district.hubin], AT)
    taken_over(district.squad, district.parks)
    taken_over(district.parks, district.hubin)

    assert not visible_to(last.now).exists()


def test_other_cases_stay_with_who_took_over(centre: Actor, district: District, heir: Heir) -> None:
    case = handling(centre, district.squad)
    taken_over(district.squad, district.parks)

    assert visible_to(heir.now).get() == case


def test_where_it_leads_already_the_desk_takes_the_case_back(
    centre: Actor, district: District, heir: Heir
) -> None:
    case = handling(centre, district.parks)
    case.reports.update(complained_about_unit=district.squad)
    taken_over(district.squad, district.parks)

    lead = owed(case, TaskKind.LEAD).pk
    view = queries.case_view(number=case.number, actor=centre)
    assert TaskCommand.RECALL in view.commands[lead]
    case = move(case, TaskKind.LEAD, TaskCommand.RECALL, centre, reason="承接了被投诉单位的工作")

    assert owed(case, TaskKind.DISPATCH).unit_id == district.centre


def test_from_any_other_unit_that_is_at_work_it_does_not(centre: Actor, district: District) -> None:
    case = handling(centre, district.parks)
    lead = owed(case, TaskKind.LEAD).pk

    refused(WrongState, case, TaskKind.LEAD, TaskCommand.RECALL, centre, reason="派错了")
    view = queries.case_view(number=case.number, actor=centre)
    assert TaskCommand.RECALL not in view.commands[lead]


def test_heirs_are_asked_in_one_statement(district: District) -> None:
    taken_over(district.squad, district.parks)
    taken_over(district.parks, district.hubin)

    with count_statements() as counted:
        found = kept_from({district.squad, district.roads}, desk_unit_id=district.centre)
        assert kept_from(set(), desk_unit_id=district.centre) == frozenset()

    assert found == {district.squad, district.parks, district.hubin, district.roads}
    assert counted.number == 2  # with whether what is kept is as it was


def test_who_holds_a_role_in_both_sees_no_complaint_about_one(
    centre: Actor, district: District, staffed: Staff
) -> None:
    both = staffed.appoint("squad").user_id or 0
    staffed.also(both, "parks", Role.HANDLER)
    case = about_squad(centre, district)
    actions.copy_to(case, [district.parks], AT)

    assert not visible_to(actor_of_user(both)).exists()
