"""
Dated versions of one thing: half-open periods that never overlap and are never overwritten.

A new version ends the one before it. The same version again changes nothing. Another content
from the same day on is refused: it would rewrite what was in force.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeAlias, TypeVar

from chengshao.kernel.errors import DomainError, Refused
from chengshao.kernel.tables import Faults

Content = TypeVar("Content")
Key: TypeAlias = tuple[Any, ...]  # what versions of one thing have in common


class VersionExists(Refused):
    code = "version_exists"


class PeriodsOverlap(Refused):
    code = "periods_overlap"


@dataclass(frozen=True, slots=True)
class Version(Generic[Content]):
    valid_from: date
    valid_until: date | None  # None: until further notice
    content: Content

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


Timelines: TypeAlias = dict[Key, tuple[Version[Any], ...]]


@dataclass(frozen=True, slots=True)
class Placing(Generic[Content]):
    """What is to be done so that a version stands: end one that stood, add one, both or nothing."""

    ended: Version[Content] | None = None  # as it stood
    ends_on: date | None = None
    added: Version[Content] | None = None


def place(known: Sequence[Version[Content]], new: Version[Content]) -> Placing[Content]:
    """
    Decide how a version finds its place among those known of the same thing.

    A version without an end lasts until the next one that is known.

    :raises VersionExists: if another content, or another end, begins on the same day
    :raises PeriodsOverlap: if it lasts into a version that is known to follow
    """
    shown = new.valid_from.isoformat()
    same_day = next((v for v in known if v.valid_from == new.valid_from), None)
    if same_day is not None:
        if same_day.content != new.content:
            raise VersionExists(day=shown)
        if new.valid_until in (None, same_day.valid_until):
            return Placing()
        if same_day.valid_until is not None:
            raise VersionExists(day=shown)
        return Placing(ended=same_day, ends_on=new.valid_until)

    running = next((v for v in known if v.holds_on(new.valid_from)), None)
    if (
        running is not None
        and running.content == new.content
        and new.valid_until in (None, running.valid_until)
    ):
        return Placing()
    follows = min((v.valid_from for v in known if v.valid_from > new.valid_from), default=None)
    if follows is not None and new.valid_until is not None and new.valid_until > follows:
        raise PeriodsOverlap(day=shown)
    added = Version(new.valid_from, new.valid_until or follows, new.content)
    if running is None:
        return Placing(added=added)
    return Placing(ended=running, ends_on=new.valid_from, added=added)


def put(
    known: Sequence[Version[Content]], placing: Placing[Content]
) -> tuple[Version[Content], ...]:
    """Return the versions as they stand once a placing was done."""
    stood = [
        Version(v.valid_from, placing.ends_on, v.content) if v == placing.ended else v
        for v in known
    ]
    added = [placing.added] if placing.added else []
    return tuple(sorted([*stood, *added], key=lambda version: version.valid_from))


@dataclass(frozen=True, slots=True)
class Change(Generic[Content]):
    """From a day on another content holds than would have, or none (None)."""

    on: date
    before: Content | None
    after: Content | None


def changes(
    known: Sequence[Version[Content]], final: Sequence[Version[Content]]
) -> list[Change[Content]]:
    """Return what becomes different when versions stand so and no longer as they are known."""
    days = {day for v in (*known, *final) for day in (v.valid_from, v.valid_until) if day}
    found: list[Change[Content]] = []
    last: tuple[Content | None, Content | None] = (None, None)
    for day in sorted(days):
        held = (held_on(known, day), held_on(final, day))
        if held[0] != held[1] and held != last:
            found.append(Change(day, *held))
        last = held
    return found


def held_on(versions: Sequence[Version[Content]], day: date) -> Content | None:
    """Return the content in force that day, or None."""
    return next((v.content for v in versions if v.holds_on(day)), None)


def timelines(rows: Iterable[tuple[Key, Version[Any]]]) -> Timelines:
    """Return the versions of each thing, the oldest first."""
    found: dict[Key, list[Version[Any]]] = defaultdict(list)
    for key, version in rows:
        found[key].append(version)
    return {
        key: tuple(sorted(versions, key=lambda version: version.valid_from))
        for key, versions in found.items()
    }


def place_all(
    known: Timelines,
    wanted: Iterable[tuple[int, Key, Version[Any]]],
    heading: str,
    faults: Faults,
) -> Timelines:
    """Return the timelines of the keys that are wanted, as they stand with all in their place."""
    final: Timelines = {}
    for number, key, version in sorted(wanted, key=lambda want: want[2].valid_from):
        stands = final.get(key, known.get(key, ()))
        try:
            final[key] = put(stands, place(stands, version))
        except DomainError as error:
            faults.add_error(number, heading, error)
    return final
