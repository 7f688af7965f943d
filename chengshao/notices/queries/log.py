"""What was sent to whom, for who checks it: masked, without a citizen's link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from chengshao.notices.models import OUTSIDE, Notice
from chengshao.notices.queries.words import words_of
from chengshao.notices.terms import NoticeChannel, NoticeKind, NoticeReason, NoticeState
from chengshao.people import queries as people


@dataclass(frozen=True, slots=True)
class LogLine:
    """One message as the log shows it."""

    id: int
    kind: NoticeKind
    channel: NoticeChannel
    case_number: str
    to_staff: str  # by name; "" where it went to a citizen
    to_citizen: str  # masked
    state: NoticeState
    reason: NoticeReason | None
    tries: int
    created_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    words: str  # as sent; "" where nothing was, or inside the system
    resent_by: str
    resent_reason: str

    @property
    def failed(self) -> bool:
        return self.state is NoticeState.FAILED


def log_lines(
    *, number: str = "", state: str = "", before: int | None = None, limit: int = 50
) -> tuple[list[LogLine], int | None]:
    """
    Return a page of the log, the newest first, and before which id the next one begins: three
    statements at most, however many lines. What was told inside the system stands with its case.

    :param number: of a case, "" for all
    :param state: one of NoticeState, "" for all
    """
    rows: QuerySet[Notice] = Notice.objects.select_related("user", "template", "resent_by")
    rows = rows.filter(case_number=number) if number else rows.filter(OUTSIDE)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(pk__lt=before) if before is not None else rows
    page = list(rows.order_by("-pk")[: limit + 1])
    older = page[limit - 1].pk if len(page) > limit else None
    return _lines(page[:limit]), older


def _lines(rows: Sequence[Notice]) -> list[LogLine]:
    contacts = people.masked_contacts({row.contact_id for row in rows if row.contact_id})
    units = {row.unit_id for row in rows if row.unit_id is not None and row.template_id}
    names = {unit_id: line.name for unit_id, line in people.unit_lines(units).items()}
    return [
        LogLine(
            id=row.pk,
            kind=NoticeKind(row.kind),
            channel=NoticeChannel(row.channel),
            case_number=row.case_number,
            to_staff=row.user.shown_name if row.user else "",
            to_citizen=contacts[row.contact_id].phone if row.contact_id in contacts else "",
            state=NoticeState(row.state),
            reason=NoticeReason(row.reason) if row.reason else None,
            tries=row.tries,
            created_at=row.created_at,
            sent_at=row.sent_at,
            read_at=row.read_at,
            words=words_of(row, row.template, units=names, with_link=False) if row.template else "",
            resent_by=row.resent_by.shown_name if row.resent_by else "",
            resent_reason=row.resent_reason,
        )
        for row in rows
    ]
