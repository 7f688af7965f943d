"""Jobs of this room. Each may run twice or be cut off: the actions make that harmless."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.notices import actions


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="notices.tell", lock="notices.tell")
def tell(timestamp: int) -> int:
    """Make notices of what happened and send what is due, every quarter of a minute."""
    total = 0
    while done := _tell_some(timezone.now()):  # a slow gateway makes the moment old
        total += done
    return total


def tell_at(now: datetime) -> int:
    """Do what is due by a moment; return how many happenings and messages were looked at."""
    total = 0
    while done := _tell_some(now):
        total += done
    return total


def _tell_some(now: datetime) -> int:
    return actions.expand(at=now) + actions.send_due(at=now)
