"""How near a matter stands to the words that somebody typed or said."""

import unicodedata
from collections.abc import Sequence

from pypinyin import Style, lazy_pinyin

from chengshao.kernel.bigrams import bigrams

MAX_WORDS = 400


def fold(words: str) -> str:
    """Return words in one width and case, with single blanks between."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def rank(asked: str, code: str, name: str, aliases: Sequence[str], initials: str) -> int:
    """Return how near a matter that holds all the words stands; above 0."""
    names = [fold(name), *(fold(alias) for alias in aliases)]
    if asked in (fold(code), names[0]):
        return 60
    if asked in names:
        return 50
    if names[0].startswith(asked):
        return 40
    if asked in names[0]:
        return 30
    if any(asked in alias for alias in names[1:]) or asked in initials.split():
        return 20
    return 10


def mention(asked: str, code: str, name: str, aliases: Sequence[str], initials: str) -> int:
    """
    Return how much of a longer sentence a matter's names cover; 0 if it is chance.

    A name or alias said in full weighs most, the longer the more; else what the name begins with
    and the pairs of characters shared with all of them.
    """
    names = [fold(one) for one in (name, *aliases)]
    said = [one for one in names if len(one) > 1 and one in asked]
    pairs = set(bigrams(asked))
    shared = len(pairs & {pair for one in names for pair in bigrams(one)})
    begins = names[0][:2] in pairs
    if not (said or begins or shared > 1):
        return 0
    return 100 * max(map(len, said), default=0) + 10 * len(said) + 2 * shared + begins


def initials(*texts: str) -> str:
    """Return the pinyin initials by which people type, one run a text: 上水井盖 is ssjg."""
    runs = ("".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold() for text in texts)
    return " ".join(dict.fromkeys(runs))[:400]
