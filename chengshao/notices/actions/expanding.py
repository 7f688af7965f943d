"""From what happened to who is told of it, by which channel."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.notices import queries
from chengshao.notices.models import Notice, Outbox
from chengshao.notices.queries import Wishes
from chengshao.notices.rules.reaching import reached
from chengshao.notices.terms import (
    Happening,
    NoticeChannel,
    NoticeKind,
    NoticeState,
    Reached,
    StaffAsked,
)
from chengshao.people import queries as people

_TOLD_INSIDE = timedelta(days=7)  # later it is only read in the case's history
_TOLD_OUTSIDE = timedelta(days=1)


@dataclass
class _Known:
    """Who holds which power where, asked once in a run."""

    at: datetime
    holders: dict[tuple[str, int, str], list[int]] = field(default_factory=dict)

    def who(self, asked: StaffAsked, territory: str) -> list[int]:
        key = (asked.power, asked.unit_id, territory)
        if key not in self.holders:
            self.holders[key] = people.users_with(
                asked.power, asked.unit_id, localdate(self.at), territory=territory
            )
        return self.holders[key]


@transaction.atomic
def expand(*, at: datetime, limit: int = 200) -> int:
    """
    Make notices of what happened and take it out of the outbox; return how much it was: call until
    0. Two that run at once take different rows, and what is cut off is done again as a whole.
    """
    rows = list(Outbox.objects.order_by("pk").select_for_update(skip_locked=True)[:limit])
    young = [(row, _happening(row)) for row in rows if at - row.at < _TOLD_INSIDE]
    told = reached([happening for _row, happening in young]) if young else {}
    known = _Known(at)
    staff = {user_id for each in told.values() for _unit, user_id in _hearers(each, known)}
    wishes = queries.wishes_of(staff)
    notices = [
        notice
        for row, happening in young
        for notice in _notices(row, told[happening], wishes, known)
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=500)
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _happening(row: Outbox) -> Happening:
    return Happening(
        kind=NoticeKind(row.kind),
        case_id=row.case_id,
        case_number=row.case_number,
        unit_id=row.unit_id,
        task_id=row.task_id,
        task_kind=row.task_kind,
        report_id=row.report_id,
        reason=row.reason,
    )


def _hearers(told: Reached, known: _Known) -> Iterator[tuple[int, int]]:
    """Yield each unit with each of its staff who hears of it."""
    for asked in told.staff:
        for user_id in known.who(asked, told.territory):
            if told.named is None or user_id in told.named:
                yield asked.unit_id, user_id


def _notices(row: Outbox, told: Reached, wishes: Wishes, known: _Known) -> Iterator[Notice]:
    outside = known.at - row.at < _TOLD_OUTSIDE
    heard: set[int] = set()
    for unit_id, user_id in _hearers(told, known):
        if user_id in heard:
            continue
        heard.add(user_id)
        for channel in wishes.channels_for(user_id, NoticeKind(row.kind)):
            if channel is NoticeChannel.IN_APP:
                notice = _notice(row, told, channel, NoticeState.SENT)
                notice.sent_at = row.at
            elif outside:
                notice = _notice(row, told, channel, NoticeState.QUEUED)
                notice.next_at = row.at
            else:
                continue
            notice.user_id, notice.unit_id = user_id, unit_id
            yield notice
    for citizen in told.citizens if outside else ():
        notice = _notice(row, told, NoticeChannel.SMS, NoticeState.QUEUED)
        notice.next_at = row.at
        notice.contact_id, notice.report_id = citizen.contact_id, citizen.report_id
        yield notice


def _notice(row: Outbox, told: Reached, channel: NoticeChannel, state: NoticeState) -> Notice:
    return Notice(
        happening=row.pk,
        kind=row.kind,
        channel=channel,
        case_id=row.case_id,
        case_number=row.case_number,
        task_kind=row.task_kind,
        reason_told=row.reason,
        day=told.day,
        state=state,
        created_at=row.at,
    )
