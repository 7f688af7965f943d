"""
Sending what waits. A message is taken (a lease, committed), sent outside of any transaction, and
settled. Who is cut off between sending and settling sends it once more when the lease is over,
under the same key: the gateway knows it (at least once, never again after a clear word).
"""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.notices import queries
from chengshao.notices.actions._channels import Adapter, adapter_for
from chengshao.notices.models import Notice, Template
from chengshao.notices.rules.budget import ContactBudget, end_of_quiet, when_to_send
from chengshao.notices.rules.gateway import Message, Verdict
from chengshao.notices.rules.kinds import AT_ONCE
from chengshao.notices.rules.trying import LEASE, MOST_TRIES, try_again_at
from chengshao.notices.terms import NoticeChannel, NoticeKind, NoticeReason, NoticeState
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.people.terms import Power

_STALE_AFTER = timedelta(days=3)
_WEEK = timedelta(days=7)
_LOCK = 0x6E6F7469  # any number that no other room takes
_FAILURES_IN_A_ROW = 3  # then a channel is left alone until the next run
_PURPOSE = "按办理进度通知诉求人"
SENDER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.REVEAL_CONTACT, None)}))
_LOG = logging.getLogger(__name__)
_TOLD = {
    Verdict.UNREACHABLE: NoticeReason.UNREACHABLE,
    Verdict.GARBLED: NoticeReason.GARBLED,
}


class _NotToBeSent(Exception):
    def __init__(self, reason: NoticeReason) -> None:
        super().__init__(reason)
        self.reason = reason


def send_due(*, at: datetime, limit: int = 10) -> int:
    """
    Send up to `limit` messages that are due, and return how many were looked at: call until 0.
    What takes them all their time must fit into one lease. Nothing goes out, and waits, while
    nothing is settled of how often one may be written to.
    """
    if not Notice.objects.filter(next_at__lte=at).exists():
        return 0
    try:
        taken, looked_at = _take(at, limit)
    except queries.BudgetMissing:
        return 0
    templates = queries.templates_on(localdate(at))
    failures: Counter[str] = Counter()
    for notice in taken:
        if failures[notice.channel] >= _FAILURES_IN_A_ROW:
            _put_back(notice, at)
            continue
        verdict = _send_alone(notice, templates, at)
        failures[notice.channel] = failures[notice.channel] + 1 if verdict in _TOLD else 0
    return looked_at


@transaction.atomic
def _take(at: datetime, limit: int) -> tuple[list[Notice], int]:
    """Lease what may go now; what may not is held or dropped. One at a time: the budget counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    rule = queries.budget_on(localdate(at)).rule()
    due = Notice.objects.filter(next_at__lte=at).order_by("next_at", "pk")
    rows = list(due.select_for_update(skip_locked=True)[:limit])
    return [row for row in rows if _may_go(row, rule, at)], len(rows)


def _may_go(notice: Notice, rule: ContactBudget, at: datetime) -> bool:
    """Lease a notice, or store why it does not go now."""
    if notice.tries >= MOST_TRIES:  # cut off in its last try
        return _end(notice, NoticeState.FAILED, NoticeReason.GIVEN_UP)
    if at - notice.created_at > _STALE_AFTER and notice.resent_at is None:
        return _end(notice, NoticeState.SUPPRESSED, NoticeReason.STALE)
    if notice.state == NoticeState.HELD and _later_ones(notice).exists():
        return _end(notice, NoticeState.SUPPRESSED, NoticeReason.COLLAPSED)
    if NoticeKind(notice.kind) not in AT_ONCE:
        moment = when_to_send(at, _sent_to(notice, at), rule)
        if moment > at:
            quiet = end_of_quiet(at, rule) == moment
            notice.state = NoticeState.HELD
            notice.reason = NoticeReason.QUIET_HOURS if quiet else NoticeReason.BUDGET_SPENT
            notice.next_at = moment
            notice.save(update_fields=["state", "reason", "next_at"])
            return False
    notice.state, notice.reason = NoticeState.QUEUED, ""
    notice.tries += 1
    notice.tried_at = at
    notice.next_at = at + LEASE
    notice.save(update_fields=["state", "reason", "tries", "tried_at", "next_at"])
    return True


def _end(notice: Notice, state: NoticeState, reason: NoticeReason) -> bool:
    notice.state, notice.reason, notice.next_at = state, reason, None
    notice.save(update_fields=["state", "reason", "next_at"])
    return False


def _later_ones(notice: Notice) -> QuerySet[Notice]:
    """Return what waits for the same person on the same case by the same channel, and is newer."""
    return Notice.objects.filter(
        case_id=notice.case_id,
        channel=notice.channel,
        user=notice.user_id,
        contact=notice.contact_id,
        next_at__isnull=False,
        happening__gt=notice.happening,
    )


def _sent_to(notice: Notice, at: datetime) -> list[datetime]:
    """Return when in the last week something went, or was tried, to the same person outside."""
    if notice.contact_id is not None:
        who = Q(contact__in=people.contact_ids_alike(notice.contact_id))
    else:
        who = Q(user=notice.user_id) & ~Q(channel=NoticeChannel.IN_APP)
    gone = Q(state=NoticeState.SENT) | Q(state=NoticeState.QUEUED, tried_at__isnull=False)
    rows = Notice.objects.filter(who, gone, tried_at__gt=at - _WEEK).exclude(pk=notice.pk)
    return [moment for moment in rows.values_list("tried_at", flat=True) if moment is not None]


def _put_back(notice: Notice, at: datetime) -> None:
    """Give a notice back that was taken and not tried."""
    mine = Notice.objects.filter(pk=notice.pk, tries=notice.tries, next_at__isnull=False)
    mine.update(tries=notice.tries - 1, next_at=at + LEASE)


def _send_alone(
    notice: Notice, templates: dict[NoticeKind, Template], at: datetime
) -> Verdict | None:
    """Send one; what is wrong with it must not keep the others from going."""
    try:
        return _send(notice, templates, at)
    except Exception:
        _LOG.exception("notice %s", notice.pk)
        return None


def _send(notice: Notice, templates: dict[NoticeKind, Template], at: datetime) -> Verdict | None:
    adapter = adapter_for(NoticeChannel(notice.channel))
    template = templates.get(NoticeKind(notice.kind))
    try:
        if template is None:
            raise _NotToBeSent(NoticeReason.NO_TEMPLATE)
        message = _message(notice, template, adapter, at)
    except _NotToBeSent as refused:
        _settle(notice, state=NoticeState.SUPPRESSED, reason=refused.reason, next_at=None)
        return None
    verdict = adapter.send(message, at)
    _store_verdict(notice, template, verdict, at)
    return verdict


def _store_verdict(notice: Notice, template: Template, verdict: Verdict, at: datetime) -> None:
    if verdict is Verdict.ACCEPTED:
        told = {"state": NoticeState.SENT, "reason": "", "next_at": None, "sent_at": at}
        _settle(notice, **told, template=template)
    elif verdict is Verdict.REFUSED:
        _settle(notice, state=NoticeState.FAILED, reason=NoticeReason.REFUSED, next_at=None)
    elif (again := try_again_at(notice.tries, at)) is not None:
        _settle(notice, reason=_TOLD[verdict], next_at=again)
    else:
        _settle(notice, state=NoticeState.FAILED, reason=NoticeReason.GIVEN_UP, next_at=None)


def _settle(notice: Notice, **fields: object) -> None:
    """Store what became of a try, unless somebody else has taken the notice meanwhile."""
    mine = Notice.objects.filter(pk=notice.pk, tries=notice.tries, next_at__isnull=False)
    mine.update(**fields)


def _message(notice: Notice, template: Template, adapter: Adapter, at: datetime) -> Message:
    to, masked = _address(notice, adapter, at)
    named = people.unit_lines([notice.unit_id]) if notice.unit_id else {}
    units = {unit_id: line.name for unit_id, line in named.items()}
    return Message(
        key=f"chengshao-notice-{notice.pk}",
        channel=notice.channel,
        to=to,
        text=queries.words_of(notice, template, units=units),
        masked=masked,
    )


def _address(notice: Notice, adapter: Adapter, at: datetime) -> tuple[str, str]:
    """Return where it goes, and how that may be shown."""
    if notice.user_id is not None:
        to = queries.addresses_of(notice.user_id).get(notice.channel, "")
        return _known(to), to[:2] + "****"
    assert notice.contact_id is not None
    shown = people.masked_contacts([notice.contact_id]).get(notice.contact_id)
    if shown is None or shown.confidential or shown.erased:
        raise _NotToBeSent(NoticeReason.NO_ADDRESS)
    if not adapter.opens_addresses:
        return _known(shown.phone), shown.phone
    try:
        contact = people_actions.reveal_contact(
            contact_id=notice.contact_id,
            purpose=_PURPOSE,
            about=notice.case_number,
            actor=SENDER,
            at=at,
        )
    except DomainError:  # erased in this very moment
        raise _NotToBeSent(NoticeReason.NO_ADDRESS) from None
    return _known(contact.phone), shown.phone


def _known(address: str) -> str:
    if not address:
        raise _NotToBeSent(NoticeReason.NO_ADDRESS)
    return address
