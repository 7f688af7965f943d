"""Whether the tables are those of this checkout: a second start need not ask Django again."""

import hashlib
from typing import Any

import psycopg

from ops.folder import CHECKOUT, DataFolder

_NOTE = "migrated"


def is_migrated(folder: DataFolder, url: str) -> bool:
    """
    Tell whether this very database was migrated by this very checkout.

    A changed migration or package, another database or one that was put back says no.
    """
    return folder.read(_NOTE) == _as_it_is(url)


def note_migrated(folder: DataFolder, url: str) -> None:
    """Note that the migrations have just run."""
    folder.write(_NOTE, _as_it_is(url))


def _as_it_is(url: str) -> dict[str, Any]:
    return {"code": _digest_of_code(), "database": _applied(url)}


def _digest_of_code() -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes())
    for path in sorted(CHECKOUT.glob("chengshao/*/migrations/*.py")):
        digest.update(f"{path.relative_to(CHECKOUT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _applied(url: str) -> str:
    with psycopg.connect(url, connect_timeout=10) as connection:
        there = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
        if there is None or there[0] is None:
            return ""
        # The moments tell this database from another one that stands at the same migration.
        said = connection.execute(
            "SELECT string_agg(app || '.' || name || '@' || applied, ',' ORDER BY id)"
            " FROM django_migrations"
        ).fetchone()
    return hashlib.sha256(str(said).encode()).hexdigest()
