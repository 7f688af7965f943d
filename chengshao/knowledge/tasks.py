"""Jobs of this room."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.knowledge import actions


@app.periodic(cron="7 22 * * *")
@app.task(queueing_lock="knowledge.chase_expired")
def chase_expired(timestamp: int) -> int:
    """Ask owners of what has expired for a new version, nightly (06:07 in China)."""
    return actions.chase_expired(at=timezone.now())
