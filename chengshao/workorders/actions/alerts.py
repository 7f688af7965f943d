"""That somebody of a unit has seen what the unit was told. No line in the history."""

from datetime import datetime

from chengshao.kernel.actor import Actor
from chengshao.workorders import queries
from chengshao.workorders.models import Alert, WorkOrder


def see_alerts(case: WorkOrder, actor: Actor, at: datetime) -> int:
    """Note that what the actor's units were told of a case was seen; return how much it was."""
    if actor.user_id is None:
        return 0
    unseen = queries.alerts_for(actor, Alert.objects.filter(work_order=case))
    return unseen.update(seen_at=at, seen_by=actor.user_id)
