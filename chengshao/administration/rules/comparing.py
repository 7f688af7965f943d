"""What one catalogue would have decided otherwise than another, case by case and in all."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from chengshao.catalog.terms import CheckMode, EvidenceKind, Track


class Asks(Protocol):
    """What a matter asks of people: catalog.queries.Asks."""

    @property
    def evidence(self) -> frozenset[EvidenceKind]: ...

    @property
    def verify(self) -> bool: ...

    @property
    def check_mode(self) -> CheckMode: ...

    @property
    def signed(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """What a catalogue says of one case."""

    lead_unit_id: int | None  # whom it names first; None: nobody
    track: Track | None  # None: it has no such matter
    asks: Asks | None
    due_at: datetime | None  # of the lead; None: nobody led, or that was not asked


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A case of which the other catalogue would have said something else."""

    number: str
    before: Decision
    after: Decision
    was_late: bool  # by the one catalogue, and by the other
    would_be_late: bool

    @property
    def lead(self) -> bool:
        return self.before.lead_unit_id != self.after.lead_unit_id

    @property
    def track(self) -> bool:
        return self.before.track != self.after.track

    @property
    def due(self) -> bool:
        return self.before.due_at != self.after.due_at

    @property
    def evidence(self) -> bool:
        return self.before.asks != self.after.asks


@dataclass(slots=True)
class Tally:
    """How many cases would have gone otherwise, and in what."""

    looked_at: int = 0
    otherwise: int = 0
    leads: Counter[tuple[int | None, int | None]] = field(default_factory=Counter)
    tracks: Counter[tuple[Track | None, Track | None]] = field(default_factory=Counter)
    shorter: int = 0
    longer: int = 0
    late_before: int = 0
    late_after: int = 0
    more_evidence: int = 0
    less_evidence: int = 0
    other_check: int = 0

    def add(self, case: Otherwise) -> None:
        """Count one case."""
        self.looked_at += 1
        self.late_before += case.was_late
        self.late_after += case.would_be_late
        before, after = case.before, case.after
        if before == after:
            return
        self.otherwise += 1
        if case.lead:
            self.leads[before.lead_unit_id, after.lead_unit_id] += 1
        if case.track:
            self.tracks[before.track, after.track] += 1
        if before.due_at is not None and after.due_at is not None:
            self.shorter += after.due_at < before.due_at
            self.longer += after.due_at > before.due_at
        old, new = _evidence(before.asks), _evidence(after.asks)
        self.more_evidence += bool(new - old)
        self.less_evidence += bool(old - new)
        self.other_check += _checks(before.asks) != _checks(after.asks)


def _evidence(asks: Asks | None) -> frozenset[EvidenceKind]:
    return frozenset() if asks is None else asks.evidence


def _checks(asks: Asks | None) -> tuple[bool, CheckMode, bool] | None:
    return None if asks is None else (asks.verify, asks.check_mode, asks.signed)


def tallied(cases: Iterable[Otherwise], *, most_examples: int) -> tuple[Tally, list[Otherwise]]:
    """Return the figures over all cases, and the first that would have gone otherwise."""
    tally, examples = Tally(), list[Otherwise]()
    for case in cases:
        tally.add(case)
        if case.before != case.after and len(examples) < most_examples:
            examples.append(case)
    return tally, examples


def is_late(due: datetime | None, ended: datetime | None, now: datetime) -> bool:
    """Tell whether something with this end is or was late; without an end nothing is."""
    return due is not None and (ended or now) > due
