"""What registrars and dispatchers choose from: matters, leads with their reasons, units, merges."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterVersion
from chengshao.dispatch.queries import Advice
from chengshao.kernel.clock import WorkCalendar
from chengshao.people import queries as people
from chengshao.people.queries import OnDuty, UnitLine
from chengshao.web.due import amount_words

_MOST_UNITS = 8
_MOST_LOOKED_THROUGH = 500


@dataclass(frozen=True, slots=True)
class LeadChoice:
    """A lead that the dispatcher may name, with everything that speaks for it."""

    unit: UnitLine
    helpers: list[UnitLine]
    principle: str
    basis: str
    confidence: str
    responsibility_id: int | None
    led_before: int
    last_time: bool  # it led this very case before
    duty: OnDuty | None

    @property
    def key(self) -> str:
        """Return the id as forms name it, whatever the language's digits."""
        return str(self.unit.id)


@dataclass(frozen=True, slots=True)
class PrecedentLine:
    number: str
    place: str
    unit: str
    ended_at: datetime | None
    took: str  # "" where it is not known
    rounds: int


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit that somebody looked for, and what is ticked beside it."""

    unit: UnitLine
    roles: frozenset[str]  # the names of the fields that name it already
    obstacle: str = ""  # why it may not lead

    @property
    def key(self) -> str:
        return str(self.unit.id)


@dataclass(frozen=True, slots=True)
class MatterChoice:
    """A matter to pick from, and which way such a demand would go."""

    matter: MatterVersion
    track: str


def find_matters(
    words: str, now: datetime, limit: int = 6, *, first: str = ""
) -> list[MatterVersion]:
    """
    Return matters for the words of a caller or a registrar, the closest first.

    :param first: the code of one that goes before them, if it is still in force
    """
    found = catalog.find_matters(words[:400], on=localdate(now), limit=limit)
    if not first:
        return found
    try:
        heard = catalog.matter_in_force(first, localdate(now))
    except catalog.MatterNotFound:
        return found
    return [heard, *(each for each in found if each.matter_code != heard.matter_code)][:limit]


def matter_choices(
    matters: Sequence[MatterVersion], channel: str, now: datetime
) -> list[MatterChoice]:
    """Return the same with the track that each would go from this source. One statement."""
    tracks = catalog.tracks_of(matters, channel, localdate(now)) if matters else {}
    return [MatterChoice(matter, tracks[matter.code]) for matter in matters]


def units_to_choose(words: str, now: datetime) -> list[UnitLine]:
    """Return units that somebody may look for; the lists are asked when one is named."""
    return people.find_units(words, on=localdate(now), limit=_MOST_UNITS)


def units_to_assign(words: str, unit_id: int, now: datetime) -> list[UnitLine]:
    """Return units that somebody may look for to whom this one may assign (交办)."""
    on = localdate(now)
    own = people.who_follows(unit_id, on) or unit_id
    found = people.find_units(words, on=on, limit=_MOST_LOOKED_THROUGH)
    may = people.may_be_assigned(own, [unit.id for unit in found], on) if found else set()
    return [unit for unit in found if unit.id in may - {own}][:_MOST_UNITS]


def unit_choices(
    words: str, named: Mapping[str, Iterable[int]], now: datetime, *, below: int = 0
) -> list[UnitChoice]:
    """
    Return the units that are named already, then those that were looked for.

    :param named: by the field's name, the units that it names
    :param below: only those are looked for to whom this unit may assign
    """
    roles: dict[int, set[str]] = {}
    for field, unit_ids in named.items():
        for unit_id in unit_ids:
            roles.setdefault(unit_id, set()).add(field)
    known = people.unit_lines(roles) if roles else {}
    there = units_to_assign(words, below, now) if below else units_to_choose(words, now)
    found = [unit for unit in there if unit.id not in known]
    lines = [*known.values(), *found]
    return [UnitChoice(unit, frozenset(roles.get(unit.id, ()))) for unit in lines]


def with_obstacles(
    found: Sequence[UnitChoice], *, matter: str, territory: str, on: date, designates: bool
) -> list[UnitChoice]:
    """Return the same, each with why the lists of duties don't let it lead the matter there."""
    ids = [choice.unit.id for choice in found]
    why = (
        catalog.lead_obstacles(ids, matter, territory, on, designated=designates) if matter else {}
    )
    return [replace(choice, obstacle=why.get(choice.unit.id, "")) for choice in found]


def on_duty(unit_ids: Sequence[int], calendar: WorkCalendar, now: datetime) -> Mapping[int, OnDuty]:
    """Return who is on duty now; a night shift counts by the kind of day on which it began."""
    return people.on_duty(unit_ids, now, calendar) if unit_ids else {}


def units_of(advice: Advice) -> set[int]:
    """Return all units that the advice speaks of."""
    ids = {s.unit_id for s in advice.suggestions} | {p.lead_unit_id for p in advice.precedents}
    return ids | {unit_id for s in advice.suggestions for unit_id in s.co_unit_ids}


def lead_choices(
    advice: Advice, units: Mapping[int, UnitLine], calendar: WorkCalendar, now: datetime
) -> list[LeadChoice]:
    duty = on_duty([suggestion.unit_id for suggestion in advice.suggestions], calendar, now)
    return [
        LeadChoice(
            unit=units[s.unit_id],
            helpers=[units[unit_id] for unit_id in s.co_unit_ids],
            principle=s.principle,
            basis=s.basis,
            confidence=s.confidence,
            responsibility_id=s.responsibility_id,
            led_before=s.led_before,
            last_time=s.last_time,
            duty=duty.get(s.unit_id),
        )
        for s in advice.suggestions
    ]


def precedent_lines(advice: Advice, units: Mapping[int, UnitLine]) -> list[PrecedentLine]:
    return [
        PrecedentLine(
            number=p.number,
            place=p.place,
            unit=units[p.lead_unit_id].short_name,
            ended_at=p.ended_at,
            took=amount_words(p.seconds) if p.seconds is not None else "",
            rounds=p.rounds,
        )
        for p in advice.precedents
    ]
