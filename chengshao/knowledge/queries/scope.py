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


def unit_ids_kept_by(actor: Actor, on: date) -> set[int]:
    """Return their ids alone; asks nothing where the grants are for whole units."""
    reach = actor.reach(Power.KEEP_KNOWLEDGE)
    if any(territory for _unit_id, territory in reach):
        return {unit.id for unit in units_kept_by(actor, on)}
    return {unit_id for unit_id, _territory in reach}


def may_keep(actor: Actor, unit: UnitLine) -> bool:
    """Tell whether the actor keeps what this unit owns."""
    return actor.may(Power.KEEP_KNOWLEDGE, unit.id, territory=unit.territory)
