"""Names that differ in writing only: which name of ours somebody else's name means."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

_IN_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]")
_ADDED = ("处置", "办理", "承办", "本级")
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


class Names:
    """Ours, by code: each with all the names that it has or had."""

    def __init__(self, ours: Mapping[str, Iterable[str]]) -> None:
        self._codes = {plain(code): code for code in ours}
        self._first = {code: next(iter(names), code) for code, names in ours.items()}
        self._by_name: dict[str, set[str]] = {}
        self._by_short: dict[str, set[str]] = {}
        for code, names in ours.items():
            for name in names:
                self._by_name.setdefault(plain(name), set()).add(code)
                self._by_short.setdefault(short(name), set()).add(code)

    def match(self, *told: str, guess: bool = True) -> Match:
        """
        Return whom these words mean, the first that says it for certain: a code, or a name in
        full. The same name without its bracket, or one much like it, is a proposal only.

        :param guess: whether to look for one much like it: that takes a while
        """
        words = [word for word in told if word.strip()]
        for word in words:
            found = {self._codes[plain(word)]} if plain(word) in self._codes else set()
            found |= self._by_name.get(plain(word), set())
            if len(found) == 1:
                return self._of(found.pop(), certain=True)
        for word in words:
            found = self._by_short.get(short(word), set())
            if len(found) == 1:
                return self._of(next(iter(found)), certain=False)
        return self._nearest(words) if guess else Match("", "", certain=False)

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
