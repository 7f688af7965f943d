"""As root with and without user namespaces, and as an ordinary user with or without a name."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ops.folder import CHECKOUT
from tests.run.conftest import Make
from tests.run.installed import Installed

pytestmark = [
    pytest.mark.run,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user"),
]
NAMELESS = 54_321


@pytest.fixture
def no_namespaces(tmp_path: Path) -> str:
    """A PATH on which `unshare` fails as it does where user namespaces are off."""
    fake = tmp_path / "unshare"
    fake.write_text("#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n")
    fake.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def test_as_root_the_server_is_run_by_another_user_where_namespaces_are_off(
    make: Make, no_namespaces: str
) -> None:
    fresh = make(PATH=no_namespaces)

    fresh.start()
    fresh.put_by("第一行")
    assert fresh.postmaster().uids().real != 0
    assert fresh.stop() == 0

    fresh.start()
    assert fresh.kept() == ["第一行"]
    assert fresh.stop() == 0


def test_a_cluster_moves_when_namespaces_are_switched_off(
    installed: Installed, no_namespaces: str
) -> None:
    installed.start()
    assert installed.postmaster().uids().real == 0
    installed.put_by("搬家前")
    installed.stop()

    installed.env["PATH"] = no_namespaces
    installed.start()

    assert installed.kept() == ["搬家前"]
    assert installed.postmaster().uids().real != 0
    assert not (installed.data / "postgres").exists()
    # It stays there when they are switched on again.
    installed.stop()
    del installed.env["PATH"]
    installed.start()
    assert installed.kept() == ["搬家前"]


def test_a_copied_folder_does_not_take_the_moved_cluster_of_the_first(
    make: Make, no_namespaces: str
) -> None:
    first, copy = make(PATH=no_namespaces), make(PATH=no_namespaces)
    assert first.command("migrate").returncode == 0
    shutil.copytree(first.data, copy.data)

    refused = copy.command("migrate")

    assert refused.returncode == 1
    assert str(first.data) in refused.stderr
    (copy.data / "database.json").unlink()  # else clearing away would take the first one's


def test_a_new_folder_in_the_place_of_a_deleted_one_starts_anew(
    make: Make, no_namespaces: str
) -> None:
    fresh = make(PATH=no_namespaces)
    assert fresh.command("migrate").returncode == 0
    place = Path(json.loads((fresh.data / "database.json").read_text())["place"])
    shutil.rmtree(fresh.data)

    done = fresh.command("migrate")

    assert done.returncode == 0, done.stderr
    assert [old.name for old in place.glob("postgres.[0-9]*")] != []


@pytest.mark.parametrize("user", [pwd.getpwnam("daemon").pw_uid, NAMELESS])
def test_as_an_ordinary_user(make: Make, migrated: Path, user: int) -> None:
    fresh = make(become=_becoming(user))

    fresh.start()
    fresh.put_by("第一行")
    assert fresh.stop() == 0

    fresh.start()
    assert fresh.kept() == ["第一行"]
    assert fresh.stop() == 0


def _becoming(user: int) -> list[str]:
    """Return what makes a command an ordinary user's: really, else by name in a namespace."""
    if all(map(_open_to_others, (CHECKOUT, Path(sys.executable).resolve().parent))):
        return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
    become = ["unshare", "--user", f"--map-user={user}", f"--map-group={user}", "--"]
    if subprocess.run([*become, "true"], capture_output=True).returncode:
        pytest.skip("checkout or Python lie where others can't look, and there are no namespaces")
    return become


def _open_to_others(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o005 == 0o005 for place in (folder, *folder.parents))
