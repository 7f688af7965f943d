"""
How a name is found by what somebody types: characters, pinyin initials, full pinyin, mixed.

Every way to say a name is one line of its `sayings`; the pairs of characters of all lines, and
how each line starts, are its `grams`. A query asks for grams first (an index), then for itself.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from pypinyin import Style, pinyin

from chengshao.kernel.bigrams import bigrams

MAX_WORDS = 60  # characters of a query that count
_MAX_READINGS = 8
_LATIN = re.compile(r"^[a-z]+$")
_HAN_RUN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]{2,}")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_GAP = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Sayings:
    """How a thing may be called: lines, each between line ends, and their grams."""

    lines: str
    grams: list[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query: the grams a row must have, and the parts it must then be checked for."""

    parts: tuple[str, ...]
    grams: tuple[str, ...]
    mixed: tuple[str, ...]  # parts with characters and letters: only `says` can check those

    def says(self, lines: str) -> bool:
        """Tell whether a thing with these sayings is called by every part."""
        return all(part in lines for part in self.parts) and all(
            any(_is_called(name, part) for name in lines.splitlines()) for part in self.mixed
        )


def fold(text: str) -> str:
    """Return letters and digits only, case and width folded."""
    return _GAP.sub("", unicodedata.normalize("NFKC", text).casefold())


def sayings_of(names: Iterable[str]) -> Sayings:
    """Return how what has these names may be called."""
    folded = dict.fromkeys(name for name in map(fold, names) if name)
    lines = dict(folded)
    for name in folded:
        lines |= dict.fromkeys(_read(name, Style.FIRST_LETTER))
        lines |= dict.fromkeys(_read(name, Style.NORMAL))
    grams = dict.fromkeys(gram for line in lines for gram in (f"^{line[0]}", *bigrams(line)))
    return Sayings("\n" + "".join(f"{line}\n" for line in lines), list(grams))


def asked_for(words: str) -> Asked | None:
    """Return what to look for, or None where nothing was said. Parts are split by spaces."""
    said = unicodedata.normalize("NFKC", words[:MAX_WORDS])
    parts = dict.fromkeys(part for part in map(fold, said.split()) if part)
    if not parts:
        return None
    # One character finds by beginning; beside longer parts it only has to be there.
    alone = all(len(part) == 1 for part in parts)
    plain: list[str] = []
    mixed: list[str] = []
    grams: dict[str, None] = {}
    for part in parts:
        letters = _HAN.sub("", part)
        if letters and letters != part and any(map(_LATIN.match, letters)):
            mixed.append(part)
            wanted = _HAN_RUN.findall(part) or [_initials(part)]
            grams |= dict.fromkeys(gram for run in wanted for gram in bigrams(run))
        elif len(part) == 1 and alone:
            plain.append(f"\n{part}")
            grams[f"^{part}"] = None
        else:
            plain.append(part)
            grams |= dict.fromkeys(bigrams(part) if len(part) > 1 else ())
    return Asked(tuple(plain), tuple(grams), tuple(mixed))


def _read(name: str, style: Style) -> list[str]:
    """Return the ways to read a name aloud; a character with two readings gives both."""
    readings = [
        list(dict.fromkeys(fold(reading) for reading in each if fold(reading)))
        for each in pinyin(name, style=style, heteronym=True)
    ]
    likely = [fold(each[0]) for each in pinyin(name, style=style, heteronym=False) if each]
    ways = ["".join(likely)]
    count = 1
    for each in readings:
        count *= max(1, len(each))
    if count <= _MAX_READINGS:
        ways += ["".join(way) for way in product(*readings)]
    return [way for way in dict.fromkeys(ways) if way]


def _initials(part: str) -> str:
    return "".join(each[0] for each in pinyin(part, style=Style.FIRST_LETTER))


def _is_called(name: str, part: str) -> bool:
    """Tell whether part stands in name, each character as itself, its initial or its pinyin."""
    return any(_starts_so(name, start, part) for start in range(len(name)))


def _starts_so(name: str, start: int, part: str) -> bool:
    if not part:
        return True
    if start == len(name):
        return False
    ways = {name[start]}
    if _HAN.match(name[start]):
        for style in (Style.FIRST_LETTER, Style.NORMAL):
            ways |= {fold(way) for way in pinyin(name[start], style=style, heteronym=True)[0]}
    return any(
        part.startswith(way) and _starts_so(name, start + 1, part[len(way) :])
        for way in ways
        if way
    )
