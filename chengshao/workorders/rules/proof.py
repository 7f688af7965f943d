"""Whether the history of one case is as it was written: the chain, and what stands beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chengshao.kernel.canonical import GENESIS, chain_step, salted_digest
from chengshao.workorders.terms import BrokenPart, CaseCommand, NoteName

NO_LINE = 0  # something is there of which no line speaks


@dataclass(frozen=True, slots=True)
class Salted:
    """A text as it stands beside the history."""

    salt: str
    text: str

    @property
    def digest(self) -> str:
        return salted_digest(self.salt, self.text)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with its notes, by name."""

    seq: int
    at: datetime
    body: str
    hash: str
    notes: Mapping[str, Salted] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds of one case. `None` stands for what was erased."""

    seq: int  # where the case says that it stands
    head: str
    lines: Sequence[Line]  # by seq
    words: Mapping[int, Salted | None]  # of each report that a line names or that hangs on it
    files: Mapping[int, str | None]  # digests of attachments, likewise
    places: Mapping[int, Salted | None] = field(default_factory=dict)  # as told, like the words
    reports_on_it: frozenset[int] = frozenset()
    files_on_it: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    seq: int
    part: BrokenPart


def named_in(body: str) -> tuple[list[int], list[int]]:
    """Return the reports and the attachments that a line has digests of."""
    said = _said_in(body)
    return _told(said), _attached(said)


def _said_in(body: str) -> dict[str, Any]:
    """Return what a line says; nothing where somebody left no JSON there."""
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def first_fault(case: Kept) -> Fault | None:
    """
    Return the first line that does not hold, with what of it; None if all is as it was written.

    What an erasure names may be gone; what it does not name may not, and nothing else may differ.
    Behind a broken link nothing can be told, so nothing is: an erasure may have stood there.
    """
    whole, end = _chain(case)
    said = [(line, _said_in(line.body)) for line in case.lines]
    erased = None if end else _erased(said)
    beside = (fault for line, body in said[:whole] for fault in _beside(line, body, case, erased))
    first = min((fault for fault in (*beside, end) if fault), default=None)
    return first or _unspoken_of(said, case)


def _chain(case: Kept) -> tuple[int, Fault | None]:
    """Return how many lines follow each other as they should, and what is wrong behind them."""
    head = GENESIS
    for seq, line in enumerate(case.lines, start=1):
        if line.seq != seq or chain_step(head, line.body) != line.hash:
            return seq - 1, Fault(seq, BrokenPart.ENTRY)
        head = line.hash
    whole = len(case.lines)
    if (whole, head) != (case.seq, case.head):
        return whole, Fault(whole + 1, BrokenPart.END)
    return whole, None


def _erased(said: Iterable[tuple[Line, dict[str, Any]]]) -> dict[tuple[BrokenPart, int], int]:
    """Return what lines say was erased, with the last line that says so."""
    erased: dict[tuple[BrokenPart, int], int] = {}
    for line, body in said:
        if body.get("command") == CaseCommand.ERASE:
            for part, ids in (
                (BrokenPart.NOTE, _ids(body, "erased_seq", "erased_seqs")),
                (BrokenPart.WORDS, _ids(body, "report_id")),
                (BrokenPart.FILE, _ids(body, "attachment_id", "attachment_ids")),
            ):
                erased |= {(part, each): line.seq for each in ids}
    return erased


def _beside(
    line: Line,
    body: dict[str, Any],
    case: Kept,
    erased: Mapping[tuple[BrokenPart, int], int] | None,
) -> Iterator[Fault]:
    """Yield what is wrong with what this line has a digest of."""

    def holds(part: BrokenPart, key: int, said: object, found: object, nothing: object) -> bool:
        if erased is None:
            return found in (said, nothing)
        return found == (nothing if erased.get((part, key), 0) > line.seq else said)

    if body.get("at") != line.at.astimezone(UTC).isoformat():
        yield Fault(line.seq, BrokenPart.MOMENT)
    notes = {name: note.digest for name, note in line.notes.items()}
    if not holds(BrokenPart.NOTE, line.seq, body.get("notes", {}), notes, {}):
        yield Fault(line.seq, BrokenPart.NOTE)
    for report_id in _told(body):
        for said_as, texts in (("words", case.words), ("place", case.places)):
            text = texts.get(report_id, _NOBODY_S)
            found = text and text.digest
            said = body.get(said_as)
            if said and not holds(BrokenPart.WORDS, report_id, said, found, None):
                yield Fault(line.seq, BrokenPart.WORDS)
    for file_id in _attached(body):
        digest = case.files.get(file_id, "")
        if not holds(BrokenPart.FILE, file_id, body.get("digest"), digest, None):
            yield Fault(line.seq, BrokenPart.FILE)


def _unspoken_of(said: Iterable[tuple[Line, dict[str, Any]]], case: Kept) -> Fault | None:
    """Return what was put on the case past its history: reports and files that no line names."""
    reports: set[int] = set()
    files: set[int] = set()
    for _, body in said:
        reports |= {*_told(body), *_ids(body, "", "report_ids")}  # by a merge
        files |= set(_attached(body))
    if case.reports_on_it - reports:
        return Fault(NO_LINE, BrokenPart.WORDS)
    if case.files_on_it - files:
        return Fault(NO_LINE, BrokenPart.FILE)
    return None


def place_holds(place: str, case: Kept) -> bool:
    """
    Tell whether the matter is where the registrar has put it, else where the first report told it.

    Where that was erased it is nowhere, or where another report on the case tells it.
    """
    said = [(line, _said_in(line.body)) for line in case.lines]
    named = [(line, body) for line, body in said if "grid" in body]
    if named:
        line, body = named[-1]
        if NoteName.PLACE not in body.get("notes", {}):
            return not place
        told = line.notes.get(NoteName.PLACE)
    else:
        told = next((case.places.get(pk) for _line, body in said for pk in _told(body)), None)
    if told is not None:
        return place == told.text
    others = {text.text for pk in case.reports_on_it if (text := case.places.get(pk)) is not None}
    return place in {"", *others}


_NOBODY_S = Salted("", "")  # has the digest of no words that anybody said


def _told(body: Mapping[str, Any]) -> list[int]:
    """Return the report whose words this line has the digest of, if any."""
    return _ids(body, "report_id") if "words" in body else []


def _attached(body: Mapping[str, Any]) -> list[int]:
    return _ids(body, "attachment_id") if body.get("command") == CaseCommand.ATTACH else []


def _ids(body: Mapping[str, Any], one: str, many: str = "") -> list[int]:
    """Return the ids that stand there; whatever else somebody wrote there is none."""
    named = body.get(many)
    found = [body.get(one), *(named if isinstance(named, list) else ())]
    return [each for each in found if isinstance(each, int)]
