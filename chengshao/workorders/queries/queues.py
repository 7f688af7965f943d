"""What waits for whom, by job: one list for pages and machines alike."""

from dataclasses import dataclass

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotFound
from chengshao.workorders.queries.lists import CaseLine, cases_to_recall, counts_owed, tasks_owed
from chengshao.workorders.rules.jobs import JOBS, SENT
from chengshao.workorders.terms import Power


class QueueNotFound(NotFound):
    code = "queue_not_found"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A queue of the actor's with how many cases stand in it; COUNT_LIMIT + 1: more than that."""

    name: str
    kinds: tuple[str, ...]
    waiting: int


def queues_waiting(actor: Actor) -> list[Waiting]:
    """Return the actor's queues. One statement."""
    own = [job for job in JOBS.values() if actor.holds(job.power)]
    counts = counts_owed(actor, {job.name: (job.power, job.kinds) for job in own})
    return [Waiting(job.name, job.kinds, counts[job.name]) for job in own]


def queue_lines(
    name: str,
    *,
    actor: Actor,
    limit: int,
    offset: int = 0,
    kind: str = "",
    words: str = "",
    territory: str = "",
) -> list[CaseLine]:
    """
    Return what waits in a queue of the actor's, the soonest due first; of SENT what was sent last.
    Two statements.

    :param kind: only tasks of this kind; nothing where the queue has none
    :raises QueueNotFound: if there is none, or none for this actor
    """
    job = SENT if name == SENT.name else JOBS.get(name)
    sends_by_list = job is SENT and actor.holds(Power.DIRECT_DISPATCH)
    if job is None or not (actor.holds(job.power) or sends_by_list):
        raise QueueNotFound
    if job is SENT:
        if kind:
            return []
        return cases_to_recall(
            actor=actor, limit=limit, offset=offset, words=words, territory=territory
        )
    kinds = tuple(each for each in job.kinds if kind in ("", each))
    return tasks_owed(
        actor=actor,
        power=job.power,
        kinds=kinds,
        limit=limit,
        offset=offset,
        words=words,
        territory=territory,
    )
