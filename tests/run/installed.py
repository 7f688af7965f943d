"""An installation that a test starts, kills and looks at from outside, as an operator would."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil
import psycopg

from ops.database import Cluster, free_port
from ops.folder import CHECKOUT, DataFolder
from ops.processes import await_end, lives
from ops.run import ask_health

LONG = 300.0  # seconds after which a wait has failed; nothing is measured
_OURS = ("DATABASE_URL", "CHENGSHAO_KEYS", "CHENGSHAO_BIND", "CHENGSHAO_TEST_TEMPLATE")


def heed_signals() -> None:
    """Hear signals as in a terminal, also where whoever runs the tests ignores them (nohup)."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


class Installed:
    """A data folder, and `chengshao run` on it."""

    def __init__(self, data: Path, *, become: Sequence[str] = (), **env: str) -> None:
        """
        :param become: put before the commands, to make them another user's
        """
        self.data = data
        self.port = free_port()
        self.env = env
        self._become = become
        self._runs: list[subprocess.Popen[bytes]] = []

    def environment(self) -> dict[str, str]:
        env = {name: value for name, value in os.environ.items() if name not in _OURS}
        env |= {"CHENGSHAO_DATA": str(self.data), "CHENGSHAO_DEMO": "0", "PORT": str(self.port)}
        env["CHENGSHAO_DEMO_LIFE"] = "0"
        return env | self.env

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            [*self._become, sys.executable, "-m", "ops.cli", *words],
            cwd=CHECKOUT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def begin(self, log: Path | None = None) -> subprocess.Popen[bytes]:
        """Start `chengshao run` without waiting for anything."""
        with (log or self._log()).open("wb") as output:
            process = subprocess.Popen(
                [*self._become, sys.executable, "-m", "ops.cli", "run"],
                cwd=CHECKOUT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=heed_signals,
            )
        self._runs.append(process)
        return process

    def start(self) -> subprocess.Popen[bytes]:
        """Start everything and wait until all parts are up and it says so."""
        process = self.begin()
        self.wait(lambda: "Chengshao is up" in self.said(), ends=process)
        assert self.health() == 200
        return process

    def said(self) -> str:
        return self._log().read_text(errors="replace")

    def health(self) -> int:
        return ask_health("127.0.0.1", self.port)[0]

    def wait(
        self, until: Callable[[], object], *, ends: subprocess.Popen[bytes] | None = None
    ) -> None:
        """Wait for something to become true, while a process still runs."""
        last = time.monotonic() + LONG
        while not until():
            assert ends is None or ends.poll() is None, self.said()
            assert time.monotonic() < last, self.said()
            time.sleep(0.05)

    def stop(self) -> int:
        """Ask the last start to stop, wait for it and return its exit code."""
        self._runs[-1].terminate()
        return self.await_end()

    def await_end(self) -> int:
        """Wait until the last start has ended by itself; return its exit code."""
        return self._runs[-1].wait(LONG)

    # Looking inside

    def groups(self) -> dict[str, int | None]:
        try:
            found = json.loads((self.data / "run.json").read_text())["groups"]
        except FileNotFoundError:
            return {}
        return dict(found)

    def part(self, name: str) -> psutil.Process:
        group = self.groups()[name]
        assert group is not None
        return psutil.Process(group)

    def supervisor(self) -> psutil.Process:
        return psutil.Process(self._runs[-1].pid)

    def cluster(self) -> Cluster:
        return Cluster(DataFolder(self.data))

    def postmaster(self) -> psutil.Process:
        place = self._facts().get("place", str(self.data))
        return psutil.Process(int((Path(place) / "postgres/postmaster.pid").read_text().split()[0]))

    def everything(self) -> list[psutil.Process]:
        """Return every process of this installation: supervisor, parts, their children, server."""
        roots = [psutil.Process(run.pid) for run in self._runs if run.poll() is None]
        roots += [self.part(name) for name in self.groups()]
        roots.append(self.postmaster())
        found = {child for root in roots for child in (root, *root.children(recursive=True))}
        return [process for process in found if lives(process)]

    def put_by(self, words: str) -> None:
        """Store a row in the database."""
        with psycopg.connect(self.cluster().url()) as db:
            db.execute("CREATE TABLE IF NOT EXISTS put_by (words text)")
            db.execute("INSERT INTO put_by VALUES (%s)", (words,))

    def note_migration(self, app: str, name: str) -> None:
        """Note that this migration was run."""
        with psycopg.connect(self.cluster().url()) as db:
            db.execute("INSERT INTO django_migrations VALUES (DEFAULT, %s, %s, now())", (app, name))

    def forget_migration(self, app: str, name: str) -> None:
        """Note that this migration is still to come."""
        with psycopg.connect(self.cluster().url()) as db:
            db.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", (app, name))

    def kept(self) -> list[str]:
        with psycopg.connect(self.cluster().url()) as db:
            return [row[0] for row in db.execute("SELECT words FROM put_by ORDER BY words")]

    def clear_away(self) -> None:
        """End whatever is left and remove it."""
        for run in self._runs:
            if run.poll() is None:
                run.send_signal(signal.SIGTERM)
                try:
                    run.wait(LONG)
                except subprocess.TimeoutExpired:
                    run.kill()
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("CHENGSHAO_DATA") == str(self.data)
            except psutil.Error:
                continue
            if ours and process.pid != os.getpid():
                process.kill()
        if self.data.exists():
            self.cluster().destroy()
            shutil.rmtree(self.data, ignore_errors=True)

    def _facts(self) -> Mapping[str, str]:
        return dict(json.loads((self.data / "database.json").read_text()))

    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")


def kill(*processes: psutil.Process) -> None:
    """kill -9, and wait until they are gone (a zombie is)."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    await_end(processes, LONG)
