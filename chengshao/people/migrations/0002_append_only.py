"""What was done stays written: these logs take new rows and nothing else."""

from django.db import migrations

LOGS = (
    "people_contactaccess",
    "people_numberlookup",
    "people_accountentry",
    "people_unitchange",
)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION people_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'TRUNCATE' AND current_setting('chengshao.test', true) = 'on' THEN
                    RETURN NULL;  -- tests that commit empty all tables
                END IF;
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END
            $$
            """,
            "DROP FUNCTION people_append_only()",
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {log}"
                " FOR EACH ROW EXECUTE FUNCTION people_append_only()",
                f"DROP TRIGGER append_only ON {log}",
            )
            for log in LOGS
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {log}"
                " FOR EACH STATEMENT EXECUTE FUNCTION people_append_only()",
                f"DROP TRIGGER append_only_whole ON {log}",
            )
            for log in LOGS
        ),
    ]
