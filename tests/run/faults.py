"""Faults that strike a running installation, and what must be true when it is over."""

import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil
import psycopg

from ops.processes import send
from tests.run.installed import LONG, Installed, kill
from tests.run.reporters import Reporters

_HANGS = 3.0  # seconds
_SILENCE = 10.0  # seconds after which it says again what it is at
Fault = Callable[[Installed, random.Random], None]


def tell(words: str) -> None:
    """Say how far it is: with -s at once, else if it fails."""
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {words}\n")
    sys.stdout.flush()


@contextmanager
def telling(words: str) -> Iterator[None]:
    """Say what is done or waited for, and time and again that it still is."""
    over, begun = threading.Event(), time.monotonic()

    def still() -> None:
        while not over.wait(_SILENCE):
            tell(f"  … {words}  {time.monotonic() - begun:.0f} s")

    tell(words)
    teller = threading.Thread(target=still, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def kill_worker(installed: Installed, chance: random.Random) -> None:
    kill(installed.part("worker"))


def kill_web(installed: Installed, chance: random.Random) -> None:
    kill(installed.part("web"))


def kill_one_web_process(installed: Installed, chance: random.Random) -> None:
    kill(chance.choice(installed.part("web").children(recursive=True)))


def kill_database(installed: Installed, chance: random.Random) -> None:
    kill(installed.postmaster())


def kill_one_connection(installed: Installed, chance: random.Random) -> None:
    """One serving process of the database: it then restarts all of them by itself."""
    kill(chance.choice(installed.postmaster().children()))


def restart_database(installed: Installed, chance: random.Random) -> None:
    """As its operator would: running transactions are rolled back."""
    installed.postmaster().send_signal(signal.SIGINT)


def hang(installed: Installed, chance: random.Random) -> None:
    """All parts stand still for a while: nobody dies, all wait."""
    parts = [process for process in installed.everything() if process != installed.supervisor()]
    for process in parts:
        send(process, signal.SIGSTOP)
    time.sleep(_HANGS)
    for process in parts:
        send(process, signal.SIGCONT)


def lose_power(installed: Installed, chance: random.Random) -> None:
    """Everything dies in the same moment, and is started again."""
    everything = installed.everything()
    kill(installed.supervisor())  # it would start parts again
    kill(*everything)
    installed.await_end()
    installed.start()


FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        kill_worker,
        kill_web,
        kill_one_web_process,
        kill_database,
        kill_one_connection,
        restart_database,
        hang,
        lose_power,
    )
}


def strike(name: str, installed: Installed, load: Reporters, chance: random.Random) -> None:
    """
    Strike at a random moment under load, and wait until all is well again: from then on no
    request fails, and reports come in as before.
    """
    load.await_more()
    time.sleep(chance.random())
    with suppress(psutil.NoSuchProcess):  # gone already, as chance would have it
        FAULTS[name](installed, chance)
    await_health(installed)
    well = time.monotonic()
    load.await_more(10)
    late = [words for asked_at, words in load.failures if asked_at > well]
    assert not late, late


def await_health(installed: Installed) -> None:
    """Wait until it has been well three times in a row: a fault may not have arrived at first."""
    until, row = time.monotonic() + LONG, 0
    while row < 3:
        row = row + 1 if installed.health() == 200 else 0
        assert time.monotonic() < until, installed.said()
        time.sleep(0.5)


def check(installed: Installed, load: Reporters) -> None:
    """Look whether every acknowledged report is there, once, under the number it was told."""
    with psycopg.connect(installed.cluster().url()) as db:
        stored = db.execute(
            "SELECT r.client_key, w.number FROM workorders_report r"
            " JOIN workorders_workorder w ON w.id = r.work_order_id"
            " WHERE r.client_key LIKE %s",
            (f"{load.prefix}-%",),
        ).fetchall()
        failed = db.execute(
            "SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'"
        ).fetchall()
    told = {key: answer["number"] for key, answer in load.acknowledged.items()}
    assert told
    assert told.items() <= dict(stored).items()
    assert not [key for key, times in Counter(key for key, _ in stored).items() if times > 1]
    assert not [number for number, times in Counter(n for _, n in stored).items() if times > 1]
    assert len(stored) - len(told) <= load.threads  # whose answer was lost when we stopped
    assert failed == []
    verify(installed)


def verify(installed: Installed) -> None:
    """Look whether history, seals and files hold."""
    with telling("核对历史与文件 · verify-history --files"):
        verified = installed.command("verify-history", "--files")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def leftovers(installed: Installed) -> list[str]:
    """Return the files in the store that no row names, and those that are half written."""
    names = [p.name for p in (installed.data / "files").rglob("*") if p.is_file()]
    with psycopg.connect(installed.cluster().url()) as db:
        known = {row[0] for row in db.execute("SELECT digest FROM evidence_blob")}
    return [name for name in names if name.removesuffix("-thumbnail") not in known]


def limit_files(installed: Installed, size: int) -> None:
    """Let the web processes write no file beyond a size, as on a disk that is full there."""
    for process in installed.part("web").children(recursive=True):
        process.rlimit(psutil.RLIMIT_FSIZE, (size, psutil.RLIM_INFINITY))


def sweep(installed: Installed) -> None:
    """Have the worker say what is due, now, unless it is about to."""
    with psycopg.connect(installed.cluster().url()) as db:
        db.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, queueing_lock, args, scheduled_at) VALUES"
            " ('default', 'chengshao.workorders.tasks.sweep', 'workorders.sweep',"
            " '{\"timestamp\": 0}', now())"
            " ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING"
        )


def due(installed: Installed, ahead: int) -> int:
    """Count the deadlines of which something is to be said by so many seconds from now."""
    with psycopg.connect(installed.cluster().url()) as db:
        row = db.execute(
            "SELECT count(*) FROM workorders_deadline"
            " WHERE next_at <= now() + make_interval(secs => %s)",
            (ahead,),
        ).fetchone()
    assert row is not None
    return int(row[0])


def said_twice(installed: Installed) -> list[tuple[str, ...]]:
    """Return what the histories say twice of the same deadline."""
    with psycopg.connect(installed.cluster().url()) as db:
        return db.execute(
            "SELECT line->>'task_id', line->>'authority', line->>'said' FROM workorders_entry,"
            " jsonb_array_elements(body::jsonb->'deadlines') line"
            " WHERE jsonb_exists(line, 'said') GROUP BY 1, 2, 3 HAVING count(*) > 1"
        ).fetchall()
