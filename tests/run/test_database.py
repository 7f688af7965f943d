"""The embedded server: who may come in, what it can do, when it starts and stops."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops import database
from ops.console import Stopped
from ops.database import Cluster, check_server
from ops.folder import DataFolder

pytestmark = pytest.mark.run


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[DataFolder]:
    one = DataFolder(tmp_path / "data")
    yield one
    Cluster(one).destroy()


@pytest.fixture
def url(folder: DataFolder) -> Iterator[str]:
    cluster = Cluster(folder)
    yield cluster.take()
    cluster.leave()


def test_nobody_comes_in_without_its_password(url: str, folder: DataFolder) -> None:
    password = folder.read("database")["password"]

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url.replace(password, "guessed"))
    assert (folder.path / "database.json").stat().st_mode & 0o777 == 0o600


def test_it_listens_on_this_machine_only(url: str) -> None:
    with psycopg.connect(url) as db:
        assert db.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert db.execute("SHOW unix_socket_directories").fetchone() == ("",)


def test_it_keeps_what_was_committed_and_reads_chinese(url: str) -> None:
    with psycopg.connect(url) as db:
        assert db.execute("SHOW fsync").fetchone() == ("on",)
        assert db.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        db.execute("CREATE EXTENSION pg_trgm")
        assert db.execute("SELECT '占道经营' ILIKE '%道经%'").fetchone() == (True,)
        # Under locale C there would be none.
        assert db.execute("SELECT cardinality(show_trgm('占道经营')) > 0").fetchone() == (True,)


def test_the_last_of_its_users_stops_it(folder: DataFolder) -> None:
    first, second = Cluster(folder), Cluster(folder)
    assert first.take() == second.take()

    first.leave()
    assert second.runs()
    second.leave()

    assert not second.runs()


def test_it_gives_way_when_its_port_was_taken_meanwhile(folder: DataFolder) -> None:
    cluster = Cluster(folder)
    cluster.take()
    cluster.leave()
    before = folder.read("database")["port"]
    # create_server also takes a port on which old connections are still closing
    with socket.create_server(("127.0.0.1", before)):
        cluster.take()

        assert folder.read("database")["port"] != before
        assert cluster.runs()
    cluster.leave()


def test_it_is_not_started_under_a_user_that_cannot_be_seen(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another container uses the folder: two servers would destroy it."""
    monkeypatch.setattr(database, "_PATIENCE", 0.3)
    unseen = folder.lock("database-users")
    unseen.take(shared=True)

    with pytest.raises(Stopped, match="container"):
        Cluster(folder).take()

    assert not (folder.path / "postgres").exists()
    unseen.release()


def test_a_lost_password_is_said(folder: DataFolder) -> None:
    cluster = Cluster(folder)
    cluster.take()
    cluster.leave()
    (folder.path / "database.json").write_text("{")

    with pytest.raises(Stopped, match="password"):
        cluster.take()


def test_a_cluster_of_another_version_is_left_alone(folder: DataFolder) -> None:
    cluster = Cluster(folder)
    cluster.take()
    cluster.leave()
    (folder.path / "postgres" / "PG_VERSION").write_text("17\n")

    with pytest.raises(Stopped, match="CHENGSHAO_PG_BIN"):
        cluster.take()

    assert not cluster.runs()


def test_an_old_server_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check_server(url)
    monkeypatch.setattr(database, "OLDEST", 99)

    with pytest.raises(Stopped, match="99"):
        check_server(url)


def test_a_server_that_cannot_hold_chinese_is_refused(url: str, folder: DataFolder) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")

    with pytest.raises(Stopped, match="UTF8"):
        check_server(Cluster(folder).url("ascii"))
