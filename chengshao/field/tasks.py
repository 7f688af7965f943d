"""Jobs of this room."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.field import actions


@app.periodic(cron="29 19 * * *")
@app.task(queueing_lock="field.forget_deeds")
def forget_deeds(timestamp: int) -> int:
    """Delete keys of what phones sent half a year ago, nightly (03:29 in China)."""
    return actions.forget_deeds(at=timezone.now())
