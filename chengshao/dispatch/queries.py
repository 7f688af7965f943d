"""Reads: who may be asked to lead, with reasons (B5, X2). A person decides."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import LeadNotByList, ResponsibilityLine
from chengshao.dispatch.terms import Confidence
from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.workorders import queries as workorders
from chengshao.workorders.terms import Principle

MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A lead that may be named, why, and how sure that is."""

    unit_id: int
    co_unit_ids: tuple[int, ...]
    principle: Principle
    basis: str
    confidence: Confidence
    responsibility_id: int | None = None
    led_before: int = 0  # how many of the last precedents it led
    last_time: bool = False  # it led this very case before


@dataclass(frozen=True, slots=True)
class Precedent:
    """
    A closed case of the same matter: who led it, and how long that took, as far as it is known of
    an old case (IMPORT).
    """

    number: str
    place: str
    lead_unit_id: int
    ended_at: datetime | None
    seconds: int | None
    rounds: int


@dataclass(frozen=True, slots=True)
class Advice:
    """All that the dispatcher needs without a click."""

    suggestions: tuple[Suggestion, ...]
    precedents: tuple[Precedent, ...]
    refused: tuple[str, ...] = field(default=())  # why a row of the lists does not apply


def advice_for(
    *, matter: str, territory: str, actor: Actor, on: date, led_by: int | None = None
) -> Advice:
    """
    Return at most three leads for this matter in this territory, and the last three precedents.

    Who led this very case before stands first. Else what the law and the lists name; only where
    they name nobody does practice count.

    :param led_by: the unit that led the case before it was to be dispatched once more
    """
    where = territory or places.district_code()
    rows = catalog.responsibilities_for(matter, where, on)
    before = _precedents(matter, territory, actor)
    led = Counter(p.lead_unit_id for p in before)
    suggestions = _lawful(rows, led) or _from_practice(matter, where, led, on)
    suggestions = _once_more(led_by, suggestions, matter, where, on)
    first_of_unit = {s.unit_id: s for s in reversed(suggestions)}
    ordered = [s for s in suggestions if first_of_unit[s.unit_id] is s]
    refused = tuple(row.reason for row in rows if row.lead_unit_id is None and row.reason)
    return Advice(tuple(ordered[:MOST]), tuple(before), refused)


def sole_lead(*, matter: str, territory: str, on: date) -> Suggestion | None:
    """Return the one lead that the catalogue names, for direct dispatch (目录直派), or None."""
    rows = catalog.responsibilities_for(matter, territory or places.district_code(), on)
    lawful = _lawful(rows, Counter())
    return lawful[0] if len({s.unit_id for s in lawful}) == 1 else None


def _basis(document: str, number: str, article: str) -> str:
    return "".join([document, f"（{number}）" if number else "", article])


def _precedents(matter: str, territory: str, actor: Actor) -> list[Precedent]:
    return [
        Precedent(
            number=p.number,
            place=p.place,
            lead_unit_id=p.unit_id,
            ended_at=p.ended_at,
            seconds=int((p.ended_at - p.opened_at).total_seconds()) if p.ended_at else None,
            rounds=p.rounds,
        )
        for p in workorders.precedents(matter=matter, territory=territory, actor=actor)
    ]


def _lawful(rows: Sequence[ResponsibilityLine], led: Counter[int]) -> list[Suggestion]:
    sure = len({row.lead_unit_id for row in rows if row.lead_unit_id}) == 1
    return [
        Suggestion(
            unit_id=row.lead_unit_id,
            co_unit_ids=tuple(row.co_unit_ids),
            principle=Principle.BY_LAW,
            basis=_basis(row.document, row.document_number, row.article),
            confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
            responsibility_id=row.id,
            led_before=led[row.lead_unit_id],
        )
        for row in rows
        if row.lead_unit_id is not None
    ]


def _from_practice(matter: str, territory: str, led: Counter[int], on: date) -> list[Suggestion]:
    units = list(led)
    subdistrict = people.subdistrict_unit_id(territory, on)
    units += [subdistrict] if subdistrict and subdistrict not in units else []
    return [
        Suggestion(unit_id, (), Principle.BY_AGREEMENT, "", Confidence.LOW, led_before=led[unit_id])
        for unit_id in units
        if _may_lead(unit_id, matter, territory, on)
    ]


def _once_more(
    unit_id: int | None, suggestions: list[Suggestion], matter: str, where: str, on: date
) -> list[Suggestion]:
    """Put the unit that led the case before in front, as far as it may lead it still."""
    if unit_id is None or not _may_lead(unit_id, matter, where, on):
        return suggestions
    named = next((s for s in suggestions if s.unit_id == unit_id), None)
    again = named or Suggestion(unit_id, (), Principle.BY_AGREEMENT, "", Confidence.MEDIUM)
    return [replace(again, last_time=True), *suggestions]


def _may_lead(unit_id: int, matter: str, territory: str, on: date) -> bool:
    try:
        catalog.check_may_lead(unit_id, matter, territory, on)
    except LeadNotByList:
        return False
    return True
