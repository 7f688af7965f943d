"""What is measured: a fresh installation with the demo district, thrown away afterwards."""

import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psutil
from django.db import connection, connections

from ops.console import Stopped, phase
from ops.database import free_port
from ops.folder import DataFolder
from ops.installation import Installation
from ops.processes import Part
from ops.run import web_command
from ops.testing import without_database

WEB_WORKERS = 2
_PATIENCE = 60.0  # seconds for the web server to come up


@contextmanager
def stand() -> Iterator[Installation]:
    """
    Have a migrated installation with the demo district, its server as durable as `make run`'s.
    """
    own = without_database() | {"CHENGSHAO_DEMO_LIFE": "0"}
    os.environ.clear()
    os.environ.update(own)
    with tempfile.TemporaryDirectory(prefix="chengshao-bench-") as place:
        installation = Installation(DataFolder(Path(place) / "data"))
        cluster = installation.cluster
        assert cluster is not None  # no DATABASE_URL is left
        try:
            with phase("数据库", "database"):
                installation.take_database()
            with phase("数据库结构", "migrations"):
                installation.manage("migrate", "--noinput", "-v", "0")
            with phase("演示城区", "demo district"):
                installation.manage("demo_district")
            with set_up(installation):
                settle()
                yield installation
        finally:
            installation.leave_database()
            cluster.destroy()


@contextmanager
def set_up(installation: Installation) -> Iterator[None]:
    """Set Django up on an installation, once in this process: settings read the environment."""
    os.environ.update(installation.environment())
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    try:
        yield
    finally:
        for own_connection in connections.all(initialized_only=True):
            own_connection.close()
            own_connection.close_pool()  # type: ignore[attr-defined]


def settle() -> None:
    """Bring the server to rest: tables counted, everything on the disk."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def database() -> psutil.Process:
    """Return the server's main process: the parent of what serves our connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    server = psutil.Process(pid).parent()
    assert server is not None
    return server


@contextmanager
def website() -> Iterator[tuple[psutil.Process, int]]:
    """
    Run the web server as `make run` does; yield its main process and its port.

    :raises Stopped: if it doesn't answer
    """
    port = free_port()
    part = Part("web", web_command("127.0.0.1", port, WEB_WORKERS), dict(os.environ))
    part.start()
    try:
        until = time.monotonic() + _PATIENCE
        while not _listens(port):
            if part.fell() is not None or time.monotonic() > until:
                raise Stopped("网站没能启动。", "The web server did not start.")
            time.sleep(0.1)
        assert part.group is not None
        yield psutil.Process(part.group), port
    finally:
        part.end()
