"""Jobs that keep the jobs going, and the daily upkeep of rooms that have none of their own."""

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.terms import Power

SYSTEM = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.ERASE_CONTACT, None)}))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="config.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> int:
    """Give the jobs of workers that were killed to those that live; return how many."""
    manager = context.app.job_manager
    stalled = list(await manager.get_stalled_jobs())
    for job in stalled:
        await manager.retry_job(job)
    return len(stalled)


@app.periodic(cron="41 2 * * *")
@app.task(queueing_lock="config.forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Delete jobs that ended a week ago, also the failed ones after they stood in the log."""
    await context.app.job_manager.delete_old_jobs(nb_hours=7 * 24, include_failed=True)


@app.periodic(cron="11 3 * * *")
@app.task(queueing_lock="config.erase_contacts")
def erase_contacts(timestamp: int) -> int:
    """Erase citizens' contacts whose time to be kept is over; return how many."""
    erased = 0
    while batch := people.erase_expired_contacts(actor=SYSTEM, at=timezone.now()):
        erased += batch
    return erased


@app.periodic(cron="31 3 * * *")
@app.task(queueing_lock="config.remove_unused_files")
def remove_unused_files(timestamp: int) -> int:
    """Remove uploaded files that nothing refers to; return how many."""
    removed = evidence.remove_unused(actor=SYSTEM, at=timezone.now())
    return removed.rows
