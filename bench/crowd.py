"""Many cases made from a few real ones by SQL: the same rows with shifted ids and times."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from chengshao.workorders.models import (
    Audience,
    ContactAttempt,
    Deadline,
    Entry,
    Note,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.terms import CaseCommand

_OF_CASE = "t.work_order_id = ANY(%(cases)s)"
_OF_REPORT = (
    "t.report_id IN (SELECT id FROM workorders_report WHERE work_order_id = ANY(%(cases)s))"
)
_OF_TASK = "t.task_id IN (SELECT id FROM workorders_task WHERE work_order_id = ANY(%(cases)s))"
_OF_ENTRY = "t.entry_id IN (SELECT id FROM workorders_entry WHERE work_order_id = ANY(%(cases)s))"
_TABLES: Sequence[tuple[type[models.Model], str]] = (
    (WorkOrder, "t.id = ANY(%(cases)s)"),
    (Report, _OF_CASE),
    (Task, _OF_CASE),
    (Deadline, _OF_TASK),
    (Entry, _OF_CASE),
    (Note, _OF_ENTRY),
    (Audience, _OF_CASE),
    (Rating, _OF_REPORT),
    (ContactAttempt, _OF_REPORT),
)
_SHIFTED = frozenset(
    {"id", "work_order_id", "task_id", "report_id", "entry_id", "follows_id", "parent_id"}
)
NEW_ID = "(t.id + k * %(span)s::bigint)"
_OWN = {  # what must differ from copy to copy
    "workorders_workorder.number": "t.number || '-' || k",
    "workorders_report.client_key": f"'copy-' || {NEW_ID}",
    "workorders_report.link_digest": f"md5(({NEW_ID})::text) || md5(t.link_digest)",
}
# Where nothing searches for words: their index takes longest.
WORDLESS = {"workorders_report.bigrams": "'{}'"}


@dataclass(frozen=True, slots=True)
class Copying:
    """How copies differ from the case that they are of; `k` is the number of the copy."""

    own: Mapping[str, str] = field(default_factory=dict)  # "table.column": SQL
    earlier: str = ""  # SQL: how many days before


def copy(case_ids: Sequence[int], *, first: int, copies: int, span: int, how: Copying) -> None:
    """
    Copy these cases, with all that hangs on them, so many times.

    :param first: the number of the first copy
    :param span: how far ids of one copy lie from those of the next
    """
    last = first + copies - 1
    given: dict[str, list[int] | int] = {
        "cases": list(case_ids),
        "span": span,
        "first": first,
        "last": last,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # what was true of the originals is of their copies: no foreign key is looked up again
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, condition in _TABLES:
            cursor.execute(_copies(model, condition, how), given)
        for model, _ in _TABLES:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


def highest_id() -> int:
    """Return the highest id in any table that is copied."""
    return max(_highest(model) for model, _ in _TABLES)


def multiply(case_ids: Sequence[int], *, open_deadlines: int) -> None:
    """Copy these cases, with all that hangs on them, until so many deadlines run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM workorders_deadline d JOIN workorders_task t ON t.id = d.task_id"
            " WHERE d.next_at IS NOT NULL AND t.work_order_id = ANY(%s)",
            [list(case_ids)],
        )
        (each,) = cursor.fetchone()
    copies = math.ceil(open_deadlines / each)
    copy(case_ids, first=1, copies=copies, span=highest_id() + 1, how=Copying(own=WORDLESS))


def spread(*, due: int, now: datetime) -> None:
    """
    Let so many running deadlines be due in the last minute, each of another case, and all others
    in the coming month. All were reminded of.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_deadline SET said = %(said)s, due_at = %(later)s"
            " + make_interval(secs => id %% 2592000), next_at = %(later)s"
            " + make_interval(secs => id %% 2592000) WHERE next_at IS NOT NULL",
            {"said": CaseCommand.REMIND.value, "later": now + timedelta(hours=2)},
        )
        cursor.execute(
            "WITH chosen AS (SELECT min(d.id) AS id, t.work_order_id FROM workorders_deadline d"
            " JOIN workorders_task t ON t.id = d.task_id WHERE d.next_at IS NOT NULL"
            " GROUP BY t.work_order_id ORDER BY hashint8(t.work_order_id) LIMIT %(due)s)"
            " UPDATE workorders_deadline d"
            " SET due_at = %(now)s - make_interval(secs => d.id %% 60),"
            " next_at = %(now)s - make_interval(secs => d.id %% 60)"
            " FROM chosen c WHERE d.id = c.id",
            {"due": due, "now": now},
        )


def _highest(model: type[models.Model]) -> int:
    found: int | None = model._default_manager.aggregate(highest=models.Max("pk"))["highest"]
    return found or 0


def _copies(model: type[models.Model], condition: str, how: Copying) -> str:
    table = model._meta.db_table
    fields = [field for field in model._meta.local_concrete_fields if field.column]
    values = ", ".join(_value(table, each, how) for each in fields)
    names = ", ".join(f'"{each.column}"' for each in fields)
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t,"
        f" generate_series(%(first)s::bigint, %(last)s::bigint) AS k WHERE {condition}"
    )


def _value(table: str, of: "models.Field[Any, Any]", how: Copying) -> str:
    column = of.column
    if column in _SHIFTED:
        return f't."{column}" + k * %(span)s::bigint'
    if own := (_OWN | dict(how.own)).get(f"{table}.{column}"):
        return own
    if how.earlier and isinstance(of, models.DateTimeField):
        return f't."{column}" - make_interval(days => ({how.earlier})::int)'
    return f't."{column}"'
