"""
`chengshao test`: every check in order, each with a heading and its time.

The tests that need a database get a server of their own that forgets everything afterwards,
or the one that TEST_DATABASE_URL names (CI names the oldest PostgreSQL that may be used; the
installations that run and browser tests start are on the newest), with one migrated template of
which every worker takes a clone.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from ops.build import build, npm
from ops.console import Stopped, complain, say
from ops.database import NAME, Cluster, check_server, free_port
from ops.folder import CHECKOUT, DataFolder
from ops.keys import make_keys
from ops.run import ask_health

_TEMPLATE = f"{NAME}_template"
# Vacuuming amid open transactions would make the planner think that tables are empty.
_FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_connections=200",
)
_KINDS = ("unit", "integration", "contract", "architecture", "hostile")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class _Tally:
    """What was run, what failed, and how many tests went how."""

    def __init__(self, reports: Path) -> None:
        self._reports = reports
        self._begun = time.monotonic()
        self.failed: list[str] = []
        self._counts: dict[str, tuple[int, int, int]] = {}

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Take down a failure and go on with the next check."""
        try:
            yield
        except Stopped as stopped:
            complain(stopped.zh, stopped.en)
            self.failed.append(name)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        say(f"\n── {name}")
        start = time.monotonic()
        with self.attempt(name):
            yield
        state = "✗" if name in self.failed else "✓"
        say(f"── {state} {name}  {time.monotonic() - start:.1f} s")

    def tool(self, name: str, *command: str) -> None:
        with self.section(name):
            program = Path(sys.executable).with_name(command[0])
            if not program.exists():
                raise Stopped(
                    f"没有安装 {command[0]}：请执行 make test。",
                    f"{command[0]} is not installed: run make test.",
                )
            _call(name, [str(program), *command[1:]], dict(os.environ))

    def pytest(self, name: str, arguments: Sequence[str], env: dict[str, str]) -> None:
        with self.section(name):
            report = self._reports / f"{name}.xml"
            report.unlink(missing_ok=True)
            call = [sys.executable, "-m", "pytest", f"--junitxml={report}", *arguments]
            try:
                _call("pytest", call, env)
            finally:
                self._count(name, report)

    def close(self) -> int:
        """Say how it went and return the exit code."""
        for name, (passed, failed, skipped) in self._counts.items():
            say(f"{name}: {passed} passed, {failed} failed, {skipped} skipped")
        rows = [(0, 0, 0), *self._counts.values()]
        passed, failed, skipped = (sum(column) for column in zip(*rows, strict=True))
        minutes, seconds = divmod(int(time.monotonic() - self._begun), 60)
        say(f"\n用时 {minutes} 分 {seconds} 秒 · {minutes} min {seconds} s")
        if self.failed:
            complain(f"没有通过：{'、'.join(self.failed)}", f"Failed: {', '.join(self.failed)}")
        say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
        return 1 if self.failed else 0

    def skipped_in(self, name: str) -> int:
        return self._counts.get(name, (0, 0, 0))[2]

    def _count(self, name: str, report: Path) -> None:
        if not report.exists():
            return
        suites = list(ET.parse(report).getroot().iter("testsuite"))
        total, bad, skipped = (
            sum(int(suite.get(word, "0")) for suite in suites for word in words)
            for words in (("tests",), ("failures", "errors"), ("skipped",))
        )
        self._counts[name] = (total - bad - skipped, bad, skipped)


def test(arguments: Sequence[str]) -> int:
    """Run all checks; with arguments pytest with these."""
    signal.signal(signal.SIGTERM, _leave)
    with tempfile.TemporaryDirectory(prefix="chengshao-test-") as place:
        tally = _Tally(Path(place))
        if arguments:
            _chosen(arguments, tally, Path(place))
        else:
            _everything(tally, Path(place))
        return tally.close()


def _everything(tally: _Tally, place: Path) -> None:
    tally.tool("ruff check", "ruff", "check", ".")
    tally.tool("ruff format", "ruff", "format", "--check", ".")
    tally.tool("mypy", "mypy", ".")
    tally.tool("import contracts", "lint-imports", "--no-logo")
    templates = [str(t) for t in sorted(CHECKOUT.glob("chengshao/*/templates/**/*.html"))]
    if templates:
        tally.tool("templates", "djade", "--check", "--target-version", "5.2", *templates)
    with tally.section("front end"):
        npm("run", "check")
        npm("test")
    with tally.section("build"):
        build()
    kinds = [f"tests/{kind}" for kind in _KINDS if _has_tests(CHECKOUT / "tests" / kind)]
    with tally.attempt("test database"), _server(place) as env:
        tally.pytest("tests", [*kinds, "-q", "-n", "2", "--dist", "worksteal"], env)
    if _has_tests(CHECKOUT / "tests" / "run"):
        tally.pytest(
            "run", ["tests/run", "-q", "-n", "3", "--dist", "worksteal"], without_database()
        )
    _browser(["tests/browser", "-q"], tally, place)


def _chosen(arguments: Sequence[str], tally: _Tally, place: Path) -> None:
    build()
    if any(word.startswith("tests/browser") for word in arguments):
        _browser(arguments, tally, place)
        return
    with tally.attempt("test database"), _server(place) as env:
        tally.pytest("tests", arguments, env)


def _browser(arguments: Sequence[str], tally: _Tally, place: Path) -> None:
    if not _has_tests(CHECKOUT / "tests" / "browser"):
        return
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _BROWSERS)), None)
    must = os.environ.get("CI") == "true"
    if browser is None:
        say("\n!! 没有 Chromium，跳过浏览器测试 · browser tests skipped: no Chromium")
        if must:
            tally.failed.append("browser")
        return
    with tally.attempt("instance for the browser"), _instance(place) as address:
        env = without_database() | {"BASE_URL": address, "CHROMIUM": browser}
        tally.pytest("browser", arguments, env)
    if must and tally.skipped_in("browser"):
        complain("CI 中不允许跳过浏览器测试。", "In CI no browser test may be skipped.")
        tally.failed.append("browser")


@contextmanager
def _server(place: Path) -> Iterator[dict[str, str]]:
    given = os.environ.get("TEST_DATABASE_URL")
    if not given:
        with _own_server(place) as env:
            yield env
        return
    check_server(given)
    with _template(given, _data(place, "given")) as env:
        yield env


@contextmanager
def _own_server(place: Path) -> Iterator[dict[str, str]]:
    cluster = Cluster(DataFolder(place / "server"), options=_FAST)
    url = cluster.take()
    try:
        with _template(url, _data(place, "own")) as env:
            yield env
    finally:
        cluster.leave()
        cluster.destroy()


@contextmanager
def _template(url: str, folder: DataFolder) -> Iterator[dict[str, str]]:
    """Have one migrated database on this server, to be cloned; yield pytest's environment."""
    env = without_database() | {"CHENGSHAO_DATA": str(folder.path), "CHENGSHAO_DEMO": "0"}
    name = f"{_TEMPLATE}_{os.getpid()}"
    create = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(drop)
        db.execute(create.format(sql.Identifier(name)))
    try:
        call = [sys.executable, "manage.py", "migrate", "--noinput", "-v", "0"]
        _call("migrate", call, env | {"DATABASE_URL": _on_database(url, name)})
        yield env | {"DATABASE_URL": url, "CHENGSHAO_TEST_TEMPLATE": name}
    finally:
        with psycopg.connect(url, autocommit=True) as db:
            db.execute(drop)


@contextmanager
def _instance(place: Path) -> Iterator[str]:
    """Run a fresh installation with the demo district; yield its address."""
    port = free_port()
    data = place / "instance"
    env = without_database() | {"CHENGSHAO_DATA": str(data), "PORT": str(port)}
    env["CHENGSHAO_DEMO_LIFE"] = "0"
    log = place / "instance.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops.cli", "run"],
            cwd=CHECKOUT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    fine = False
    try:
        until = time.monotonic() + 400
        while ask_health("127.0.0.1", port)[0] != 200:
            if process.poll() is not None or time.monotonic() > until:
                raise Stopped("测试用的实例没能启动。", "The instance to test did not start.")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
        fine = True
    finally:
        process.terminate()
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
        if not fine:
            tail = log.read_text(errors="replace").splitlines()[-40:]
            say("\n".join(["-- instance:", *tail]))
        Cluster(DataFolder(data)).destroy()


def _data(place: Path, name: str) -> DataFolder:
    """Return a data folder with keys, so that no test writes into the real one."""
    folder = DataFolder(place / name)
    make_keys(folder.path / "keys.json")
    return folder


def without_database() -> dict[str, str]:
    """Return our environment without what names an installation, its database or its data."""
    kept = {"CHENGSHAO_PG_BIN", "CHENGSHAO_NO_USERNS"}
    return {
        name: value
        for name, value in os.environ.items()
        if name in kept or not name.startswith(("CHENGSHAO_", "DATABASE_URL", "PORT"))
    }


def _on_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _has_tests(folder: Path) -> bool:
    return any(folder.glob("**/test_*.py"))


def _call(name: str, command: Sequence[str], env: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=CHECKOUT, env=env, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Stopped(f"{name} 没有通过。", f"{name} failed (exit {done.returncode}).")


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
