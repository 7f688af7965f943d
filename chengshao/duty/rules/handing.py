"""What a hand-over says, and the digest by which two shifts confirm the same text."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from chengshao.duty.terms import HandedPart


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that goes on: a case by its number, a line of the log by its words."""

    words: str
    case: str = ""  # its number


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one kind."""

    part: HandedPart
    lines: tuple[Line, ...]
    more: bool = False  # there are more than are listed


@dataclass(frozen=True, slots=True)
class Shifts:
    """Who is on duty by the roster, now and next; "" where the roster names nobody."""

    now: str
    next: str
    until: datetime  # up to when what falls due is listed


def body_of(shifts: Shifts, parts: Iterable[Part], remarks: str) -> dict[str, Any]:
    """Return the text as it is kept, fit for JSON."""
    return {
        "on_duty": shifts.now,
        "next_on_duty": shifts.next,
        "until": shifts.until.isoformat(),
        "parts": [
            {
                "part": part.part.value,
                "lines": [{"words": line.words, "case": line.case} for line in part.lines],
                "more": part.more,
            }
            for part in parts
        ],
        "remarks": remarks,
    }


def parts_in(body: dict[str, Any]) -> list[Part]:
    """Return the parts of a text that is kept."""
    return [
        Part(
            HandedPart(each["part"]),
            tuple(Line(line["words"], line["case"]) for line in each["lines"]),
            each["more"],
        )
        for each in body["parts"]
    ]


def digest_of(body: dict[str, Any]) -> str:
    """Return the digest of a text: the same for the same text, whoever asks and when."""
    said = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(said.encode()).hexdigest()
