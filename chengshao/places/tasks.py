"""What runs by itself: things lie in the grids of the day, also where those were drawn before."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.places import actions
from chengshao.places.terms import Power

_KEEPER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_PLACES, None)}))


@app.periodic(cron="3 16 * * *")
@app.task(queueing_lock="places.settle")
def settle_places(timestamp: int) -> None:
    """Every night at 00:03 in China (cron is UTC), when changes that were planned come in force."""
    actions.settle_places(actor=_KEEPER, at=timezone.now())
