"""
Which matter grows in one place: a plain comparison with the weeks before, its figures shown.

No statistics that nobody can check: who reads it can count the same cases in the list.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

LEAST = 5  # demands in a week: fewer are chance
TIMES = 2  # what is usual


def usual(before: Sequence[int]) -> Fraction:
    """Return how many there are in an ordinary week; 0 where nothing is known of any."""
    return Fraction(sum(before), len(before)) if before else Fraction(0)


def grows(now: int, before: Sequence[int]) -> bool:
    """
    Tell whether there are clearly more than usual: at least five, at least twice the mean of the
    weeks before, and more than in any of them.
    """
    return now >= LEAST and now >= TIMES * usual(before) and now > max(before, default=0)


def excess(now: int, before: Sequence[int]) -> Fraction:
    """Return by how many there are more than usual."""
    return now - usual(before)


def tenths(number: Fraction) -> str:
    """Return a mean as it is shown, with one decimal at most: 2, 2.3."""
    rounded = round(number * 10)
    whole, rest = divmod(rounded, 10)
    return f"{whole}.{rest}" if rest else str(whole)


def steepest(weeks: Iterable[tuple[int, Sequence[int]]]) -> list[int]:
    """Return the places of those that grow, the steepest first."""
    each = list(weeks)
    found = [n for n, week in enumerate(each) if grows(*week)]
    return sorted(found, key=lambda n: (-excess(*each[n]), n))
