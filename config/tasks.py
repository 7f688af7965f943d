"""Jobs that keep the jobs going."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status


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
