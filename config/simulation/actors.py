"""Who acts in the simulated district: the demo's own people, or somebody invented for a unit."""

from datetime import date

from django.contrib.auth import get_user_model

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.people.terms import UnitKind
from chengshao.workorders.terms import Power


def person(username: str) -> Actor:
    """Return who signs in by this name."""
    return people.actor_of_user(get_user_model().objects.get(username=username).pk)


def of_unit(unit_id: int, power: str, on: date) -> Actor:
    """Return who acts for a unit: its own person, or where it has none somebody invented."""
    for user_id in people.users_with(power, unit_id, on):
        actor = people.actor_of_user(user_id)
        if Grant(power, unit_id) in actor.grants:
            return actor
    return Actor(
        ActorKind.PERSON, grants=frozenset({Grant(Power.SEE, unit_id), Grant(power, unit_id)})
    )


def departments(on: date) -> list[int]:
    """Return the district's departments, in the order of their ids."""
    found = people.find_units("局", on=on, limit=40)
    return sorted(unit.id for unit in found if unit.kind == UnitKind.DEPARTMENT)
