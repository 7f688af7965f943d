"""How long handling a matter may take, among the limits of its conditions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from chengshao.catalog.rules.nearest import ANY
from chengshao.kernel.clock import ClockUnit, Limit


class Conditioned(Protocol):
    """A condition of a matter, stored or drafted."""

    @property
    def serial(self) -> int: ...

    @property
    def limits(self) -> tuple[tuple[str, Limit], ...]: ...  # by urgency, "" for any


@dataclass(frozen=True, slots=True)
class LimitsOfMatter:
    """How long handling a matter may take at an urgency, by limits that name it and by others."""

    named: Limit | None = None
    at_any: Limit | None = None

    @property
    def shortest(self) -> Limit | None:
        return strictest([limit for limit in (self.named, self.at_any) if limit is not None])


def limits_under(
    conditions: Iterable[Conditioned], serial: int | None, urgency: str
) -> LimitsOfMatter | None:
    """
    Return the limits of the condition named, or None where there is no such condition.

    A limit for this urgency goes before one for any. Where none of several conditions is named,
    the strictest of their limits holds until somebody narrows it down.
    """
    limits = [dict(each.limits) for each in conditions if serial in (None, each.serial)]
    if not limits:
        return None
    return LimitsOfMatter(
        named=strictest([each[urgency] for each in limits if urgency in each]),
        at_any=strictest([each[ANY] for each in limits if ANY in each and urgency not in each]),
    )


def strictest(limits: Sequence[Limit]) -> Limit | None:
    """Return the limit that leaves the least time, or None of none."""
    return min(limits, key=_strictness, default=None)


def _strictness(limit: Limit) -> int:
    """The least real time it can take: a working day is a day and its night."""
    return limit.amount * 86_400 if limit.unit is ClockUnit.WORKING_DAY else limit.seconds
