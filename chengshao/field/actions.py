"""Writes: each calls the one action of the room below, once for each key of the phone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import EvidenceKind
from chengshao.evidence import actions as evidence
from chengshao.field import queries
from chengshao.field.models import Deed
from chengshao.intake import actions as intake
from chengshao.intake.actions import Received
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json, canonical
from chengshao.kernel.errors import NotFound, Refused
from chengshao.kernel.words import is_blank
from chengshao.workorders import actions as workorders
from chengshao.workorders import queries as cases
from chengshao.workorders.actions import ClientKeyReused, NewReport
from chengshao.workorders.terms import Channel

KEPT = timedelta(days=180)  # a phone that comes back later than this finds its case moved anyhow


class _Case(Protocol):
    """What is kept of a case."""

    number: str
    step: str


class OtherUser(Refused):
    """It waits on the phone for somebody else than who is signed in: never under my name."""

    code = "field_other_user"


class RecordNotFound(NotFound):
    """The picture belongs to nothing that came from this person before."""

    code = "field_record_not_found"


def check_whose(user_id: int | None, actor: Actor) -> None:
    """
    Pass if the phone kept this for the person who sends it, or doesn't say for whom.

    :raises OtherUser: if not
    """
    if user_id not in (None, actor.user_id):
        raise OtherUser


def check(
    *,
    client_key: str,
    task_id: int,
    seen_revision: int,
    command: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Deed:
    """
    Decide on a check where it lies; the same again changes nothing.

    :raises ClientKeyReused: if the key came before with another request
    :raises DomainError: see workorders.actions.move_task; nothing is changed then
    """

    def act() -> _Case:
        return workorders.move_task(
            task_id=task_id,
            seen_revision=seen_revision,
            command=command,
            reason=reason,
            actor=actor,
            at=at,
        )

    said: Mapping[str, Json] = {"task": task_id, "seen": seen_revision, "command": command}
    return _once(client_key, {**said, "reason": reason}, task_id, act, actor, at)


def note(*, client_key: str, task_id: int, words: str, actor: Actor, at: datetime) -> Deed:
    """
    Leave on the case what was seen by who came too late to decide; the same again changes nothing.

    :raises ClientKeyReused: if the key came before with another request
    :raises DomainError: see workorders.actions.note_seen
    """

    def act() -> _Case:
        return workorders.note_seen(task_id=task_id, words=words, actor=actor, at=at)

    return _once(client_key, {"task": task_id, "words": words}, task_id, act, actor, at)


def record_fixed(
    *, report: NewReport, matter: str, files: Sequence[tuple[int, str]], actor: Actor, at: datetime
) -> Received:
    """
    Record what was found and fixed there and then; what nobody typed is as the standard says.

    :raises ClientKeyReused: if the key came before with another matter
    :raises DomainError: see intake.actions.record_fixed
    """
    known = cases.report_sent(client_key=report.client_key, actor=actor)
    if known is not None and known.work_order.matter != matter:
        raise ClientKeyReused
    version = catalog.matter_in_force(matter, localdate(at))
    unit_id, _territory = queries.unit_and_territory(actor)
    return intake.record_fixed(
        report=report,
        unit_id=unit_id,
        matter=version.code,
        reply=_("已当场处置：{condition}").format(condition=version.close_condition),
        files=files,
        actor=actor,
        at=at,
    )


def new_report(
    *,
    client_key: str,
    words: str,
    matter: str,
    place: str,
    point: tuple[float, float] | None,
    actor: Actor,
    at: datetime,
) -> NewReport:
    """
    Return what somebody found on the way as a report; without words it is called by its matter.

    :param point: lng, lat in WGS84; without one it lies where the person is appointed
    :raises MatterNotFound: if no such matter is in force
    """
    if is_blank(words) and matter:
        words = catalog.matter_in_force(matter, localdate(at)).name
    _unit, territory = queries.unit_and_territory(actor)
    lng, lat = point or (None, None)
    return NewReport(
        client_key=client_key,
        channel=Channel.PATROL,
        words=words,
        place=place,
        lng=lng,
        lat=lat,
        territory=territory,
    )


def add_photo(
    *, client_key: str, of: str, content: bytes, name: str, actor: Actor, at: datetime
) -> Deed:
    """
    Put a photograph on what this person sent before; the same again changes nothing.

    :param of: the key of the check, the note or the record to which it belongs
    :raises RecordNotFound: if nothing came under that key
    :raises ClientKeyReused: if the key came before with another picture
    :raises UploadRefused: see evidence.store_upload
    :raises DomainError: see workorders.actions.show_seen and show_found
    """
    body: dict[str, Json] = {"of": of, "digest": sha256(content).hexdigest()}
    known = _same(queries.deed_of(client_key, actor), body)
    if known is not None:
        return known
    before = queries.deed_of(of, actor)
    report = None if before else cases.report_sent(client_key=of, actor=actor)
    if before is None and report is None:
        raise RecordNotFound
    blob_id = evidence.store_upload(
        content=content, name=name, actor=actor, at=at, pictures_only=True
    )

    def act() -> _Case:
        if before is not None and before.task_id is not None:
            task_id = before.task_id
            hung = workorders.show_seen(task_id=task_id, blob_id=blob_id, actor=actor, at=at)
        elif report is not None:
            hung = workorders.show_found(report_id=report.pk, blob_id=blob_id, actor=actor, at=at)
        else:
            raise RecordNotFound
        return hung.work_order

    return _once(client_key, body, before.task_id if before else None, act, actor, at)


def keep_asked_photos(
    *, files: Sequence[tuple[bytes, str]], actor: Actor, at: datetime
) -> list[tuple[int, str]]:
    """
    Keep the photographs without which a matter can't be recorded as fixed.

    :raises DomainError: see intake.actions.keep_found
    """
    kind = EvidenceKind.PHOTO_AFTER
    found = [(content, name, kind) for content, name in files]
    return intake.keep_found(files=found, actor=actor, at=at)


@transaction.atomic
def forget_deeds(*, at: datetime) -> int:
    """Delete what phones sent half a year ago; return how many. The cases stay as they are."""
    return Deed.objects.filter(done_at__lt=at - KEPT).delete()[0]


@transaction.atomic
def _once(
    client_key: str,
    body: Mapping[str, Json],
    task_id: int | None,
    act: Callable[[], _Case],
    actor: Actor,
    at: datetime,
) -> Deed:
    known = _same(queries.deed_of(client_key, actor, wait=True), body)
    if known is not None:
        return known
    if actor.user_id is None:
        raise OtherUser
    case = act()
    return Deed.objects.create(
        user_id=actor.user_id,
        client_key=client_key,
        fingerprint=_fingerprint(body),
        task_id=task_id,
        number=case.number,
        step=case.step,
        done_at=at,
    )


def _same(known: Deed | None, body: Mapping[str, Json]) -> Deed | None:
    """:raises ClientKeyReused: if it was something else"""
    if known is not None and known.fingerprint != _fingerprint(body):
        raise ClientKeyReused
    return known


def _fingerprint(body: Mapping[str, Json]) -> str:
    return sha256(canonical(body).encode()).hexdigest()
