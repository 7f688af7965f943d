"""What a day's seal is over, and the line in which it leaves the database. See docs/adr/0009."""

import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from chengshao.kernel.canonical import Json, canonical
from chengshao.kernel.clock import ZONE

_VERSION = 1
# After its end: what was asked for in a day's last second is stored by then.
SETTLES_IN = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Sealed:
    """All that a seal says, and that its mac holds together."""

    day: date
    cases: int  # that the day changed
    last_entry: int  # the newest id that it is over, 0 for none
    digest: str  # over the last entry of each of these cases
    previous: str  # mac of the seal of the day before
    sealed_at: datetime


def last_settled_day(now: datetime) -> date:
    """Return the last local day to which nothing can be added any more."""
    return (now - SETTLES_IN).astimezone(ZONE).date() - timedelta(days=1)


def span_of(day: date) -> tuple[datetime, datetime]:
    """Return where a local day begins and ends, half-open, in UTC."""
    start = datetime.combine(day, time.min, ZONE)
    end = datetime.combine(day + timedelta(days=1), time.min, ZONE)
    return start.astimezone(UTC), end.astimezone(UTC)


def digest_of_day(heads: Iterable[tuple[int, int, str]]) -> tuple[int, str]:
    """
    Return how many cases, and the digest over (case id, seq, hash) of the last entry of each.

    They come in the order of the case ids, and are read one by one.
    """
    digest, cases = sha256(), 0
    for case_id, seq, link in heads:
        digest.update(f"{case_id} {seq} {link}\n".encode())
        cases += 1
    return cases, digest.hexdigest()


def mac_of(seal: Sealed, key: bytes) -> str:
    return hmac.new(key, canonical(_facts(seal)).encode(), sha256).hexdigest()


def line_of(seal: Sealed, mac: str) -> str:
    """Return the seal as one line of the file outside the database, with its end."""
    return canonical({**_facts(seal), "mac": mac}) + "\n"


def day_of_line(line: str) -> date | None:
    """Return the day that such a line is about, or None if it can't be read."""
    try:
        return date.fromisoformat(json.loads(line)["day"])
    except (ValueError, KeyError, TypeError):
        return None


def _facts(seal: Sealed) -> dict[str, Json]:
    return asdict(seal) | {
        "v": _VERSION,
        "day": seal.day.isoformat(),
        "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(),
    }
