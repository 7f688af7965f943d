"""What is wrong, missing or expired is said, and put right or answered by its owner."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, Refused
from chengshao.kernel.words import is_blank
from chengshao.knowledge.actions._common import check_keeper
from chengshao.knowledge.models import CURRENT, Correction, Version
from chengshao.knowledge.queries import CorrectionNotFound, ItemNotFound
from chengshao.knowledge.terms import CorrectionKind, CorrectionOutcome, ItemKind
from chengshao.people import queries as people

LONGEST_WORDS = 400


class CorrectionWordsMissing(Invalid):
    code = "knowledge_correction_words_missing"


class CorrectionEnded(Refused):
    code = "knowledge_correction_ended"


class ExpiredNeedsVersion(Refused):
    """What has expired is not talked away: a new version or a withdrawal ends it."""

    code = "knowledge_expired_needs_version"


class OnlyMissingIsAssigned(Refused):
    """What is wrong with an item is its owner's to put right."""

    code = "knowledge_only_missing_is_assigned"


@transaction.atomic
def report_wrong(*, code: str, words: str, actor: Actor, at: datetime) -> Correction:
    """
    Say that an item is wrong or lacks something; its owner owes the correction. The same words of
    the same person, while they are open, are one.

    :raises ItemNotFound: if there is no such item in use
    :raises CorrectionWordsMissing: if nothing is said, or more than 400 characters
    """
    said = _said(words)
    version = Version.objects.filter(CURRENT, item__code=code).first()
    if version is None:
        raise ItemNotFound
    return _opened(CorrectionKind.WRONG, version.item_id, version.unit_id, said, actor, at)


@transaction.atomic
def report_missing(*, words: str, actor: Actor, at: datetime) -> Correction:
    """
    Say that there is no item for what callers ask; the desk owes it, until it names a unit.

    :raises CorrectionWordsMissing: if nothing is said, or more than 400 characters
    """
    desk = people.desk_unit_id()
    return _opened(CorrectionKind.MISSING, None, desk, _said(words), actor, at)


@transaction.atomic
def assign_missing(*, correction_id: int, unit_id: int, actor: Actor, at: datetime) -> None:
    """
    Let another unit write what is missing.

    :raises CorrectionNotFound, CorrectionEnded: if it is not open
    :raises OnlyMissingIsAssigned: if it is about an item, which has an owner
    :raises KnowledgePowerMissing: if the actor does not keep the knowledge of who owes it now
    :raises UnitNotFound: if the unit is not in force
    """
    row = _open(correction_id, actor, at)
    if row.kind != CorrectionKind.MISSING:
        raise OnlyMissingIsAssigned
    people.check_units({unit_id}, localdate(at))
    row.unit_id = unit_id
    row.save(update_fields=["unit"])


@transaction.atomic
def answer_correction(*, correction_id: int, reply: str, actor: Actor, at: datetime) -> None:
    """
    End a correction in words: the item stays as it is, or the answer stands elsewhere.

    :raises CorrectionNotFound, CorrectionEnded: if it is not open
    :raises CorrectionWordsMissing: if nothing is said, or more than 400 characters
    :raises ExpiredNeedsVersion: if the item has expired
    :raises KnowledgePowerMissing: if the actor does not keep the knowledge of who owes it
    """
    said = _said(reply)
    row = _open(correction_id, actor, at)
    if row.kind == CorrectionKind.EXPIRED:
        raise ExpiredNeedsVersion
    row.ended_at, row.ended_by_id = at, actor.user_id
    row.outcome, row.reply = CorrectionOutcome.ANSWERED, said
    row.save(update_fields=["ended_at", "ended_by", "outcome", "reply"])


@transaction.atomic
def chase_expired(*, at: datetime) -> int:
    """
    Ask the owner of each item that has expired for a new version, once until there is one; return
    how many were asked now. A temporary line may expire: it was meant to.
    """
    chased = Correction.objects.filter(kind=CorrectionKind.EXPIRED, ended_at=None)
    expired = Version.objects.filter(CURRENT, valid_until__lte=at).exclude(kind=ItemKind.TEMPORARY)
    rows = [
        Correction(
            kind=CorrectionKind.EXPIRED,
            item_id=version.item_id,
            unit_id=version.unit_id,
            opened_at=at,
        )
        for version in expired.exclude(item__in=chased.values("item"))
    ]
    Correction.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _opened(
    kind: CorrectionKind,
    item_id: int | None,
    unit_id: int,
    words: str,
    actor: Actor,
    at: datetime,
) -> Correction:
    open_ones = Correction.objects.filter(ended_at=None, opened_by=actor.user_id)
    same = open_ones.filter(kind=kind, item=item_id, words=words).first()
    return same or Correction.objects.create(
        kind=kind,
        item_id=item_id,
        words=words,
        unit_id=unit_id,
        opened_by_id=actor.user_id,
        opened_at=at,
    )


def _open(correction_id: int, actor: Actor, at: datetime) -> Correction:
    row = Correction.objects.select_for_update().filter(pk=correction_id).first()
    if row is None:
        raise CorrectionNotFound
    check_keeper(actor, row.unit_id, localdate(at))
    if row.ended_at is not None:
        raise CorrectionEnded
    return row


def _said(words: str) -> str:
    said = words.strip()
    if is_blank(said) or len(said) > LONGEST_WORDS or "\x00" in said:
        raise CorrectionWordsMissing(limit=LONGEST_WORDS)
    return said
