"""How much of what one says another says, too: by pairs of characters, as Chinese has no gaps."""

from collections.abc import Iterable

from chengshao.kernel.bigrams import bigrams


def percent_shared(texts: Iterable[str], others: Iterable[str], *, less: Iterable[str] = ()) -> int:
    """
    Return how many percent of the pairs of the shorter stand in both.

    :param less: texts of which no pair counts: of two who name their place in what they say
    """
    left_out = _pairs(less)
    one, two = _pairs(texts) - left_out, _pairs(others) - left_out
    return 100 * len(one & two) // max(1, min(len(one), len(two)))


def _pairs(texts: Iterable[str]) -> set[str]:
    return {pair for text in texts for pair in bigrams(text)}
