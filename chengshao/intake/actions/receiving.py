"""Writes: what comes by a channel is screened and becomes a report."""

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from chengshao.catalog.terms import EvidenceKind
from chengshao.evidence import actions as evidence
from chengshao.intake.models import AddressCount
from chengshao.intake.rules.throttle import WINDOWS, address_key, window_start
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import NotAllowed, TooMany
from chengshao.workorders import actions as workorders
from chengshao.workorders.actions import NewReport, PowerMissing, link_of
from chengshao.workorders.terms import Channel, Power


@dataclass(frozen=True, slots=True)
class Received:
    """What whoever reported keeps: the number, and the secret token of their link."""

    id: int
    number: str
    step: str
    reported_at: datetime
    token: str
    created: bool  # False: the same request came before


class TooManyReports(TooMany):
    """`retry_after`: seconds until the address may report again."""

    code = "too_many_requests"


class ChannelNotOpen(NotAllowed):
    code = "channel_not_open"


def receive(
    *,
    report: NewReport,
    files: Sequence[int] = (),
    address: str,
    actor: Actor,
    at: datetime,
) -> Received:
    """
    Take a report in by any channel; without a name by the citizens' own channel alone, and only
    so many from one network address. The same request again is not counted.

    :raises ChannelNotOpen: if somebody without a name claims another channel
    :raises TooManyReports: if the address reported too often; nothing is stored of the report
    :raises DomainError: see workorders.actions.receive_report
    """
    nameless = actor.kind is ActorKind.CITIZEN
    if nameless and report.channel is not Channel.PORTAL:
        raise ChannelNotOpen(channel=report.channel)
    if nameless:
        return received(_receive_counted(report, files, address, actor, at))
    return received(workorders.receive_report(report=report, files=files, actor=actor, at=at))


@transaction.atomic
def _receive_counted(
    report: NewReport, files: Sequence[int], address: str, actor: Actor, at: datetime
) -> Any:
    stored = workorders.receive_report(report=report, files=files, actor=actor, at=at)
    if stored.is_new:
        _count(address, at)
    return stored


def keep_picture(*, file: "UploadedFile[bytes]", address: str, at: datetime) -> int:
    """
    Keep a picture while a citizen still says whether what it shows is new, and return its blob. It
    counts as a report does: nobody fills the store by asking. Unused it goes within a day.

    :raises TooManyReports: if the address reported too often
    :raises UploadRefused: see evidence.store_picture
    """
    with transaction.atomic():
        _count(address, at)
    return evidence.store_picture(file=file, actor=Actor(ActorKind.CITIZEN), at=at)


def keep_found(
    *,
    files: Sequence[tuple[bytes, str, EvidenceKind | None]],
    actor: Actor,
    at: datetime,
) -> list[tuple[int, str]]:
    """
    Keep files of what somebody found and fixed, before it is recorded: content, name and what it
    is evidence of. Return their blobs with that kind.

    :raises PowerMissing: if the actor handles for nobody: nothing is kept of theirs
    :raises UploadRefused: see evidence.store_upload
    """
    if files and not actor.holds(Power.HANDLE):
        raise PowerMissing(power=Power.HANDLE)
    return [
        (evidence.store_upload(content=content, name=name, actor=actor, at=at), kind or "")
        for content, name, kind in files
    ]


def record_fixed(
    *,
    report: NewReport,
    unit_id: int | None = None,
    matter: str,
    reply: str,
    files: Sequence[tuple[int, str]] = (),
    actor: Actor,
    at: datetime,
) -> Received:
    """
    Record what one person found and fixed there and then (即查即改): one closed case.

    :raises DomainError: see workorders.actions.record_fixed
    """
    stored = workorders.record_fixed(
        report=report,
        unit_id=unit_id,
        matter=matter,
        reply=reply,
        files=files,
        actor=actor,
        at=at,
    )
    return received(stored)


def received(stored: Any) -> Received:
    """Return what whoever reported keeps of a stored report."""
    case = stored.work_order
    return Received(
        id=stored.pk,
        number=case.number,
        step=case.step,
        reported_at=stored.reported_at,
        token=link_of(stored),
        created=stored.is_new,
    )


@transaction.atomic
def forget_addresses(*, at: datetime) -> int:
    """Delete the counts of windows that are over; return how many."""
    return AddressCount.objects.filter(ends_at__lt=at).delete()[0]


def _count(address: str, at: datetime) -> None:
    secret = b64decode(settings.KEYS["throttle"])
    waits = []
    for length, most in WINDOWS:
        start = window_start(at, length)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO intake_addresscount AS c (key, window_seconds, ends_at, count)"
                " VALUES (%s, %s, %s, 1)"
                " ON CONFLICT (key, window_seconds) DO UPDATE SET count = c.count + 1"
                " RETURNING count",
                [
                    address_key(address, secret, start),
                    int(length.total_seconds()),
                    start + length,
                ],
            )
            (count,) = cursor.fetchone()
        if count > most:
            waits.append(ceil((start + length - at).total_seconds()))
    if waits:
        raise TooManyReports(retry_after=max(waits))
