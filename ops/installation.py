"""One installation as the commands see it: its folder, its database, its environment."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from ops.console import Stopped
from ops.database import Cluster, binaries, check_server
from ops.folder import CHECKOUT, DataFolder
from ops.keys import check_keys, make_keys
from ops.processes import PART

RESTORING = "restoring"  # stands in the data folder while a restore writes there


class Installation:
    """
    A data folder with its database: the embedded one, or the server that DATABASE_URL names.

    With the embedded one it is a demonstration unless CHENGSHAO_DEMO=0.
    """

    def __init__(self, folder: DataFolder) -> None:
        """:raises Stopped: if a demonstration is wanted on a real server"""
        self.folder = folder
        self._named = os.environ.get("DATABASE_URL") or ""
        wish = os.environ.get("CHENGSHAO_DEMO")
        if self._named and wish == "1":
            raise Stopped(
                "演示模式只用内置数据库：请去掉 DATABASE_URL 或 CHENGSHAO_DEMO。",
                "The demo runs on the embedded database only: unset DATABASE_URL or "
                "CHENGSHAO_DEMO.",
            )
        self.demo = not self._named and wish != "0"
        self.cluster = None if self._named else Cluster(folder)
        self.url = self._named

    def exists(self) -> bool:
        """Tell whether it has a database; the embedded one is made when it is first taken."""
        return self.cluster is None or self.cluster.exists()

    def programs(self) -> Path:
        """Return the folder of PostgreSQL's programs that fit the database."""
        return self.cluster.binaries() if self.cluster else binaries()

    def take_database(self, *, restoring: bool = False) -> None:
        """
        Have a database that answers, and the keys that belong to it.

        :param restoring: whether it is taken to put a backup there
        :raises Stopped: if it can't be had, if its keys are lost or it is half restored
        """
        keys = self.folder.keys
        if not restoring and self.folder.read(RESTORING):
            raise _half_restored(str(self.folder.path))
        if self.cluster is None:
            check_server(self.url)
            in_use = not keys.exists() and has_rows(self.url, "django_migrations")
        else:
            in_use = not keys.exists() and self.cluster.exists()
        if in_use:
            raise _keys_lost(str(keys))
        make_keys(keys)
        check_keys(keys)
        if self.cluster is not None:
            self.url = self.cluster.take()

    def leave_database(self) -> None:
        if self.cluster is not None:
            self.cluster.leave()

    def environment(self) -> dict[str, str]:
        """Return the environment in which this installation's processes are started."""
        env = dict(os.environ)
        env["CHENGSHAO_DATA"] = str(self.folder.path)
        env["DATABASE_URL"] = self.url
        env["CHENGSHAO_DEMO"] = "1" if self.demo else "0"
        env["PYTHONUNBUFFERED"] = "1"
        if self.cluster is not None:  # for `dbshell` and dumps
            env["PATH"] = f"{env.get('PATH', '')}{os.pathsep}{self.cluster.binaries()}"
        return env

    def manage(self, *arguments: str, show: bool = False) -> str:
        """
        Run one of Django's commands and return its output (empty when shown as it comes).

        :raises Stopped: with its last words if it fails
        """
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            # Marked, so that the next start ends it should we be killed meanwhile.
            env=self.environment() | {PART: arguments[0]},
            stdin=subprocess.DEVNULL,
            stdout=None if show else subprocess.PIPE,
            stderr=None if show else subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        output = done.stdout or ""
        if done.returncode:
            tail = "\n".join(output.strip().splitlines()[-15:])
            raise Stopped(
                f"manage.py {arguments[0]} 失败。\n{tail}".strip(),
                f"manage.py {arguments[0]} failed (exit {done.returncode}).",
            )
        return output


@contextmanager
def database_of(folder: DataFolder) -> Iterator[Installation]:
    """Have an installation with a database that answers, for the length of one command."""
    installation = Installation(folder)
    try:
        installation.take_database()
        yield installation
    finally:
        installation.leave_database()


def has_rows(url: str, table: str) -> bool:
    """Tell whether the table is there and holds anything."""
    with psycopg.connect(url, connect_timeout=10) as db:
        there = db.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone()
        if there is None or not there[0]:
            return False
        query = sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(table))
        return db.execute(query).fetchone() is not None


def _keys_lost(path: str) -> Stopped:
    return Stopped(
        f"数据库里已有数据，但密钥文件 {path} 不见了。没有它，市民的联系方式无法解密，"
        "所以不会另造一份。请从备份恢复，或用 CHENGSHAO_KEYS 指明位置。",
        f"The database holds data but its key file {path} is gone. Contacts can't be read "
        "without it, so no new one is made. Restore it, or name it in CHENGSHAO_KEYS.",
    )


def _half_restored(path: str) -> Stopped:
    return Stopped(
        f"{path} 上的恢复没有做完就被中断了。请再执行一次 chengshao restore。",
        f"A restore into {path} was broken off: run chengshao restore again.",
    )
