"""Whose knowledge somebody keeps."""

from datetime import date

from chengshao.kernel.actor import Actor
from chengshao.knowledge.terms import Power
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine


def units_kept_by(actor: Actor, on: date) -> list[UnitLine]:
    """Return the units whose items the actor may publish; those that its grants name. One query."""
    named = {unit_id for unit_id, _territory in actor.reach(Power.KEEP_KNOWLEDGE)}
    lines = people.unit_lines(named, on) if named else {}
    return [line for line in lines.values() if may_keep(actor, line)]


def may_keep(actor: Actor, unit: UnitLine) -> bool:
    """Tell whether the actor keeps what this unit owns."""
    return actor.may(Power.KEEP_KNOWLEDGE, unit.id, territory=unit.territory)
