"""Units under the names of a day, who follows whom, and who is responsible where."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from chengshao.kernel.divisions import DivisionLevel, division_level, division_line
from chengshao.kernel.errors import NotFound
from chengshao.people.models import (
    Unit,
    UnitName,
    UnitParent,
    UnitRole,
    UnitSuccession,
)
from chengshao.people.queries.periods import in_force
from chengshao.people.rules.open_work import open_work
from chengshao.people.terms import ParentRelation, UnitKind, UnitLevel
from chengshao.web.kept import kept, kept_each

KEPT = "people"  # under which a process keeps units: see web.kept
EDITION_SQL = "SELECT token FROM people_edition"


class UnitNotFound(NotFound):
    code = "unit_not_found"


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as lists and timelines show it, under the name of the day asked for."""

    id: int
    code: str
    name: str
    short_name: str
    face: str
    kind: str
    level: str
    territory: str
    illustrative: bool


@dataclass(frozen=True, slots=True)
class UnitEver:
    """A unit that is or was, with all names that it has or had, also short ones: the last first."""

    names: list[str]
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


def check_units(unit_ids: AbstractSet[int], on: date) -> None:
    """
    Pass if all these units are there and in force that day: a closed one takes nothing new.

    None of them closes before the transaction ends (see `lock_to_close`). One statement.

    :raises UnitNotFound: if one is not
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM people_unit WHERE id = ANY(%s)"
            " AND valid_from <= %s AND (valid_until IS NULL OR valid_until > %s)"
            " ORDER BY id FOR KEY SHARE",
            [sorted(unit_ids), on, on],
        )
        if len(cursor.fetchall()) != len(unit_ids):
            raise UnitNotFound


def lock_to_close(unit_id: int) -> None:
    """Wait until nobody who passed check_units is about to give the unit something new."""
    Unit.objects.select_for_update().get(pk=unit_id)


def open_work_of(unit_id: int) -> dict[str, int]:
    """Return by name how much waits for a unit and for those whose open work it took over."""
    return open_work(kept(KEPT, ("line", unit_id), lambda: _took_over(unit_id)))


def _took_over(unit_id: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE line (id) AS (SELECT %s::bigint UNION SELECT s.unit_id FROM line"
            " JOIN people_unitsuccession s ON s.successor_id = line.id AND s.takes_over)"
            " SELECT id FROM line",
            [unit_id],
        )
        return {pk for (pk,) in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class DeskAndSubdistrict:
    """Who is there for every case at a place, whoever handles it."""

    desk_unit_id: int  # the joint command centre
    subdistrict_unit_id: int | None  # None where the place is not known


def desk_and_subdistrict(territory: str, on: date) -> DeskAndSubdistrict:
    """
    Return the joint command centre, and the sub-district or town in which a division lies.

    One statement, by hand: every new case asks this.

    :raises UnitNotFound: if there is no joint command centre
    :raises DivisionCodeInvalid: if the territory is neither a division code nor ""
    """
    codes = [c for c in division_line(territory) if division_level(c) is DivisionLevel.SUBDISTRICT]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT is_desk, id FROM people_unit"
            " WHERE valid_from <= %s AND (valid_until IS NULL OR valid_until > %s)"
            " AND (is_desk OR kind = %s AND territory = ANY(%s)) ORDER BY id DESC",
            [on, on, UnitKind.SUBDISTRICT.value, codes],
        )
        first = dict(cursor.fetchall())  # of several the oldest, as ever
    if True not in first:
        raise UnitNotFound
    return DeskAndSubdistrict(first[True], first.get(False))


def desk_unit_id(*, complained_about: int | None = None) -> int:
    """
    Return the joint command centre; a complaint about it goes to its superior.

    :raises UnitNotFound: if there is no such unit
    """
    today = localdate()
    desk = desk_and_subdistrict("", today).desk_unit_id
    found = superior_id(desk, today) if desk == complained_about else desk
    if found is None:
        raise UnitNotFound
    return found


def superior_id(unit_id: int, on: date) -> int | None:
    """Return the unit under which it stands administratively that day."""
    above = UnitParent.objects.filter(
        in_force(on), unit=unit_id, relation=ParentRelation.ADMINISTRATIVE
    )
    return above.values_list("parent_id", flat=True).first()


def superior_ids(unit_ids: AbstractSet[int], on: date) -> set[int]:
    """Return the units under which these stand that day. One statement, none for no unit."""
    if not unit_ids:
        return set()
    above = UnitParent.objects.filter(
        in_force(on), unit__in=unit_ids, relation=ParentRelation.ADMINISTRATIVE
    )
    return set(above.values_list("parent_id", flat=True))


def units_for_roles(roles: Iterable[str], territory: str, on: date) -> dict[str, int]:
    """
    Return the unit that has each of these roles at a place; a role that nobody has is left out.

    The nearest territory wins: community, sub-district, district, …, everywhere ("").
    One statement.

    :raises DivisionCodeInvalid: if the territory is neither a division code nor ""
    """
    rows = UnitRole.objects.filter(
        in_force(on),
        in_force(on, "unit__"),
        role__in=set(roles),
        territory__in=[*division_line(territory), ""],
    )
    return _nearest_holders(rows.values_list("role", "territory", "unit_id"), territory)


def subdistrict_unit_id(territory: str, on: date) -> int | None:
    """
    Return the unit of the sub-district or town in which a division lies.

    :raises DivisionCodeInvalid: if the territory is neither a division code nor ""
    """
    found = _subdistricts(on).filter(territory__in=_subdistrict_codes(territory))
    return found.values_list("pk", flat=True).first()


@dataclass(frozen=True, slots=True)
class Holders:
    """Who has which role where on one day, for asking of many places at once."""

    by_role: Mapping[str, Sequence[tuple[str, int]]]  # territory and unit
    subdistricts: Mapping[str, int]  # unit by its division

    def units_for_roles(self, roles: Iterable[str], territory: str) -> dict[str, int]:
        """Return what `units_for_roles` does."""
        places = {*division_line(territory), ""}
        rows = (
            (role, place, unit_id)
            for role in set(roles)
            for place, unit_id in self.by_role.get(role, ())
            if place in places
        )
        return _nearest_holders(rows, territory)

    def subdistrict_unit_id(self, territory: str) -> int | None:
        """Return what `subdistrict_unit_id` does."""
        codes = _subdistrict_codes(territory)
        return next((self.subdistricts[code] for code in codes if code in self.subdistricts), None)


def holders(on: date) -> Holders:
    """Return who has which role that day. Two statements."""
    by_role: dict[str, list[tuple[str, int]]] = defaultdict(list)
    rows = UnitRole.objects.filter(in_force(on), in_force(on, "unit__"))
    for role, territory, unit_id in rows.values_list("role", "territory", "unit_id"):
        by_role[role].append((territory, unit_id))
    units = _subdistricts(on).values_list("territory", "pk")
    return Holders(by_role, dict(units.order_by("-pk")))


def _nearest_holders(rows: Iterable[tuple[str, str, int]], territory: str) -> dict[str, int]:
    nearest_first = [*division_line(territory), ""]
    far_to_near = sorted(rows, key=lambda row: -nearest_first.index(row[1]))
    return {role: unit_id for role, _, unit_id in far_to_near}


def _subdistricts(on: date) -> QuerySet[Unit]:
    return Unit.objects.filter(in_force(on), kind=UnitKind.SUBDISTRICT)


def _subdistrict_codes(territory: str) -> list[str]:
    line = division_line(territory)
    return [code for code in line if division_level(code) is DivisionLevel.SUBDISTRICT]


def unit_ids_by_code(codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of units by the district's own codes; unknown codes are left out."""
    return dict(Unit.objects.filter(code__in=set(codes)).values_list("code", "pk"))


def unit_lines(ids: Iterable[int], on: date | None = None) -> dict[int, UnitLine]:
    """Return units for showing, under their names of that day (today). One statement at most."""
    day = on or localdate()
    return kept_each(KEPT, ("unit_lines", day), ids, lambda missing: _unit_lines(missing, day))


def _unit_lines(ids: AbstractSet[int], day: date) -> dict[int, UnitLine]:
    names = UnitName.objects.filter(unit__in=ids).select_related("unit")
    lines: dict[int, UnitLine] = {}
    for name in names.order_by("unit_id", "valid_from", "pk"):
        never = name.valid_until is not None and name.valid_until <= name.valid_from
        if name.unit_id not in lines or (name.valid_from <= day and not never):
            lines[name.unit_id] = line_of(name)
    return lines


def units_by_code() -> dict[str, UnitEver]:
    """Return all units that are or were, by their codes: one statement."""
    rows = UnitName.objects.select_related("unit").order_by("unit__code", "-valid_from")
    units: dict[str, UnitEver] = {}
    for row in rows:
        unit = row.unit
        ever = units.setdefault(unit.code, UnitEver([], unit.valid_from, unit.valid_until))
        ever.names.extend(dict.fromkeys((row.name, row.short_name)))
    return units


def units_in_force(unit_ids: AbstractSet[int], on: date) -> set[int]:
    """Return which of these units are there that day."""
    rows = Unit.objects.filter(in_force(on), pk__in=unit_ids)
    return set(rows.values_list("pk", flat=True))


def find_units(words: str, *, on: date, limit: int = 10) -> list[UnitLine]:
    """
    Return units in force by name, short name, face, code or pinyin initials, those of former
    names too; the closest first, of these the district's own departments before branch offices.
    """
    asked = words.strip().casefold()[:80]
    if not asked or "\x00" in asked:
        return []
    names = UnitName.objects.filter(in_force(on, "unit__"), valid_from__lte=on)
    matching = names.filter(
        Q(name__icontains=asked)
        | Q(short_name__icontains=asked)
        | Q(face__iexact=asked)
        | Q(initials__contains=asked)
        | Q(unit__code__iexact=asked)
    )
    called: dict[int, list[UnitName]] = {}
    all_of_them = names.filter(unit__in=matching.values("unit")).select_related("unit")
    for name in all_of_them.order_by("unit_id", "valid_from", "pk"):
        if name.valid_until is None or name.valid_until > name.valid_from:
            called.setdefault(name.unit_id, []).append(name)
    nearest = sorted(
        called.values(),
        key=lambda own: (min(_distance(name, asked) for name in own), own[-1].unit.code),
    )
    return [line_of(own[-1]) for own in nearest[:limit]]


def successors(unit_id: int, on: date) -> frozenset[int]:
    """Return the units in force that day which follow a merged or split one; itself if in force."""
    follows: dict[int, set[int]] = {}
    for one, other in UnitSuccession.objects.filter(effective_on__lte=on).values_list(
        "unit_id", "successor_id"
    ):
        follows.setdefault(one, set()).add(other)
    seen, waiting = {unit_id}, [unit_id]
    while waiting:
        new = follows.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return frozenset(Unit.objects.filter(in_force(on), pk__in=seen).values_list("pk", flat=True))


def who_follows(unit_id: int, on: date) -> int | None:
    """
    Return who does what this unit did: itself where it is in force that day; else the unit that
    took over what was open, or the only one that follows; None where nobody can be named.

    At most four statements, one while the unit is in force.
    """
    if Unit.objects.filter(in_force(on), pk=unit_id).exists():
        return unit_id
    heirs = dict(
        UnitSuccession.objects.filter(effective_on__lte=on, takes_over=True).values_list(
            "unit_id", "successor_id"
        )
    )
    line = [unit_id]
    while (heir := heirs.get(line[-1])) is not None and heir not in line:
        line.append(heir)
    left = successors(unit_id, on)
    if line[-1] in left:
        return line[-1]
    return next(iter(left)) if len(left) == 1 else None


def kept_from(unit_ids: AbstractSet[int], *, desk_unit_id: int) -> frozenset[int]:
    """
    Return whom a case about these units is kept from: them, all that have taken over their work
    until today, however often it went on, and all that stand below one of these today.

    Of a unit below which the desk itself stands only it and its heirs: else nobody were left.
    One statement, none for no unit; a page asks of each unit once.
    """
    asked = ("kept_from", localdate())
    lines = kept_each(KEPT, asked, unit_ids, _lines_of).values()
    found = (heirs if desk_unit_id in below - heirs else below for heirs, below in lines)
    return frozenset(unit_ids).union(*found)


def units_under(unit_ids: AbstractSet[int]) -> frozenset[int]:
    """Return these units, who took over their work, and all that stand below one of these today."""
    lines = _lines_of(unit_ids) if unit_ids else {}
    return frozenset(unit_ids).union(*(below for _heirs, below in lines.values()))


def _lines_of(unit_ids: AbstractSet[int]) -> dict[int, tuple[frozenset[int], frozenset[int]]]:
    """Return the heirs of each unit, itself among them; and these with all below them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE heir (first, id) AS (SELECT id, id FROM unnest(%(units)s::bigint[]) id"
            " UNION SELECT heir.first, s.successor_id FROM heir"
            " JOIN people_unitsuccession s ON s.unit_id = heir.id"
            " WHERE s.takes_over AND s.effective_on <= %(today)s),"
            " line (first, id) AS (SELECT first, id FROM heir"
            " UNION SELECT line.first, p.unit_id FROM line"
            " JOIN people_unitparent p ON p.parent_id = line.id AND p.relation = %(within)s"
            " WHERE p.valid_from <= %(today)s"
            " AND (p.valid_until IS NULL OR p.valid_until > %(today)s))"
            " SELECT first, (SELECT array_agg(id) FROM heir WHERE heir.first = line.first),"
            " array_agg(id) FROM line GROUP BY first",
            {
                "units": sorted(unit_ids),
                "today": localdate(),
                "within": ParentRelation.ADMINISTRATIVE.value,
            },
        )
        return {
            first: (frozenset(heirs), frozenset(line)) for first, heirs, line in cursor.fetchall()
        }


def line_of(name: UnitName) -> UnitLine:
    """Return a unit under this of its names."""
    unit = name.unit
    return UnitLine(
        unit.pk,
        unit.code,
        name.name,
        name.short_name,
        name.face,
        unit.kind,
        unit.level,
        unit.territory,
        unit.illustrative,
    )


def _distance(name: UnitName, asked: str) -> tuple[bool, int, bool, int]:
    said = (name.name.casefold(), name.short_name.casefold(), name.unit.code.casefold())
    whole = asked in said or asked in name.initials.split()
    begins = any(text.startswith(asked) for text in (*said, name.face, name.initials))
    return (not whole, _rank(name.unit), not begins, len(name.name))


def _rank(unit: Unit) -> int:
    """Return 0 for the district's own departments, 2 for branch offices, 1 for all between."""
    if unit.kind == UnitKind.DEPARTMENT and unit.level == UnitLevel.DISTRICT:
        return 0
    return 2 if unit.kind == UnitKind.BRANCH else 1


_NO_PUBLIC_BODY = (UnitKind.PROPERTY_COMPANY, UnitKind.CONTRACTOR, UnitKind.SOCIAL_ORGANISATION)


def third_parties(unit_ids: Collection[int], on: date) -> set[int]:
    """
    Return which of these units are no public body: property company, contractor, organisation.

    Enterprises of public service are none of them. A unit opened by that day counts, closed since
    or not: what it may know does not grow with its end. One statement, none for no unit.
    """
    if not unit_ids:
        return set()
    rows = Unit.objects.filter(pk__in=set(unit_ids), valid_from__lte=on, kind__in=_NO_PUBLIC_BODY)
    return set(rows.values_list("pk", flat=True))


def may_be_assigned(unit_id: int, unit_ids: Collection[int], on: date) -> set[int]:
    """
    Return which of these units a unit may assign to (交办): those that stand below it, however
    deep, and companies and organisations that work for it or for one of those.

    For whom such a one works is said by the unit above it, in whatever relation. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE"
            " above (unit_id, parent_id, relation) AS (SELECT unit_id, parent_id, relation"
            " FROM people_unitparent WHERE valid_from <= %(on)s"
            " AND (valid_until IS NULL OR valid_until > %(on)s)),"
            " line (id) AS (SELECT %(unit_id)s::bigint UNION SELECT a.unit_id FROM line"
            " JOIN above a ON a.parent_id = line.id AND a.relation = %(within)s)"
            " SELECT u.id FROM people_unit u JOIN above a ON a.unit_id = u.id"
            " JOIN line ON line.id = a.parent_id"
            " WHERE u.id = ANY(%(asked)s) AND (a.relation = %(within)s OR u.kind = ANY(%(hired)s))",
            {
                "on": on,
                "unit_id": unit_id,
                "asked": sorted(unit_ids),
                "within": ParentRelation.ADMINISTRATIVE.value,
                "hired": [kind.value for kind in _NO_PUBLIC_BODY],
            },
        )
        return {pk for (pk,) in cursor.fetchall()}
