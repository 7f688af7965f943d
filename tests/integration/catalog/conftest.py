"""A catalogue being kept. Names say what the test relies on."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

import pytest

from chengshao.catalog import actions, queries
from chengshao.catalog.terms import Power, TableKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.terms import Power as PeoplePower
from chengshao.people.terms import Role, UnitKind, UnitLevel
from chengshao.places.terms import Power as PlacesPower
from chengshao.web.sheets import write_table

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SINCE = date(2020, 1, 1)
DISTRICT, SUBDISTRICT, COMMUNITY = "330102000000", "330102001000", "330102001051"
KEEPER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_CATALOG, None)}))
LOADER = Actor(
    ActorKind.SYSTEM,
    grants=frozenset(Grant(power, None) for power in (*PeoplePower, *PlacesPower)),
)
REGISTRAR = Actor(ActorKind.PERSON, grants=frozenset({Grant("REGISTER", None)}))


def table(kind: TableKind, *rows: Mapping[str, str | int]) -> bytes:
    """Return an Excel file of this kind with these cells by heading; the other cells are empty."""
    headings = queries.TABLES[kind].headings
    return write_table(headings, ([row.get(h, "") for h in headings] for row in rows))


def take(kind: TableKind, *rows: Mapping[str, str | int]) -> actions.Imported:
    return actions.import_table(kind=kind, content=table(kind, *rows), actor=KEEPER, at=AT)


def matter(code: str = "C0101", name: str = "上水井盖", **cells: str | int) -> dict[str, str | int]:
    return {
        "事项编码": code,
        "大类": "公用设施",
        "事项": name,
        "序号": 1,
        "立案条件": "缺失",
        "结案条件": "恢复",
        "时限": "2天",
        "来源": "立案结案标准",
        "生效日期": "2020-01-01",
        **cells,
    }


def responsibility(
    lead: str, *helpers: str, matter: str = "C01", territory: str = "", **cells: str
) -> dict[str, str | int]:
    return {
        "事项编码": matter,
        "区划代码": territory,
        "主办角色": lead,
        "协办角色": "、".join(helpers),
        "依据文件": "本区权责清单（示意）",
        "文号": "示意〔2026〕1号",
        "生效日期": "2020-01-01",
        **cells,
    }


def duty(kind: str, *, matter: str = "C01", territory: str = SUBDISTRICT, department: str = "") -> (
    dict[str, str | int]
):  # fmt: skip
    return {
        "区划代码": territory,
        "事项编码": matter,
        "清单": kind,
        "牵头部门角色": department,
        "依据文件": "履职事项清单（示意）",
        "生效日期": "2020-01-01",
    }


def task_limit(
    kind: str, limit: str, *, source: str = "", urgency: str = ""
) -> dict[str, str | int]:
    return {"环节": kind, "来源渠道": source, "紧急程度": urgency, "时限": limit, "依据": "示意",
            "生效日期": "2020-01-01"}  # fmt: skip


def parameter(name: str, value: str, source: str = "", **cells: str) -> dict[str, str | int]:
    return {"参数": name, "来源渠道": source, "取值": value, "依据": "示意",
            "生效日期": "2020-01-01", **cells}  # fmt: skip


def track_rule(
    track: str, *, matter: str = "", source: str = "", urgency: str = "", **cells: str
) -> dict[str, str | int]:
    return {"事项编码": matter, "来源渠道": source, "紧急程度": urgency, "办理方式": track,
            "依据": "示意", "生效日期": "2020-01-01", **cells}  # fmt: skip


def headings_of(kind: TableKind) -> Sequence[str]:
    return queries.TABLES[kind].headings


@pytest.fixture
def seeded(db: None) -> None:
    """All that comes with the program."""
    actions.load_seeds(actor=KEEPER, at=AT)


@pytest.fixture
def some_seeds(db: None) -> None:
    """A few matters of those that come with the program, and the year 2026."""
    for name, kind in (
        ("office_hours", TableKind.OFFICE_HOURS),
        ("task_limits", TableKind.TASK_LIMITS),
        ("parameters", TableKind.PARAMETERS),
        ("matters_city_management", TableKind.MATTERS),
        ("matters_public_demand", TableKind.MATTERS),
    ):
        lines = (actions.SEEDS / f"{name}.csv").read_text("utf-8").splitlines(keepends=True)
        if kind is TableKind.MATTERS:
            lines = [lines[0], *(x for x in lines[1:] if x.startswith(("C0101", "C0301", "D0601")))]
        content = "".join(lines).encode()
        actions.import_table(kind=kind, content=content, actor=KEEPER, at=AT)
    actions.load_statutory_days(years=[2026], actor=KEEPER, at=AT)


@pytest.fixture
def centre(db: None) -> int:
    """The desk of the district, at which staff is appointed."""
    powers = people.default_role_powers()
    people.load_role_powers(rows=powers, actor=LOADER, at=AT)
    return people.open_unit(
        unit=people.NewUnit(
            code="centre",
            name="演示指挥中心",
            details=people.UnitDetails(
                kind=UnitKind.COMMAND_CENTRE,
                level=UnitLevel.DISTRICT,
                territory=DISTRICT,
                is_desk=True,
            ),
            valid_from=SINCE,
        ),
        actor=LOADER,
        at=AT,
    )


@pytest.fixture
def staff(centre: int) -> Callable[[Role], int]:
    """Appoint somebody to a role at the centre; return the account."""

    def appoint(role: Role) -> int:
        user_id = people.open_account(
            account=people.NewAccount(
                username=role.lower(), display_name="演示人", is_machine=role is Role.MACHINE
            ),
            actor=LOADER,
            at=AT,
        )
        people.appoint(
            user_id=user_id, role=role, unit_id=centre, valid_from=SINCE, actor=LOADER, at=AT
        )
        return user_id

    return appoint
