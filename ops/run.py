"""`chengshao run`: everything in order, then watching over it, then everything down in order."""

import http.client
import json
import os
import signal
import socket
import sys
import time
from types import FrameType

from ops.build import build
from ops.console import Stopped, complain, phase, say
from ops.folder import DataFolder
from ops.installation import Installation, has_rows
from ops.migrations import migrate
from ops.processes import Part, end_leftovers

_FIRST_ANSWER = 120.0  # seconds a start may take until all parts are up
_WEB_GRACE = 60.0  # for the requests that run when we are asked to stop
_WORKER_GRACE = 40.0  # its jobs get 30 of them
_THREADS = 4  # of one web process: more only wait for one another; its pool holds 16


class _Interrupted(Exception):
    """Asked to stop while still starting."""


class _Signals:
    """How often we were asked to stop. While starting, the first asking breaks off."""

    def __init__(self) -> None:
        self.asked = 0
        self.starting = True

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._heard)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1
        if self.starting:
            self.starting = False
            raise _Interrupted


def run(folder: DataFolder) -> int:
    """
    Start all parts, watch over them until asked to stop, stop them. Return the exit code.

    :raises Stopped: if something stands in the way; nothing of ours runs then
    """
    lock = folder.lock("run")
    if not lock.take():
        other = folder.read("run")
        raise Stopped(
            f"城哨已在运行（数据目录 {folder.path}，进程 {other.get('pid', '?')}，"
            f"{other.get('address', '正在启动')}）。",
            f"Chengshao already runs on this data folder (process {other.get('pid', '?')}). "
            "CHENGSHAO_DATA names another folder, PORT another port.",
        )
    try:
        return _Run(folder).go()
    finally:
        folder.forget("run")
        lock.release()


class _Run:
    def __init__(self, folder: DataFolder) -> None:
        self._installation = Installation(folder)
        self._folder = folder
        self._host = self._bind()
        self._port = _port()
        self._signals = _Signals()
        self._parts: list[Part] = []
        self._has_database = False

    def go(self) -> int:
        code = 0
        try:
            try:
                self._signals.listen()
                self._start()
                self._watch()
            except _Interrupted:
                say("启动中止。", "Start broken off.")
                code = 130
        finally:
            self._signals.starting = False
            self._stop()
        return code

    def _bind(self) -> str:
        wish = os.environ.get("CHENGSHAO_BIND") or "127.0.0.1"
        if self._installation.demo and wish != "127.0.0.1":
            raise Stopped(
                "演示模式只在本机 127.0.0.1 上服务：请去掉 CHENGSHAO_BIND，或用 DATABASE_URL "
                "接正式数据库。",
                "The demo serves 127.0.0.1 only: unset CHENGSHAO_BIND, or name a real database "
                "in DATABASE_URL.",
            )
        return wish

    # Starting

    def _start(self) -> None:
        begun = time.monotonic()
        say("城哨正在启动……", "Chengshao is starting …")
        self._note_address()
        left = end_leftovers(self._folder.path)
        if left:
            say(f"  已结束上次遗留的进程 · ended leftovers: {', '.join(left)}")
        _check_port(self._host, self._port)
        with phase("数据库", "database"):
            self._has_database = True  # half-way counts: leaving is harmless
            self._installation.take_database()
        build()
        migrate(self._installation)
        has_district = has_rows(self._installation.url, "people_unit")
        if self._installation.demo and not has_district:
            with phase("演示城区", "demo district"):
                self._installation.manage("demo_district")
        with phase("网站与后台任务", "web and worker"):
            self._make_parts()
            for part in self._parts:
                part.start()
            self._note_address()
            self._await_health()
        self._signals.starting = False
        seconds = f"{time.monotonic() - begun:.1f}"
        say(
            f"城哨已就绪：{self._address()}（用时 {seconds} 秒，Ctrl-C 停止）",
            f"Chengshao is up: {self._address()} (in {seconds} s; Ctrl-C stops it)",
        )
        if self._installation.demo:
            self._list_sign_ins()
        elif not has_district:
            say(
                "还没有城区。下一步：.venv/bin/chengshao new-district --from 目录或映射文件",
                "There is no district yet. Next: .venv/bin/chengshao new-district "
                "--from DIR|MAP.yaml",
            )

    def _list_sign_ins(self) -> None:
        try:
            say(self._installation.manage("demo_sign_ins").rstrip())
        except Stopped as stopped:  # a district of one's own in the embedded database
            complain(stopped.zh, stopped.en)

    def _make_parts(self) -> None:
        env = self._installation.environment()
        web = web_command(self._host, self._port, _web_workers())
        worker = [sys.executable, "manage.py", "procrastinate", "worker"]
        worker += ["--shutdown-graceful-timeout", "30"]
        self._parts = [Part("web", web, env), Part("worker", worker, env)]

    def _note_address(self) -> None:
        groups = {part.name: part.group for part in self._parts}
        facts = {"pid": os.getpid(), "address": self._address(), "groups": groups}
        self._folder.write("run", facts)

    def _address(self) -> str:
        return f"http://{_literal(_reachable(self._host))}:{self._port}/"

    def _await_health(self) -> None:
        until = time.monotonic() + _FIRST_ANSWER
        while True:
            status, states = ask_health(_reachable(self._host), self._port)
            if status == 200:
                return
            for part in self._parts:
                code = part.fell()
                if code is not None:
                    raise Stopped(
                        f"{part.name} 没能启动（{_ending(code)}），原因见上面的输出。",
                        f"{part.name} did not start ({_ending(code)}): see the lines above.",
                    )
            if time.monotonic() > until:
                raise Stopped(
                    f"{_FIRST_ANSWER:.0f} 秒内没有全部就绪：{states}",
                    f"Not all parts came up within {_FIRST_ANSWER:.0f} seconds: {states}",
                )
            time.sleep(0.1)

    # Watching

    def _watch(self) -> None:
        pause, next_look = 1.0, 0.0
        while not self._signals.asked:
            for part in self._parts:
                self._watch_part(part)
            if time.monotonic() >= next_look:
                pause = 1.0 if self._watch_database() else min(pause * 2, 30.0)
                next_look = time.monotonic() + pause
            time.sleep(0.2)

    def _watch_part(self, part: Part) -> None:
        code = part.fell()
        if code is not None:
            complain(
                f"{part.name} 意外退出（{_ending(code)}），将自动重启。",
                f"{part.name} ended unexpectedly ({_ending(code)}); it is started again.",
            )
        if part.due():
            part.start()
            self._note_address()
            say(f"已重启 {part.name}。", f"{part.name} is started again.")

    def _watch_database(self) -> bool:
        cluster = self._installation.cluster
        if cluster is None or cluster.stands():
            return True
        complain(
            "数据库意外退出，将自动重启。", "The database ended unexpectedly; it is restarted."
        )
        try:
            url = cluster.restart()
        except Stopped as stopped:
            complain(stopped.zh, stopped.en)
            return False
        if url != self._installation.url:  # its port was taken meanwhile
            self._installation.url = url
            for part in self._parts:
                part.end()
            self._make_parts()
            for part in self._parts:
                part.start()
            self._note_address()
        say("数据库已重启。", "The database is up again.")
        return True

    # Stopping

    def _stop(self) -> None:
        if any(not part.stopped() for part in self._parts):
            say(
                "正在停止：等进行中的请求办完（再按一次 Ctrl-C 立即停止）……",
                "Stopping: running requests finish (Ctrl-C again hurries) …",
            )
        for part, grace in zip(self._parts, (_WEB_GRACE, _WORKER_GRACE), strict=False):
            until = time.monotonic() + grace
            part.ask_to_stop()
            while not part.stopped() and time.monotonic() < until and self._signals.asked < 2:
                time.sleep(0.05)
            part.end()
        if self._has_database:
            self._installation.leave_database()
        if self._parts:
            say("已停止。", "Stopped.")


def web_command(host: str, port: int, workers: int) -> list[str]:
    """Return the command that starts the web server with so many processes."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(_THREADS)),
        *("--respawn-failed-workers", "--no-ws", "--log-level", "error"),
        "config.wsgi:application",
    ]


def ask_health(host: str, port: int) -> tuple[int, str]:
    """Return the status of /healthz and its words; 0 when nobody answers."""
    allowed = os.environ.get("CHENGSHAO_HOSTS", "").split(",")[0].strip().lstrip(".")
    name = allowed if allowed and allowed != "*" else "localhost"
    connection = http.client.HTTPConnection(host, port, timeout=15)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        answer = connection.getresponse()
        body = answer.read(10_000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, f"web: {error}"
    finally:
        connection.close()
    try:
        parts = json.loads(body)["parts"]
        return answer.status, ", ".join(f"{name}: {state}" for name, state in parts.items())
    except (ValueError, KeyError, TypeError, AttributeError):
        return answer.status, f"web: HTTP {answer.status}"


def _port() -> int:
    wish = os.environ.get("PORT") or "8000"
    if not wish.isascii() or not wish.isdigit() or not 1 <= int(wish) <= 65535:
        raise Stopped(f"PORT={wish} 不是端口号（1–65535）。", f"PORT={wish} is no port (1–65535).")
    return int(wish)


def _check_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError as error:
        raise Stopped(
            f"没有权限使用端口 {port}，请用 PORT=… 另选 1024 以上的端口。",
            f"Port {port} is not permitted: choose one above 1024 with PORT=….",
        ) from error
    except OSError as error:
        raise Stopped(
            f"端口 {port} 已被占用或地址 {host} 不可用，请用 PORT=… 另选一个。",
            f"Port {port} is taken (or {host} is no address here): choose another with PORT=….",
        ) from error


def _web_workers() -> int:
    wish = os.environ.get("CHENGSHAO_WEB_WORKERS") or ""
    if wish and not (wish.isascii() and wish.isdigit() and 1 <= int(wish) <= 64):
        raise Stopped(f"CHENGSHAO_WEB_WORKERS={wish} 应为 1–64。", "CHENGSHAO_WEB_WORKERS is 1–64.")
    return int(wish) if wish else min(os.cpu_count() or 1, 2)


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _ending(code: int) -> str:
    if code < 0:
        return signal.Signals(-code).name
    return f"exit {code}"
