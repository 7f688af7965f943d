"""What one member of staff was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotFound
from chengshao.notices.models import Notice
from chengshao.notices.terms import NoticeChannel, NoticeKind
from chengshao.people import queries as people

UNREAD = "unread"
UNREAD_SQL = (  # the case of each, the newest thousand
    "SELECT jsonb_agg(case_id) FROM (SELECT n.case_id FROM notices_notice n WHERE n.user_id = u.id"
    f" AND n.channel = '{NoticeChannel.IN_APP}' AND n.read_at IS NULL"
    " ORDER BY n.id DESC LIMIT 1001) unread"
)


class NoticeNotFound(NotFound):
    code = "notice_not_found"


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice as its reader sees it."""

    id: int
    kind: NoticeKind
    case_number: str
    task_kind: str
    unit: str
    day: date | None
    at: datetime
    read: bool


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Return what this member of staff was told inside the system; of others nobody sees any."""
    return Notice.objects.filter(user=actor.user_id or 0, channel=NoticeChannel.IN_APP)


def unread(actor: Actor) -> int:
    """
    Return how many notices somebody has not read yet. One statement, by a partial index; none for
    who holds no power: nobody tells them anything.
    """
    told = actor.user_id is not None and actor.grants
    return notices_for(actor).filter(read_at=None).count() if told else 0


def my_notices(
    actor: Actor, *, before: int | None = None, limit: int = 50
) -> tuple[list[NoticeLine], int | None]:
    """
    Return a page of notices, unread first, then the newest, and where the next page begins.

    Unread ones stand on the first page only; the pages after it hold what was read. Two
    statements, one more for what was read.
    """
    mine = notices_for(actor)
    rows: list[Notice] = []
    if before is None:
        rows = list(mine.filter(read_at=None).order_by("-created_at", "-id")[:limit])
    seen = mine.filter(read_at__isnull=False).order_by("-id")
    if before is not None:
        seen = seen.filter(pk__lt=before)
    more = list(seen[: limit + 1])
    older = more[limit - 1].pk if len(more) > limit else None
    return _lines([*rows, *more[:limit]]), older


def notice_for(notice_id: int, actor: Actor) -> Notice:
    """:raises NoticeNotFound: if it is not there for this actor"""
    row = notices_for(actor).filter(pk=notice_id).first()
    if row is None:
        raise NoticeNotFound
    return row


def _lines(rows: Sequence[Notice]) -> list[NoticeLine]:
    units = people.unit_lines({row.unit_id for row in rows if row.unit_id is not None})
    return [
        NoticeLine(
            id=row.pk,
            kind=NoticeKind(row.kind),
            case_number=row.case_number,
            task_kind=row.task_kind,
            unit=units[row.unit_id].short_name if row.unit_id in units else "",
            day=row.day,
            at=row.created_at,
            read=row.read_at is not None,
        )
        for row in rows
    ]
