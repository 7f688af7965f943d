"""Items are published and withdrawn. A version ends the one before it and changes none."""

import re
from datetime import datetime

from django.db import connection, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.kernel import finding
from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.errors import Invalid, Refused
from chengshao.knowledge.actions._common import check_keeper
from chengshao.knowledge.models import Correction, Item, Version
from chengshao.knowledge.queries import ItemNotFound
from chengshao.knowledge.queries.items import draft_of
from chengshao.knowledge.rules.drafts import CASES, Draft, check_draft, told_by, validity_of
from chengshao.knowledge.terms import CorrectionOutcome, Validity
from chengshao.people import queries as people
from chengshao.workorders import queries as workorders

_CASE_NUMBER = re.compile(r"\d{8}-\d{4,}")
_LEAST_NAME = 3  # shorter names of units stand in ordinary words


class ItemChangedMeanwhile(Refused):
    code = "knowledge_item_changed_meanwhile"


class ItemCodeTaken(Refused):
    code = "knowledge_item_code_taken"


class CaseTellsTooMuch(Invalid):
    """A case that others learn from holds somebody's number or name."""

    code = "knowledge_case_tells_too_much"


class CaseNamesUnit(Invalid):
    code = "knowledge_case_names_unit"


@transaction.atomic
def publish(
    *, code: str = "", seen_number: int = 0, draft: Draft, actor: Actor, at: datetime
) -> Version:
    """
    Publish what an item says from now on; the version before it ends. The same words again change
    nothing. What was open to be put right ends with a version that has not expired.

    :param code: of the item; "" where it is new and takes the next number
    :param seen_number: of the version that the actor saw; 0 where there is none
    :raises KnowledgePowerMissing: if the actor keeps not both the old and the new owner's items
    :raises ItemChangedMeanwhile: if another version was published meanwhile
    :raises ItemCodeTaken: if an item that is said to be new is there
    :raises UnitNotFound, MatterNotFound: if the owner or the matter is not in force
    :raises CaseTellsTooMuch, CaseNamesUnit: if a case tells who it was (C7)
    :raises DomainError: see rules.drafts.check_draft
    """
    today = localdate(at)
    check_draft(draft)
    check_keeper(actor, draft.unit_id, today)
    item, last = _locked(code)
    current = last if last is not None and last.replaced_at is None else None
    if current is not None and seen_number == 0:
        raise ItemCodeTaken(knowledge_code=item.code)
    if seen_number and (last is None or last.number != seen_number):
        raise ItemChangedMeanwhile
    if last is not None:
        check_keeper(actor, last.unit_id, today)
    if current is not None and draft_of(current) == draft:
        return current
    _check_references(draft, actor, at)
    if current is not None:
        Version.objects.filter(pk=current.pk).update(replaced_at=at)
    number = last.number + 1 if last is not None else 1
    version = _stored(item, number, draft, actor, at)
    if validity_of(draft.valid_from, draft.valid_until, at) is not Validity.EXPIRED:
        _end_corrections(item, CorrectionOutcome.RENEWED, version, actor, at)
    return version


@transaction.atomic
def withdraw(*, code: str, seen_number: int, actor: Actor, at: datetime) -> None:
    """
    Take an item out of use; its versions stay, and what was read of them. A new version brings it
    back.

    :raises ItemNotFound: if there is none in use
    :raises ItemChangedMeanwhile: if another version was published meanwhile
    :raises KnowledgePowerMissing: if the actor does not keep its owner's items
    """
    item, last = _locked(code, there=True)
    if last is None or last.replaced_at is not None:
        raise ItemNotFound
    check_keeper(actor, last.unit_id, localdate(at))
    if last.number != seen_number:
        raise ItemChangedMeanwhile
    Version.objects.filter(pk=last.pk).update(replaced_at=at)
    _end_corrections(item, CorrectionOutcome.WITHDRAWN, None, actor, at)


def _locked(code: str, *, there: bool = False) -> tuple[Item, Version | None]:
    """Return the item, no other change of which runs now, with its last version."""
    if not code:
        return Item.objects.create(code=_next_code()), None
    if not there:
        Item.objects.bulk_create([Item(code=code)], ignore_conflicts=True)
    item = Item.objects.select_for_update().filter(code=code).first()
    if item is None:
        raise ItemNotFound
    return item, item.versions.order_by("-number").first()


def _next_code() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('knowledge.code', 0))")
    ours = Item.objects.filter(code__regex=r"^Z\d{1,8}$")
    last = ours.aggregate(last=Max(Cast(Substr("code", 2), IntegerField())))["last"] or 0
    return f"Z{last + 1:04d}"


def _stored(item: Item, number: int, draft: Draft, actor: Actor, at: datetime) -> Version:
    words = finding.fold(told_by(draft))
    return Version.objects.create(
        item=item,
        number=number,
        kind=draft.kind,
        title=draft.title,
        callers_words=list(draft.callers_words),
        answer=draft.answer,
        conditions=draft.conditions,
        papers=draft.papers,
        place=draft.place,
        source=draft.source,
        source_ref=draft.source_ref,
        matter=draft.matter,
        unit_id=draft.unit_id,
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        published_at=at,
        published_by_id=actor.user_id,
        initials=finding.initials(draft.title, *draft.callers_words),
        words=words,
        bigrams=bigrams(words),
    )


def _check_references(draft: Draft, actor: Actor, at: datetime) -> None:
    today = localdate(at)
    people.check_units({draft.unit_id}, today)
    if draft.matter:
        catalog.matter_in_force(draft.matter, today)
    if draft.kind in CASES:
        _check_nobody_is_told(draft, actor)


def _check_nobody_is_told(draft: Draft, actor: Actor) -> None:
    """Refuse what an answer to a citizen would only be warned of, and the names of units."""
    told = told_by(draft)
    known = _CASE_NUMBER.search(draft.source_ref)
    number = known[0] if known else ""
    for doubt in workorders.reply_doubts(told, number=number, actor=actor):
        raise CaseTellsTooMuch(reply_doubt=doubt)
    for unit in people.units_by_code().values():
        for name in unit.names:
            if len(name) >= _LEAST_NAME and name in told:
                raise CaseNamesUnit(unit=name)


def _end_corrections(
    item: Item,
    outcome: CorrectionOutcome,
    version: Version | None,
    actor: Actor,
    at: datetime,
) -> None:
    Correction.objects.filter(item=item, ended_at=None).update(
        ended_at=at, ended_by_id=actor.user_id, outcome=outcome, version=version
    )
