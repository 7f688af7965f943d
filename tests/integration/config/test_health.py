"""`/healthz`: 200 when all parts are up, else 503 with the part that isn't."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from django.test import Client

from config import health

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker() -> None:
    """A worker that beat just now."""
    _beat(seconds_ago=0)


def _beat(*, seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


def test_all_parts_are_up(client: Client, worker: None) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {
        "up": True,
        "parts": {"web": "up", "database": "up", "migrations": "up", "worker": "up"},
    }
    assert "no-store" in answer["Cache-Control"]


def test_no_worker_has_ever_beaten(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"] == "down"


def test_the_last_worker_beat_too_long_ago(client: Client) -> None:
    _beat(seconds_ago=31)

    assert client.get("/healthz").json()["parts"]["worker"] == "down"


def test_tables_of_this_version_are_missing(
    client: Client, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = frozenset({("people", "9999_of_a_newer_version")})
    monkeypatch.setattr(health, "_known_migrations", lambda: newer)

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "web": "up",
        "database": "up",
        "migrations": "missing",
        "worker": "up",
    }


@pytest.fixture
def dead_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The database's address leads to a port where nobody listens."""
    where = connection.get_connection_params() | {"host": "127.0.0.1", "port": 1}
    monkeypatch.setattr(connection, "get_connection_params", lambda: dict(where))
    yield
    monkeypatch.undo()


def test_the_database_is_away(client: Client, dead_port: None) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**connection.get_connection_params())

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "down"
    assert set(answer.json()) == {"up", "parts"}  # no reason, no address


def test_it_can_only_be_asked(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
    assert client.head("/healthz").status_code == 503
