"""Who writes to the citizen of a report while the case is open, and for which unit (F13)."""

from chengshao.kernel.actor import Actor
from chengshao.workorders.rules.facts import CaseFacts
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import Power, TaskKind

_LEADS = (TaskKind.LEAD, TaskKind.DOUBLE)
_OF_THE_DESK = (Power.REGISTER, Power.DISPATCH)


def voices(case: CaseFacts, actor: Actor) -> list[int]:
    """Return the units for which the actor may write: those who lead, then the desk."""
    leads = [task.unit_id for task in case.open_of(*_LEADS)]
    found = [
        unit_id
        for unit_id in dict.fromkeys(leads)
        if unit_id not in case.complained_about
        and actor.may(Power.HANDLE, unit_id, territory=case.territory)
    ]
    desk = case.desk_unit_id
    if any(actor.may(power, desk, territory=case.territory) for power in _OF_THE_DESK):
        found += [desk] if desk not in found else []
    return found


def check_may_write(case: CaseFacts, unit_id: int, actor: Actor) -> None:
    """:raises PowerMissing: if the actor may not write to its citizens for this unit"""
    if unit_id not in voices(case, actor):
        power = Power.REGISTER if unit_id == case.desk_unit_id else Power.HANDLE
        raise PowerMissing(power=power)
