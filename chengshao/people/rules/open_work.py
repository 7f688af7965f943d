"""
What still waits for a unit. The rooms above know; config.wiring tells here whom to ask, so that
no unit closes on work that nobody would then owe.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

Counts = Callable[[AbstractSet[int]], Mapping[int, int]]  # unit ids → how much each owes

_asked: dict[str, Counts] = {}


def wire(asked: Mapping[str, Counts]) -> None:
    """Replace all that is asked; called once, at start. A name has its words in `open_work`."""
    _asked.clear()
    _asked.update(asked)


def open_work(unit_ids: AbstractSet[int]) -> dict[str, int]:
    """Return by name how much waits for these units together; what is done is left out."""
    counts = {name: sum(counts(unit_ids).values()) for name, counts in _asked.items()}
    return {name: count for name, count in counts.items() if count}
