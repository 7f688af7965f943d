"""Locks of the data folder: many users or one, and nothing left of a killed holder."""

import subprocess
import sys
from pathlib import Path

import pytest

from ops.console import Stopped
from ops.folder import DataFolder, FileLock, write_private


def test_one_holder_keeps_others_out_until_it_lets_go(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "a.lock"), FileLock(tmp_path / "a.lock")

    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()


def test_only_the_last_user_gets_it_for_itself(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "a.lock"), FileLock(tmp_path / "a.lock")
    first.take(shared=True)
    second.take(shared=True)

    assert not first.take()  # and it has let go now
    assert second.take()


def test_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    words = (
        "import sys, time; from pathlib import Path; from ops.folder import FileLock;"
        "lock = FileLock(Path(sys.argv[1])); print(lock.take(), flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", words, str(path)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        assert not FileLock(path).take()
        holder.kill()

    assert FileLock(path).take()


def test_a_folder_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Stopped) as refusal:
        DataFolder(tmp_path / "file" / "data")

    assert "CHENGSHAO_DATA" in refusal.value.zh


def test_a_cut_off_file_counts_as_missing(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.write("run", {"pid": 1})
    assert folder.read("run") == {"pid": 1}

    (folder.path / "run.json").write_text('{"pid": ')

    assert folder.read("run") == {}


def test_a_private_file_is_whole_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private(path, "one")
    write_private(path, "two")

    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]
    with pytest.raises(FileExistsError):
        write_private(path, "three", replace=False)
    assert path.read_text() == "two"
