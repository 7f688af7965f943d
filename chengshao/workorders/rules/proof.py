"""Whether the history of one case is as it was written: the chain, and what stands beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chengshao.kernel.canonical import GENESIS, chain_step, salted_digest
from chengshao.workorders.terms import BrokenPart, CaseCommand

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
    reports_on_it: frozenset[int] = frozenset()
    files_on_it: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    seq: int
    part: BrokenPart


@dataclass(frozen=True, slots=True)
class _Erased:
    """What lines say was erased: of each, the last line that says so."""

    notes: dict[int, int]
    reports: dict[int, int]
    files: dict[int, int]


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
    Behind a broken link nothing can be told, so nothing is.
    """
    whole, end = _chain(case)
    said = [(line, _said_in(line.body)) for line in case.lines]
    erased = _erased(said)
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


def _erased(said: Iterable[tuple[Line, dict[str, Any]]]) -> _Erased:
    erased = _Erased({}, {}, {})
    for line, body in said:
        if body.get("command") == CaseCommand.ERASE:
            erased.notes.update(dict.fromkeys(_ids(body, "erased_seq", "erased_seqs"), line.seq))
            erased.reports.update(dict.fromkeys(_ids(body, "report_id"), line.seq))
            files = _ids(body, "attachment_id", "attachment_ids")
            erased.files.update(dict.fromkeys(files, line.seq))
    return erased


def _beside(line: Line, body: dict[str, Any], case: Kept, erased: _Erased) -> Iterator[Fault]:
    """Yield what is wrong with what this line has a digest of."""
    if body.get("at") != line.at.astimezone(UTC).isoformat():
        yield Fault(line.seq, BrokenPart.MOMENT)
    said = {} if erased.notes.get(line.seq, 0) > line.seq else body.get("notes", {})
    if said != {name: note.digest for name, note in line.notes.items()}:
        yield Fault(line.seq, BrokenPart.NOTE)
    for report_id in _told(body):
        words = case.words.get(report_id, _NOTHING)
        gone = erased.reports.get(report_id, 0) > line.seq
        if (words is None) is not gone or (words and words.digest != body["words"]):
            yield Fault(line.seq, BrokenPart.WORDS)
    for file_id in _attached(body):
        gone = erased.files.get(file_id, 0) > line.seq
        if case.files.get(file_id, "") != (None if gone else body.get("digest")):
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


_NOTHING = Salted("", "")  # has the digest of no words that anybody said


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
