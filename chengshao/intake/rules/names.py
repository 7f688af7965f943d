"""Names that differ in writing only: which name of ours somebody else's name means."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import partial
from typing import TypeAlias

_IN_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_ADDED = ("处置", "办理", "承办", "本级")
_Among: TypeAlias = Callable[[Iterable[str]], set[str]]
_LIKELY = 0.72  # below it a proposal misleads more often than it helps


@dataclass(frozen=True, slots=True)
class Match:
    """Which of ours a name means: `code` "" where none comes near. Only `certain` needs no look."""

    code: str
    name: str
    certain: bool


def plain(name: str) -> str:
    """Return a name without what is written now this way, now that: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def short(name: str) -> str:
    """Return a plain name without what stands in brackets behind it or was added for the record."""
    bare = _IN_BRACKETS.sub("", plain(name)) or plain(name)
    for added in _ADDED:
        if bare.endswith(added) and len(bare) > len(added) + 2:
            bare = bare.removesuffix(added)
    return bare


def _always(_code: str, _day: date) -> bool:
    return True


def _everyone(codes: Iterable[str]) -> set[str]:
    return set(codes)


class Names:
    """Ours, by code: each with all the names that it has or had."""

    def __init__(
        self, ours: Mapping[str, Iterable[str]], holds: Callable[[str, date], bool] = _always
    ) -> None:
        """
        :param holds: tells whether one of ours was there on a day
        """
        self._holds = holds
        self._codes = {plain(code): code for code in ours}
        self._first = {code: next(iter(names), code) for code, names in ours.items()}
        self._by_name: dict[str, set[str]] = {}
        self._by_short: dict[str, set[str]] = {}
        for code, names in ours.items():
            for name in names:
                self._by_name.setdefault(plain(name), set()).add(code)
                self._by_short.setdefault(short(name), set()).add(code)

    def match(self, *told: str, on: Iterable[date] = (), guess: bool = True) -> Match:
        """
        Return whom these words mean, the first that says it for certain: a code, or a name in
        full. The same name without its bracket, or one much like it, is a proposal only.

        :param on: days on one of which who is meant should have been there, the likeliest first
        :param guess: whether to look for one much like it: that takes a while
        """
        words = [word for word in told if word.strip()]
        among: list[_Among] = [partial(self._there, day=day) for day in dict.fromkeys(on)]
        matches = [self._written_alike(words, each) for each in (*among, _everyone)]
        best = max(matches, key=lambda match: (match.certain, bool(match.code)))
        return self._nearest(words) if guess and not best.code else best

    def _there(self, codes: Iterable[str], day: date) -> set[str]:
        return {code for code in codes if self._holds(code, day)}

    def _written_alike(self, words: Sequence[str], among: _Among) -> Match:
        for word in words:
            found = {self._codes[plain(word)]} if plain(word) in self._codes else set()
            found = among(found | self._by_name.get(plain(word), set()))
            if len(found) == 1:
                return self._of(found.pop(), certain=True)
        for word in words:
            found = among(self._by_short.get(short(word), set()))
            if len(found) == 1:
                return self._of(found.pop(), certain=False)
        return Match("", "", certain=False)

    def _nearest(self, words: Iterable[str]) -> Match:
        best, score = "", _LIKELY
        for word in words:
            likeness = SequenceMatcher(b=short(word), autojunk=False)
            for name, codes in self._by_short.items():
                likeness.set_seq1(name)
                if len(codes) == 1 and (alike := _at_least(score, likeness)) > score:
                    best, score = next(iter(codes)), alike
        return self._of(best, certain=False) if best else Match("", "", certain=False)

    def _of(self, code: str, *, certain: bool) -> Match:
        return Match(code, self._first[code], certain)


def _at_least(score: float, likeness: SequenceMatcher[str]) -> float:
    """Return how alike two words are, or less than the score where a quick look shows that."""
    for quick in (likeness.real_quick_ratio, likeness.quick_ratio):
        if (at_most := quick()) <= score:
            return at_most
    return likeness.ratio()
