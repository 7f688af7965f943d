"""Whether all parts are up. Open to anyone: it names parts, never reasons or addresses."""

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_HEARTBEAT = 30  # seconds; a worker beats every ten


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, its tables are this version's and a worker lives."""
    parts = _parts()
    up = all(state == "up" for state in parts.values())
    return JsonResponse({"up": up, "parts": parts}, status=200 if up else 503)


def _parts() -> dict[str, str]:
    try:
        current = _known_migrations() <= set(MigrationRecorder(connection).applied_migrations())
        worker = current and _worker_lives()
    except DatabaseError:
        return {"web": "up", "database": "down", "migrations": "unknown", "worker": "unknown"}
    return {
        "web": "up",
        "database": "up",
        "migrations": "up" if current else "missing",
        "worker": "up" if worker else "down",
    }


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def _worker_lives() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [_HEARTBEAT],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
