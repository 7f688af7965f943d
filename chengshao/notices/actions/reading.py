"""What a member of staff does with the own notices: read them, say which ones are wanted."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid
from chengshao.notices import queries
from chengshao.notices.models import Address, Notice, Preference
from chengshao.notices.rules.kinds import FOR_STAFF, OUTWARD
from chengshao.notices.terms import NoticeChannel, NoticeKind

_FORM = {
    NoticeChannel.SMS: re.compile(r"\+?[0-9]{5,20}"),
    NoticeChannel.WECOM: re.compile(r"[A-Za-z0-9_.@-]{1,64}"),
}
_MOST = 100


class AddressInvalid(Invalid):
    code = "notice_address_invalid"


def read(*, notice_id: int, actor: Actor, at: datetime) -> Notice:
    """
    Note that somebody has read an own notice, and return it. Again changes nothing.

    :raises NoticeNotFound: if it is not the actor's own
    """
    notice = queries.notice_for(notice_id, actor)
    if notice.read_at is None:
        Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at)
        notice.refresh_from_db(fields=["read_at"])
    return notice


def read_all(*, actor: Actor, up_to: int, at: datetime) -> int:
    """Note that all own notices up to the newest one shown are read; return how many were not."""
    unread = queries.notices_for(actor).filter(read_at=None, pk__lte=up_to)
    return unread.update(read_at=at)


def read_of_case(*, case_id: int, actor: Actor, at: datetime) -> int:
    """
    Note that somebody who looks at a case has read what they were told of it; return how much that
    was. For who opens cases from elsewhere than the notices. One statement.
    """
    return queries.notices_for(actor).filter(read_at=None, case_id=case_id).update(read_at=at)


@transaction.atomic
def set_wishes(
    *,
    wanted: Mapping[tuple[NoticeKind, NoticeChannel], bool],
    addresses: Mapping[NoticeChannel, str],
    actor: Actor,
) -> None:
    """
    Keep which notices somebody wants by which channel, and where they are to go.

    :param wanted: what is not named stays as it was
    :param addresses: by outward channel; "" takes one away
    :raises AddressInvalid: if an address can't be one of its channel
    """
    assert actor.user_id is not None
    checked = {channel: _checked(channel, addresses[channel]) for channel in addresses}
    for (kind, channel), wants in wanted.items():
        if kind not in FOR_STAFF:
            continue
        Preference.objects.update_or_create(
            user_id=actor.user_id, kind=kind, channel=channel, defaults={"wanted": wants}
        )
    for channel, address in checked.items():
        own = Address.objects.filter(user=actor.user_id, channel=channel)
        if not address:
            own.delete()
        elif not own.update(address=address):
            Address.objects.create(user_id=actor.user_id, channel=channel, address=address)


def _checked(channel: NoticeChannel, address: str) -> str:
    address = address.strip()
    if not address:
        return ""
    if channel not in OUTWARD or len(address) > _MOST or not _fits(channel, address):
        raise AddressInvalid(notice_channel=channel)
    return address


def _fits(channel: NoticeChannel, address: str) -> bool:
    if channel is NoticeChannel.MAIL:
        try:
            validate_email(address)
        except ValidationError:
            return False
        return True
    return _FORM[channel].fullmatch(address) is not None
