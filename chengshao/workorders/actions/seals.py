"""The nightly seal over the history, kept in the database and in a file outside it."""

import fcntl
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min

from chengshao.kernel.canonical import GENESIS
from chengshao.kernel.clock import ZONE
from chengshao.kernel.errors import Refused
from chengshao.workorders import queries
from chengshao.workorders.models import Entry, Seal
from chengshao.workorders.rules.seals import (
    Sealed,
    day_of_line,
    last_settled_day,
    line_of,
    mac_of,
)


class SealLineDiffers(Refused):
    """The file outside the database and the seals in it don't tell the same."""

    code = "seal_line_differs"


@transaction.atomic
def seal_next_day(*, at: datetime) -> date | None:
    """
    Seal the oldest local day that has none, if it is over; return it, else None.

    A day on which nothing happened gets a seal too, so that a missing one shows. Writers wait
    only while the day is counted again, to be sure that nothing came to it meanwhile.
    """
    _one_at_a_time()
    last = queries.last_seal()
    day = last.day + timedelta(days=1) if last else _first_day()
    if day is None or day > last_settled_day(at):
        return None
    cases, last_entry, digest = _settled(day)
    sealed = Sealed(day, cases, last_entry, digest, last.mac if last else GENESIS, at)
    Seal.objects.create(
        day=day,
        cases=cases,
        last_entry=last_entry,
        digest=digest,
        previous=sealed.previous,
        mac=mac_of(sealed, queries.seal_key()),
        sealed_at=at,
    )
    return day


def write_seals() -> int:
    """
    Bring the file outside the database up to the seals in it; return how many lines were written.

    A line that a crash lost or cut off in its middle is completed. Nothing that stands there is
    ever changed, so the file may be append-only for the system too.

    :raises SealLineDiffers: if a line there says something else, or there are more than seals;
        nothing is written behind it
    """
    written = 0
    with _opened(Path(settings.SEALS_FILE)) as file:
        for row in queries.all_seals():
            expected = line_of(queries.sealed_of(row), row.mac).encode()
            found = file.readline()
            if found == expected:
                continue
            if not expected.startswith(found):
                raise SealLineDiffers(day=row.day.isoformat())
            file.write(expected[len(found) :])
            written += 1
        if more := file.readline():
            day = day_of_line(more.decode(errors="replace"))
            raise SealLineDiffers(day=day.isoformat() if day else "")
        file.flush()
        os.fsync(file.fileno())
    return written


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('workorders.seal', 0))")


def _first_day() -> date | None:
    first = Entry.objects.aggregate(at=Min("at"))["at"]
    return first.astimezone(ZONE).date() if first else None


def _settled(day: date) -> tuple[int, int, str]:
    """Return (cases, last entry, digest) of a day once nothing came to it while it was read."""
    before = _count(day)
    while True:
        cases, digest = queries.heads_of_day(day, up_to=before[1])
        _let_writers_wait()
        after = _count(day)
        if after == before:
            return cases, before[1], digest
        before = after


def _count(day: date) -> tuple[int, int]:
    found = queries.entries_of_day(day).aggregate(rows=Count("pk"), last=Max("pk"))
    return found["rows"], found["last"] or 0


def _let_writers_wait() -> None:
    """Until the transaction ends; give up (and try again in an hour) where one can't be had."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute("LOCK TABLE workorders_entry IN SHARE MODE")


def _opened(path: Path) -> BinaryIO:
    """Open the file to read it and write behind its end, alone; make it, for its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = not path.exists()
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+b")
    fcntl.flock(file, fcntl.LOCK_EX)
    file.seek(0)
    if made:
        for folder in (path.parent, path.parent.parent):
            _sync(folder)
    return file


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
