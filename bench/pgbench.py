"""
What the database alone does with a transaction like ours: as many statements of each kind, on
tables of the same columns, by the database's own load generator and over as many connections.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from bench.statements import Statement
from ops.console import Stopped

_SCHEMA = "bench"
_TPS = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
_KEY = "key"  # of a copy
_DEBIAN = "/usr/lib/postgresql"


def program() -> str | None:
    """Return where pgbench is: beside the server's programs, or Debian's; None if nowhere."""
    debian = sorted(map(str, Path(_DEBIAN).glob("*/bin")), reverse=True)
    return shutil.which("pgbench", path=os.pathsep.join([os.environ.get("PATH", ""), *debian]))


def script(statements: Sequence[Statement]) -> str:
    """
    Make the tables and return a transaction of pgbench that does as much in the same order.

    A SELECT reads one whole row of its table by key. An INSERT adds the table's newest row once
    more to a copy with the same columns; an UPDATE sets the same columns of the row just added.
    The copies have a primary key, and no other index, no foreign key and no constraint.
    """
    rows = {s.table: _newest(s.table) for s in statements if s.verb in ("INSERT", "UPDATE")}
    for table in rows:
        _copy(table)
    lines = [_line(one, rows.get(one.table, {})) for one in statements]
    return "\n".join(["\\set anything random(1, 1000000000)", "BEGIN;", *lines, "COMMIT;", ""])


def run(program: str, script: Path, *, connections: int, seconds: int) -> float:
    """
    Return how many such transactions the server does in a second.

    :raises Stopped: if pgbench fails
    """
    where = conninfo_to_dict(os.environ["DATABASE_URL"])
    env = os.environ | {
        "PGHOST": str(where["host"]),
        "PGPORT": str(where["port"]),
        "PGUSER": str(where["user"]),
        "PGDATABASE": str(where["dbname"]),
        "PGPASSWORD": str(where["password"]),
    }
    done = subprocess.run(
        [
            *(program, "-n", "-M", "prepared", "-f", str(script)),
            *("-c", str(connections), "-j", str(os.cpu_count() or 1), "-T", str(seconds)),
        ],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    found = _TPS.search(done.stdout)
    if done.returncode or found is None:
        raise Stopped(f"pgbench 失败：{done.stderr.strip()[-2000:]}", "pgbench failed.")
    return float(found[1])


def literal(value: str | None, kind: str) -> str:
    """Return a value as it may stand in a script, where a colon would begin a variable."""
    if value is None:
        return "NULL"
    safe = "".join(_ESCAPED.get(letter, letter) for letter in value)
    return f"CAST(E'{safe}' AS {kind})"


_ESCAPED = {"\\": "\\\\", "'": "\\'", ":": "\\x3A", "\n": "\\n", "\r": "\\r", ";": "\\x3B"}


def _line(one: Statement, row: Mapping[str, str]) -> str:
    if one.verb == "INSERT":
        columns, values = ", ".join(row), ", ".join(row.values())
        added = f"INSERT INTO {_SCHEMA}.{one.table} ({columns}) VALUES ({values}) RETURNING {_KEY}"
        return f"{added} \\gset {one.table}_"
    if one.verb == "UPDATE":
        changed = ", ".join(f"{name} = {row[name]}" for name in one.columns)
        return f"UPDATE {_SCHEMA}.{one.table} SET {changed} WHERE {_KEY} = :{one.table}_{_KEY};"
    if not one.table:
        return "SELECT pg_advisory_xact_lock(:anything);"
    key, newest = _primary_key(one.table)
    return f"SELECT * FROM {one.table} WHERE {key} = {newest};"


def _newest(table: str) -> Mapping[str, str]:
    """Return the newest row's columns as literals, without the key."""
    key, newest = _primary_key(table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        kinds = {name: kind for name, kind in cursor.fetchall() if name != key}
        chosen = ", ".join(f'"{name}"::text' for name in kinds)
        cursor.execute(f"SELECT {chosen} FROM {table} WHERE {key} = {newest}")
        row = cursor.fetchone()
    return {
        name: literal(value, kind) for (name, kind), value in zip(kinds.items(), row, strict=True)
    }


def _copy(table: str) -> None:
    key, _newest_one = _primary_key(table)
    copy = f"{_SCHEMA}.{table}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
        cursor.execute(f"DROP TABLE IF EXISTS {copy}")
        cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING DEFAULTS)")
        cursor.execute(f"ALTER TABLE {copy} DROP COLUMN {key}")
        cursor.execute(
            f"ALTER TABLE {copy} ADD COLUMN {_KEY} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        )


def _primary_key(table: str) -> tuple[str, str]:
    """Return the column that is the table's primary key, and its highest value as a literal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(a.attname), format_type(a.atttypid, a.atttypmod) FROM pg_index i"
            " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE i.indisprimary AND i.indrelid = to_regclass(%s)",
            [table],
        )
        name, kind = cursor.fetchone()
        cursor.execute(f"SELECT max({name})::text FROM {table}")
        (value,) = cursor.fetchone()
    return name, literal(value, kind)
