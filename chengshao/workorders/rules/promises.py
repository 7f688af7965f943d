"""What becomes of a promise (承诺) when its case ends: kept is only what somebody saw."""

from dataclasses import dataclass

from chengshao.workorders.rules.facts import ClosedAs
from chengshao.workorders.terms import ClosingKind, Step


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing comes of the promise any more."""

    kept: bool | None  # None: nobody knows


NOBODY_KNOWS = Settled(None)


def settled_by(closed: ClosedAs, *, came_back: bool) -> Settled | None:
    """
    Return what such a closing makes of a promise; None: it stands until its day.

    :param came_back: whether its day has come
    """
    solved = closed.closing.kind is ClosingKind.SOLVED
    if solved and closed.seen:
        return Settled(True)
    if not came_back:
        return None
    return NOBODY_KNOWS if solved or closed.again else Settled(False)


def settled_on_its_day(step: Step) -> Settled | None:
    """Return what its day makes of a promise whose case is open: what nobody answered is late."""
    return None if step is Step.ANSWERED else Settled(False)
