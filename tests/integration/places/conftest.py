"""Ground data handed in as a district hands them in: through the actions."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.people.terms import Role
from chengshao.places import actions
from chengshao.places.actions import Imported
from chengshao.places.terms import Power
from tests.unit.places.maps import DISTRICT, SUBDISTRICT, community, geojson, grids

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, 09:00 in the city
SINCE, LATER, TODAY = date(2025, 1, 1), date(2025, 7, 1), date(2026, 3, 2)
KEEPER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_PLACES, None)}))
LOADER = Actor(
    ActorKind.SYSTEM,
    grants=frozenset(Grant(power, None) for power in ("KEEP_UNITS", "APPOINT", "ISSUE_TOKENS")),
)

DIVISIONS = f"""代码,名称
330100000000,示范市
{DISTRICT},示范区
{SUBDISTRICT},清波街道
{community(0)},清波门社区居委会
{community(1)},柳翠井巷社区
{community(2)},长庆社区
"""
UNITS = """单位代码,单位名称,类型,层级,行政区划代码,上级单位代码,派单台,启用日期
office,区政府办公室,职能部门,区级,,,,2020-01-01
centre,区联动指挥中心,联动指挥中心,区级,,office,是,2020-01-01
roads,区城市管理局,职能部门,区级,,office,,2020-01-01
"""


def take_divisions(table: str = DIVISIONS, *, since: date = SINCE) -> Imported:
    return actions.import_divisions(content=table.encode(), valid_from=since, actor=KEEPER, at=AT)


def take_grids(features: list[Any], *, since: date = SINCE, **more: Any) -> Imported:
    return actions.import_grids(
        content=geojson(features), valid_from=since, actor=KEEPER, at=AT, **more
    )


def take_outlines(features: list[Any], *, since: date = SINCE) -> Imported:
    return actions.import_outlines(content=geojson(features), valid_from=since, actor=KEEPER, at=AT)


def take_zones(features: list[Any], *, since: date = SINCE) -> Imported:
    return actions.import_zones(content=geojson(features), valid_from=since, actor=KEEPER, at=AT)


def take_objects(table: str, *, since: date = SINCE, **more: Any) -> Imported:
    return actions.import_objects(
        content=table.encode(), valid_from=since, actor=KEEPER, at=AT, **more
    )


def take_places(table: str, *, since: date = SINCE, **more: Any) -> Imported:
    return actions.import_known_places(
        content=table.encode(), valid_from=since, actor=KEEPER, at=AT, **more
    )


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengshao.places.queries.localdate", lambda at=None: TODAY)


@pytest.fixture
def divisions(db: None) -> None:
    take_divisions()


@pytest.fixture
def district(divisions: None) -> None:
    """Three communities of three grids each; no outline."""
    take_grids(grids())


@pytest.fixture
def units(db: None) -> None:
    people.import_units(content=UNITS.encode(), actor=LOADER, at=AT)


@pytest.fixture
def staff(units: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[Role], int]:
    """Appoint somebody to this role at the centre; return the account."""
    monkeypatch.setattr("chengshao.people.queries.actors.localdate", lambda at=None: TODAY)
    powers = people.default_role_powers()
    people.load_role_powers(rows=powers, actor=LOADER, at=AT)
    centre = unit_ids_by_code(["centre"])["centre"]

    def appoint(role: Role) -> int:
        new = people.NewAccount(
            username=role.lower(), display_name=role.lower(), is_machine=role is Role.MACHINE
        )
        user_id = people.open_account(account=new, actor=LOADER, at=AT)
        people.appoint(
            user_id=user_id, role=role, unit_id=centre, valid_from=SINCE, actor=LOADER, at=AT
        )
        return user_id

    return appoint
