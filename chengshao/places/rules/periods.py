"""
Dated records that are handed in again and again: what a table changes in what is stored.

A record is known by its code and the day it begins. Another beginning under a code follows the
record before it, which ends there; the same beginning with other content corrects the record.
What a table leaves out stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Dated:
    """One record; `row` says where it stands in the table, `id` where it is stored."""

    code: str
    valid_from: date
    valid_until: date | None  # the first day it no longer holds
    facts: Mapping[str, Any]
    row: int = 0
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two records of one code that hold on the same day."""

    row: int
    code: str
    begins: date
    other_begins: date


@dataclass(slots=True)
class Plan:
    """What to store: `corrected` carries the id of what it corrects, `ended` ends what was open."""

    added: list[Dated] = field(default_factory=list)
    corrected: list[Dated] = field(default_factory=list)
    ended: list[Dated] = field(default_factory=list)
    unchanged: int = 0
    overlaps: list[Overlap] = field(default_factory=list)
    after: list[Dated] = field(default_factory=list)  # all that will be stored, of all codes


def merge(stored: Iterable[Dated], given: Iterable[Dated]) -> Plan:
    """Return what the given records change in the stored ones; rows of one code and day once."""
    plan = Plan()
    by_code: dict[str, dict[date, Dated]] = defaultdict(dict)
    for record in stored:
        by_code[record.code][record.valid_from] = record
    touched: dict[str, list[Dated]] = defaultdict(list)
    for record in given:
        touched[record.code].append(record)
    for code, before in by_code.items():
        if code not in touched:
            plan.after.extend(before.values())
    for code, records in touched.items():
        _merge_one(by_code.get(code, {}), records, plan)
    return plan


def _merge_one(before: dict[date, Dated], given: list[Dated], plan: Plan) -> None:
    new = {record.valid_from: record for record in given}
    line: list[Dated] = []
    for begins in sorted({*before, *new}):
        record = new.get(begins) or before[begins]
        if line:
            last = line[-1]
            # An open end gives way to what follows; a stated one is somebody's word.
            if last.valid_until is None:
                line[-1] = last = Dated(
                    last.code, last.valid_from, begins, last.facts, last.row, last.id
                )
            if last.valid_until is not None and last.valid_until > begins:
                row = record.row or last.row
                plan.overlaps.append(Overlap(row, record.code, begins, last.valid_from))
        known = before.get(begins)
        if known is not None:
            until = record.valid_until
            # What ended because something followed is not opened again by its old row.
            if until is None and known.valid_until is not None and _follows(before, known):
                until = known.valid_until
            record = Dated(record.code, begins, until, record.facts, record.row, known.id)
        line.append(record)
    for record in line:
        known = before.get(record.valid_from)
        if known is None:
            plan.added.append(record)
        elif dict(known.facts) != dict(record.facts):
            plan.corrected.append(record)
        elif known.valid_until is None and record.valid_until is not None:
            plan.ended.append(record)
        elif known.valid_until != record.valid_until:
            plan.corrected.append(record)
        else:
            plan.unchanged += 1
    plan.after.extend(line)


def _follows(before: Mapping[date, Dated], known: Dated) -> bool:
    return known.valid_until in before


def holes(
    inner: tuple[date, date | None], outer: Iterable[tuple[date, date | None]]
) -> date | None:
    """Return the first day of `inner` on which none of `outer` holds, or None."""
    day, until = inner
    for begins, ends in sorted(outer, key=lambda period: period[0]):
        if begins > day:
            break
        if ends is None:
            return None
        day = max(day, ends)
    return day if until is None or day < until else None
