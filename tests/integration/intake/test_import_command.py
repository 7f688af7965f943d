"""`chengshao import-cases`: what can't be read is said in words."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chengshao.kernel.actor import Actor
from chengshao.web.sheets import read_table
from chengshao.workorders.models import WorkOrder
from tests.integration.intake.tables import MAPPING, line, taken_in

pytestmark = pytest.mark.django_db


def import_cases(table: Path, mapping: str, tmp_path: Path) -> str:
    """Run the command; return what it says."""
    path, told = tmp_path / "map.yaml", StringIO()
    path.write_text(mapping, encoding="utf-8")
    call_command("import_cases", str(table), "--mapping", str(path), stdout=told)
    return told.getvalue()


def test_a_mapping_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    table, mapping = tmp_path / "cases.csv", tmp_path / "map.yaml"
    table.write_text("编号\nA-1\n", encoding="utf-8")
    mapping.write_text("source: 旧系统", encoding="gbk")

    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_cases", str(table), "--mapping", str(mapping))


def test_a_column_that_the_table_has_not_is_a_fault_of_the_mapping(
    table: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="映射里的“没有这列”列不在表中"):
        import_cases(table(line(1)), MAPPING + "kind: 没有这列\n", tmp_path)


def test_faults_of_a_mapping_are_told_in_words(table: Callable[..., Path], tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        import_cases(table(line(1)), "source: 旧系统\ncolour: red\n", tmp_path)

    assert "key: 缺少这一项" in str(refused.value)
    assert "colour: 没有这一项" in str(refused.value)
    assert "Field required" not in str(refused.value)


def test_names_that_were_only_guessed_stop_it(
    centre: Actor, table: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="还有1个名称只是推测"):
        import_cases(table(line(1, 单位="供水公司")), MAPPING, tmp_path)


def test_a_table_whose_names_were_confirmed_before_goes_through_again(
    centre: Actor, table: Callable[..., Path], tmp_path: Path
) -> None:
    path = table(line(1, 单位="供水公司"))
    taken_in(path, centre)

    told = import_cases(path, MAPPING, tmp_path)

    assert "导入0件，早已导入1件，未导入0行" in told


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
