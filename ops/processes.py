"""The parts that run beside each other, each in a session of its own, and what is left of them."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from ops.folder import CHECKOUT

PART = "CHENGSHAO_PART"
_FOLDER = "CHENGSHAO_DATA"
_STEADY = 60.0  # seconds after which a part counts as running well again
_LONGEST_PAUSE = 30.0
_ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


class Part:
    """One process with its children: the web server, or a worker."""

    def __init__(self, name: str, command: Sequence[str], env: dict[str, str]) -> None:
        """
        :param env: must name the data folder in CHENGSHAO_DATA, by which leftovers are known
        """
        self.name = name
        self._command = list(command)
        self._env = env | {PART: name}
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._falls = 0
        self._next_start = 0.0

    @property
    def group(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        # A session of its own: the terminal's Ctrl-C is for us, who then stop in order.
        self._process = subprocess.Popen(
            self._command,
            cwd=CHECKOUT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._started = time.monotonic()

    def fell(self) -> int | None:
        """Return the exit code when it ended by itself; its children are ended then, too."""
        if self._process is None:
            return None
        code = self._process.poll()
        if code is None:
            return None
        _kill_group(self._process.pid)  # children of a killed server still hold the port
        self._falls = 1 if time.monotonic() - self._started > _STEADY else self._falls + 1
        self._next_start = time.monotonic() + min(2.0 ** (self._falls - 1) / 2, _LONGEST_PAUSE)
        self._process = None
        return code

    def due(self) -> bool:
        """Tell whether it fell and has paused long enough to be started again."""
        return self._process is None and time.monotonic() >= self._next_start

    def ask_to_stop(self) -> None:
        """Ask the main process; it finishes what runs and ends its children."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def stopped(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def end(self) -> None:
        """End whatever of it still runs, at once."""
        if self._process is not None:
            _kill_group(self._process.pid)
            self._process.wait()
            self._process = None


def end_leftovers(folder: Path) -> list[str]:
    """
    End the parts of this data folder that outlived whoever started them, and name them.

    They are known by what was in their environment when they started: a process id may have
    been given to a stranger since, and another folder's parts are not ours.
    """
    found: list[tuple[str, psutil.Process]] = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or not lives(process):
                continue
            env = process.environ()
        except (psutil.Error, OSError):
            continue  # somebody else's, or gone
        if PART in env and Path(env.get(_FOLDER, "")) == folder:
            found.append((env[PART], process))
    processes = [process for _, process in found]
    for process in processes:
        send(process, signal.SIGTERM)
    await_end(processes, 5)
    for process in processes:
        send(process, signal.SIGKILL)
    await_end(processes, 5)
    return sorted({name for name, _ in found})


def send(process: psutil.Process, number: int) -> None:
    """Signal a process unless it is gone; psutil looks whether its id is still the same one."""
    try:
        process.send_signal(number)
    except psutil.Error:
        return


def await_end(processes: Sequence[psutil.Process], seconds: float) -> None:
    """Wait at most so long until none of them runs any more."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(map(lives, processes)):
        time.sleep(0.05)


def lives(process: psutil.Process) -> bool:
    """Tell whether it runs. A zombie has ended: its parent need not have noticed."""
    try:
        return process.is_running() and process.status() not in _ENDED
    except psutil.Error:
        return False


def _kill_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
