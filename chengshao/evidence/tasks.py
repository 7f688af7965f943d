"""Jobs of this room."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.evidence import actions
from chengshao.kernel.actor import Actor, ActorKind


@app.periodic(cron="20 19 * * *")  # UTC: 03:20 in China
@app.task(name="evidence.remove_unused", queueing_lock="evidence.remove_unused")
def remove_unused(timestamp: int) -> None:
    """Clear away, every night, what nobody refers to."""
    actions.remove_unused(actor=Actor(ActorKind.SYSTEM), at=timezone.now())
