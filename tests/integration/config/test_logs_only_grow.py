"""No log can be emptied at one stroke: the database refuses it, whoever asks."""

import pytest
from django.db import IntegrityError, connection

LOGS = (
    "people_contactaccess", "people_numberlookup", "people_accountentry", "people_unitchange",
    "workorders_entry", "workorders_note", "workorders_seal", "workorders_viewing",
    "knowledge_version", "knowledge_reading",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("log", LOGS)
def test_a_log_is_not_emptied(log: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL chengshao.test = off")
        with pytest.raises(IntegrityError, match="append-only"):
            cursor.execute(f"TRUNCATE {log} CASCADE")
