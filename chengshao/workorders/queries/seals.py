"""The seals over the history's days, and whether database and file still say what they did."""

from base64 import b64decode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.db.models import Min, QuerySet

from chengshao.kernel.canonical import GENESIS
from chengshao.kernel.clock import ZONE
from chengshao.workorders.models import Entry, Seal, WorkOrder
from chengshao.workorders.rules.seals import (
    Sealed,
    day_of_line,
    digest_of_day,
    line_of,
    mac_of,
    span_of,
)
from chengshao.workorders.terms import BrokenPart

_DAY = timedelta(days=1)
_AT_ONCE = 2000
_LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True)
class CheckedDay:
    """What became of checking one day's seal; `number` and `seq` name the line that came late."""

    day: date
    part: BrokenPart | None  # None: all is as it was sealed
    number: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class SealedSpan:
    """From which local day to which there are seals; None where there are none."""

    first: date | None
    last: date | None


def seal_key() -> bytes:
    """Return the key under which days are sealed; it never lies in the database."""
    return b64decode(settings.KEYS["seal"])


def sealed_of(row: Seal) -> Sealed:
    """Return what a row says as the rules know it."""
    return Sealed(row.day, row.cases, row.last_entry, row.digest, row.previous, row.sealed_at)


def all_seals() -> Iterator[Seal]:
    """Return all seals, the oldest first, a few in memory at a time."""
    return Seal.objects.order_by("day").iterator(chunk_size=_AT_ONCE)


def last_seal() -> Seal | None:
    return Seal.objects.order_by("-day").first()


def sealed_span() -> SealedSpan:
    """Return between which days everything is sealed."""
    last = last_seal()
    return SealedSpan(Seal.objects.aggregate(day=Min("day"))["day"], last.day if last else None)


def entries_of_day(day: date) -> QuerySet[Entry]:
    """Return the entries of a local day; the index on their moment finds them."""
    start, end = span_of(day)
    return Entry.objects.filter(at__gte=start, at__lt=end)


def heads_of_day(day: date, *, up_to: int) -> tuple[int, str]:
    """
    Return how many cases a day changed and the digest over the last entry of each, up to an id.

    Read as a stream: a million cases take no more memory than one.
    """
    entries = entries_of_day(day).filter(pk__lte=up_to)
    last = entries.order_by("work_order_id", "-seq").distinct("work_order_id")
    rows = last.values_list("work_order_id", "seq", "hash")
    return digest_of_day(rows.iterator(chunk_size=_AT_ONCE))


def days_of_case(number: str) -> set[date]:
    """Return the local days on which a case has entries."""
    entries = Entry.objects.filter(work_order__number=number)
    return set(entries.values_list("at__date", flat=True))


def check_seals(
    *,
    since: date | None = None,
    days: Collection[date] | None = None,
    copy: Path | None = None,
) -> Iterator[CheckedDay]:
    """
    Yield every day that is sealed, was, or should be, in order, with what is wrong with it.

    That each seal follows the one before, under its key, and stands in the file outside the
    database is looked at for all days; what a seal is over only since a day, or for some days.

    :param copy: a copy of the file kept elsewhere, instead of the file itself: what it does not
        have yet proves nothing
    """
    key = seal_key()
    file = _File(copy or Path(settings.SEALS_FILE), is_copy=copy is not None)
    before: Seal | None = None
    for row in all_seals():
        sealed = sealed_of(row)
        unsealed = sorted({*file.days_until(row.day), *_gap(before, row)})
        if before is None and not unsealed:
            yield from _older_than(row.day)
        yield from _unsealed(unsealed, before)
        line = file.fault_of(row.day, line_of(sealed, row.mac))
        follows = bool(unsealed) or row.previous == (before.mac if before else GENESIS)
        asked = (since is None or row.day >= since) and (days is None or row.day in days)
        if not follows or not compare_digest(mac_of(sealed, key), row.mac):
            yield CheckedDay(row.day, BrokenPart.SEAL)
        elif line:
            yield CheckedDay(row.day, line)
        else:
            yield _check_day(sealed) if asked else CheckedDay(row.day, None)
        before = row
    yield from _unsealed(file.days_until(None), before)


def _unsealed(days: list[date], before: Seal | None) -> Iterator[CheckedDay]:
    """A line of a day that has its seal was put there a second time."""
    for day in days:
        again = before is not None and day <= before.day
        yield CheckedDay(day, BrokenPart.LINE if again else BrokenPart.SEAL_MISSING)


def _gap(before: Seal | None, row: Seal) -> list[date]:
    return [before.day + n * _DAY for n in range(1, (row.day - before.day).days)] if before else []


def _older_than(first: date) -> Iterator[CheckedDay]:
    """Nothing is older than the first seal: it is of the first day that had anything."""
    older = _first_id(Entry.objects.filter(at__lt=span_of(first)[0]))
    if older is not None:
        yield _late(older)


def _check_day(sealed: Sealed) -> CheckedDay:
    if heads_of_day(sealed.day, up_to=sealed.last_entry) != (sealed.cases, sealed.digest):
        return CheckedDay(sealed.day, BrokenPart.SEALED_DAY)
    late = _first_id(entries_of_day(sealed.day).filter(pk__gt=sealed.last_entry))
    return CheckedDay(sealed.day, None) if late is None else _late(late)


def _first_id(entries: QuerySet[Entry]) -> int | None:
    """Return the smallest id. Not asked for in SQL: it would go by the ids, not the moments."""
    ids = entries.values_list("pk", flat=True).iterator(chunk_size=_AT_ONCE)
    return min(ids, default=None)


def _late(entry_id: int) -> CheckedDay:
    entry = Entry.objects.get(pk=entry_id)
    number = WorkOrder.objects.values_list("number", flat=True).get(pk=entry.work_order_id)
    day = entry.at.astimezone(ZONE).date()
    return CheckedDay(day, BrokenPart.CAME_LATE, number, entry.seq)


class _File:
    """The file outside the database, read line by line along with the seals."""

    def __init__(self, path: Path, *, is_copy: bool) -> None:
        self._lines = _lines_of(path)
        self._is_copy = is_copy
        self._next = next(self._lines, None)
        self._last = date.min  # whose line came last: what can't be read is put down to it

    def days_until(self, day: date | None) -> list[date]:
        """Return the days of the lines that come before this day's (None: of all that are left)."""
        found: list[date] = []
        while self._next is not None:
            of_line = day_of_line(self._next)
            if day is not None and (of_line is None or of_line >= day):
                break
            found.append(of_line or self._last)
            self._take()
        return found

    def fault_of(self, day: date, expected: str) -> BrokenPart | None:
        """Return what is wrong with the line of this day."""
        self._last = day
        if self._next is None and self._is_copy:
            return None
        of_line = day_of_line(self._next) if self._next else None
        if self._next is None or (of_line is not None and of_line > day):
            return BrokenPart.LINE_MISSING
        return None if self._take() == expected else BrokenPart.LINE

    def _take(self) -> str | None:
        taken, self._next = self._next, next(self._lines, None)
        return taken


def _lines_of(path: Path) -> Iterator[str]:
    """Yield the lines with their ends; a file that is not there has none."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="\n") as file:
            while line := file.readline(_LONGEST_LINE):
                yield line
    except FileNotFoundError:
        return
