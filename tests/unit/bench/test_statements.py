"""What a statement is taken for when it is counted, and how it goes into a script of pgbench."""

import pytest

from bench.pgbench import literal
from bench.statements import read


@pytest.mark.parametrize(
    ("sql", "verb", "table"),
    [
        ('SELECT "t"."id" FROM "people_token" AS t WHERE id = %s', "SELECT", "people_token"),
        ("SELECT pg_advisory_xact_lock(%s)", "SELECT", ""),
        ("WITH a AS (SELECT 1 FROM people_unit) SELECT * FROM a", "SELECT", "people_unit"),
        ('INSERT INTO "workorders_task" ("a") VALUES (%s)', "INSERT", "workorders_task"),
        ('UPDATE "workorders_task" SET "a" = %s', "UPDATE", "workorders_task"),
        ('DELETE FROM "workorders_audience" WHERE "id" = %s', "DELETE", "workorders_audience"),
    ],
)
def test_a_statement_has_a_kind_and_a_table(sql: str, verb: str, table: str) -> None:
    statement = read(sql)

    assert (statement.verb, statement.table) == (verb, table)


def test_an_update_names_the_columns_that_it_sets() -> None:
    sql = 'UPDATE "t" SET "outcome" = %s, "ended_at" = NULL, "n" = ("t"."n" + %s) WHERE "id" = %s'

    assert read(sql).columns == ["outcome", "ended_at", "n"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "NULL"),
        ("3", "CAST(E'3' AS text)"),
        ("it's", r"CAST(E'it\'s' AS text)"),
        ("a\\b", r"CAST(E'a\\b' AS text)"),
        ("路灯\n坏了", r"CAST(E'路灯\n坏了' AS text)"),
        ('{"a":"b"};', r"""CAST(E'{"a"\x3A"b"}\x3B' AS text)"""),
    ],
)
def test_a_value_stands_in_a_script_where_colon_and_semicolon_mean_something(
    value: str | None, written: str
) -> None:
    assert literal(value, "text") == written
