"""Jobs that keep the jobs going, and the one that lets a fresh demo live."""

from typing import Any

from django.utils import timezone
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.middleware import SyncCallNext
from procrastinate.worker import Worker

from config.simulation.running import Interrupted, TownLives, live_demo

_CLOCK = "config.clock"


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="config.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> int:
    """Give the jobs of workers that were killed to those that live; return how many."""
    manager = context.app.job_manager
    given = 0
    for job in await manager.get_stalled_jobs():
        try:
            await manager.retry_job(job)
        except UniqueViolation:  # the same job waits already; the others must not wait for it
            if job.lock:  # which that one waits for, and its worker is no more
                await manager.finish_job(job, Status.ABORTED, delete_job=False)
            continue
        given += 1
    return given


@app.periodic(cron="41 18 * * *")
@app.task(queueing_lock="config.forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Delete jobs that ended a week ago, nightly (02:41 in China); what failed is in the log."""
    await context.app.job_manager.delete_old_jobs(nb_hours=7 * 24, include_failed=True)


def _heed_stop(call_next: SyncCallNext, context: JobContext, worker: Worker) -> Any:
    # Told in the ordinary way, it would hear of a stop only when the worker's patience is over.
    context.additional_context["stopping"] = worker._stop_event.is_set
    return call_next()


@app.task(
    queueing_lock="config.live_demo_weeks",
    lock=_CLOCK,
    retry=RetryStrategy(wait=5, max_attempts=50, retry_exceptions={Interrupted, TownLives}),
    pass_context=True,
    task_middleware=[_heed_stop],
)
def live_demo_weeks(context: JobContext) -> int:
    """
    Let a fresh demo live its first weeks up to now; return how many reports there were.

    It is put by once, with the district. Stopped or killed it stays the first in its lock, and goes
    on from the last move that was stored.
    """
    stopping = context.additional_context["stopping"]
    return live_demo(now=timezone.now(), stopping=stopping).tally.reports


def hold_clock(app: App) -> None:
    """
    In a demo, let what goes by the real clock wait for its first weeks: the sweep would call
    overdue all that a town living in the past has not come to yet.
    """
    for name, task in app.tasks.items():
        if name.startswith("chengshao.workorders.tasks."):
            task.lock = _CLOCK
