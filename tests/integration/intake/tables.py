"""Tables of old cases as another system hands them out, and what is done with them."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chengshao.intake import actions, queries
from chengshao.intake.models import CaseImport
from chengshao.intake.schemas.case_table import read_mapping
from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people import queries as units
from tests.district import AT, LOADER

MAPPING = """
source: 旧热线
key: 编号
words: [标题, 内容]
channel: {column: 来源, means: {电话: HOTLINE}, otherwise: PORTAL}
opened_at: 受理时间
ended_at: 办结时间
due_at: 期限
place: 地点
subdistrict: 街道
community: 社区
matter: 事项
unit: 单位
closed_as: {column: 状态, means: {已办: SOLVED, 在办: OPEN}}
in_time: 按时
contact_name: 姓名
contact_phone: 电话
"""
TABLE = read_mapping(MAPPING)
COLUMNS = tuple(dict.fromkeys(TABLE.columns()))
_ROW = {
    "内容": "井盖丢了",
    "来源": "电话",
    "受理时间": "2025-06-03 10:00:00",
    "办结时间": "2025-06-05 09:30:00",
    "地点": "和平路口",
    "街道": "清波街道",
    "社区": "清波门社区",
    "事项": "上水井盖",
    "单位": "区城市管理局",
    "状态": "已办",
    "按时": "是",
}


def line(number: int, **cells: str) -> dict[str, str]:
    return {"编号": f"A-{number}", "标题": f"第{number}件"} | _ROW | cells


def csv_of(*lines: dict[str, str]) -> str:
    rows = [COLUMNS, *([each.get(column, "") for column in COLUMNS] for each in lines)]
    return "".join(",".join(row) + "\n" for row in rows)


def prepared(path: Path, actor: Actor, mapping: str = MAPPING) -> CaseImport:
    return actions.prepare_import(
        path=path,
        name=path.name,
        table=read_mapping(mapping),
        mapping=mapping,
        actor=actor,
        at=AT,
    )


def go_on(of: CaseImport, path: Path, actor: Actor, **how: object) -> CaseImport:
    return actions.go_on(
        import_id=of.pk,
        path=path,
        table=TABLE,
        actor=actor,
        now=lambda: AT,
        **how,  # type: ignore[arg-type]
    )


def taken_in(path: Path, actor: Actor) -> CaseImport:
    of = prepared(path, actor)
    actions.accept_guesses(import_id=of.pk, actor=actor, at=AT)
    return go_on(of, path, actor)


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Asia/Shanghai"))


def a_closed_unit(name: str, *, until: date) -> int:
    """Add a unit that was there until that day."""
    table = f"""单位代码,单位名称,类型,层级,上级单位代码,启用日期
closed,{name},职能部门,区级,office,2020-01-01
"""
    people.import_units(content=table.encode(), actor=LOADER, at=AT)
    unit_id = units.unit_ids_by_code(["closed"])["closed"]
    people.close_unit(unit_id=unit_id, on=until, actor=LOADER, at=AT)
    return unit_id


def foreseen(of: CaseImport) -> tuple[int, list[tuple[int, str, str]]]:
    """Return of a table that was looked through how many rows are fine, and what is not."""
    of.refresh_from_db()
    return of.rows - queries.rows_refused(of), refused(of)


def refused(of: CaseImport) -> list[tuple[int, str, str]]:
    return [(r.row, r.column, r.code) for r in queries.refusals(of)]


def counted(of: CaseImport) -> tuple[int, int, int, int]:
    return of.position, of.taken, of.known, of.refused


def in_parts_of(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengshao.intake.actions.taking_in.AT_ONCE", rows)
