"""The sweep over very many running deadlines, and what moves notice of it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime

import psycopg
from django.db import connection
from django.utils import timezone

from bench import crowd, sayings
from bench.figures import Figure, percentile
from bench.lives import Life, dispatched
from bench.stand import settle
from bench.statements import seen
from chengshao.workorders import queries
from chengshao.workorders.models import Deadline
from chengshao.workorders.tasks import BATCH
from ops.console import Stopped, phase, say
from ops.folder import CHECKOUT

_INDEX = "deadline_sweep"
_MS = 1000


def sweep(*, quick: bool) -> Iterator[Figure]:
    """
    Sweep what is due of a million open deadlines, and acknowledge cases alone and meanwhile.

    :raises Stopped: if the sweep does not find what is due by its index, or leaves some of it
    """
    running, due, moves, pause = (10_000, 200, 20, 0.0) if quick else (1_000_000, 20_000, 200, 0.2)
    reports = sayings.new_reports(f"sweep-{time.time_ns()}")
    with phase(f"{running:,} 个运行中的时限", f"{running:,} open deadlines"):
        templates = [life.case.pk for life in dispatched(reports, 5 if quick else 100)]
        crowd.multiply(templates, open_deadlines=running)
        now = timezone.now()
        crowd.spread(due=due, now=now)
        alone, during = dispatched(reports, moves), dispatched(reports, moves)
        settle()
    yield Figure("sweep.open_deadlines", Deadline.objects.filter(next_at__isnull=False).count(), "")
    yield Figure("sweep.look", _look(now), "ms")
    quiet = _acknowledge(alone, pause)
    busy, swept = _sweep_beside(during, pause, now)
    left = len(queries.cases_with_deadlines_to_look_at(now, limit=BATCH))
    if left or swept["cases"] != due:
        raise Stopped(
            f"清扫了 {swept['cases']} 件，应为 {due} 件，还剩 {left} 件。",
            f"{swept['cases']} of {due} were swept, {left} are left.",
        )
    say(f"  {len(quiet)} acknowledged alone, {len(busy)} during the sweep")
    yield Figure("sweep.due", due / swept["seconds"], "1/s")
    yield Figure("sweep.last_said_after", swept["seconds"], "s")
    yield Figure("sweep.app_cpu", swept["cpu"] / due * _MS, "ms")
    for percent in (50, 95):
        reference = Figure(f"acknowledge_alone.p{percent}", percentile(quiet, percent) * _MS, "ms")
        yield reference
        figure = Figure(f"acknowledge_during.p{percent}", percentile(busy, percent) * _MS, "ms")
        yield figure.to(reference)


def _look(now: datetime) -> float:
    """
    Return how many milliseconds the sweep takes to find what is due.

    :raises Stopped: if it goes through more than the index of what is to be looked at
    """
    with seen() as found:
        queries.cases_with_deadlines_to_look_at(now, limit=BATCH)
    connection.ensure_connection()
    (query,) = found
    # bound here: the server takes no parameters in an EXPLAIN of a statement it has prepared
    with psycopg.ClientCursor(connection.connection) as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query.sql}", query.parameters)
        (((plan,),),) = cursor.fetchall()
    if _INDEX not in json.dumps(plan):
        raise Stopped(f"清扫没有用到索引 {_INDEX}：{plan}", f"The sweep does not use {_INDEX}.")
    return float(plan["Execution Time"])


def _sweep_beside(
    lives: list[Life], pause: float, now: datetime
) -> tuple[list[float], dict[str, float]]:
    """
    Sweep in a process of its own, and meanwhile acknowledge these cases.

    :raises Stopped: if the sweep fails
    """
    command = [sys.executable, "-m", "bench.sweeper", now.isoformat()]
    with subprocess.Popen(
        command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as sweeper:
        assert sweeper.stdout is not None
        try:
            sweeper.stdout.readline()  # it begins
            latencies = _acknowledge(lives, pause, sweeper)
            said = sweeper.stdout.read()
        except BaseException:
            sweeper.kill()
            raise
    if sweeper.returncode != 0 or not latencies:
        raise Stopped("清扫没有完成。", "The sweep failed.")
    return latencies, json.loads(said)


def _acknowledge(
    lives: list[Life], pause: float, beside: "subprocess.Popen[str] | None" = None
) -> list[float]:
    """Acknowledge these cases with a pause between, as long as the process beside runs."""
    latencies = []
    for life in lives:
        move = life.acknowledge()
        begun = time.perf_counter()
        move()
        latencies.append(time.perf_counter() - begun)
        if beside is not None and beside.poll() is not None:
            break
        time.sleep(pause)
    return latencies
