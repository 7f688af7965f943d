"""What runs by itself: contacts of citizens go when their time is over (PIPL §19)."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions
from chengshao.people.terms import Power

_KEEPER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.ERASE_CONTACT, None)}))


@app.periodic(cron="20 19 * * *")
@app.task(queueing_lock="people.erase_expired_contacts")
def erase_expired_contacts(timestamp: int) -> None:
    """Every night (cron is UTC), in batches; what a stopped night left is done in the next."""
    while actions.erase_expired_contacts(actor=_KEEPER, at=timezone.now()):
        pass
