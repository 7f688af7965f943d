"""Who says something inside on a case, and for which unit: never read by its citizens."""

from collections.abc import Iterable

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.rules.facts import CaseFacts
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.terms import WORKING, CaseCommand, Power


def inside_voices(case: CaseFacts, unit_ids: Iterable[int], actor: Actor) -> list[int]:
    """
    Return the units for which a person may speak: those who see the whole case and for which the
    person works on cases. Who only looks on, or was asked as a third party, is not among them.

    :param unit_ids: of the actor's, that see the whole case
    """
    if actor.kind is not ActorKind.PERSON or case.archived:
        return []
    works = sorted(WORKING)
    return [
        unit_id
        for unit_id in dict.fromkeys(unit_ids)
        if unit_id not in case.complained_about
        and any(actor.may(power, unit_id, territory=case.territory) for power in works)
    ]


def check_may_remark(
    case: CaseFacts, unit_id: int | None, unit_ids: Iterable[int], actor: Actor
) -> int:
    """
    Return the unit for which it is said; the first where none is named.

    :raises WrongState: if the case is filed away
    :raises PowerMissing: if the actor may not speak for this unit
    """
    if case.archived:
        raise WrongState(command=CaseCommand.REMARK, state=case.step)
    found = inside_voices(case, unit_ids, actor)
    if not found or unit_id not in (None, *found):
        raise PowerMissing(power=Power.HANDLE)
    return unit_id or found[0]
