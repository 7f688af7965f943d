"""Whether the tables are those of this checkout: a second start need not ask Django again."""

import hashlib
from typing import Any

import psycopg

from ops.console import Stopped, phase
from ops.folder import CHECKOUT, DataFolder
from ops.installation import Installation

_NOTE = "migrated"
_OF_ROOMS = "chengshao/*/migrations/[!_]*.py"


def check_not_newer(url: str) -> None:
    """
    Look whether this checkout has every migration of our rooms that the database went through.

    :raises Stopped: if a newer program migrated it
    """
    known = _known()
    rooms = {room for room, _name in known}
    newer = sorted(f"{app}.{name}" for app, name in _names(url) - known if app in rooms)
    if newer:
        raise Stopped(
            f"数据库已由较新的程序升级，本程序不认识 {newer[0]} 等 {len(newer)} 项。"
            "请用新程序启动，或用升级前的备份恢复。",
            f"A newer program migrated this database: {len(newer)} migrations are not known here, "
            f"such as {newer[0]}. Start the newer one, or restore the backup from before.",
        )


def check_migrated(url: str) -> None:
    """
    Look whether the database has the tables that this checkout expects.

    :raises Stopped: if it has not yet, or a newer program migrated it
    """
    check_not_newer(url)
    if lacking := len(_known() - _names(url)):
        raise Stopped(
            f"数据库结构不是最新的（还差 {lacking} 项）。请先执行 chengshao migrate"
            "（make run 也会做）。",
            f"The database's tables are not up to date ({lacking} migrations to go): run "
            "chengshao migrate first (make run does it, too).",
        )


def migrate(installation: Installation) -> None:
    """
    Bring the database's tables up to date, saying so.

    :raises Stopped: if a newer program migrated it, or it fails
    """
    with phase("数据库结构", "migrations"):
        check_not_newer(installation.url)
        if not is_migrated(installation.folder, installation.url):
            installation.manage("migrate", "--noinput", "-v", "0")
            note_migrated(installation.folder, installation.url)


def have_tables(installation: Installation) -> None:
    """
    Make our tables in a database that has none yet; what stands there is left to its operator.

    :raises Stopped: if they are not up to date, or can't be made
    """
    if _known() & _names(installation.url):
        check_migrated(installation.url)
    else:
        migrate(installation)


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


def _known() -> set[tuple[str, str]]:
    return {(path.parts[-3], path.stem) for path in CHECKOUT.glob(_OF_ROOMS)}


def _digest_of_code() -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes())
    for path in sorted(CHECKOUT.glob(_OF_ROOMS)):
        digest.update(f"{path.relative_to(CHECKOUT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _names(url: str) -> set[tuple[str, str]]:
    with psycopg.connect(url, connect_timeout=10) as connection:
        if not _has_table(connection):
            return set()
        rows = connection.execute("SELECT app, name FROM django_migrations")
        return {(app, name) for app, name in rows}


def _applied(url: str) -> str:
    with psycopg.connect(url, connect_timeout=10) as connection:
        if not _has_table(connection):
            return ""
        # The moments tell this database from another one that stands at the same migration.
        said = connection.execute(
            "SELECT string_agg(app || '.' || name || '@' || applied, ',' ORDER BY id)"
            " FROM django_migrations"
        ).fetchone()
    return hashlib.sha256(str(said).encode()).hexdigest()


def _has_table(connection: "psycopg.Connection[Any]") -> bool:
    there = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
    return there is not None and there[0] is not None
