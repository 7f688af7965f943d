"""Jobs of a worker that was killed go to the next one, each once and none forgotten."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app

pytestmark = pytest.mark.django_db(transaction=True)


def put(name: str, status: str, *, days_ahead: int = 0, lock: str | None = None) -> int:
    """Put a job there; one that is `doing` has a worker that is no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, queueing_lock, args, status, scheduled_at, lock)"
            " VALUES ('default', %s, %s, '{\"timestamp\": 0}', %s::procrastinate_job_status,"
            " now() + make_interval(days => %s), %s) RETURNING id",
            [name, name, status, days_ahead, lock],
        )
        (job_id,) = cursor.fetchone()
    return int(job_id)


def status_of(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
        (status,) = cursor.fetchone()
    return str(status)


def work() -> None:
    """Do what waits, as a worker does, and end."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's
    worker = app.with_connector(connector)
    worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_a_stalled_job_is_done_by_the_next_worker() -> None:
    stalled = put("chengshao.workorders.tasks.lapse_ratings", "doing")
    put("config.tasks.retry_stalled", "todo")

    work()

    assert status_of(stalled) == "succeeded"


def test_one_that_waits_already_keeps_no_other_from_being_done() -> None:
    twice = put("chengshao.workorders.tasks.sweep", "doing")
    waiting = put("chengshao.workorders.tasks.sweep", "todo", days_ahead=1)
    behind = put("chengshao.workorders.tasks.lapse_ratings", "doing")
    retried = put("config.tasks.retry_stalled", "todo")

    work()

    assert status_of(retried) == "succeeded"
    assert status_of(behind) == "succeeded"
    assert (status_of(twice), status_of(waiting)) == ("doing", "todo")  # until that one runs


def test_one_that_waits_behind_a_stalled_one_does_not_wait_for_ever() -> None:
    name = "chengshao.workorders.tasks.lapse_ratings"
    stalled, waiting = put(name, "doing", lock="one"), put(name, "todo", lock="one")
    put("config.tasks.retry_stalled", "todo")

    work()

    assert (status_of(stalled), status_of(waiting)) == ("aborted", "succeeded")
