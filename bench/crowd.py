"""Many cases made from a few real ones by SQL: the same rows with shifted ids, times spread."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, models

from chengshao.workorders.models import Audience, Deadline, Entry, Report, Task, WorkOrder
from chengshao.workorders.terms import CaseCommand

_TABLES: Sequence[tuple[type[models.Model], str]] = (
    (WorkOrder, "t.id = ANY(%(cases)s)"),
    (Report, "t.work_order_id = ANY(%(cases)s)"),
    (Task, "t.work_order_id = ANY(%(cases)s)"),
    (
        Deadline,
        "t.task_id IN (SELECT id FROM workorders_task WHERE work_order_id = ANY(%(cases)s))",
    ),
    (Entry, "t.work_order_id = ANY(%(cases)s)"),
    (Audience, "t.work_order_id = ANY(%(cases)s)"),
)
_SHIFTED = frozenset({"id", "work_order_id", "task_id", "report_id", "follows_id", "parent_id"})
_OWN = {  # what must differ from copy to copy
    "workorders_workorder.number": "t.number || '-' || k",
    "workorders_report.client_key": "t.client_key || '-' || k",
    "workorders_report.link_digest": "md5(t.link_digest || k) || md5(k || t.link_digest)",
    # nothing here searches for words, and their index takes longest
    "workorders_report.bigrams": "'{}'",
}


def multiply(case_ids: Sequence[int], *, open_deadlines: int) -> None:
    """Copy these cases, with all that hangs on them, until so many deadlines run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM workorders_deadline d JOIN workorders_task t ON t.id = d.task_id"
            " WHERE d.next_at IS NOT NULL AND t.work_order_id = ANY(%s)",
            [list(case_ids)],
        )
        (each,) = cursor.fetchone()
        span = max(_highest(model) for model, _ in _TABLES) + 1
        given = {"cases": list(case_ids), "span": span, "copies": math.ceil(open_deadlines / each)}
        for model, condition in _TABLES:
            cursor.execute(_copies(model, condition), given)
        for model, _ in _TABLES:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


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


def _copies(model: type[models.Model], condition: str) -> str:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.local_concrete_fields if field.column]
    values = ", ".join(_value(table, column) for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} t,"
        f" generate_series(1, %(copies)s::bigint) AS k WHERE {condition}"
    )


def _value(table: str, column: str) -> str:
    if column in _SHIFTED:
        return f't."{column}" + k * %(span)s::bigint'
    return _OWN.get(f"{table}.{column}", f't."{column}"')
