"""Pictures of before and after, set against each other."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeVar

T = TypeVar("T")
Sides = tuple[T | None, T | None]


def sides(before: Sequence[T], rounds: Sequence[Sequence[T]]) -> list[Sides[T]]:
    """
    Return what stands beside what, the newest round first: each round is held against the same
    pictures of before, in the order in which they were taken.

    Of the newest round a side may be empty, so that one sees what is not shown yet; an earlier
    one says only what it has.

    :param rounds: of pictures of after, the oldest first: what one task has shown
    """
    shown = [round_ for round_ in rounds if round_]
    if not shown:
        return [(picture, None) for picture in before]
    newest = list(zip_longest(before, shown[-1]))
    earlier = [
        (before[nth] if nth < len(before) else None, picture)
        for round_ in reversed(shown[:-1])
        for nth, picture in enumerate(round_)
    ]
    return [*newest, *earlier]
