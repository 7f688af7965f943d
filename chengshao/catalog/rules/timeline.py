"""
Dated versions of one thing: half-open periods that never overlap and are never overwritten.

A new version ends the one before it. The same version again changes nothing. Another content
from the same day on is refused: it would rewrite what was in force.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from chengshao.kernel.errors import Refused

Content = TypeVar("Content")


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
