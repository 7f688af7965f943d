"""A backup of a living installation, and what stands after it was restored elsewhere."""

import json
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql

from ops.folder import CHECKOUT
from tests.run.conftest import Make
from tests.run.installed import LONG, Installed
from tests.run.pictured import REPORTS
from tests.run.reporters import Reporters, ask, send

pytestmark = pytest.mark.run


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup, and what was known when it was begun."""

    source: Installed
    file: Path
    said: str
    before: dict[str, Any]  # acknowledged reports by client key
    failures: list[Any]

    def manifest(self) -> dict[str, Any]:
        with tarfile.open(self.file) as tar:
            member = tar.extractfile("manifest.json")
            assert member is not None
            return dict(json.load(member))


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="chengshao-run-") as place:
        yield Path(place)


@pytest.fixture(scope="module")
def kept(migrated: Path) -> Iterator[Kept]:
    """A running district with past cases, files and seals; backed up while reports come in."""
    with folder() as place:
        source = Installed(place / "data", CHENGSHAO_DEMO="1")
        shutil.copytree(migrated, source.data)
        source.start()
        made = source.command("make-token", "hotline", "--label", "test")
        source.env["CHENGSHAO_TOKEN"] = made.stdout.split()[-1]
        made = source.command("shell", "-c", "from tests.run.pictured import make; make()")
        assert made.returncode == 0, made.stderr
        file = place / "kept.tar"
        with Reporters(source, "live") as reporters:
            reporters.await_more()
            before = dict(reporters.acknowledged)
            done = source.command("backup", str(file))
            reporters.await_more()
        assert done.returncode == 0, done.stdout + done.stderr
        yield Kept(source, file, done.stdout, before, reporters.failures)
        source.clear_away()


@pytest.fixture(scope="module")
def restored(kept: Kept) -> Iterator[Installed]:
    """The backup in another data folder, to which only the keys were brought."""
    with folder() as place:
        one = Installed(place / "data", CHENGSHAO_DEMO="1")
        one.env["CHENGSHAO_TOKEN"] = kept.source.env["CHENGSHAO_TOKEN"]
        bring_keys(kept.source, one)
        done = one.command("restore", str(kept.file))
        assert done.returncode == 0, done.stdout + done.stderr
        one.start()
        yield one
        one.clear_away()


def bring_keys(source: Installed, target: Installed) -> None:
    target.data.mkdir(mode=0o700, parents=True)
    shutil.copy(source.data / "keys.json", target.data / "keys.json")


def rows(one: Installed, table: str) -> list[str]:
    query = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))
    with psycopg.connect(one.cluster().url(), options="-c timezone=UTC") as db:
        return [row[0] for row in db.execute(query)]


def stored_files(one: Installed) -> dict[str, bytes]:
    base = one.data / "files"
    return {str(p.relative_to(base)): p.read_bytes() for p in base.rglob("*") if p.is_file()}


def contents(place: Path) -> list[str]:
    """Return all names in a data folder but those of locks."""
    return sorted(str(p.relative_to(place)) for p in place.rglob("*") if p.suffix != ".lock")


def test_nobody_is_kept_from_working_by_it(kept: Kept) -> None:
    assert kept.failures == []
    assert kept.file.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in kept.file.parent.glob("kept*")] == ["kept.tar"]
    with tarfile.open(kept.file) as tar:
        assert "keys.json" not in tar.getnames()


def test_every_report_acknowledged_before_is_there(kept: Kept, restored: Installed) -> None:
    with psycopg.connect(restored.cluster().url()) as db:
        found = {
            row[0] for row in db.execute("SELECT client_key FROM workorders_report").fetchall()
        }

    assert len(kept.before) >= 3
    assert kept.before.keys() <= found
    assert {f"pictured-{n}" for n in range(REPORTS)} <= found


def test_tables_that_only_grow_hold_what_they_held(kept: Kept, restored: Installed) -> None:
    told = kept.manifest()["tables"]

    for table in ("workorders_entry", "workorders_note", "workorders_seal", "evidence_blob"):
        here, there = rows(restored, table), rows(kept.source, table)
        assert len(here) == told[table]["rows"] > 0
        assert set(here) <= set(there)


def test_every_stored_file_is_there(kept: Kept, restored: Installed) -> None:
    assert len(stored_files(restored)) == 2 * REPORTS  # with thumbnails
    assert stored_files(restored) == stored_files(kept.source)


def test_the_history_and_its_seals_hold(kept: Kept, restored: Installed) -> None:
    seals = Path("seals/seals.jsonl")
    assert (restored.data / seals).read_bytes() == (kept.source.data / seals).read_bytes()

    for one in (kept.source, restored):
        verified = one.command("verify-history", "--files")
        assert verified.returncode == 0, verified.stdout + verified.stderr


def test_it_goes_on_where_the_backup_was_made(kept: Kept, restored: Installed) -> None:
    key, answer = next(iter(kept.before.items()))

    shown = ask(restored, "GET", f"/api/v1/reports/{answer['id']}")
    again = send(restored, key)
    new = send(restored, "after-the-restore")

    assert shown["number"] == answer["number"]
    assert again["number"] == answer["number"]
    assert new["created"]
    assert new["number"] not in {one["number"] for one in kept.before.values()}


# What is refused


def test_a_database_with_tables_in_it_is_left_alone(kept: Kept, installed: Installed) -> None:
    shutil.copy(kept.source.data / "keys.json", installed.data / "keys.json")

    refused = installed.command("restore", str(kept.file))

    assert refused.returncode == 1
    assert "The database is not empty" in refused.stderr
    assert not {"files", "seals", "restoring.json"} & set(contents(installed.data))
    assert installed.command("migrate", "--check").returncode == 0


def test_it_is_not_restored_under_a_running_installation(kept: Kept) -> None:
    refused = kept.source.command("restore", str(kept.file))

    assert refused.returncode == 1
    assert "Chengshao runs on" in refused.stderr
    assert kept.source.health() == 200


def test_a_folder_with_files_in_it_is_left_alone(kept: Kept, make: Make) -> None:
    other = make()
    bring_keys(kept.source, other)
    (other.data / "files" / "ab").mkdir(parents=True)
    before = contents(other.data)

    refused = other.command("restore", str(kept.file))

    assert refused.returncode == 1
    assert "is not empty (files)" in refused.stderr
    assert contents(other.data) == before


def test_a_damaged_one_is_refused_before_anything_is_written(
    kept: Kept, make: Make, tmp_path: Path
) -> None:
    other = make()
    bring_keys(kept.source, other)
    damaged = tmp_path / "damaged.tar"
    whole = kept.file.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])

    refused = other.command("restore", str(damaged))

    assert refused.returncode == 1
    assert "cut off or damaged" in refused.stderr
    assert contents(other.data) == ["keys.json"]


@pytest.mark.parametrize("keys", ["none", "others"])
def test_it_is_not_restored_without_its_keys(
    kept: Kept, make: Make, migrated: Path, keys: str
) -> None:
    other = make()
    other.data.mkdir()
    if keys == "others":
        shutil.copy(migrated / "keys.json", other.data)
        told = json.loads((other.data / "keys.json").read_text())
        told["contact"]["k1"] = told["seal"]
        (other.data / "keys.json").write_text(json.dumps(told))
    before = contents(other.data)

    refused = other.command("restore", str(kept.file))

    assert refused.returncode == 1
    words = {"none": "holds no keys", "others": "don't fit this backup: contact.k1"}
    assert words[keys] in refused.stderr
    assert contents(other.data) == before


def test_nothing_is_overwritten_by_a_backup(kept: Kept) -> None:
    before = kept.file.read_bytes()

    refused = kept.source.command("backup", str(kept.file))

    assert refused.returncode == 1
    assert "not overwritten" in refused.stderr
    assert kept.file.read_bytes() == before


def test_there_is_nothing_to_back_up_in_an_empty_folder(make: Make) -> None:
    empty = make()

    refused = empty.command("backup")

    assert refused.returncode == 1
    assert "Nothing to back up" in refused.stderr
    assert contents(empty.data) == []


# What goes wrong on the way


def test_a_killed_backup_looks_like_none(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "killed.tar"
    running = begin(kept.source, "backup", str(target))
    kept.source.wait(lambda: list(tmp_path.iterdir()), ends=running)

    running.send_signal(signal.SIGKILL)
    running.wait(LONG)

    assert not target.exists()
    assert kept.source.command("backup", str(target)).returncode == 0


@pytest.mark.parametrize("into", ["files", "database"])
def test_a_killed_restore_is_noticed_and_done_again(kept: Kept, make: Make, into: str) -> None:
    other = make()
    bring_keys(kept.source, other)
    running = begin(other, "restore", str(kept.file))
    other.wait(lambda: (other.data / "restoring.json").exists(), ends=running)
    if into == "database":
        restoring = psutil.Process(running.pid)
        other.wait(lambda: "psql" in {p.name() for p in restoring.children()}, ends=running)
    running.send_signal(signal.SIGKILL)
    running.wait(LONG)

    refused = other.command("run")
    assert refused.returncode == 1
    assert "restore again" in refused.stderr

    done = other.command("restore", str(kept.file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (other.data / "restoring.json").exists()
    assert stored_files(other) == stored_files(kept.source)


def test_with_its_keys_it_needs_nothing_else(kept: Kept, make: Make, tmp_path: Path) -> None:
    whole = tmp_path / "whole.tar"
    done = kept.source.command("backup", str(whole), "--with-keys")
    assert done.returncode == 0
    assert "whoever has it reads citizens' contacts" in done.stderr
    fresh = make()

    restored = fresh.command("restore", str(whole))

    assert restored.returncode == 0, restored.stdout + restored.stderr
    keys = fresh.data / "keys.json"
    assert keys.read_bytes() == (kept.source.data / "keys.json").read_bytes()
    assert keys.stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_lost_before_is_named_and_the_rest_is_kept(
    kept: Kept, make: Make, tmp_path: Path
) -> None:
    other = make()
    bring_keys(kept.source, other)
    assert other.command("restore", str(kept.file)).returncode == 0
    lost = next(p for p in (other.data / "files").rglob("*") if len(p.name) == 64)
    changed = next(p for p in (other.data / "files").rglob("*") if len(p.name) == 64 and p != lost)
    lost.unlink()
    changed.write_bytes(b"something else")
    target = tmp_path / "rest.tar"

    done = other.command("backup", str(target))

    assert done.returncode == 1
    assert "2 files were missing or damaged" in done.stderr
    assert lost.name in done.stderr
    with tarfile.open(target) as tar:
        names = {Path(name).name for name in tar.getnames()}
    assert not {lost.name, changed.name} & names
    assert len(names) == 2 * REPORTS - 2 + 4


def begin(one: Installed, *words: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "ops.cli", *words],
        cwd=CHECKOUT,
        env=one.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
