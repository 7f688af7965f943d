"""What people of the simulated district report: invented, each a matter of the catalogue."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chengshao.workorders.terms import Channel

_CONSULTATIONS = ("D0605", "D0606", "D0607", "D0608", "D0701", "D0706", "D0906", "D1101", "D1102")
_ASKED = frozenset((*_CONSULTATIONS, "D1106", "D1107", "D1108"))
FILE = Path(__file__).resolve().parents[2] / "districts" / "simulated_subjects.csv"


@dataclass(frozen=True, slots=True)
class Subject:
    words: str
    matter: str
    channel: Channel
    weight: int

    @property
    def only_asks(self) -> bool:
        """Tell whether the desk knows the answer itself."""
        return self.matter in _ASKED


@cache
def subjects() -> tuple[Subject, ...]:
    """Return all that is in the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Subject(row["原话"], row["事项编码"], Channel(row["渠道"]), int(row["权重"]))
            for row in csv.DictReader(file)
        )
