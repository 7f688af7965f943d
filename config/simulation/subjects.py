"""What people of the simulated district report: invented, each a matter of the catalogue."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chengshao.workorders.terms import Channel

FILE = Path(__file__).resolve().parents[2] / "districts" / "simulated_subjects.csv"


@dataclass(frozen=True, slots=True)
class Subject:
    words: str
    matter: str
    channel: Channel
    weight: int


@cache
def subjects() -> tuple[Subject, ...]:
    """Return all that is in the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Subject(row["原话"], row["事项编码"], Channel(row["渠道"]), int(row["权重"]))
            for row in csv.DictReader(file)
        )
