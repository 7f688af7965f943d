"""A disk that is really full, under the database too: what was acknowledged is there afterwards."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run import faults
from tests.run.installed import Installed
from tests.run.reporters import Reporters

pytestmark = pytest.mark.run
_SIZE = 400 * 1024 * 1024  # room for a database of its own


@pytest.fixture
def small() -> Iterator[Path]:
    """A small disk."""
    with tempfile.TemporaryDirectory(prefix="chengshao-run-") as place:
        disk = Path(place) / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=700", "tmpfs", str(disk)]
        done = subprocess.run(mount, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"only who may mount can make a small disk: {done.stderr}")
        yield disk
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@pytest.fixture
def crammed(small: Path, migrated: Path) -> Iterator[Installed]:
    """A running demo district on a small disk."""
    one = Installed(small / "data", CHENGSHAO_DEMO="1")
    shutil.copytree(migrated, one.data)
    one.start()
    made = one.command("make-token", "hotline", "--label", "test")
    one.env["CHENGSHAO_TOKEN"] = made.stdout.split()[-1]
    yield one
    one.clear_away()


def fill(ballast: Path) -> None:
    """Write until nothing more goes."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1024 * 1024, 4096):
            try:
                while file.write(bytes(size)) == size:
                    continue
            except OSError:
                continue


def test_nothing_acknowledged_is_lost_and_it_goes_on_once_there_is_room(crammed: Installed) -> None:
    ballast = crammed.data / "ballast"
    with Reporters(crammed, "crammed") as load:
        load.await_more()
        fill(ballast)
        crammed.wait(lambda: load.failures)
        refused = crammed.command("backup")
        ballast.unlink()
        faults.await_health(crammed)
        load.await_more(10)
    faults.check(crammed, load)

    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr, refused.stderr
    assert list((crammed.data / "backups").glob("*")) == []
    assert crammed.command("backup").returncode == 0
