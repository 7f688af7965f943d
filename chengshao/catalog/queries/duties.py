"""Reads: who leads what where, by responsibilities and the three lists, and powers of units."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from chengshao.catalog.models import ANY, DutyListRow, Responsibility, UnitPower
from chengshao.catalog.queries._common import KEPT, in_force, in_force_or_to_come
from chengshao.catalog.queries.matters import split
from chengshao.catalog.rules.codes import matter_line
from chengshao.catalog.rules.delimitation import Candidate, Duty, may_help, nearest, obstacle
from chengshao.catalog.terms import DutyListKind, LeadObstacle
from chengshao.kernel.divisions import division_line
from chengshao.kernel.errors import Refused
from chengshao.people import queries as people
from chengshao.people.terms import UnitKind
from chengshao.web.kept import kept


class LeadNotByList(Refused):
    code = "lead_not_by_list"


class LeadNotByLaw(Refused):
    code = "lead_not_by_law"


class ResponsibilityNotInForce(Refused):
    """The row named says nothing of this matter at this place on that day."""

    code = "responsibility_not_in_force"


@dataclass(frozen=True, slots=True)
class ResponsibilityLine:
    """
    Who would lead a matter at a place by one document, or why nobody does by it.

    `id` is that of the responsibility; None where the sub-district's list alone says so.
    """

    id: int | None
    lead_unit_id: int | None
    lead_role: str
    co_unit_ids: tuple[int, ...]
    document: str
    document_number: str
    article: str
    territory: str
    list_kind: DutyListKind | None
    reason: str  # a LeadObstacle, or ""


def responsibilities_for(matter: str, territory: str, on: date) -> list[ResponsibilityLine]:
    """
    Return who leads a matter at a place and who helps, the nearest document first.

    What names the matter itself goes before its class, the place's own before the district's. The
    sub-district's lists bend it: what was taken back or is only assisted is led by the department
    that the list names; a line that a list forbids stays visible with its reason.

    :param territory: any 12-digit division code, or "" where the place is not known
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    asked = (matter, territory, on)
    found = kept((KEPT, people.KEPT), ("duties", asked), lambda: _responsibilities(*asked))
    return list(found)


def _responsibilities(matter: str, territory: str, on: date) -> list[ResponsibilityLine]:
    rows = list(_of_matter(matter, territory, on))
    lists = _lists_at(territory, _line_of(matter), on)
    units = people.units_for_roles(roles_asked(rows, lists), territory, on)
    kinds = candidates({*units.values(), *({lists.unit_id} if lists.unit_id else ())}, on)
    return lines_among(rows, lists, units, kinds, matter=matter, territory=territory)


def lines_among(
    rows: Sequence[Responsibility],
    lists: "Lists",
    units: Mapping[str, int],
    kinds: Mapping[int, Candidate],
    *,
    matter: str,
    territory: str,
) -> list[ResponsibilityLine]:
    """
    Return who leads, the nearest document first, among rows in force that name the matter or its
    class, at the place or everywhere; they may be drafted and not stored yet.

    :param units: by role, as far as `roles_asked` asks for them
    :param kinds: of these units and the sub-district's
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    line, places = _line_of(matter), (*division_line(territory), ANY)
    near = sorted(
        rows, key=lambda r: (line.index(r.matter_code), places.index(r.territory), _age(r))
    )
    found = [_by_responsibility(row, units, kinds, lists) for row in near]
    own = _by_list(lists, units)
    if own is None:
        return found
    if any(line.lead_unit_id == own.lead_unit_id is not None for line in found):
        return found  # a responsibility says so already, with an article
    return [own, *found]


def roles_asked(rows: Iterable[Responsibility], lists: "Lists") -> set[str]:
    """Return the roles that these rows name."""
    asked = {role for row in rows for role in (row.lead_role, *row.co_roles)}
    if lists.duty_row is not None:
        asked.add(lists.duty_row.department_role)
    return asked - {ANY}


def _age(row: Responsibility) -> int:
    return sys.maxsize if row.pk is None else row.pk  # what is drafted is stored after the others


def check_leads_by_law(unit_id: int, matter: str, territory: str, on: date) -> None:
    """
    Check that the catalogue names this unit: where it names nobody, nobody leads by law.

    Whoever leads by agreement or designation is said to do so (F3).

    :raises LeadNotByLaw: if others are named, or nobody
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    named = {line.lead_unit_id for line in responsibilities_for(matter, territory, on)}
    if unit_id not in named:
        raise LeadNotByLaw


def check_responsibility(responsibility_id: int, matter: str, territory: str, on: date) -> None:
    """
    Check that a row of the catalogue names who leads this matter at this place on that day.

    :raises ResponsibilityNotInForce: if it is no such row
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    if not _of_matter(matter, territory, on).filter(pk=responsibility_id).exists():
        raise ResponsibilityNotInForce


def check_may_lead(
    unit_id: int, matter: str, territory: str, on: date, *, designated: bool = False
) -> None:
    """
    Check that the lists of duties let a unit lead a matter at a place.

    Designation reaches a sub-district for what is on none of its lists (B2); never a community,
    nor what was taken back.

    :raises LeadNotByList: if it is a community; or a sub-district, and the matter was taken back,
        is only assisted, or is on none of its lists and no responsibility names it
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    candidate = candidates({unit_id}, on).get(unit_id, Candidate())
    if not (candidate.is_community or candidate.is_subdistrict):
        return
    where = _territory_of(unit_id, on) or territory
    line = _line_of(matter)
    lists = _lists_at(where, line, on)
    why = obstacle(candidate, lists.duty, has_list=lists.exists)
    if why is LeadObstacle.NOT_ON_LIST and designated:
        return
    if why is LeadObstacle.NOT_ON_LIST and any(
        row.lead_unit_id == unit_id for row in responsibilities_for(matter, where, on)
    ):
        return  # a responsibility names it
    if why is not None:
        raise LeadNotByList(lead_obstacle=why.value)


def lead_obstacles(
    unit_ids: Iterable[int], matter: str, territory: str, on: date, *, designated: bool = False
) -> dict[int, LeadObstacle]:
    """Return why units may not lead a matter at a place; those that may are left out."""
    found: dict[int, LeadObstacle] = {}
    for unit_id in unit_ids:
        try:
            check_may_lead(unit_id, matter, territory, on, designated=designated)
        except LeadNotByList as error:
            found[unit_id] = LeadObstacle(str(error.params["lead_obstacle"]))
    return found


def check_may_help(unit_ids: Collection[int], matter: str, territory: str, on: date) -> None:
    """
    Check that the lists of duties let units co-handle a matter at a place.

    :raises LeadNotByList: if one is a community whose list lacks it (Beijing §17), or the
        sub-district although it was taken back
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    line = _line_of(matter)
    for unit_id, candidate in sorted(candidates(set(unit_ids), on).items()):
        if not (candidate.is_community or candidate.is_subdistrict):
            continue
        lists = _lists_at(_territory_of(unit_id, on) or territory, line, on)
        if not may_help(candidate, lists.duty, community_duty=lists.community_duty):
            why = LeadObstacle.TAKEN_BACK
            if candidate.is_community:
                why = LeadObstacle.COMMUNITY_NOT_ON_LIST
            raise LeadNotByList(lead_obstacle=why.value)


def responsibilities(on: date, *, matter_code: str = "") -> QuerySet[Responsibility]:
    """Return the responsibilities in force that day or to come, of a class or matter or of all."""
    rows = Responsibility.objects.filter(
        in_force_or_to_come(on), matter_code__startswith=matter_code
    )
    return rows.order_by("matter_code", "territory", "valid_from", "lead_role")


def responsibilities_of_roles(roles: Collection[str], on: date) -> list[Responsibility]:
    """Return what units with these roles lead that day (B5)."""
    rows = Responsibility.objects.filter(in_force(on), lead_role__in=set(roles))
    return list(rows.order_by("matter_code", "territory"))


def duty_list(territory: str, on: date) -> QuerySet[DutyListRow]:
    """Return the lines of a sub-district's or community's lists in force that day or to come."""
    rows = DutyListRow.objects.filter(in_force_or_to_come(on), territory=territory)
    return rows.order_by("list_kind", "matter_code", "valid_from")


def territories_with_lists(on: date) -> list[str]:
    """Return the codes of the sub-districts and communities that keep lists, or will."""
    rows = DutyListRow.objects.filter(in_force_or_to_come(on)).order_by("territory")
    return list(rows.values_list("territory", flat=True).distinct())


def unit_powers(*, kind: str, roles: Collection[str], on: date) -> QuerySet[UnitPower]:
    """Return the powers in force of a unit of this kind that has these roles (B4, B5)."""
    rows = UnitPower.objects.filter(in_force(on))
    return rows.filter(Q(unit_kind=kind) | Q(unit_role__in=set(roles))).order_by("name")


def units_named(lines: Iterable[ResponsibilityLine]) -> set[int]:
    """Return the units that lines of responsibility name, for showing them."""
    named = {unit_id for line in lines for unit_id in (line.lead_unit_id, *line.co_unit_ids)}
    return {unit_id for unit_id in named if unit_id is not None}


@dataclass(frozen=True, slots=True)
class Lists:
    """What the lists at a place say on a matter."""

    unit_id: int | None  # of the sub-district
    exists: bool
    duty_row: DutyListRow | None
    community_duty: Duty | None

    @property
    def duty(self) -> Duty | None:
        return _duty(self.duty_row)


def _line_of(matter: str) -> tuple[str, ...]:
    split(matter)
    return matter_line(matter)


def _lists_at(territory: str, line: Sequence[str], on: date) -> Lists:
    rows = DutyListRow.objects.filter(in_force(on), territory__in=places_with_lists(territory))
    return lists_among(list(rows), line, lambda: people.subdistrict_unit_id(territory, on))


def places_with_lists(territory: str) -> list[str]:
    """Return the divisions whose lists may say something of a place, the nearest first."""
    return [code for code in division_line(territory) if not code.endswith("000000")]


def lists_among(
    rows: Sequence[DutyListRow], line: Sequence[str], subdistrict: Callable[[], int | None]
) -> Lists:
    """
    Return what rows in force at a place say on the matter of this line; they may be drafted.

    :param subdistrict: gives the unit of the sub-district, where it keeps lists
    """
    own = [row for row in rows if row.territory.endswith("000")]
    communal = [row for row in rows if not row.territory.endswith("000")]
    return Lists(
        unit_id=subdistrict() if own else None,
        exists=bool(own),
        duty_row=_nearest_row(own, line),
        community_duty=_duty(_nearest_row(communal, line)),
    )


def _nearest_row(rows: Sequence[DutyListRow], line: Sequence[str]) -> DutyListRow | None:
    by_code = {row.matter_code: row for row in rows}
    code = nearest(list(by_code), line)
    return by_code[code] if code else None


def _duty(row: DutyListRow | None) -> Duty | None:
    return Duty(DutyListKind(row.list_kind), row.department_role) if row else None


def candidates(unit_ids: Iterable[int], on: date) -> dict[int, Candidate]:
    """Return units as the lists look at them."""
    return {
        line.id: Candidate(line.kind == UnitKind.COMMUNITY, line.kind == UnitKind.SUBDISTRICT)
        for line in people.unit_lines(unit_ids, on).values()
    }


def _territory_of(unit_id: int, on: date) -> str:
    line = people.unit_lines([unit_id], on).get(unit_id)
    return line.territory if line else ANY


def _of_matter(matter: str, territory: str, on: date) -> QuerySet[Responsibility]:
    """Return what names the matter or its class, at the place or everywhere."""
    places = (*division_line(territory), ANY)
    return Responsibility.objects.filter(
        in_force(on), matter_code__in=_line_of(matter), territory__in=places
    )


def _by_responsibility(
    row: Responsibility,
    units: Mapping[str, int],
    kinds: Mapping[int, Candidate],
    lists: Lists,
) -> ResponsibilityLine:
    lead = units.get(row.lead_role)
    if lead is None:
        why: LeadObstacle | None = LeadObstacle.ROLE_WITHOUT_UNIT
    else:
        candidate = kinds.get(lead, Candidate())
        why = obstacle(candidate, lists.duty, has_list=lists.exists, named_by_responsibility=True)
    helpers = dict.fromkeys(units[role] for role in row.co_roles if role in units)
    return ResponsibilityLine(
        id=row.pk,
        lead_unit_id=lead if why is None else None,
        lead_role=row.lead_role,
        co_unit_ids=tuple(
            unit_id
            for unit_id in helpers
            if unit_id != lead
            and may_help(
                kinds.get(unit_id, Candidate()), lists.duty, community_duty=lists.community_duty
            )
        ),
        document=row.document,
        document_number=row.document_number,
        article=row.article,
        territory=row.territory,
        list_kind=lists.duty.list_kind if lists.duty else None,
        reason=why.value if why else "",
    )


def _by_list(lists: Lists, units: Mapping[str, int]) -> ResponsibilityLine | None:
    """Return what the sub-district's own list says, where it says who leads."""
    row = lists.duty_row
    if row is None:
        return None
    kind = DutyListKind(row.list_kind)
    lead = lists.unit_id if kind is DutyListKind.BASIC else units.get(row.department_role)
    helps = kind is DutyListKind.ASSISTING and lists.unit_id is not None
    return ResponsibilityLine(
        id=None,
        lead_unit_id=lead,
        lead_role=row.department_role,
        co_unit_ids=(lists.unit_id,) if helps and lists.unit_id else (),
        document=row.document,
        document_number=row.document_number,
        article="",
        territory=row.territory,
        list_kind=kind,
        reason="" if lead else LeadObstacle.ROLE_WITHOUT_UNIT.value,
    )
