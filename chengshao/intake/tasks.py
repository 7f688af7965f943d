"""Jobs of this room."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.intake import actions


@app.periodic(cron="23 19 * * *")
@app.task(queueing_lock="intake.forget_addresses")
def forget_addresses(timestamp: int) -> int:
    """Delete counts of network addresses in windows that are over, nightly (03:23 in China)."""
    return actions.forget_addresses(at=timezone.now())
