"""
Ways to pages, found by what somebody types. The shell above knows the pages; config.wiring tells
here whom to ask.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from chengshao.kernel.actor import Actor
from chengshao.kernel.sayings import asked_for, fold, sayings_of


@dataclass(frozen=True, slots=True)
class Way:
    """A page that somebody may open: what stands on it, and all names by which it is known."""

    words: str
    href: str
    names: tuple[str, ...]


Ways = Callable[[Actor], Iterable[Way]]

_asked: list[Ways] = []


def wire(*ways: Ways) -> None:
    """Replace all that is asked; called once, at start."""
    _asked[:] = ways


def ways_to(words: str, actor: Actor) -> list[Way]:
    """
    Return the actor's pages by characters, English, full pinyin or its initials (pdt is 派单台).

    What is called so comes first, then what begins so; no words give all of them.
    """
    known = [way for ways in _asked for way in ways(actor)]
    asked = asked_for(words)
    if asked is None:
        return known
    said = {way: _lines(way.names) for way in known}
    found = [way for way in known if asked.says(said[way])]
    return sorted(found, key=lambda way: _distance(fold(words), said[way]))


@lru_cache(maxsize=256)
def _lines(names: tuple[str, ...]) -> str:
    return sayings_of(names).lines


def _distance(asked: str, lines: str) -> int:
    if f"\n{asked}\n" in lines:
        return 0
    return 1 if f"\n{asked}" in lines else 2
