"""`chengshao bench --quick` runs through. What it measures is nobody's business here."""

import json
from pathlib import Path

import pytest

from tests.run.conftest import Make

pytestmark = pytest.mark.run


def test_every_figure_is_printed_and_kept(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "figures.jsonl"

    done = make().command("bench", "--quick", "--json", str(file))

    assert done.returncode == 0, done.stdout + done.stderr
    figures = [json.loads(line) for line in file.read_text().splitlines()]
    assert {figure["name"].split(".")[0] for figure in figures} >= {
        "create_http",
        "create",
        "move",
        "import_500",
        "import_2000",
        "sweep",
        "acknowledge_during",
        "papers",
        "points",
        "lists",
    }
    printed = done.stdout.splitlines()
    for figure in figures:
        assert set(figure) == {"name", "value", "unit", "reference", "ratio"}
        assert any(line.startswith(f"{figure['name']} ") for line in printed)
    assert printed[-1] == str(file)


def test_what_it_does_not_know_is_told(make: Make) -> None:
    done = make().command("bench", "coffee")

    assert done.returncode == 2
    assert "coffee" in done.stderr


def test_a_demo_district_is_filled(make: Make) -> None:
    done = make(CHENGSHAO_DEMO="1").command("bench-data", "60")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ 60 件案卷" in done.stdout


def test_no_real_district_is_filled(make: Make) -> None:
    done = make(CHENGSHAO_DEMO="0").command("bench-data", "60")

    assert done.returncode == 1
    assert "只填演示城区" in done.stderr
