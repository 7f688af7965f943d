"""A fresh demo fills with cases by itself, and a stop in the middle costs and doubles none."""

import psycopg
import pytest

from tests.run.conftest import Make
from tests.run.installed import Installed

pytestmark = pytest.mark.run
SOME = 12


def lived(demo: Installed) -> list[str]:
    """Return the keys of what people of the simulated town reported, as they came."""
    with psycopg.connect(demo.cluster().url()) as db:
        rows = db.execute(
            "SELECT client_key FROM workorders_report WHERE client_key LIKE 'sim-%' ORDER BY id"
        )
        return [row[0] for row in rows]


def jobs(demo: Installed, task: str, status: str) -> int:
    with psycopg.connect(demo.cluster().url()) as db:
        row = db.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status::text = %s",
            (task, status),
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_fresh_demo_lives_up_to_now_over_a_stop(make: Make) -> None:
    demo = make(CHENGSHAO_DEMO="1", CHENGSHAO_DEMO_LIFE="1")
    demo.start()
    demo.wait(lambda: len(lived(demo)) >= SOME)

    assert demo.stop() == 0
    running = demo.begin()
    demo.wait(lambda: "Chengshao is up" in demo.said(), ends=running)
    first = lived(demo)[:SOME]
    demo.wait(lambda: len(lived(demo)) >= 3 * SOME, ends=running)

    keys = lived(demo)
    assert keys[:SOME] == first
    assert len(set(keys)) == len(keys)
    assert jobs(demo, "config.tasks.live_demo_weeks", "doing") == 1
    assert jobs(demo, "chengshao.workorders.tasks.sweep", "succeeded") == 0
    assert demo.health() == 200
