"""`chengshao import-cases`: what can't be read is said in words."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def test_a_mapping_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    table, mapping = tmp_path / "cases.csv", tmp_path / "map.yaml"
    table.write_text("编号\nA-1\n", encoding="utf-8")
    mapping.write_text("source: 旧系统", encoding="gbk")

    with pytest.raises(CommandError, match="UTF-8"):
        call_command("import_cases", str(table), "--mapping", str(mapping))
