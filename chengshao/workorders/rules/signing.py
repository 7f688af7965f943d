"""Who signs for a unit (审签): its own leader, or the nearest above it that somebody else leads."""

from chengshao.workorders.rules.facts import Turn
from chengshao.workorders.terms import Power


def may_sign(turn: Turn) -> bool:
    """Tell whether whoever moves needs nobody else's signature for the unit."""
    return turn.actor.may(Power.SIGN_OFF, turn.task.unit_id, territory=turn.case.territory)


def who_signs(turn: Turn) -> int:
    """
    Return the unit in which somebody else than the actor may sign: the task's own, the nearest
    above it, else the desk. Where nobody may anywhere, it waits for the unit's own leader.
    """
    for unit_id, users in turn.given.signers.items():
        if unit_id not in turn.case.complained_about and users - {turn.actor.user_id}:
            return unit_id
    return turn.task.unit_id


def passes_to_centre(turn: Turn) -> bool:
    """Tell whether nobody signs for the unit before the centre: that decides anyway, and once."""
    return who_signs(turn) == turn.case.desk_unit_id != turn.task.unit_id
