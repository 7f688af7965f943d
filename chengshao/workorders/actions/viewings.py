"""That somebody looked: kept apart from the history, which says only what was changed."""

from datetime import datetime, timedelta

from django.db import connection

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import ViewingKind

_SPELL = timedelta(minutes=10)
_LOOKERS = (ActorKind.PERSON, ActorKind.MACHINE)


def log_viewing(*, case: WorkOrder, kind: ViewingKind, actor: Actor, at: datetime) -> None:
    """
    Note that a person or machine saw, printed or took out a case. One statement.

    One row for ten minutes of the same: who keeps a page open is not counted by the minute.
    """
    if actor.kind not in _LOOKERS or actor.user_id is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workorders_viewing (work_order_id, user_id, kind, at)"
            " SELECT %s, %s, %s, %s WHERE NOT EXISTS (SELECT FROM workorders_viewing"
            " WHERE work_order_id = %s AND user_id = %s AND kind = %s AND at > %s)",
            [
                *(case.pk, actor.user_id, kind.value, at),
                *(case.pk, actor.user_id, kind.value, at - _SPELL),
            ],
        )
