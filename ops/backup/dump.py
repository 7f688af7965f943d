"""The database in and out: one snapshot that everything in a backup is of, pg_dump, pg_restore."""

import os
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ops.backup.archive import CHUNK, chunks_of
from ops.backup.manifest import Rows
from ops.console import Stopped

# What a row looks like as text depends on these.
_PLAIN = """
    SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';
    SET bytea_output = 'hex'; SET extra_float_digits = 1
"""
_OURS = """
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_ROWS = """
    SELECT count(*), coalesce(sum(
        ('x' || left(encode(sha256(convert_to(t::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint
    ), 0) FROM {} t
"""
_HEAD = 16 * 1024  # bytes of a script in which its settings stand


class Snapshot:
    """One moment of the database. Others change it meanwhile; here it stays as it was."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self._db = db
        row = db.execute(
            "SELECT pg_export_snapshot(), now(), current_setting('server_version')"
        ).fetchone()
        assert row is not None
        self.name: str = row[0]
        self.moment: datetime = row[1]
        self.postgresql: str = row[2]

    def migrations(self) -> tuple[str, ...]:
        rows = self._db.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        return tuple(row[0] for row in rows)

    def sealed_days(self) -> list[date]:
        return [row[0] for row in self._db.execute("SELECT day FROM workorders_seal ORDER BY day")]

    def files(self) -> Iterator[tuple[str, bool]]:
        """Yield the digest of every stored file, and whether it has a thumbnail."""
        with self._db.cursor("stored") as cursor:
            yield from cursor.execute(
                "SELECT digest, bool_or(has_thumbnail) FROM evidence_blob"
                " GROUP BY digest ORDER BY digest"
            )

    def tables(self) -> dict[str, Rows]:
        return _tables(self._db)


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold one moment of the database, without keeping anybody from writing."""
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as db:
        db.execute(_PLAIN)
        with db.transaction():
            db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Snapshot(db)


def dump(url: str, programs: Path, snapshot_name: str) -> Iterator[bytes]:
    """
    Yield pg_dump's custom format of the database as a snapshot saw it.

    :raises Stopped: if pg_dump fails
    """
    command, env = _client(url, programs / "pg_dump")
    command += ["--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
    command += [f"--snapshot={snapshot_name}"]
    with TemporaryFile() as errors, _process(command, env, errors) as process:
        assert process.stdout is not None
        yield from chunks_of(process.stdout)
        _check(process, errors, "pg_dump")


def load(url: str, programs: Path, content: Iterable[bytes]) -> None:
    """
    Load such a dump into an empty database: all of it, or nothing.

    :raises Stopped: if it can't be loaded; the database is as empty as before then
    """
    with psycopg.connect(url, connect_timeout=10) as db:
        server = db.info.server_version
    restore = [str(programs / "pg_restore"), "--no-owner", "--no-privileges", "--file=-"]
    command, env = _client(url, programs / "psql")
    command += ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"]
    command += ["--tuples-only", "--no-align"]
    with TemporaryFile() as errors, _process(restore, env, errors, fed=True) as reader:
        feeding = threading.Thread(target=_feed, args=(reader.stdin, content))
        feeding.start()
        try:
            with _process(command, env, errors, fed=True) as loader:
                assert reader.stdout is not None
                assert loader.stdin is not None
                assert loader.stdout is not None
                script = _for_server(chunks_of(reader.stdout), server)
                if not _feed(loader.stdin, chain([b"BEGIN;\n"], script), close=False):
                    _check(loader, errors, "psql")
                _check(reader, errors, "pg_restore")
                # Said by us once all is done, not by psql at the end of what it reads: that may
                # be our own end.
                _feed(loader.stdin, [b"\nSELECT 'restored';\n"], close=False)
                if b"restored\n" in iter(loader.stdout.readline, b""):
                    _feed(loader.stdin, [b"COMMIT;\n"])
                _check(loader, errors, "psql")
        finally:
            reader.kill()
            feeding.join()


def is_empty(url: str) -> bool:
    """Tell whether nobody made any table, view or sequence in this database."""
    with psycopg.connect(url, connect_timeout=10) as db:
        return db.execute("SELECT " + _OURS + " AND c.relkind <> 'i' LIMIT 1").fetchone() is None


def tables(url: str) -> dict[str, Rows]:
    """Count the rows of every table, and sum up their contents."""
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as db:
        db.execute(_PLAIN)
        with db.transaction():
            return _tables(db)


def analyze(url: str) -> None:
    """Have the planner know the tables; a dump doesn't bring its statistics."""
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as db:
        db.execute("ANALYZE")


def still_there(url: str, digest: str) -> bool:
    """Tell whether a stored file has a row at this moment, not in a snapshot."""
    with psycopg.connect(url, connect_timeout=10) as db:
        query = "SELECT FROM evidence_blob WHERE digest = %s LIMIT 1"
        return db.execute(query, (digest,)).fetchone() is not None


def _tables(db: psycopg.Connection[Any]) -> dict[str, Rows]:
    named = db.execute(
        "SELECT n.nspname, c.relname " + _OURS + " AND c.relkind = 'r' ORDER BY 1, 2"
    ).fetchall()
    found = {}
    for schema, name in named:
        row = db.execute(sql.SQL(_ROWS).format(sql.Identifier(schema, name))).fetchone()
        assert row is not None
        found[name if schema == "public" else f"{schema}.{name}"] = Rows(
            rows=row[0], digest=str(row[1])
        )
    return found


def _client(url: str, program: Path) -> tuple[list[str], dict[str, str]]:
    """Return command and environment of a client: no password where `ps` shows it."""
    told = conninfo_to_dict(url)
    password = told.pop("password", None)
    env = {k: v for k, v in os.environ.items() if not k.startswith("LC_")} | {"LC_ALL": "C.UTF-8"}
    if password is not None:
        env["PGPASSWORD"] = str(password)
    return [str(program), "--no-password", f"--dbname={make_conninfo('', **told)}"], env


@contextmanager
def _process(
    command: list[str], env: dict[str, str], errors: IO[bytes], *, fed: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.PIPE if fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    except OSError as error:
        raise Stopped(
            f"不能执行 {command[0]}：{error.strerror}。可用 CHENGSHAO_PG_BIN 指明程序目录。",
            f"{command[0]} can't be run: {error.strerror}. CHENGSHAO_PG_BIN names another folder.",
        ) from error
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None and not stream.closed:
                _close(stream)


def _check(process: subprocess.Popen[bytes], errors: IO[bytes], name: str) -> None:
    code = process.wait()
    if code == 0:
        return
    errors.seek(0)
    words = errors.read(CHUNK).decode(errors="replace").strip()
    tail = "\n".join(words.splitlines()[-8:])
    raise Stopped(f"{name} 失败：{tail}", f"{name} failed (exit {code}).")


def _feed(stream: IO[bytes] | None, chunks: Iterable[bytes], *, close: bool = True) -> bool:
    """Write to a process until it wants no more; tell whether it took everything."""
    assert stream is not None
    try:
        for chunk in chunks:
            stream.write(chunk)
        stream.flush()
        return True
    except (BrokenPipeError, Stopped):
        return False  # it says itself why
    finally:
        if close:
            _close(stream)


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return


def _for_server(script: Iterator[bytes], server: int) -> Iterator[bytes]:
    """Leave out the setting that newer programs write and servers before 17 don't know."""
    head = b""
    for chunk in script:
        head += chunk
        if len(head) >= _HEAD:
            break
    if server < 17_00_00:
        head = head.replace(b"\nSET transaction_timeout = 0;\n", b"\n", 1)
    yield head
    yield from script
