"""Many new rows of a table at once, by COPY: in a fraction of the time of INSERT."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model

_Fields: TypeAlias = "Sequence[Field[Any, Any]]"


def draw_ids(rows: Sequence[Model]) -> None:
    """Give new rows the ids that they will have, where others have to name them: one statement."""
    if not rows:
        return
    meta = rows[0]._meta
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [meta.db_table, meta.pk.column, len(rows)],
        )
        for row, (drawn,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = drawn


def copy_in(rows: Sequence[Model]) -> None:
    """
    Store new rows of one table; all of them have an id, or none has and none is given back.

    Constraints and triggers hold as they do for INSERT.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for field in meta.local_concrete_fields if field is not meta.pk or rows[0].pk]
    database = connections[DEFAULT_DB_ALIAS]  # itself: its proxy is slow, asked for every cell
    with database.cursor() as cursor, cursor.copy(_statement(meta.db_table, fields)) as copy:
        for row in rows:
            # takes over ids that the rows it names got since
            row._prepare_related_fields_for_save(operation_name="copy_in")  # type: ignore[attr-defined]
            cells = ((field, field.pre_save(row, add=True)) for field in fields)
            copy.write_row([field.get_db_prep_save(value, database) for field, value in cells])
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _statement(table: str, fields: _Fields) -> str:
    quoted = connection.ops.quote_name
    columns = ", ".join(quoted(field.column or "") for field in fields)
    return f"COPY {quoted(table)} ({columns}) FROM STDIN"
