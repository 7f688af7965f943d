"""What all writes of this room ask first."""

from datetime import date

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotAllowed
from chengshao.knowledge.queries.scope import may_keep
from chengshao.knowledge.terms import Power
from chengshao.people import queries as people


class KnowledgePowerMissing(NotAllowed):
    code = "knowledge_power_missing"


def check_keeper(actor: Actor, unit_id: int, on: date) -> None:
    """
    Pass if the actor keeps the knowledge of this unit.

    :raises KnowledgePowerMissing: if not
    """
    if actor.may(Power.KEEP_KNOWLEDGE):  # over all units, as when a district is set up
        return
    if actor.holds(Power.KEEP_KNOWLEDGE):
        unit = people.unit_lines([unit_id], on).get(unit_id)
        if unit is not None and may_keep(actor, unit):
            return
    raise KnowledgePowerMissing(power=Power.KEEP_KNOWLEDGE)
