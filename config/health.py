"""Whether all parts are up. Open to anyone: it names parts, never reasons or addresses."""

from functools import cache
from typing import Any

import psycopg
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_HEARTBEAT = 30  # seconds; a worker beats every ten
_PATIENCE = 3  # seconds to wait for the database


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, its tables are this version's and a worker lives."""
    parts = _parts()
    up = all(state == "up" for state in parts.values())
    return JsonResponse({"up": up, "parts": parts}, status=200 if up else 503)


def _parts() -> dict[str, str]:
    parts = {"web": "up", "database": "down", "migrations": "unknown", "worker": "unknown"}
    # Not from the pool: it waits long for a server that is gone, and may be full.
    where = connection.get_connection_params() | {"connect_timeout": _PATIENCE}
    try:
        with psycopg.connect(**where) as database:
            parts["database"] = "up"
            parts["migrations"] = "up" if _is_current(database) else "missing"
            parts["worker"] = "up" if _worker_lives(database) else "down"
    except psycopg.errors.UndefinedTable:
        parts["migrations"] = "missing"
    except psycopg.Error:
        parts["database"] = "down"
    return parts


def _is_current(database: psycopg.Connection[Any]) -> bool:
    applied = database.execute("SELECT app, name FROM django_migrations").fetchall()
    return _known_migrations() <= set(applied)


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def _worker_lives(database: psycopg.Connection[Any]) -> bool:
    alive = database.execute(
        "SELECT FROM procrastinate_workers"
        " WHERE last_heartbeat > now() - make_interval(secs => %s) LIMIT 1",
        [_HEARTBEAT],
    )
    return alive.fetchone() is not None
