"""Counts what an action or a page asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.test.utils import CaptureQueriesContext

_BRACKETS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE SAVEPOINT")


@dataclass
class Counted:
    statements: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return len(self.statements)


@contextmanager
def count_statements() -> Iterator[Counted]:
    """
    Count SQL statements of this connection, without those that only bracket a transaction.

    The count stands after the block; `statements` shows them when it is not the expected one.
    """
    counted = Counted()
    with CaptureQueriesContext(connection) as captured:
        yield counted
    counted.statements += [
        query["sql"] for query in captured.captured_queries if not _is_bracket(query["sql"])
    ]


def _is_bracket(sql: str) -> bool:
    return sql.lstrip().upper().startswith(_BRACKETS)
