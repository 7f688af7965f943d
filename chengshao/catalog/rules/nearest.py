"""
Which of several rows holds for a case. A row holds for one matter, class, source or urgency, or
for any; the nearest is the one that says most: the matter before its class, then the urgency,
then the source.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from chengshao.catalog.rules.codes import matter_line
from chengshao.catalog.terms import Track, Urgency

ANY = ""
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Row(Generic[Said]):
    """What a row says, and for what it holds."""

    said: Said
    source: str = ANY
    urgency: str = ANY
    matter_code: str = ANY  # of a class, a matter or one condition


def nearest(
    rows: Iterable[Row[Said]], *, source: str = ANY, urgency: str = ANY, matter_code: str = ANY
) -> Said | None:
    """
    Return what the nearest row says, or None if none holds.

    Of rows that differ in matter, source or urgency no two are equally near.

    :raises MatterCodeInvalid: if it is no code
    """
    line = (*matter_line(matter_code), ANY) if matter_code else (ANY,)
    holding = (
        row
        for row in rows
        if row.source in (source, ANY) and row.urgency in (urgency, ANY) and row.matter_code in line
    )
    best = min(holding, key=lambda row: _distance(row, line), default=None)
    return None if best is None else best.said


def track_in(
    rows: Iterable[Row[Track]], own: Track, *, source: str, urgency: str, matter_code: str
) -> Track:
    """
    Return the track by the nearest rule, else the matter's own (F16).

    An emergency is never simple: somebody looks.

    :raises MatterCodeInvalid: if it is no code
    """
    found = nearest(rows, source=source, urgency=urgency, matter_code=matter_code) or own
    if found is Track.SIMPLE and urgency == Urgency.EMERGENCY:
        return Track.ORDINARY
    return found


def _distance(row: Row[Said], line: tuple[str, ...]) -> tuple[int, bool, bool]:
    return line.index(row.matter_code), row.urgency == ANY, row.source == ANY
