"""Jobs of this room. Each may run twice or be cut off: the actions make that harmless."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.notices import actions


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="notices.tell", lock="notices.tell")
def tell(timestamp: int) -> int:
    """Make notices of what happened and send what is due, every quarter of a minute."""
    return tell_at(timezone.now())


def tell_at(now: datetime) -> int:
    """Do what is due by a moment; return how many happenings and messages were looked at."""
    total = 0
    for step in (actions.expand, actions.send_due):
        while done := step(at=now):
            total += done
    return total
