"""What `chengshao faults` starts is interrupted in time, so that it clears away what it made."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.console import Stopped
from ops.faults import run_bounded
from ops.folder import CHECKOUT

_TIDY = """
import pathlib, sys, time
made = pathlib.Path(sys.argv[1])
try:
    made.touch()
    time.sleep(300)
finally:
    made.unlink()
    made.with_name("tidied").touch()
"""


def test_it_returns_what_the_command_does() -> None:
    command = [sys.executable, "-c", "raise SystemExit(3)"]
    assert run_bounded(command, env=dict(os.environ), seconds=60) == 3


def test_what_takes_too_long_is_told_to_clear_away(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _TIDY, str(tmp_path / "made")]

    with pytest.raises(Stopped):
        run_bounded(command, env=dict(os.environ), seconds=3)

    assert [path.name for path in tmp_path.iterdir()] == ["tidied"]


@pytest.mark.run
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_stopped_by_a_signal_faults_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.cli", "faults"],
        cwd=CHECKOUT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not list(tmp_path.glob("*/chengshao-run-*/data/postgres")):
        assert process.poll() is None
        time.sleep(0.1)

    process.send_signal(number)

    said, _ = process.communicate(timeout=300)
    assert process.returncode not in (0, None)
    assert "Clearing away" in said
    assert list(tmp_path.iterdir()) == []
