"""Letting a town live: one at a time, quickly through its past, and the demo's first weeks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection

from chengshao.kernel.errors import Refused
from chengshao.workorders.models import Entry
from config.simulation.habits import Habits
from config.simulation.town import KEYS, Town

SEED = 7
_DEMO = Habits(reports_a_day=22)
_TWO_WEEKS = timedelta(days=14)


class TownLives(Refused):
    """Another process lets the district live: two would move the same cases."""

    code = "simulation_runs"


class Interrupted(Exception):
    """Asked to stop before the present was reached."""


@contextmanager
def only_one() -> Iterator[None]:
    """
    Let nobody else live meanwhile. A process that dies holds nobody up.

    :raises TownLives: if somebody does
    """
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('simulation', 0))")
            if cursor.fetchone() != (True,):
                raise TownLives
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        own.close()


@contextmanager
def quick_commits() -> Iterator[None]:
    """Spare the wait for the disk: what a crash takes from an invented past, nobody misses."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def live_demo(
    *,
    now: datetime,
    past: timedelta = _TWO_WEEKS,
    habits: Habits = _DEMO,
    stopping: Callable[[], bool],
) -> Town:
    """
    Let the demo's district live its first weeks up to a moment; where it was interrupted, from the
    last move that was stored.

    :raises TownLives: if somebody lets it live already
    :raises Interrupted: if it is to stop before; again, it goes on
    """
    with only_one(), quick_commits():
        town = Town(seed=SEED, at=_last_move() or now - past, habits=habits)
        for _moment in town.live_until(now):
            if stopping():
                raise Interrupted
        return town


def _last_move() -> datetime | None:
    of_a_town = Entry.objects.filter(work_order__reports__client_key__startswith=KEYS)
    return of_a_town.order_by("-at").values_list("at", flat=True).first()
