"""A line of the log says for ever what it said, and so does what was handed over."""

from django.db import migrations

MAY_BE_SET_ONCE = {
    "duty_logentry": (),
    "duty_handover": ("taken_at", "taken_by_id", "replaced_at"),
}


def _guard(table: str, columns: tuple[str, ...]) -> list[migrations.RunSQL]:
    less = "".join(f" - '{column}'" for column in columns)
    still_unset = " AND ".join(f"OLD.{column} IS NULL" for column in columns) or "false"
    return [
        migrations.RunSQL(
            f"""
            CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'TRUNCATE' AND current_setting('chengshao.test', true) = 'on' THEN
                    RETURN NULL;  -- tests that commit empty all tables
                END IF;
                IF TG_OP = 'UPDATE' AND {still_unset}
                    AND to_jsonb(NEW){less} = to_jsonb(OLD){less} THEN
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
    dependencies = [("duty", "0001_initial")]

    operations = [
        operation
        for table, columns in MAY_BE_SET_ONCE.items()
        for operation in _guard(table, columns)
    ]
