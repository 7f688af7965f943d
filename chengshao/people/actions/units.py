"""Units: they open, are renamed, move, merge, split and close with dates; nothing is lost."""

from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from pypinyin import Style, lazy_pinyin

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import division_level
from chengshao.kernel.errors import Invalid, Refused
from chengshao.people.actions._common import PeopleTextInvalid, clean, lock_units, require
from chengshao.people.models import (
    DutyDeputy,
    DutyPattern,
    Unit,
    UnitChange,
    UnitParent,
    UnitRole,
    UnitSuccession,
)
from chengshao.people.queries import UnitNotFound, lock_to_close, open_work_of, shift_of
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift, meet, parts_of
from chengshao.people.rules.tree import Edge, closes_a_ring
from chengshao.people.terms import (
    DayKind,
    ParentRelation,
    Power,
    ServiceLine,
    UnitDeed,
    UnitKind,
    UnitLevel,
)

_TERRITORIAL = (UnitKind.DISTRICT, UnitKind.SUBDISTRICT, UnitKind.COMMUNITY)


class UnitCodeTaken(Refused):
    code = "unit_code_taken"


class UnitTerritoryTaken(Refused):
    """A territory has one district, sub-district or community at a time."""

    code = "unit_territory_taken"


class UnitDeskTaken(Refused):
    code = "unit_desk_taken"


class UnitLineOfNoEnterprise(Invalid):
    code = "unit_line_of_no_enterprise"


class UnitTierUnknown(Invalid):
    code = "unit_tier_unknown"


class UnitRing(Refused):
    code = "unit_ring"


class UnitClosed(Refused):
    code = "unit_closed"


class UnitDateTooEarly(Refused):
    """What is dated goes on from its newest row; it is not rewritten before that."""

    code = "unit_date_too_early"


class UnitHasChildren(Refused):
    code = "unit_has_children"


class UnitIsDesk(Refused):
    code = "unit_is_desk"


class UnitOwesWork(Refused):
    """Something still waits for it, and no unit is named that takes it over."""

    code = "unit_owes_work"


class UnitTakesOverNothing(Invalid):
    """Who takes over what is open is one of those that follow."""

    code = "unit_takes_over_nothing"


class UnitIntoItself(Invalid):
    code = "unit_into_itself"


class UnitRoleLater(Refused):
    """This role is given at this place from the same or a later day already."""

    code = "unit_role_later"


class UnitRoleNotFound(UnitNotFound):
    code = "unit_role_not_found"


class DutyShiftsMeet(Refused):
    code = "duty_shifts_meet"


class DutyDateMissing(Invalid):
    """A shift of a named day needs that day; others have none."""

    code = "duty_date_missing"


class DutyNotFound(UnitNotFound):
    code = "duty_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDetails:
    kind: UnitKind
    level: UnitLevel
    service_line: ServiceLine | None = None
    tier: int | None = None
    territory: str = ""  # 12-digit division code
    is_desk: bool = False
    source: str = ""
    source_on: date | None = None
    illustrative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    code: str
    name: str
    short_name: str = ""  # left out: the name, as far as it fits
    face: str = ""  # left out: the first two characters of the short name
    details: UnitDetails
    valid_from: date
    parents: dict[ParentRelation, int] = field(default_factory=dict)


@transaction.atomic
def open_unit(*, unit: NewUnit, document: str = "", actor: Actor, at: datetime) -> int:
    """
    Open a unit under its parents and return its id.

    :raises PeoplePowerMissing: without KEEP_UNITS
    :raises PeopleTextInvalid: if a text is too long
    :raises PeopleTextMissing: if code or name is empty
    :raises UnitCodeTaken: if another unit has or had this code
    :raises UnitTerritoryTaken: if the territory has such a unit already
    :raises UnitDeskTaken: if there is a desk already
    :raises UnitLineOfNoEnterprise: if a line of service is named for anything else
    :raises UnitTierUnknown: if the tier is not 1, 2 or 3
    :raises DivisionCodeInvalid: if the territory is no division code
    :raises UnitNotFound: if a parent is not there or closed
    """
    require(actor, Power.KEEP_UNITS)
    lock_units()
    code = clean("code", unit.code, 40, needed=True)
    if Unit.objects.filter(code=code).exists():
        raise UnitCodeTaken(unit=code)
    details = _checked(unit.details, unit.valid_from)
    row = Unit.objects.create(code=code, valid_from=unit.valid_from, **_columns(details))
    _name(row, unit.name, unit.short_name, unit.face, unit.valid_from)
    for relation, parent_id in unit.parents.items():
        _put_under(row, parent_id, relation, unit.valid_from)
    _note(row, UnitDeed.OPENED, unit.valid_from, document, actor, at, name=unit.name)
    return row.pk


@transaction.atomic
def amend_unit(
    *, unit_id: int, details: UnitDetails, document: str = "", actor: Actor, at: datetime
) -> None:
    """
    Correct what a unit is, beside its name and parents; before and after go to the log.

    :raises PeoplePowerMissing: without KEEP_UNITS over it
    :raises UnitNotFound: if it is not there
    :raises DomainError: as open_unit
    """
    unit = _lock_unit(unit_id, actor)
    checked = _checked(details, unit.valid_from, unit)
    before = details_of(unit)
    if checked == before:
        return
    Unit.objects.filter(pk=unit.pk).update(**_columns(checked))
    old, new = asdict(before), asdict(checked)
    changed = {key: [_plain(old[key]), _plain(new[key])] for key in new if old[key] != new[key]}
    _note(unit, UnitDeed.AMENDED, localdate(at), document, actor, at, **changed)


@transaction.atomic
def rename_unit(
    *,
    unit_id: int,
    name: str,
    short_name: str = "",
    face: str = "",
    on: date,
    document: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """
    Give a unit another name from a day on; before it, it keeps the name it had.

    :raises PeoplePowerMissing: without KEEP_UNITS over it
    :raises UnitNotFound: if it is not there
    :raises UnitClosed: if it is closed by that day
    :raises UnitDateTooEarly: if its present name began later
    :raises PeopleTextInvalid: if a text is too long
    :raises PeopleTextMissing: if the name is empty
    """
    unit = _lock_unit(unit_id, actor, on)
    last = unit.names.latest("valid_from", "pk")
    if on < last.valid_from:
        raise UnitDateTooEarly(since=last.valid_from.isoformat())
    unit.names.filter(pk=last.pk).update(valid_until=on)
    _name(unit, name, short_name, face, on)
    _note(unit, UnitDeed.RENAMED, on, document, actor, at, name=[last.name, name.strip()])


@transaction.atomic
def move_unit(
    *,
    unit_id: int,
    parent_id: int | None,
    relation: ParentRelation = ParentRelation.ADMINISTRATIVE,
    on: date,
    document: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """
    Put a unit under another parent of this relation from a day on; None: under none.

    :raises PeoplePowerMissing: without KEEP_UNITS over it
    :raises UnitNotFound: if it or the parent is not there or closed by that day
    :raises UnitClosed: if it is closed by that day
    :raises UnitRing: if the parent would then stand under the unit
    :raises UnitDateTooEarly: if it got its present parent later
    """
    unit = _lock_unit(unit_id, actor, on)
    _end_parent(unit, relation, on)
    if parent_id is not None:
        _put_under(unit, parent_id, relation, on)
    _note(unit, UnitDeed.MOVED, on, document, actor, at, relation=relation, parent_id=parent_id)


@transaction.atomic
def merge_units(
    *,
    unit_ids: AbstractSet[int],
    into_id: int,
    on: date,
    document: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """
    Merge units into one that is there: from that day it has their children and unit roles, and
    its people finish what is still open. The staff of the old ones keep what they hold; for the
    new unit they are appointed.

    :raises PeoplePowerMissing: without KEEP_UNITS over each
    :raises UnitIntoItself: if the unit is among those merged, or none is
    :raises UnitNotFound: if one is not there
    :raises UnitClosed: if one is closed by that day
    :raises UnitIsDesk: if the desk is among those merged
    :raises UnitRing: if the unit would stand under itself
    :raises UnitDateTooEarly: if something dated began later
    """
    if into_id in unit_ids or not unit_ids:
        raise UnitIntoItself
    into = _lock_unit(into_id, actor, on)
    for unit_id in sorted(unit_ids):
        unit = _lock_unit(unit_id, actor, on)
        for edge in unit.children.filter(_still(on)).exclude(unit__in=unit_ids):
            _end_parent(edge.unit, ParentRelation(edge.relation), on)
            if edge.unit_id != into_id:
                _put_under(edge.unit, into_id, ParentRelation(edge.relation), on)
        for role in list(unit.roles.filter(_still(on))):
            _give_role(role.role, role.territory, into, document or role.document, on)
        end = _End(on, UnitDeed.MERGED, frozenset({into_id}), into_id, document)
        _close(unit, end, actor, at, ignoring=unit_ids)


@transaction.atomic
def split_unit(
    *,
    unit_id: int,
    into_ids: AbstractSet[int],
    open_work_to: int | None = None,
    on: date,
    document: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """
    Close a unit whose work goes to several that are there; one of them takes over what is still
    open. Its unit roles end: which of the successors has them from now on is a decision of its own.

    :raises PeoplePowerMissing: without KEEP_UNITS over it
    :raises UnitIntoItself: if it is among its successors, or there are none
    :raises UnitNotFound: if one is not there
    :raises UnitClosed: if one is closed by that day
    :raises UnitHasChildren: if units still stand under it: move them first
    :raises UnitIsDesk: if it is the desk
    :raises UnitTakesOverNothing: if the one that takes over is not among the successors
    :raises UnitOwesWork: if something is open and nobody takes it over
    :raises UnitDateTooEarly: if something dated began later
    """
    if unit_id in into_ids or not into_ids:
        raise UnitIntoItself
    if open_work_to is not None and open_work_to not in into_ids:
        raise UnitTakesOverNothing
    unit = _lock_unit(unit_id, actor, on)
    for into_id in sorted(into_ids):
        _unit_in_force(into_id, on)
    end = _End(on, UnitDeed.SPLIT, frozenset(into_ids), open_work_to, document)
    _close(unit, end, actor, at)


@transaction.atomic
def close_unit(
    *,
    unit_id: int,
    on: date,
    successor_id: int | None = None,
    document: str = "",
    actor: Actor,
    at: datetime,
) -> None:
    """
    Close a unit from a day on: it gets nothing new, its unit roles and roster end. A successor's
    people finish what is still open; without one nothing may be, when it is decided.

    :raises PeoplePowerMissing: without KEEP_UNITS over it
    :raises UnitIntoItself: if it would follow itself
    :raises UnitNotFound: if it or the successor is not there
    :raises UnitClosed: if one is closed by that day
    :raises UnitOwesWork: if something is open and nobody takes it over
    :raises UnitHasChildren: if units still stand under it
    :raises UnitIsDesk: if it is the desk
    :raises UnitDateTooEarly: if something dated began later
    """
    if successor_id == unit_id:
        raise UnitIntoItself
    unit = _lock_unit(unit_id, actor, on)
    if successor_id is not None:
        _unit_in_force(successor_id, on)
    into = frozenset() if successor_id is None else frozenset({successor_id})
    _close(unit, _End(on, UnitDeed.CLOSED, into, successor_id, document), actor, at)


@transaction.atomic
def give_unit_role(
    *,
    role: str,
    territory: str = "",
    unit_id: int,
    on: date,
    document: str = "",
    actor: Actor,
    at: datetime,
) -> int:
    """
    Let a unit be, say, "urban management of this district" from a day on; whoever was it stops.
    Return the id of the unit role.

    :raises PeoplePowerMissing: without KEEP_UNITS over the unit
    :raises PeopleTextMissing: if the role is empty
    :raises PeopleTextInvalid: if a text is too long
    :raises DivisionCodeInvalid: if the territory is no division code
    :raises UnitNotFound: if the unit is not there
    :raises UnitClosed: if it is closed by that day
    :raises UnitRoleLater: if the role was given there from the same or a later day
    """
    unit = _lock_unit(unit_id, actor, on)
    role = clean("role", role, 40, needed=True)
    document = clean("document", document, 200)
    if territory:
        division_level(territory)
    given = _give_role(role, territory, unit, document, on)
    _note(unit, UnitDeed.AMENDED, on, document, actor, at, role=role, territory=territory)
    return given.pk


@transaction.atomic
def end_unit_role(*, unit_role_id: int, on: date, actor: Actor, at: datetime) -> None:
    """
    End a unit role from a day on.

    :raises PeoplePowerMissing: without KEEP_UNITS over its unit
    :raises UnitRoleNotFound: if it is not there or over by that day
    """
    row = UnitRole.objects.filter(_still(on), pk=unit_role_id).first()
    if row is None:
        raise UnitRoleNotFound
    unit = _lock_unit(row.unit_id, actor)
    UnitRole.objects.filter(pk=row.pk).update(valid_until=max(on, row.valid_from))
    _note(unit, UnitDeed.AMENDED, on, "", actor, at, role_ended=row.role, territory=row.territory)


@transaction.atomic
def keep_duty_shift(*, unit_id: int, shift: Shift, actor: Actor, at: datetime) -> None:
    """
    Put a shift on a unit's roster. One that begins at the same time of the same days and began
    to hold earlier ends where this one begins to hold; for a named day it is replaced.

    :raises PeoplePowerMissing: without KEEP_UNITS over the unit
    :raises UnitNotFound: if the unit is not there
    :raises UnitClosed: if it is closed by then
    :raises DutyDateMissing: if the kind of day and the date don't fit
    :raises DutyShiftsMeet: if another shift of the same days runs at the same time
    :raises PeopleTextInvalid: if a text is too long, or a deputy's is a list of its own
    :raises PeopleTextMissing: if there is no leader or phone, or a deputy has no name
    """
    unit = _lock_unit(unit_id, actor, shift.on_date or shift.period.start)
    if (shift.day_kind is DayKind.DATE) != (shift.on_date is not None):
        raise DutyDateMissing
    said = {
        "leader": clean("leader", shift.leader, 40, needed=True),
        "phone": clean("phone", shift.phone, 40, needed=True),
    }
    deputies = [
        (_unlisted("deputy", one.name, needed=True), _unlisted("phone", one.phone))
        for one in shift.deputies
    ]
    same = unit.duty_patterns.filter(
        day_kind=shift.day_kind, on_date=shift.on_date, starts=shift.starts
    )
    if shift.on_date:
        # The day is named: there is no earlier part of it to keep.
        DutyDeputy.objects.filter(pattern__in=same).delete()
        same.delete()
    else:
        same.filter(_still(shift.period.start), valid_from__lt=shift.period.start).update(
            valid_until=shift.period.start
        )
    rows = unit.duty_patterns.filter(day_kind=shift.day_kind).prefetch_related("deputies")
    others = [shift_of(row) for row in rows]
    for other in others:
        together = other.on_date == shift.on_date and other.period.overlaps(shift.period)
        if together and meet([other, shift]):
            raise DutyShiftsMeet(starts=f"{other.starts:%H:%M}", ends=f"{other.ends:%H:%M}")
    row = unit.duty_patterns.create(
        day_kind=shift.day_kind,
        on_date=shift.on_date,
        starts=shift.starts,
        ends=shift.ends,
        valid_from=shift.period.start,
        valid_until=shift.period.end,
        **said,
    )
    DutyDeputy.objects.bulk_create(
        DutyDeputy(pattern=row, position=place, name=name, phone=phone)
        for place, (name, phone) in enumerate(deputies)
    )


@transaction.atomic
def end_duty_shift(*, duty_id: int, on: date, actor: Actor, at: datetime) -> None:
    """
    Take a shift off the roster from a day on.

    :raises PeoplePowerMissing: without KEEP_UNITS over its unit
    :raises DutyNotFound: if it is not there or over by that day
    """
    row = DutyPattern.objects.filter(_still(on), pk=duty_id).first()
    if row is None:
        raise DutyNotFound
    _lock_unit(row.unit_id, actor)
    DutyPattern.objects.filter(pk=row.pk).update(valid_until=max(on, row.valid_from))


def _unlisted(people_field: str, value: str, *, needed: bool = False) -> str:
    text = clean(people_field, value, 40, needed=needed)
    if len(parts_of(text)) > 1:  # it would come back from a table as two
        raise PeopleTextInvalid(people_field=people_field, limit=40)
    return text


def details_of(unit: Unit) -> UnitDetails:
    """Return what a unit is, as open_unit and amend_unit take it."""
    return UnitDetails(
        kind=UnitKind(unit.kind),
        level=UnitLevel(unit.level),
        service_line=ServiceLine(unit.service_line) if unit.service_line else None,
        tier=unit.tier,
        territory=unit.territory,
        is_desk=unit.is_desk,
        source=unit.source,
        source_on=unit.source_on,
        illustrative=unit.illustrative,
    )


def _lock_unit(unit_id: int, actor: Actor, on: date | None = None) -> Unit:
    require(actor, Power.KEEP_UNITS, unit_id)
    lock_units()
    return _unit_in_force(unit_id, on)


def _unit_in_force(unit_id: int, on: date | None) -> Unit:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise UnitNotFound
    if on and on < unit.valid_from:
        raise UnitDateTooEarly(since=unit.valid_from.isoformat())
    if on and unit.valid_until and unit.valid_until <= on:
        raise UnitClosed
    return unit


def _checked(details: UnitDetails, since: date, unit: Unit | None = None) -> UnitDetails:
    others = Unit.objects.exclude(pk=unit.pk) if unit else Unit.objects.all()
    if details.territory:
        division_level(details.territory)
    if details.service_line and details.kind is not UnitKind.ENTERPRISE:
        raise UnitLineOfNoEnterprise
    if details.tier not in (None, 1, 2, 3):
        raise UnitTierUnknown
    if details.is_desk and others.filter(is_desk=True).exists():
        raise UnitDeskTaken
    if details.kind in _TERRITORIAL and details.territory:
        ends = unit.valid_until if unit else None
        rivals = others.filter(_still(since), kind=details.kind, territory=details.territory)
        if rivals.filter(Q() if ends is None else Q(valid_from__lt=ends)).exists():
            raise UnitTerritoryTaken(division=details.territory)
    return replace(details, source=clean("source", details.source, 200))


def _columns(details: UnitDetails) -> dict[str, Any]:
    return asdict(details) | {"service_line": details.service_line or ""}


def _plain(value: Any) -> str | int | None:
    return value.isoformat() if isinstance(value, date) else value


def _name(unit: Unit, name: str, short_name: str, face: str, since: date) -> None:
    name = clean("name", name, 80, needed=True)
    short_name = clean("short_name", short_name, 40) or name[:40]
    unit.names.create(
        name=name,
        short_name=short_name,
        face=clean("face", face, 2) or short_name[:2],
        initials=initials_of(name, short_name),
        valid_from=since,
    )


def initials_of(*texts: str) -> str:
    """Return the pinyin initials by which people type: 上城区城市管理局 is scqcsglj."""
    return " ".join(
        "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold()
        for text in dict.fromkeys(texts)
    )[:80]


def _put_under(unit: Unit, parent_id: int, relation: ParentRelation, on: date) -> None:
    _unit_in_force(parent_id, on)
    new = Edge(unit.pk, parent_id, Period(on, unit.valid_until))
    rows = UnitParent.objects.filter(_still(on)).values_list(
        "unit_id", "parent_id", "valid_from", "valid_until"
    )
    edges = [Edge(one, other, Period(begins, ends)) for one, other, begins, ends in rows]
    if closes_a_ring(edges, new):
        raise UnitRing
    unit.parents.create(
        parent_id=parent_id, relation=relation, valid_from=on, valid_until=unit.valid_until
    )


def _end_parent(unit: Unit, relation: ParentRelation, on: date) -> None:
    rows = unit.parents.filter(_still(on), relation=relation)
    if late := rows.filter(valid_from__gt=on).first():
        raise UnitDateTooEarly(since=late.valid_from.isoformat())
    rows.update(valid_until=on)


def _give_role(role: str, territory: str, unit: Unit, document: str, on: date) -> UnitRole:
    rows = UnitRole.objects.filter(_still(on), role=role, territory=territory)
    if rows.filter(valid_from__gt=on).exists():
        raise UnitRoleLater(role=role)
    rows.update(valid_until=on)
    return unit.roles.create(
        role=role,
        territory=territory,
        document=document,
        valid_from=on,
        valid_until=unit.valid_until,
    )


@dataclass(frozen=True, slots=True)
class _End:
    on: date
    deed: UnitDeed
    into_ids: frozenset[int]
    open_work_to: int | None
    document: str


def _close(
    unit: Unit, end: _End, actor: Actor, at: datetime, *, ignoring: AbstractSet[int] = frozenset()
) -> None:
    on = end.on
    if unit.is_desk:
        raise UnitIsDesk
    lock_to_close(unit.pk)
    if end.open_work_to is None:
        for name, count in open_work_of(unit.pk).items():
            raise UnitOwesWork(open_work=name, count=count)
    if count := unit.children.filter(_still(on)).exclude(unit__in=ignoring).count():
        raise UnitHasChildren(count=count)
    for rows in (unit.parents, unit.roles, unit.duty_patterns):
        ending = rows.filter(_still(on))
        if late := ending.filter(valid_from__gt=on).first():
            raise UnitDateTooEarly(since=late.valid_from.isoformat())
        ending.update(valid_until=on)
    Unit.objects.filter(pk=unit.pk).update(valid_until=on)
    for into_id in sorted(end.into_ids):
        UnitSuccession.objects.create(
            unit=unit,
            successor_id=into_id,
            effective_on=on,
            takes_over=into_id == end.open_work_to,
        )
    _note(unit, end.deed, on, end.document, actor, at, into=sorted(end.into_ids))


def _still(on: date) -> Q:
    return Q(valid_until=None) | Q(valid_until__gt=on)


def _note(
    unit: Unit,
    deed: UnitDeed,
    on: date,
    document: str,
    actor: Actor,
    at: datetime,
    **detail: Any,
) -> None:
    UnitChange.objects.create(
        unit=unit,
        deed=deed,
        effective_on=on,
        document=clean("document", document, 200),
        detail=detail,
        at=at,
        by_id=actor.user_id,
    )
