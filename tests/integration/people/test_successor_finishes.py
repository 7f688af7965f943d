"""With the case files behind it: what a closed unit owed is finished by those who follow it."""

import pytest

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.people import actions as people
from chengshao.people import queries
from chengshao.people.actions import default_role_powers
from chengshao.people.terms import Role
from chengshao.workorders.queries import open_task_counts, visible_to
from chengshao.workorders.terms import TaskCommand, TaskKind, TaskState
from tests.district import (
    AT,
    LOADER,
    SINCE,
    District,
    centre,
    dispatched,
    district,
    move,
    owed,
    said,
)
from tests.integration.people.conftest import TODAY, account

__all__ = ["centre", "district"]

pytestmark = pytest.mark.django_db


def handler_of(unit_id: int) -> Actor:
    people.load_role_powers(rows=default_role_powers(), actor=LOADER, at=AT)
    user = account(f"handler-{unit_id}")
    people.appoint(
        user_id=user.pk,
        role=Role.HANDLER,
        unit_id=unit_id,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    return queries.actor_of_user(user.pk)


def close(unit_id: int, successor_id: int | None = None) -> None:
    people.close_unit(unit_id=unit_id, on=TODAY, successor_id=successor_id, actor=LOADER, at=AT)


def test_open_tasks_are_counted_by_the_unit_that_owes_them(
    district: District, centre: Actor
) -> None:
    case = dispatched(centre, district.roads, district.water)
    dispatched(centre, district.roads, report=said("k-2", "路灯不亮"))

    units = {district.roads, district.water, district.parks}
    assert open_task_counts(units) == {district.roads: 2, district.water: 1}

    move(case, TaskKind.CO_HANDLE, TaskCommand.ACKNOWLEDGE, centre)
    assert open_task_counts({district.water}) == {district.water: 1}


def test_a_lead_does_not_close_on_its_task(district: District, centre: Actor) -> None:
    dispatched(centre, district.water)

    with pytest.raises(DomainError, match="unit_owes_work"):
        close(district.water)

    queries.check_units({district.water}, TODAY)


def test_the_successors_people_see_the_case_and_go_on_with_it(
    district: District, centre: Actor
) -> None:
    case = dispatched(centre, district.water)
    close(district.water, district.parks)
    handler = handler_of(district.parks)

    assert visible_to(handler).get() == case
    task = owed(case, TaskKind.LEAD)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, handler)

    task.refresh_from_db()
    assert (task.state, task.unit_id) == (TaskState.ACKNOWLEDGED, district.water)


def test_nobody_else_comes_to_see_it(district: District, centre: Actor) -> None:
    dispatched(centre, district.water)
    close(district.water, district.parks)

    assert not visible_to(handler_of(district.roads)).exists()


def test_an_assessor_sees_the_cases_of_the_territory_named_and_no_contact(
    district: District, centre: Actor
) -> None:
    case = dispatched(centre, district.roads)  # in Qingbomen
    people.load_role_powers(rows=default_role_powers(), actor=LOADER, at=AT)

    def assessor(territory: str) -> Actor:
        user = account(f"assessor-{territory}")
        people.appoint(
            user_id=user.pk,
            role=Role.ASSESSOR,
            unit_id=district.centre,
            territory=territory,
            valid_from=SINCE,
            actor=LOADER,
            at=AT,
        )
        return queries.actor_of_user(user.pk)

    here, elsewhere = assessor("330102001000"), assessor("330102003000")
    assert visible_to(here).get() == case
    assert not visible_to(elsewhere).exists()
    assert {grant.power for grant in here.grants} == {"SEE"}
