"""Who acts: the one thing every action is told about whoever stands behind a request."""

from dataclasses import dataclass
from enum import StrEnum

from chengshao.kernel.divisions import is_within


class ActorKind(StrEnum):
    PERSON = "PERSON"
    MACHINE = "MACHINE"
    CITIZEN = "CITIZEN"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Grant:
    """A power over a unit's tasks, within a territory (a division code, "" is everywhere)."""

    power: str
    unit_id: int | None  # None: over every unit
    territory: str = ""

    def reaches(self, unit_id: int | None, territory: str) -> bool:
        return self.unit_id in (None, unit_id) and is_within(territory, self.territory)


@dataclass(frozen=True, slots=True)
class Actor:
    kind: ActorKind
    user_id: int | None = None  # None for SYSTEM and for a CITIZEN
    grants: frozenset[Grant] = frozenset()
    on_behalf_of: int | None = None  # the user who is spoken for (代报, 代办)
    report_id: int | None = None  # a CITIZEN is known by one report only; None before the first

    def may(self, power: str, unit_id: int | None = None, *, territory: str = "") -> bool:
        """
        Tell whether the power reaches this unit in this territory (of the case).

        Without a unit: whether it reaches all units. A case without a place lies only in the
        grants that hold everywhere.
        """
        return any(g.power == power and g.reaches(unit_id, territory) for g in self.grants)

    def holds(self, power: str) -> bool:
        """Tell whether the actor has this power anywhere (for menus, never for a decision)."""
        return any(grant.power == power for grant in self.grants)

    def reach(self, power: str) -> tuple[tuple[int, str], ...]:
        """Return (unit, territory) of each grant of this power that names a unit, in order."""
        rows = {(g.unit_id, g.territory) for g in self.grants if g.power == power}
        return tuple(sorted((unit, place) for unit, place in rows if unit is not None))
