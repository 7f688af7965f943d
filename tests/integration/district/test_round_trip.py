"""What a district takes out of one installation, it can hand in to another."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import TableKind
from chengshao.people import actions as people
from chengshao.web.sheets import read_table
from config.district import load_district, read_folder

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)

Folder = Callable[..., Path]
pytestmark = pytest.mark.django_db

MORE = {
    "duty_roster.csv": """单位代码,日期类型,开始时间,结束时间,带班领导,值班电话,启用日期
centre,工作日,08:00,18:00,带班（演示）,0571-00000001,2024-01-01
""",
    "office_hours.csv": """办公时间,依据,生效日期
09:00-12:00 13:30-17:30,示意,2024-01-01
""",
    "calendar_days.csv": """日期,类别,名称,依据
2026-12-26,本市上班,服务日（示意）,示意
""",
    "unit_powers.csv": """单位类别,职权,依据文件,生效日期
街道（镇）,综合执法指挥调度权,赋权清单（示意）,2024-01-01
""",
}
EXPORTS = {
    "role_powers": people.export_role_powers,
    "units": people.export_units,
    "unit_roles": people.export_unit_roles,
    "staff": people.export_staff,
    "duty_roster": people.export_roster,
} | {kind.lower(): lambda _day, kind=kind: catalog.export_table(kind) for kind in TableKind}


def load(place: Path) -> None:
    load_district(read_folder(place), valid_from=date(2024, 1, 1), at=AT)


def take_out() -> dict[str, bytes]:
    return {name: export(TODAY) for name, export in EXPORTS.items()}


def cells(content: bytes) -> list[dict[str, str]]:
    return [dict(row) for row in read_table(content)]


def test_all_tables_taken_out_and_handed_in_again_are_the_same(
    folder: Folder, tmp_path: Path
) -> None:
    place = folder()
    for name, words in MORE.items():
        (place / name).write_text(words, encoding="utf-8")
    with transaction.atomic():
        load(place)
        taken_out = take_out()
        transaction.set_rollback(True)
    for name, content in taken_out.items():
        (place / f"{name}.csv").unlink(missing_ok=True)
        (place / f"{name}.xlsx").write_bytes(content)

    load(place)

    again = take_out()
    assert all(cells(taken_out[name]) for name in EXPORTS if name != "code_map")
    for name in EXPORTS:
        assert cells(again[name]) == cells(taken_out[name]), name
