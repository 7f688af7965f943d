"""
What is copied out of a case by hand: to a work group on a messenger, to the platform whose order it
is. A group gets nothing that a citizen said: no name, number or house.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A heading and what stands under it; nothing is said where there is nothing."""

    heading: str
    words: str


def copied(lines: Iterable[Line]) -> str:
    """Return the lines that say something, one under the other."""
    return "\n".join(f"{line.heading}：{line.words}" for line in lines if line.words.strip())
