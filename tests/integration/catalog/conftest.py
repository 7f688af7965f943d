"""A catalogue being kept. Names say what the test relies on."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import pytest

from chengshao.catalog import actions, queries
from chengshao.catalog.terms import Power, TableKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.web.sheets import write_table

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SINCE = date(2020, 1, 1)
DISTRICT, SUBDISTRICT, COMMUNITY = "330102000000", "330102001000", "330102001051"
KEEPER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_CATALOG, None)}))
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
        "依据文件": "本区职责清单（示意）",
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


def headings_of(kind: TableKind) -> Sequence[str]:
    return queries.TABLES[kind].headings


@pytest.fixture
def seeded(db: None) -> None:
    """All that comes with the program."""
    actions.load_seeds(actor=KEEPER, at=AT)
