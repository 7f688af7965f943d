"""Several reads in one statement: what a page shows of a case is asked of the database once."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet

_READ: Mapping[type, Callable[[Any], Any]] = {
    models.BinaryField: lambda text: bytes.fromhex(text[2:]),
    models.DecimalField: lambda number: models.DecimalField().to_python(str(number)),
}
_TOLD_AS_TEXT = (models.DateField, models.TimeField, models.UUIDField)  # DateTimeField is one


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows of a model with their annotations, less the columns that nobody needs."""

    rows: QuerySet[Any]
    without: frozenset[str] = frozenset()


def gathered(*asked: Asked) -> list[list[Any]]:
    """
    Return the instances of each of these queries, in its order. One statement for all.

    Annotations come as JSON tells them: times as text. Nothing is followed to other tables.
    """
    parts: list[str] = []
    params: list[Any] = []
    found = []
    for one in asked:
        columns = [f for f in one.rows.model._meta.concrete_fields if f.name not in one.without]
        added = list(one.rows.query.annotation_select)
        names = [*(column.attname for column in columns), *added]
        found.append((one.rows.model, columns, added))
        try:
            sql, own = one.rows.values_list(*names).query.sql_with_params()
        except EmptyResultSet:
            parts.append("'[]'")
            continue
        told = ", ".join(f'"{name}"' for name in names)
        parts.append(f"(SELECT coalesce(json_agg(t), '[]')::text FROM ({sql}) t ({told}))")
        params.extend(own)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        answers = cursor.fetchone()
    return [
        [_instance(*of, row) for row in json.loads(answer)]
        for of, answer in zip(found, answers, strict=True)
    ]


def told(*asked: QuerySet[Any, Any]) -> list[list[tuple[Any, ...]]]:
    """
    Return the rows of each of these `values_list` queries, in its order. One statement for all.

    Values come as JSON tells them: times as text.
    """
    parts: list[str] = []
    params: list[Any] = []
    for one in asked:
        try:
            sql, own = one.query.sql_with_params()
        except EmptyResultSet:
            parts.append("'[]'")
            continue
        fields: Any = one  # django-stubs leave out what values_list was asked for
        names = ", ".join(f"c{n}" for n in range(len(fields._fields)))
        rows = f"SELECT json_build_array({names}) FROM ({sql}) t ({names})"
        parts.append(f"(SELECT coalesce(json_agg(r), '[]')::text FROM ({rows}) r (r))")
        params.extend(own)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        answers = cursor.fetchone()
    return [[tuple(row) for row in json.loads(answer)] for answer in answers]


def hang(parents: Sequence[Any], relation: str, rows: Iterable[Any]) -> None:
    """
    Hang rows on the instances that they point to, as prefetching does: `parent.relation.all()`
    asks nothing more. What points to none of the parents is left out.
    """
    if not parents:
        return
    field = type(parents[0])._meta.get_field(relation).remote_field
    by_id = {parent.pk: parent for parent in parents}
    found: dict[int, list[Any]] = {pk: [] for pk in by_id}
    for row in rows:
        pk = getattr(row, field.attname)
        if pk in by_id:
            setattr(row, field.name, by_id[pk])
            found[pk].append(row)
    for pk, parent in by_id.items():
        own = getattr(parent, relation).get_queryset()
        own._result_cache = found[pk]
        own._prefetch_done = True
        vars(parent).setdefault("_prefetched_objects_cache", {})[relation] = own


def _instance(
    model: type[models.Model],
    columns: list["models.Field[Any, Any]"],
    added: list[str],
    row: Mapping[str, Any],
) -> models.Model:
    values = [_value(column, row[column.attname]) for column in columns]
    found = model.from_db("default", [column.attname for column in columns], values)
    for name in added:
        setattr(found, name, row[name])
    return found


def _value(column: "models.Field[Any, Any]", told: Any) -> Any:
    if told is None:
        return None
    read = _READ.get(type(column))
    if read is not None:
        return read(told)
    return column.to_python(told) if isinstance(column, _TOLD_AS_TEXT) else told
