"""The history takes new rows and nothing else; only a note may go, where it is erased."""

from django.db import migrations

LOGS = ("workorders_entry", "workorders_seal", "workorders_viewing")


class Migration(migrations.Migration):
    dependencies = [("workorders", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION workorders_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'TRUNCATE' AND current_setting('chengshao.test', true) = 'on' THEN
                    RETURN NULL;  -- tests that commit empty all tables
                END IF;
                IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'workorders_note'
                    AND current_setting('chengshao.erasing', true) = 'on' THEN
                    RETURN OLD;
                END IF;
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END
            $$
            """,
            "DROP FUNCTION workorders_append_only()",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {log}"
                " FOR EACH ROW EXECUTE FUNCTION workorders_append_only()",
                f"DROP TRIGGER append_only ON {log}",
            )
            for log in (*LOGS, "workorders_note")
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {log}"
                " FOR EACH STATEMENT EXECUTE FUNCTION workorders_append_only()",
                f"DROP TRIGGER append_only_whole ON {log}",
            )
            for log in (*LOGS, "workorders_note")
        ),
    ]
