"""How a table of units says that one ends, and who follows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from chengshao.kernel.actor import Actor
from chengshao.people.actions._rows import Cells
from chengshao.people.actions.units import close_unit, split_unit
from chengshao.people.models import Unit, UnitSuccession
from chengshao.people.rules.roster import parts_of

ENDS, SUCCESSORS = "停用日期", "承接单位代码"


@dataclass(frozen=True, slots=True)
class Ending:
    """From when on a unit is closed, and who follows; the first takes over what is open."""

    on: date
    successors: tuple[str, ...] = ()  # their codes


def read_ending(cells: Cells, on: date | None) -> Ending | None:
    """Return how the row's unit ends; a successor without a last day is a fault."""
    codes = tuple(dict.fromkeys(parts_of(cells.text(SUCCESSORS, 400))))
    if on is not None:
        return Ending(on, codes)
    if codes:
        cells.fault(SUCCESSORS, "unit_successor_without_end")
    return None


def keep_ending(
    ending: Ending, unit: Unit, known: Mapping[str, Unit], actor: Actor, at: datetime
) -> bool:
    """
    Close the unit as its row says; tell whether that changed anything.

    :raises DomainError: as close_unit and split_unit
    """
    into = [known[code].pk for code in ending.successors]
    follows = set(unit.successions.values_list("successor_id", flat=True))
    if unit.valid_until == ending.on and (not into or set(into) == follows):
        return False
    if len(into) > 1:
        split_unit(
            unit_id=unit.pk,
            into_ids=frozenset(into),
            open_work_to=into[0],
            on=ending.on,
            actor=actor,
            at=at,
        )
    else:
        successor_id = into[0] if into else None
        close_unit(unit_id=unit.pk, on=ending.on, successor_id=successor_id, actor=actor, at=at)
    return True


def codes_that_follow(unit_ids: Iterable[int]) -> dict[int, str]:
    """Return, by unit, the cell that names who follows; who takes over what is open comes first."""
    rows = UnitSuccession.objects.filter(unit__in=set(unit_ids)).order_by(
        "unit", "-takes_over", "successor__code"
    )
    found: dict[int, list[str]] = {}
    for unit_id, code in rows.values_list("unit_id", "successor__code"):
        found.setdefault(unit_id, []).append(code)
    return {unit_id: "、".join(codes) for unit_id, codes in found.items()}
