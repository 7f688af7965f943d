"""Members of staff: their names, accounts and powers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from chengshao.kernel.actor import Grant
from chengshao.kernel.errors import NotFound
from chengshao.people.models import (
    Appointment,
    RolePower,
    UnitName,
    User,
)
from chengshao.people.queries.periods import in_force
from chengshao.people.queries.units import KEPT, UnitLine, unit_lines
from chengshao.people.terms import ParentRelation, Role
from chengshao.web.kept import kept_each


class UserNotFound(NotFound):
    code = "user_not_found"


def user_names(ids: Iterable[int]) -> dict[int, str]:
    """Return the names by which staff show, by user id."""
    return kept_each(KEPT, "user_names", ids, _shown_names)


def _shown_names(ids: set[int]) -> dict[int, str]:
    users = User.objects.filter(pk__in=ids).only("username", "display_name")
    return {user.pk: user.shown_name for user in users}


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


_UPWARDS = (
    "WITH RECURSIVE"
    " step (unit_id, next_id, up) AS ("
    " SELECT unit_id, successor_id, 0 FROM people_unitsuccession"
    " WHERE takes_over AND effective_on <= %(on)s"
    " UNION ALL SELECT unit_id, parent_id, 1 FROM people_unitparent"
    " WHERE relation = %(within)s"
    " AND valid_from <= %(on)s AND (valid_until IS NULL OR valid_until > %(on)s)),"
    " line (unit_id, held_in, height) AS ("
    " (SELECT %(unit_id)s::bigint, %(unit_id)s::bigint, 0"
    " UNION ALL SELECT %(last)s::bigint, %(last)s::bigint, 1000) UNION"
    " SELECT CASE step.up WHEN 0 THEN line.unit_id ELSE step.next_id END,"
    " step.next_id, line.height + step.up"
    " FROM line JOIN step ON step.unit_id = line.held_in)"
    " SELECT line.height, line.unit_id, a.user_id, a.territory FROM line"
    " JOIN people_appointment a ON a.unit_id = line.held_in"
    " JOIN people_user u ON u.id = a.user_id AND u.is_active"
    " JOIN people_rolepower p ON p.role = a.role AND p.power = %(power)s"
    " WHERE a.valid_from <= %(on)s AND (a.valid_until IS NULL OR a.valid_until > %(on)s)"
    " AND p.valid_from <= %(on)s AND (p.valid_until IS NULL OR p.valid_until > %(on)s)"
    " ORDER BY line.height, line.unit_id"
)


def users_upwards(
    power: str, unit_id: int, on: date, *, last: int, territory: str = ""
) -> dict[int, frozenset[int]]:
    """
    Return who has a power by a role held in a unit, in each above it administratively, and in the
    last one named: by unit, the nearest first; units where nobody has it are left out.

    What is held in a unit reaches those whose open work it has taken over. One statement.

    :param territory: of a case, "" for none: only whose grant reaches it
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _UPWARDS,
            {
                "power": power,
                "unit_id": unit_id,
                "last": last,
                "on": on,
                "within": ParentRelation.ADMINISTRATIVE.value,
            },
        )
        rows = cursor.fetchall()
    found: dict[int, set[int]] = {}
    for _height, of_unit, user_id, where in rows:
        if Grant(power, of_unit, where).reaches(of_unit, territory):
            found.setdefault(of_unit, set()).add(user_id)
    return {of_unit: frozenset(users) for of_unit, users in found.items()}


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
