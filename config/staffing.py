"""Whom a district lacks that was handed in: nothing is refused for it, but cases would lie."""

from dataclasses import dataclass
from datetime import date

from chengshao.people import queries as people
from chengshao.workorders.terms import Power

_AT_THE_DESK = (Power.REGISTER, Power.DISPATCH, Power.CHECK, Power.DESIGNATE)
_ABOVE_IT = (Power.REGISTER, Power.DISPATCH, Power.CHECK)  # complaints about the desk come here


@dataclass(frozen=True, slots=True)
class Unstaffed:
    """A unit in which nobody has these powers."""

    unit: str
    powers: tuple[Power, ...]
    above: bool  # it gets the complaints about the desk


def unstaffed(on: date) -> list[Unstaffed]:
    """Return which of the desk and the unit above it, if there is one, lacks people that day."""
    desk = people.desk_unit_id()
    above = people.superior_id(desk, on)
    asked = [(desk, _AT_THE_DESK)] + ([(above, _ABOVE_IT)] if above else [])
    names = people.unit_lines([unit_id for unit_id, _powers in asked], on)
    found = []
    for unit_id, powers in asked:
        lacking = tuple(power for power in powers if not people.users_with(power, unit_id, on))
        if lacking:
            found.append(Unstaffed(names[unit_id].name, lacking, unit_id == above))
    return found
