"""`chengshao import-cases`: what can't be read is said in words."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chengshao.kernel.actor import Actor
from chengshao.web.sheets import read_table
from chengshao.workorders.models import WorkOrder
from tests.integration.intake.tables import MAPPING, line

pytestmark = pytest.mark.django_db


def test_a_mapping_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    table, mapping = tmp_path / "cases.csv", tmp_path / "map.yaml"
    table.write_text("编号\nA-1\n", encoding="utf-8")
    mapping.write_text("source: 旧系统", encoding="gbk")

    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_cases", str(table), "--mapping", str(mapping))


def test_a_preview_tells_which_rows_would_be_refused_and_takes_nothing_in(
    centre: Actor, table: Callable[..., Path], tmp_path: Path
) -> None:
    path = table(line(1), line(2, 受理时间="昨天"), line(3, 单位="外星人"))
    mapping, refused, out = tmp_path / "map.yaml", tmp_path / "refused.xlsx", StringIO()
    mapping.write_text(MAPPING, encoding="utf-8")

    call_command(
        "import_cases",
        str(path),
        mapping=mapping,
        preview=True,
        refused=refused,
        stdout=out,
    )

    assert "1行可以导入，2行不能导入" in out.getvalue()
    assert "3 受理时间: “昨天”读不成时间" in out.getvalue()
    assert [row["行号"] for row in read_table(refused.read_bytes())] == ["3", "4"]
    assert not WorkOrder.objects.exists()
