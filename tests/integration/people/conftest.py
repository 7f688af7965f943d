"""Units, people and keys, made the way a district makes them: through the actions."""

import base64
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions
from chengshao.people.actions import NewAccount, NewUnit, UnitDetails
from chengshao.people.models import User
from chengshao.people.terms import ParentRelation, Power, Role, UnitKind, UnitLevel

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # Monday, 17:00 in the city
TODAY = date(2026, 3, 2)
SINCE = date(2024, 1, 1)
LOADER = Actor(ActorKind.SYSTEM, grants=frozenset(Grant(power, None) for power in Power))
NOBODY = Actor(ActorKind.PERSON, 10**9)


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


KEYS = {
    "contact": {"current": "k1", "k1": key("a")},
    "contact_confidential": {"current": "k1", "k1": key("b")},
    "contact_lookup": {"current": "k1", "k1": key("c")},
}


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    settings.KEYS = KEYS
    settings.SECRET_KEY = "only for tests"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doors that ask for today get the day of AT."""
    monkeypatch.setattr("chengshao.people.queries.actors.now", lambda: AT)
    for reads in ("actors", "units"):
        monkeypatch.setattr(f"chengshao.people.queries.{reads}.localdate", lambda: TODAY)


def unit(
    code: str,
    kind: UnitKind = UnitKind.DEPARTMENT,
    *,
    name: str = "",
    under: int | None = None,
    guided_by: int | None = None,
    level: UnitLevel = UnitLevel.DISTRICT,
    since: date = SINCE,
    **details: Any,
) -> int:
    """Open a unit and return its id."""
    parents = {ParentRelation.ADMINISTRATIVE: under, ParentRelation.PROFESSIONAL: guided_by}
    return actions.open_unit(
        unit=NewUnit(
            code=code,
            name=name or f"{code}局",
            details=UnitDetails(kind=kind, level=level, **details),
            valid_from=since,
            parents={how: who for how, who in parents.items() if who is not None},
        ),
        actor=LOADER,
        at=AT,
    )


def account(username: str, *, is_machine: bool = False, name: str = "演示人") -> User:
    pk = actions.open_account(
        account=NewAccount(username=username, display_name=name, is_machine=is_machine),
        actor=LOADER,
        at=AT,
    )
    return User.objects.get(pk=pk)


def appointed(username: str, role: Role, unit_id: int | None = None, **more: Any) -> User:
    """Open an account and give it a role since SINCE."""
    user = account(username, is_machine=role is Role.MACHINE)
    given = {"valid_from": SINCE} | more
    actions.appoint(user_id=user.pk, role=role, unit_id=unit_id, actor=LOADER, at=AT, **given)
    return user


def holder(*powers: Power, user_id: int = 10**9) -> Actor:
    return Actor(ActorKind.PERSON, user_id, frozenset(Grant(power, None) for power in powers))


def load_powers() -> None:
    actions.load_role_powers(rows=actions.default_role_powers(), actor=LOADER, at=AT)
