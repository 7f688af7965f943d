"""What who leads the district is asked to decide today: five things at most, on one page."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import chain, zip_longest
from typing import TypeVar

MOST = 5

Thing = TypeVar("Thing")


class Ask(StrEnum):
    """Why something stands on the page, in the order in which it stands there."""

    EMERGENCY = "EMERGENCY"  # 特急，还没办结
    STUCK = "STUCK"  # 部门之间定不了
    GROWTH = "GROWTH"  # 在增多
    OUTER = "OUTER"  # 来源平台时限今天到期或已过
    REQUEST = "REQUEST"  # 延期、暂停计时待审批


def chosen(found: Mapping[Ask, Sequence[Thing]], most: int = MOST) -> list[tuple[Ask, Thing]]:
    """
    Return what stands on the page: every emergency, then of each kind one, then the next of each,
    until the page is full; in the order of the kinds. Nothing stands there twice.
    """
    first = [(Ask.EMERGENCY, thing) for thing in found.get(Ask.EMERGENCY, ())]
    others = ([(ask, thing) for thing in found.get(ask, ())] for ask in list(Ask)[1:])
    in_turn = (pair for pair in chain.from_iterable(zip_longest(*others)) if pair is not None)
    kept: list[tuple[Ask, Thing]] = []
    for ask, thing in chain(first, in_turn):
        if len(kept) < most and all(thing != other for _ask, other in kept):
            kept.append((ask, thing))
    order = list(Ask)
    return sorted(kept, key=lambda pair: order.index(pair[0]))
