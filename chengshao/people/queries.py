"""Reads: units, who is on duty, what an actor may do, citizens' contacts in part."""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Model, Q, QuerySet
from django.utils.timezone import get_default_timezone, localdate, now

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.clock import WorkCalendar
from chengshao.kernel.divisions import DivisionLevel, division_level, division_line
from chengshao.kernel.errors import NotFound, NotSignedIn
from chengshao.kernel.tokens import digest_of
from chengshao.people.models import (
    AccountEntry,
    Appointment,
    Contact,
    ContactAccess,
    DutyPattern,
    RolePower,
    SignIn,
    Unit,
    UnitChange,
    UnitName,
    UnitParent,
    UnitRole,
    UnitSuccession,
    User,
)
from chengshao.people.rules.masking import mask_name, mask_phone
from chengshao.people.rules.open_work import open_work
from chengshao.people.rules.periods import Period
from chengshao.people.rules.phones import normalise_phone, number_to_find
from chengshao.people.rules.roster import Deputy, Shift, day_kind, on_duty_at
from chengshao.people.rules.sealing import KeyRing, lookups_of, open_text
from chengshao.people.terms import ContactDeed, DayKind, ParentRelation, Power, Role, UnitKind
from chengshao.web.once import once_each

L = TypeVar("L", bound=Model)


class UnitNotFound(NotFound):
    code = "unit_not_found"


class UserNotFound(NotFound):
    code = "user_not_found"


class ContactNotFound(NotFound):
    code = "contact_not_found"


class TokenExpired(NotSignedIn):
    """Whoever still has the key learns that it was right once, and that a new one is needed."""

    code = "token_expired"


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
class OnDuty:
    name: str
    phone: str
    until: datetime
    deputies: tuple[Deputy, ...] = ()


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """A citizen's contact as far as it may be shown; of a confidential one nothing (保密)."""

    name: str
    phone: str
    confidential: bool = False
    erased: bool = False


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a dated row (or the one at `prefix`) is in force that day."""
    open_end = Q(**{f"{prefix}valid_until": None})
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        open_end | Q(**{f"{prefix}valid_until__gt": on})
    )


# Who acts


# Who may do what: of the user that `who` names. What is held in a unit reaches those whose open
# work it has taken over.
_HELD = (
    "who (user_id, token_id, last_used_on) AS ({who}),"
    " held (power, unit_id, territory) AS ("
    " SELECT p.power, a.unit_id, a.territory FROM who"
    " JOIN people_appointment a ON a.user_id = who.user_id"
    " JOIN people_rolepower p ON p.role = a.role"
    " WHERE a.valid_from <= %(today)s AND (a.valid_until IS NULL OR a.valid_until > %(today)s)"
    " AND p.valid_from <= %(today)s AND (p.valid_until IS NULL OR p.valid_until > %(today)s)"
    " UNION"
    " SELECT h.power, s.unit_id, h.territory"
    " FROM held h JOIN people_unitsuccession s ON s.successor_id = h.unit_id"
    " WHERE s.takes_over AND s.effective_on <= %(today)s)"
)
_OF_USER = "SELECT %(user_id)s::bigint, 0, NULL::date"
_OF_TOKEN = (
    "SELECT t.user_id, t.id, t.last_used_on FROM people_token t"
    " JOIN people_user u ON u.id = t.user_id"
    " WHERE t.digest = %(digest)s AND t.revoked_at IS NULL AND u.is_active"
)


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """The machine behind a key that is in force, and when the key was last used before."""

    actor: Actor
    token_id: int
    last_used_on: date | None


def actor_of_user(user_id: int, kind: ActorKind = ActorKind.PERSON) -> Actor:
    """
    Return the user with what the roles held today may do today. One statement.

    What is held in a unit reaches those whose open work it has taken over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE {_HELD.format(who=_OF_USER)}"
            " SELECT power, unit_id, territory FROM held",
            {"user_id": user_id, "today": localdate()},
        )
        return Actor(kind, user_id, frozenset(Grant(*row) for row in cursor.fetchall()))


def actor_of_token(token: str) -> Actor | None:
    """
    Return the machine behind a key, or None if the key is false or revoked.

    :raises TokenExpired: if its time is over
    """
    found = token_holder(token)
    return found.actor if found else None


def token_holder(token: str) -> TokenHolder | None:
    """
    Return who comes with this key, or None if it is false or revoked. One statement.

    The machine may do what its role lets it do and the key's scope names, both at once.

    :raises TokenExpired: if its time is over
    """
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE {_HELD.format(who=_OF_TOKEN)}"
            " SELECT w.user_id, w.token_id, w.last_used_on, t.expires_at,"
            " h.power, h.unit_id, h.territory"
            " FROM who w JOIN people_token t ON t.id = w.token_id"
            " LEFT JOIN held h ON h.power = ANY(t.powers)",
            {"digest": digest_of(token), "today": localdate()},
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    user_id, token_id, last_used_on, expires_at, *_ = rows[0]
    if expires_at <= at:
        raise TokenExpired
    grants = frozenset(Grant(*row[4:]) for row in rows if row[4] is not None)
    return TokenHolder(Actor(ActorKind.MACHINE, user_id, grants), token_id, last_used_on)


def powers_of_machines(on: date) -> frozenset[str]:
    """Return what the machines' role lets do that day: no key may let do more."""
    rows = RolePower.objects.filter(in_force(on), role=Role.MACHINE)
    return frozenset(rows.values_list("power", flat=True))


def user_names(ids: Iterable[int]) -> dict[int, str]:
    """Return the names by which staff show, by user id."""
    return {user.pk: user.shown_name for user in User.objects.filter(pk__in=set(ids))}


# Units


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
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE line (id) AS (SELECT %s::bigint UNION SELECT s.unit_id FROM line"
            " JOIN people_unitsuccession s ON s.successor_id = line.id AND s.takes_over)"
            " SELECT id FROM line",
            [unit_id],
        )
        return open_work({pk for (pk,) in cursor.fetchall()})


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


def units_for_roles(roles: Iterable[str], territory: str, on: date) -> dict[str, int]:
    """
    Return the unit that has each of these roles at a place; a role that nobody has is left out.

    The nearest territory wins: community, sub-district, district, …, everywhere ("").
    One statement.

    :raises DivisionCodeInvalid: if the territory is neither a division code nor ""
    """
    nearest_first = [*division_line(territory), ""]
    rows = UnitRole.objects.filter(
        in_force(on), in_force(on, "unit__"), role__in=set(roles), territory__in=nearest_first
    ).values_list("role", "territory", "unit_id")
    far_to_near = sorted(rows, key=lambda row: -nearest_first.index(row[1]))
    return {role: unit_id for role, _, unit_id in far_to_near}


def subdistrict_unit_id(territory: str, on: date) -> int | None:
    """
    Return the unit of the sub-district or town in which a division lies.

    :raises DivisionCodeInvalid: if the territory is neither a division code nor ""
    """
    codes = [c for c in division_line(territory) if division_level(c) is DivisionLevel.SUBDISTRICT]
    found = Unit.objects.filter(in_force(on), kind=UnitKind.SUBDISTRICT, territory__in=codes)
    return found.values_list("pk", flat=True).first()


def unit_ids_by_code(codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of units by the district's own codes; unknown codes are left out."""
    return dict(Unit.objects.filter(code__in=set(codes)).values_list("code", "pk"))


def unit_lines(ids: Iterable[int], on: date | None = None) -> dict[int, UnitLine]:
    """Return units for showing, under their names of that day (today). One statement at most."""
    day = on or localdate()
    return once_each(("unit_lines", day), ids, lambda missing: _unit_lines(missing, day))


def _unit_lines(ids: AbstractSet[int], day: date) -> dict[int, UnitLine]:
    names = UnitName.objects.filter(unit__in=ids).select_related("unit")
    lines: dict[int, UnitLine] = {}
    for name in names.order_by("unit_id", "valid_from", "pk"):
        never = name.valid_until is not None and name.valid_until <= name.valid_from
        if name.unit_id not in lines or (name.valid_from <= day and not never):
            lines[name.unit_id] = _line(name)
    return lines


def find_units(words: str, *, on: date, limit: int = 10) -> list[UnitLine]:
    """Return units in force by name, short name, code or pinyin initials; the closest first."""
    asked = words.strip().casefold()[:80]
    if not asked or "\x00" in asked:
        return []
    names = UnitName.objects.filter(in_force(on), in_force(on, "unit__")).select_related("unit")
    matching = names.filter(
        Q(name__icontains=asked)
        | Q(short_name__icontains=asked)
        | Q(initials__contains=asked)
        | Q(unit__code__iexact=asked)
    )
    found = sorted(matching, key=lambda name: (*_distance(name, asked), name.unit.code))
    return [_line(name) for name in found[:limit]]


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


def on_duty(unit_ids: Iterable[int], at: datetime, calendar: WorkCalendar) -> dict[int, OnDuty]:
    """
    Return who is on duty in these units at a moment; units with nobody are left out.

    The calendar tells working days, days at rest and statutory holidays apart. Two statements.
    """
    local = at.astimezone(get_default_timezone()).replace(tzinfo=None)
    shifts: dict[int, list[Shift]] = {}
    rows = DutyPattern.objects.filter(unit__in=set(unit_ids)).prefetch_related("deputies")
    for row in rows:
        shifts.setdefault(row.unit_id, []).append(shift_of(row))
    answer = {}
    for unit_id, own in shifts.items():
        if running := on_duty_at(own, local, lambda day: day_kind(day, calendar)):
            shift, end = running
            until = end.replace(tzinfo=get_default_timezone()).astimezone(UTC)
            answer[unit_id] = OnDuty(shift.leader, shift.phone, until, shift.deputies)
    return answer


def shift_of(row: DutyPattern) -> Shift:
    """Return a row as the rules know it; its deputies are read ahead where there are many."""
    return Shift(
        day_kind=DayKind(row.day_kind),
        on_date=row.on_date,
        starts=row.starts,
        ends=row.ends,
        leader=row.leader,
        phone=row.phone,
        deputies=tuple(Deputy(one.name, one.phone) for one in row.deputies.all()),
        period=Period(row.valid_from, row.valid_until),
    )


# Contacts of citizens


def masked_contacts(ids: Iterable[int]) -> dict[int, MaskedContact]:
    """
    Return contacts as far as they may be shown without a purpose: 王*, 138****8000.

    :raises SealBroken: if a key is not at hand
    """
    return {row.pk: _masked(row) for row in Contact.objects.filter(pk__in=set(ids))}


def revealed_to(user_id: int, contact_ids: Iterable[int]) -> set[int]:
    """Return which of these contacts somebody has read, each for a purpose. One statement."""
    rows = ContactAccess.objects.filter(
        user=user_id, contact__in=set(contact_ids), deed=ContactDeed.REVEALED
    )
    return set(rows.values_list("contact_id", flat=True))


def names_of_contacts(ids: Collection[int]) -> list[str]:
    """
    Return the names that these citizens left. For comparing alone, never to be shown, and only of
    contacts that whoever asks has read or taken down: what is found tells something.

    One statement, none for none.

    :raises SealBroken: if a key is not at hand
    """
    rows = Contact.objects.filter(pk__in=set(ids), erased_at=None) if ids else ()
    return [name for row in rows if (name := opened(row, "name"))]


def contact_ids_of_phone(phone: str) -> list[int]:
    """
    Return the contacts that left exactly this number, the newest first; never confidential ones.

    :raises PhoneInvalid: if it can't be a telephone number
    """
    number = number_to_find(normalise_phone(phone))
    if not number:
        return []
    found = Contact.objects.filter(phone_lookup__in=lookups_of(number, key_ring("contact_lookup")))
    return list(found.order_by("-pk").values_list("pk", flat=True))


def contact_ids_alike(contact_id: int) -> list[int]:
    """Return the contacts that left the same number as this one; itself alone if confidential."""
    own = Contact.objects.filter(pk=contact_id).exclude(phone_lookup="").values("phone_lookup")
    found = Contact.objects.filter(Q(pk=contact_id) | Q(phone_lookup__in=own))
    return list(found.order_by("-pk").values_list("pk", flat=True))


def key_ring(name: str) -> KeyRing:
    """Return keys of the settings: contact, contact_confidential or contact_lookup."""
    return KeyRing.of(settings.KEYS[name])


def ring_of(contact: Contact) -> KeyRing:
    return key_ring("contact_confidential" if contact.confidential else "contact")


def place_of(contact: Contact, field: str) -> str:
    """Return what a sealed field is bound to, so that it opens nowhere else."""
    return f"people.contact/{field}/{contact.purpose}/{contact.binding}"


def opened(contact: Contact, field: str) -> str:
    """:raises SealBroken: if the key is not at hand or the seal is not of this place"""
    sealed: Any = getattr(contact, field)
    if sealed is None:
        return ""
    return open_text(bytes(sealed), place_of(contact, field), ring_of(contact), contact.key_id)


def _masked(row: Contact) -> MaskedContact:
    if row.confidential or row.erased_at:
        return MaskedContact("", "", row.confidential, row.erased_at is not None)
    return MaskedContact(mask_name(opened(row, "name")), mask_phone(opened(row, "phone")))


def _line(name: UnitName) -> UnitLine:
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


def _distance(name: UnitName, asked: str) -> tuple[int, int]:
    said = (name.name.casefold(), name.short_name.casefold(), name.unit.code.casefold())
    whole = asked in said or asked in name.initials.split()
    begins = any(text.startswith(asked) for text in (*said, name.initials))
    return (0 if whole else 1 if begins else 2, len(name.name))


# For the pages of this room


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit with those that stand under it administratively."""

    line: UnitLine
    children: "tuple[UnitNode, ...]"


@dataclass(frozen=True, slots=True)
class UnitPage:
    unit: Unit
    line: UnitLine
    names: list[UnitName]
    parents: list[tuple[UnitParent, UnitLine]]
    children: list[UnitLine]
    roles: list[UnitRole]
    roster: list[DutyPattern]
    staff: list[Appointment]
    changes: list[UnitChange]
    successors: list[tuple[UnitLine, bool]]  # and whether it took over what was open
    open_work: dict[str, int]


def unit_tree(on: date) -> tuple[UnitNode, ...]:
    """Return all units in force that day under their administrative parents. Two statements."""
    names = UnitName.objects.filter(in_force(on), in_force(on, "unit__")).select_related("unit")
    lines = {name.unit_id: _line(name) for name in names.order_by("unit__code")}
    above = dict(
        UnitParent.objects.filter(
            in_force(on), relation=ParentRelation.ADMINISTRATIVE, parent__in=lines
        ).values_list("unit_id", "parent_id")
    )
    below: dict[int | None, list[int]] = {}
    for unit_id in lines:
        below.setdefault(above.get(unit_id), []).append(unit_id)

    def nodes(parent_id: int | None) -> tuple[UnitNode, ...]:
        return tuple(UnitNode(lines[pk], nodes(pk)) for pk in below.get(parent_id, ()))

    return nodes(None)


def unit_page(unit_id: int, on: date, actor: Actor) -> UnitPage:
    """
    Return all there is to say of a unit; its staff only to its own people and who appoints.

    :raises UnitNotFound: if it is not there
    """
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise UnitNotFound
    parents = list(unit.parents.order_by("-valid_from", "-pk"))
    children = UnitParent.objects.filter(in_force(on), in_force(on, "unit__"), parent=unit)
    below = list(children.order_by("unit__code").values_list("unit_id", flat=True).distinct())
    after = dict(unit.successions.values_list("successor_id", "takes_over"))
    lines = unit_lines({unit_id, *(edge.parent_id for edge in parents), *below, *after}, on)
    not_over = Q(valid_until=None) | Q(valid_until__gt=on)
    may_see_staff = actor.may(Power.APPOINT, unit_id) or unit_id in {
        grant.unit_id for grant in actor.grants
    }
    may_see_work = may_see_staff or actor.may(Power.KEEP_UNITS, unit_id)
    held = unit.appointments.filter(not_over, user__is_active=True).select_related("user")
    return UnitPage(
        unit=unit,
        line=lines[unit_id],
        names=list(unit.names.order_by("-valid_from", "-pk")),
        parents=[(edge, lines[edge.parent_id]) for edge in parents],
        children=[lines[pk] for pk in below],
        roles=list(unit.roles.filter(not_over).order_by("role", "territory")),
        roster=_roster(unit, on),
        staff=list(held.order_by("role", "user__username")) if may_see_staff else [],
        changes=list(unit.changes.select_related("by").order_by("-pk")[:50]),
        successors=[(lines[pk], after[pk]) for pk in sorted(after)],
        open_work=open_work_of(unit_id) if may_see_work else {},
    )


def _roster(unit: Unit, on: date) -> list[DutyPattern]:
    order = list(DayKind)
    rows = unit.duty_patterns.filter(Q(valid_until=None) | Q(valid_until__gt=on))
    rows = rows.exclude(on_date__lt=on).prefetch_related("deputies")
    return sorted(
        rows, key=lambda row: (order.index(DayKind(row.day_kind)), row.on_date or on, row.starts)
    )


def staff_list(words: str, *, machines: bool = False) -> QuerySet[User]:
    """Return people (or machines) whose name contains the words, with what they hold."""
    found = User.objects.filter(is_machine=machines).order_by("-is_active", "username")
    asked = words.strip()[:40].replace("\x00", "")
    if asked:
        found = found.filter(Q(username__icontains=asked) | Q(display_name__icontains=asked))
    return found.prefetch_related("appointments", "tokens")


def account_of(user_id: int) -> User:
    """:raises UserNotFound: if there is no such account"""
    user = User.objects.filter(pk=user_id).prefetch_related("appointments").first()
    if user is None:
        raise UserNotFound
    return user


def demo_people(on: date) -> list[tuple[str, list[tuple[User, UnitLine | None]]]]:
    """Return by role who can be tried out, with the unit: people who hold something that day."""
    held = Appointment.objects.filter(
        in_force(on), user__is_active=True, user__is_machine=False
    ).select_related("user")
    rows = list(held.order_by("user__username", "pk"))
    units = unit_lines((row.unit_id for row in rows if row.unit_id is not None), on)
    people = [
        (role, [(row.user, units.get(row.unit_id or 0)) for row in rows if row.role == role])
        for role in Role
    ]
    return [(role, known) for role, known in people if known]


def newest(log: QuerySet[L], *, before: int | None, limit: int = 50) -> tuple[list[L], int | None]:
    """Return a page of a log, the newest first, and before which id the next page begins."""
    older = log.filter(pk__lt=before) if before is not None else log
    rows = list(older.order_by("-pk")[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def contact_log(about: str = "") -> QuerySet[ContactAccess]:
    """Return who read or erased contacts, of one case if its number is given."""
    rows = ContactAccess.objects.select_related("user")
    return rows.filter(about=about) if about else rows


def account_log() -> QuerySet[AccountEntry]:
    return AccountEntry.objects.select_related("user", "by")


def sign_in_log() -> QuerySet[SignIn]:
    return SignIn.objects.select_related("user")


# For who may know what of a case

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


def users_with(power: str, unit_id: int, on: date, *, territory: str | None = None) -> list[int]:
    """
    Return who has a power over a unit that day by a role held in it or over all, in order of id.

    With a territory (of a case, "" for none): only whose grant reaches it; without, wherever
    in the unit's own the grant holds. Closed accounts are left out. One statement.
    """
    roles = RolePower.objects.filter(in_force(on), power=power).values("role")
    held = Appointment.objects.filter(
        in_force(on), Q(unit=None) | Q(unit=unit_id), role__in=roles, user__is_active=True
    )
    return sorted(
        {
            user_id
            for user_id, of_unit, where in held.values_list("user_id", "unit_id", "territory")
            if territory is None or Grant(power, of_unit, where).reaches(unit_id, territory)
        }
    )


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody who works for a unit, as one picks them from a list."""

    user_id: int
    name: str
    unit_id: int
    role: str


def find_staff(words: str, *, power: str, on: date, limit: int = 10) -> list[StaffLine]:
    """
    Return people with a power over a unit that day, by their own name or their unit's, in order
    of unit. One statement, none for no words.
    """
    asked = words.strip()[:40]
    if not asked or "\x00" in asked:
        return []
    units = UnitName.objects.filter(
        in_force(on), Q(name__icontains=asked) | Q(short_name__icontains=asked)
    )
    held = Appointment.objects.filter(
        in_force(on),
        Q(user__display_name__icontains=asked)
        | Q(user__username__icontains=asked)
        | Q(unit__in=units.values("unit")),
        role__in=RolePower.objects.filter(in_force(on), power=power).values("role"),
        unit__isnull=False,
        user__is_active=True,
        user__is_machine=False,
    )
    rows = held.select_related("user").order_by("unit_id", "user_id", "pk")
    found = {
        (row.user_id, row.unit_id): StaffLine(
            row.user_id, row.user.shown_name, row.unit_id, row.role
        )
        for row in reversed(rows.distinct()[: 3 * limit])
        if row.unit_id is not None
    }
    return sorted(found.values(), key=lambda each: (each.unit_id, each.name))[:limit]


# For who has seen a case


@dataclass(frozen=True, slots=True)
class Reveal:
    """That somebody read contacts, between when and how often."""

    user_id: int
    first_at: datetime
    last_at: datetime
    times: int


def reveals_of(contact_ids: Collection[int]) -> list[Reveal]:
    """Return who read any of these contacts, in order of user. One statement, none for none."""
    if not contact_ids:
        return []
    rows = ContactAccess.objects.filter(
        contact__in=set(contact_ids), deed=ContactDeed.REVEALED, user__isnull=False
    )
    said = rows.order_by("user_id").values_list("user_id")
    return [Reveal(*row) for row in said.annotate(Min("at"), Max("at"), Count("pk"))]
