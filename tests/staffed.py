"""People with roles in the units of the small district, for rules that ask who could act."""

from dataclasses import dataclass

import pytest

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people import queries
from chengshao.people.terms import Role
from tests.district import AT, LOADER, SINCE, District


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds what, by the tables, in the units of a district."""

    district: District

    def appoint(self, unit: str, role: Role = Role.UNIT_LEADER) -> Actor:
        new = people.NewAccount(username=f"{unit}-{role}".lower(), display_name="某人（示意）")
        user_id = people.open_account(account=new, actor=LOADER, at=AT)
        self.also(user_id, unit, role)
        return queries.actor_of_user(user_id)

    def also(self, user_id: int, unit: str, role: Role) -> None:
        people.appoint(
            user_id=user_id,
            role=role,
            unit_id=getattr(self.district, unit),
            valid_from=SINCE,
            actor=LOADER,
            at=AT,
        )


@pytest.fixture
def staffed(district: District) -> Staff:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    return Staff(district)
