"""What was measured: figures, their ratios to others of the same run, and how they are told."""

import json
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_HEADINGS = ("指标 figure", "值 value", "单位 unit", "比值 ratio", "相对于 to")


@dataclass(frozen=True, slots=True)
class Figure:
    name: str
    value: float
    unit: str
    reference: str = ""  # name of the figure that `ratio` is to: of the same run, in the same unit
    ratio: float | None = None

    def to(self, reference: "Figure") -> "Figure":
        """
        Return it with its ratio to another figure of the same run.

        :raises ValueError: if they are of different units, or the other is nothing
        """
        if self.unit != reference.unit or not reference.value:
            raise ValueError(f"{self.name} is in {self.unit}: no ratio to {reference}")
        ratio = self.value / reference.value
        return Figure(self.name, self.value, self.unit, reference.name, ratio)


def percentile(values: Iterable[float], percent: int) -> float:
    """
    Return the smallest of the values that so many percent of them do not exceed (nearest rank).

    :raises ValueError: if there are none
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values, no percentile")
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def as_line(figure: Figure) -> str:
    """
    Return one line of JSON: name, value, unit, reference, ratio (the last two null without one).

    :raises ValueError: if a number is no number
    """
    said = {
        "name": figure.name,
        "value": _rounded(figure.value),
        "unit": figure.unit,
        "reference": figure.reference or None,
        "ratio": None if figure.ratio is None else _rounded(figure.ratio),
    }
    return json.dumps(said, ensure_ascii=False, allow_nan=False)


def as_table(figures: Iterable[Figure]) -> list[str]:
    """Return a heading and one line for each figure, in columns."""
    rows: list[Sequence[str]] = [_HEADINGS]
    for figure in figures:
        ratio = "" if figure.ratio is None else _shown(figure.ratio)
        rows.append((figure.name, _shown(figure.value), figure.unit, ratio, figure.reference))
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [_aligned(row, widths) for row in rows]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        " " * (width - _width(cell)) + cell
        if number in (1, 3)
        else cell + " " * (width - _width(cell))
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Return how many columns of a terminal it takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _shown(number: float) -> str:
    if number == int(number) or abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 100 else f"{number:.3g}"


def _rounded(number: float) -> float:
    return float(f"{number:.6g}")
