"""Jobs of this room. Each may run twice or be cut off: the actions make that harmless."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions, queries
from chengshao.workorders.terms import Power

BATCH = 200
JOB = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.EVALUATE, None)}))


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="workorders.lapse_ratings")
def lapse_ratings(timestamp: int) -> int:
    """Say of every report whose time to be rated is over that it is; return how many."""
    now, lapsed = timezone.now(), 0
    while waiting := queries.ratings_to_lapse(now, limit=BATCH):
        done = 0
        for report_id in waiting:
            try:
                actions.lapse_rating(report_id=report_id, actor=JOB, at=now)
            except DomainError:
                continue  # rated or withdrawn in this very moment
            done += 1
        lapsed += done
        if not done:
            break
    return lapsed
