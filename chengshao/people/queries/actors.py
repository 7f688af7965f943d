"""Who acts, and what the roles held let do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.timezone import localdate, now

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import NotSignedIn
from chengshao.kernel.tokens import digest_of
from chengshao.people.models import RolePower, User
from chengshao.people.queries.periods import in_force
from chengshao.people.terms import Role
from chengshao.web import kept


class TokenExpired(NotSignedIn):
    """Whoever still has the key learns that it was right once, and that a new one is needed."""

    code = "token_expired"


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


_beside: dict[str, str] = {}


def wire_beside(columns: Mapping[str, str]) -> None:
    """
    Replace what is read together with who signs in, for every page shows it; called once, at start.

    :param columns: by name, SQL of one value of JSON about the user `u`, or null
    """
    _beside.clear()
    _beside.update(columns)


def user_who_acts(user_id: int) -> User | None:
    """
    Return who signed in, with `grants` by the roles held today and `beside`, or None. One
    statement, which also tells the page what it may take from memory (web.kept).
    """
    beside = ", ".join(f"'{name}', ({sql})" for name, sql in _beside.items())
    rows = User.objects.raw(
        f"SELECT u.*, (WITH RECURSIVE {_HELD.format(who=_OF_USER)}"
        " SELECT jsonb_agg(jsonb_build_array(power, unit_id, territory)) FROM held) AS held,"
        f" jsonb_build_object({beside}) AS told_beside,"
        f" {kept.editions_sql()} AS editions FROM people_user u WHERE u.id = %(user_id)s",
        {"user_id": user_id, "today": localdate()},
    )
    for user in rows:
        told: Any = user  # with what the statement brought beside the user's own columns
        user.grants = frozenset(Grant(*row) for row in json.loads(told.held or "[]"))
        user.beside = json.loads(told.told_beside)
        kept.tell(told.editions)
        return user
    return None


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
