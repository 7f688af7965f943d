"""What was read to a caller stays on the call (X9)."""

from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.knowledge.models import Reading
from chengshao.knowledge.queries import ItemLine, version_of
from chengshao.workorders.actions import PowerMissing
from chengshao.workorders.terms import Power


@transaction.atomic
def read_aloud(*, version_id: int, call_key: str, actor: Actor, at: datetime) -> ItemLine:
    """
    Open a version to read it to a caller, and note that; once for a call.

    :param call_key: the key under which the call will be saved as a report
    :raises PowerMissing: if the actor takes no calls
    :raises ItemNotFound: if there is no such version
    """
    if not actor.holds(Power.REPORT) or actor.user_id is None:
        raise PowerMissing(power=Power.REPORT)
    line = version_of(version_id, at)
    Reading.objects.bulk_create(
        [Reading(version_id=line.id, call_key=call_key, by_id=actor.user_id, read_at=at)],
        ignore_conflicts=True,
    )
    return line


def keep_on_report(*, call_key: str, report_id: int, actor: Actor) -> int:
    """
    Put what this actor read on a call onto the report that came of it; return how much it was.
    The caller has just stored that report under this very key.
    """
    read = Reading.objects.filter(by=actor.user_id, call_key=call_key, report=None)
    return read.update(report_id=report_id)
