"""A version says for ever what it said, and what was read stays read."""

from django.db import migrations

MAY_BE_SET_ONCE = {"knowledge_version": "replaced_at", "knowledge_reading": "report_id"}


def _guard(table: str, column: str) -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"""
            CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'TRUNCATE' AND current_setting('chengshao.test', true) = 'on' THEN
                    RETURN NULL;  -- tests that commit empty all tables
                END IF;
                IF TG_OP = 'UPDATE' AND OLD.{column} IS NULL
                    AND to_jsonb(NEW) - '{column}' = to_jsonb(OLD) - '{column}' THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END
            $$
            """,
            f"DROP FUNCTION {table}_append_only()",
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
            f"DROP TRIGGER append_only ON {table}",
        ),
        migrations.RunSQL(
            f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
            f"DROP TRIGGER append_only_whole ON {table}",
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [
        operation
        for table, column in MAY_BE_SET_ONCE.items()
        for operation in _guard(table, column)
    ]
