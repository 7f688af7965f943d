"""The application's clock is the only one: a query is handed its moment, the database has none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

_DATABASE_CLOCK = re.compile(
    r"\bnow\s*\(\s*\)|\bcurrent_(date|time|timestamp)\b|\blocaltime(stamp)?\b"
    r"|\b(clock|statement|transaction)_timestamp\b|\btimeofday\b",
    re.IGNORECASE,
)
# procrastinate writes the workers' heartbeats by the database's clock, so they are read by it.
_ALLOWED = {Path("config/health.py")}


def uses(source: str) -> Iterator[int]:
    """Yield the lines where the database's clock is asked, in SQL or by Django's Now."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(words)) if _DATABASE_CLOCK.search(words):
                yield node.lineno
            case ast.Call(func=ast.Name(id="Now") | ast.Attribute(attr="Now")):
                yield node.lineno
            case ast.keyword(arg="auto_now" | "auto_now_add" | "db_default"):
                yield node.lineno


@pytest.mark.parametrize(
    "source",
    ['"SELECT now()"', '"WHERE due < CURRENT_DATE"', "Now()", "F(auto_now_add=True)"],
)
def test_the_database_s_clock_is_found(source: str) -> None:
    assert list(uses(source)) == [1]


def test_no_query_asks_the_database_what_time_it_is() -> None:
    found = [
        f"{path}:{line}"
        for folder in ("chengshao", "config")
        for path in sorted(Path(folder).rglob("*.py"))
        if path not in _ALLOWED
        for line in uses(path.read_text(encoding="utf-8"))
    ]

    assert found == []
