"""The SQL statements that something asks: how many, of which kind, of which table."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

_BRACKETS = ("SAVEPOINT", "RELEASE", "ROLLBACK")
_TABLE = {
    "SELECT": re.compile(r'\bFROM "?([a-z_]+)"?'),
    "INSERT": re.compile(r'\bINTO "?([a-z_]+)"?'),
    "UPDATE": re.compile(r'^UPDATE "?([a-z_]+)"?'),
    "DELETE": re.compile(r'\bFROM "?([a-z_]+)"?'),
}


@dataclass(frozen=True, slots=True)
class Statement:
    verb: str  # a WITH counts as what a reader takes it for: SELECT
    table: str  # the first one; "" of none
    sql: str
    parameters: Any

    @property
    def columns(self) -> list[str]:
        """The columns that an UPDATE sets."""
        said = self.sql.partition(" SET ")[2].partition(" WHERE ")[0]
        return re.findall(r'"([a-z_]+)" = ', said)


@contextmanager
def seen() -> Iterator[list[Statement]]:
    """Collect the statements of this thread's connection, without those that bracket others."""
    found: list[Statement] = []

    def note(
        execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if not sql.startswith(_BRACKETS):
            found.append(read(sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        yield found


def read(sql: str, parameters: Any = None) -> Statement:
    """Return a statement with its kind and table."""
    text = sql.strip()
    verb = text.split(None, 1)[0].upper()
    verb = "SELECT" if verb == "WITH" else verb
    pattern = _TABLE.get(verb)
    table = pattern.search(text) if pattern else None
    return Statement(verb, table[1] if table else "", text, parameters)
