"""Who knows of a case by name (知悉人), and who may be named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localdate

from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.workorders.queries import CaseView
from chengshao.workorders.terms import CaseCommand, Power

_MOST = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A person who knows of the case, or knew of it until somebody ended that."""

    user_id: int
    unit_id: int
    name: str
    unit: UnitLine | None
    since: datetime
    until: datetime | None = None

    @property
    def key(self) -> str:
        return key_of(self.user_id, self.unit_id)


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody who may be named."""

    key: str
    name: str
    unit: str
    role: str


def key_of(user_id: int, unit_id: int) -> str:
    """Return both ids as forms name them: a person may work for several units."""
    return f"{user_id}-{unit_id}"


def users_of(view: CaseView) -> set[int]:
    """Return everybody whom the circle of the case names, now or in its history."""
    ended = (e.body["named_user_id"] for e in view.entries if "named_user_id" in e.body)
    return {row.user_id for row in view.circle} | set(ended)


def circle(view: CaseView, units: Mapping[int, UnitLine], names: Mapping[int, str]) -> list[Named]:
    """Return who knows of the case by name, then who did."""
    known = [
        Named(row.user_id, row.unit_id, names.get(row.user_id, ""), units.get(row.unit_id), at)
        for row, at in ((row, row.opened_at) for row in view.circle)
    ]
    return [*known, *_ended(view, units, names)]


def _ended(
    view: CaseView, units: Mapping[int, UnitLine], names: Mapping[int, str]
) -> Iterator[Named]:
    since: dict[tuple[int, int], datetime] = {}
    for entry in view.entries:
        body = entry.body
        if "named_user_id" not in body:
            continue
        who = (body["named_user_id"], body["unit_id"])
        at = datetime.fromisoformat(str(body["at"]))
        if body["command"] == CaseCommand.NAME_PERSON:
            since.setdefault(who, at)
            continue
        user_id, unit_id = who
        began = since.pop(who, view.case.opened_at)  # else by office, from when it came there
        yield Named(user_id, unit_id, names.get(user_id, ""), units.get(unit_id), began, at)


def units_without(view: CaseView, units: Mapping[int, UnitLine]) -> list[UnitLine]:
    """Return the units that owe something on it and of which nobody knows it."""
    if not view.case.named_only:
        return []
    known = {row.unit_id for row in view.circle}
    owing = dict.fromkeys(task.unit_id for task in view.tasks if task.ended_at is None)
    return [units[unit_id] for unit_id in owing if unit_id not in known and unit_id in units]


def find_people(words: str, now: datetime) -> list[PersonChoice]:
    """Return staff who see cases, by their name or their unit's."""
    found = people.find_staff(words, power=Power.SEE, on=localdate(now), limit=_MOST)
    units = people.unit_lines(each.unit_id for each in found)
    return [
        PersonChoice(
            key_of(each.user_id, each.unit_id), each.name, units[each.unit_id].name, each.role
        )
        for each in found
    ]
