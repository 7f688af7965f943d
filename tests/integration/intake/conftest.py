"""Where tables of old cases lie."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.intake.tables import csv_of


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write a table of these rows and return where it lies."""

    def written(*lines: dict[str, str], name: str = "cases.csv") -> Path:
        path = tmp_path / name
        path.write_text(csv_of(*lines), encoding="utf-8")
        return path

    return written
