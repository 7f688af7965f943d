"""The worker is killed while it takes old cases in: it goes on where it stopped, row for row."""

import csv
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.run.installed import Installed, kill

pytestmark = pytest.mark.run
ROWS = 5_000
_MAPPING = """
source: 旧平台
key: 编号
words: 内容
channel: {constant: HOTLINE}
opened_at: 受理时间
matter: {constant: C0137}
closed_as: {column: 状态, means: {已办: SOLVED, 在办: OPEN}}
contact_phone: 电话
"""
_START = """
from pathlib import Path
from django.utils.timezone import now
from chengshao.intake import actions
from chengshao.intake.schemas.case_table import read_mapping
from chengshao.kernel.actor import Actor, ActorKind, Grant

actor = Actor(ActorKind.SYSTEM, grants=frozenset({{Grant("IMPORT_CASES", None)}}))
mapping = {mapping!r}
path = actions.keep_table(chunks=[Path({table!r}).read_bytes()])
of = actions.prepare_import(
    path=path, name="old.csv", table=read_mapping(mapping), mapping=mapping, actor=actor, at=now()
)
actions.start_in_background(import_id=of.pk, actor=actor)
"""
_IMPORTED = 'SELECT count(*) FROM workorders_entry WHERE body LIKE \'%"command":"IMPORT"%\''
_REPORTED = """
SELECT count(*) FROM workorders_report JOIN workorders_oldcase USING (work_order_id)
"""


@pytest.fixture
def live(migrated: Path) -> Iterator[Installed]:
    """A running demo district."""
    with tempfile.TemporaryDirectory(prefix="chengshao-run-") as place:
        one = Installed(Path(place) / "data", CHENGSHAO_DEMO="1")
        shutil.copytree(migrated, one.data)
        one.start()
        yield one
        one.clear_away()


def old_cases(path: Path, rows: int) -> Path:
    """Write a table in which every tenth case is open and every hundredth can't be read."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("编号", "内容", "受理时间", "状态", "电话"))
        for n in range(rows):
            opened = "昨天" if n % 100 == 0 else f"2026-{1 + n % 9:02}-{1 + n % 28:02} 10:00"
            state = "在办" if n % 10 == 0 else "已办"
            writer.writerow((n, f"第{n}件：路灯不亮", opened, state, f"138{n:08}"))
    return path


def position(live: Installed) -> int:
    return asked(live, "SELECT position FROM intake_caseimport")


def await_position(live: Installed, reached: int) -> None:
    live.wait(lambda: position(live) >= reached)


def asked(live: Installed, question: str) -> int:
    """Return the one number that a query answers with."""
    with psycopg.connect(live.cluster().url()) as db:
        row = db.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def test_no_row_is_lost_and_none_is_there_twice(live: Installed, tmp_path: Path) -> None:
    table = old_cases(tmp_path / "old.csv", ROWS)
    begun = live.command("shell", "-c", _START.format(mapping=_MAPPING, table=str(table)))
    assert begun.returncode == 0, begun.stdout + begun.stderr

    for reached in (1, ROWS // 2):
        await_position(live, reached)
        kill(live.part("worker"))
        assert position(live) < ROWS
    live.wait(lambda: asked(live, "SELECT count(*) FROM intake_caseimport WHERE state = 'DONE'"))

    unread = ROWS // 100
    with psycopg.connect(live.cluster().url()) as db:

        def numbers(question: str) -> list[int]:
            return sorted(int(row[0]) for row in db.execute(question))

        told = db.execute("SELECT position, taken, known, refused FROM intake_caseimport")
        assert told.fetchall() == [(ROWS, ROWS - unread, 0, unread)]
        read = [n for n in range(ROWS) if n % 100]
        assert numbers("SELECT key FROM workorders_oldcase") == read
        assert numbers("SELECT row FROM intake_importrefusal") == list(range(2, ROWS + 2, 100))
        assert numbers(_IMPORTED) == [ROWS - unread]
        assert numbers(_REPORTED) == [ROWS - unread]
        assert numbers("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == [0]
    assert list((live.data / "files" / "imports").iterdir()) == []
    verified = live.command("verify-history")
    assert verified.returncode == 0, verified.stdout + verified.stderr
