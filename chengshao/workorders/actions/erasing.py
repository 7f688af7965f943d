"""What may leave the history: words and contacts, never the proof that they were there."""

from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.workorders import queries
from chengshao.workorders.actions._store import record
from chengshao.workorders.models import Note
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import CaseCommand, Power


@transaction.atomic
def erase_notes(*, number: str, seq: int, actor: Actor, at: datetime) -> None:
    """
    Erase the free text beside an entry. The entry and its digests stay, so the chain stays whole.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises PowerMissing: if the actor may not erase at the desk
    """
    case = queries.lock_case(number=number, actor=actor)
    if not actor.may(Power.ERASE, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=Power.ERASE)
    Note.objects.filter(entry__work_order=case, entry__seq=seq).delete()
    record(case, {"command": CaseCommand.ERASE, "erased_seq": seq}, actor=actor, at=at)
