"""Where other rooms say that something happened: stored with it, sent later."""

from collections.abc import Iterable
from datetime import datetime

from chengshao.notices.models import Outbox
from chengshao.notices.terms import Happening


def announce(happenings: Iterable[Happening], at: datetime) -> None:
    """
    Keep what happened, in the transaction in which it did, for a job to tell. One statement, none
    for nothing.
    """
    rows = [
        Outbox(
            kind=one.kind,
            case_id=one.case_id,
            case_number=one.case_number,
            unit_id=one.unit_id,
            task_id=one.task_id,
            task_kind=one.task_kind,
            report_id=one.report_id,
            reason=one.reason,
            at=at,
        )
        for one in happenings
    ]
    if rows:
        Outbox.objects.bulk_create(rows)
