"""Jobs of this room."""

from django.utils import timezone
from procrastinate.contrib.django import app

from chengshao.intake import actions, queries
from chengshao.intake.schemas.case_table import read_mapping

PARTS = 20  # at a time, some seconds: other jobs take their turn in between


@app.periodic(cron="23 19 * * *")
@app.task(queueing_lock="intake.forget_addresses")
def forget_addresses(timestamp: int) -> int:
    """Delete counts of network addresses in windows that are over, nightly (03:23 in China)."""
    return actions.forget_addresses(at=timezone.now())


@app.periodic(cron="27 19 * * *")
@app.task(queueing_lock="intake.forget_tables")
def forget_tables(timestamp: int) -> int:
    """Delete tables of old cases that nobody needs any more, nightly (03:27 in China)."""
    return actions.forget_tables(at=timezone.now())


@app.task(name=actions.TAKE_IN)
def take_in_old_cases(import_id: int) -> None:
    """Take in a part of a table of old cases; where rows are left, the next part is another job."""
    rows_left = actions.go_on_with_kept(
        import_id=import_id, read=read_mapping, now=timezone.now, most=PARTS
    )
    if rows_left:
        actions.go_on_later(import_id=import_id)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="intake.go_on_with_imports")
def go_on_with_imports(timestamp: int) -> None:
    """Go on with imports whose job failed."""
    for import_id in queries.imports_under_way():
        actions.go_on_later(import_id=import_id)
