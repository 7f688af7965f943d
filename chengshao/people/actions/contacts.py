"""Contacts of citizens: sealed when they come in, opened for a purpose only, erased in time."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, Refused
from chengshao.kernel.words import letters_in
from chengshao.people.actions._common import clean, require
from chengshao.people.models import Contact, ContactAccess, NumberLookUp
from chengshao.people.queries import (
    ContactNotFound,
    key_ring,
    masked_contacts,
    opened,
    place_of,
    ring_of,
)
from chengshao.people.rules.masking import mask_phone
from chengshao.people.rules.phones import normalise_phone, number_to_find
from chengshao.people.rules.sealing import lookup_of, seal_text
from chengshao.people.terms import ContactDeed, ContactPurpose, Power

KEPT_YEARS = 3
_LEAST_OF_A_PURPOSE = 2  # letters: a dot says nothing


class PurposeMissing(Invalid):
    code = "contact_purpose_missing"


class ContactErased(Refused):
    code = "contact_erased"


@dataclass(frozen=True, slots=True)
class RevealedContact:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class LeftContact:
    """What a citizen leaves: name and number as they can be kept."""

    name: str
    phone: str
    confidential: bool

    def __bool__(self) -> bool:
        return bool(self.name or self.phone)


def contact_left(*, name: str, phone: str, confidential: bool) -> LeftContact:
    """
    Return what a citizen leaves as it can be kept: false if both are empty (匿名).

    :raises PhoneInvalid: if the phone can't be a telephone number
    :raises PeopleTextInvalid: if name or phone is longer than 40 characters
    """
    phone = normalise_phone(clean("phone", phone, 40))
    return LeftContact(clean("contact_name", name, 40), phone, confidential)


def keep_contact(
    *,
    name: str,
    phone: str,
    confidential: bool,
    at: datetime,
    purpose: ContactPurpose = ContactPurpose.CASE,
    keep_until: date | None = None,
) -> int | None:
    """
    Seal what a citizen leaves and return its id; None if both are empty (匿名).

    Kept for three years unless told otherwise. A confidential one has a key of its own and
    can't be found by its number.

    :raises DomainError: see contact_left
    """
    left = contact_left(name=name, phone=phone, confidential=confidential)
    if not left:
        return None
    contact = _sealed(left, purpose, keep_until or _years_after(localdate(at), KEPT_YEARS), at)
    contact.save()
    return contact.pk


def keep_contacts(
    *, left: Sequence[tuple[LeftContact, datetime]], at: datetime
) -> list[int | None]:
    """
    Do the same for many at once, in their order: one statement. None also of those that were left
    so long ago that they would have been erased by now.

    :param left: each with the moment at which it was left, from which on it is kept
    """
    today = localdate(at)
    rows = [_kept_since(one, localdate(moment), today, at) for one, moment in left]
    Contact.objects.bulk_create(row for row in rows if row is not None)
    return [row.pk if row else None for row in rows]


def _kept_since(left: LeftContact, day: date, today: date, at: datetime) -> Contact | None:
    until = _years_after(day, KEPT_YEARS)
    return _sealed(left, ContactPurpose.CASE, until, at) if left and until > today else None


def _sealed(left: LeftContact, purpose: ContactPurpose, keep_until: date, at: datetime) -> Contact:
    contact = Contact(
        purpose=purpose,
        confidential=left.confidential,
        binding=secrets.token_hex(16),
        keep_until=keep_until,
        created_at=at,
    )
    _seal(contact, left.name, left.phone)
    return contact


@transaction.atomic
def make_confidential(*, contact_id: int) -> None:
    """
    Seal a contact under the key of confidential ones: from now on it shows to nobody and is found
    by no number (保密). Again, or of one that was erased, changes nothing.

    :raises ContactNotFound: if it is not there
    :raises SealBroken: if its key is not at hand
    """
    contact = Contact.objects.select_for_update().filter(pk=contact_id).first()
    if contact is None:
        raise ContactNotFound
    if contact.confidential or contact.erased_at:
        return
    name, phone = opened(contact, "name"), opened(contact, "phone")
    contact.confidential = True
    _seal(contact, name, phone)
    contact.save(update_fields=["confidential", "name", "phone", "phone_lookup", "key_id"])


@transaction.atomic(durable=True)
def reveal_contact(
    *, contact_id: int, purpose: str, about: str, actor: Actor, at: datetime
) -> RevealedContact:
    """
    Open a contact for somebody who says what for. The entry in the access log is committed
    before anything is returned, so this can't run inside another transaction.

    Whether the actor may see the case it belongs to is for the caller's room to check first.

    :raises PeoplePowerMissing: without REVEAL_CONTACT
    :raises PurposeMissing: if no purpose is given in at least two letters
    :raises PeopleTextInvalid: if the purpose is longer than 200 characters or the number than 40
    :raises ContactNotFound: if it is not there
    :raises ContactErased: if it was erased
    :raises SealBroken: if its key is not at hand
    """
    contact = _for_a_purpose(contact_id, purpose, about, ContactDeed.REVEALED, actor, at)
    return RevealedContact(opened(contact, "name"), opened(contact, "phone"))


def log_look_up(
    *, phone: str = "", contact_id: int | None = None, cases: int, actor: Actor, at: datetime
) -> None:
    """
    Note that somebody was shown what was reported from a number, for the auditor. The number is
    kept masked. One statement, and one more to mask what a contact left.

    :param phone: as it was typed
    :param contact_id: whose number it was, where none was typed
    """
    if contact_id is not None:
        contact = masked_contacts([contact_id]).get(contact_id)
        shown = contact.phone if contact else ""
    else:
        shown = mask_phone(normalise_phone(phone))
    NumberLookUp.objects.create(
        user_id=actor.user_id, actor_kind=actor.kind, phone=shown[:40], cases=cases, at=at
    )


@transaction.atomic
def erase_contact(*, contact_id: int, purpose: str, about: str, actor: Actor, at: datetime) -> None:
    """
    Erase name and number for good (Personal Information Protection Law §47).

    :raises PeoplePowerMissing: without ERASE_CONTACT
    :raises PurposeMissing: if no reason is given
    :raises PeopleTextInvalid: if the reason is longer than 200 characters
    :raises ContactNotFound: if it is not there
    :raises ContactErased: if it was erased before
    """
    contact = _for_a_purpose(contact_id, purpose, about, ContactDeed.ERASED, actor, at)
    _erase(contact, at)


@transaction.atomic
def erase_expired_contacts(*, actor: Actor, at: datetime, limit: int = 500) -> int:
    """
    Erase up to `limit` contacts whose time is over, and return how many: call until 0.

    :raises PeoplePowerMissing: without ERASE_CONTACT
    """
    require(actor, Power.ERASE_CONTACT)
    due = Contact.objects.filter(keep_until__lte=localdate(at), erased_at=None)
    rows = list(due.order_by("pk").select_for_update(skip_locked=True)[:limit])
    for contact in rows:
        _log(contact, ContactDeed.ERASED, "保存期满", "", actor, at)
        _erase(contact, at)
    return len(rows)


@transaction.atomic
def reseal_contacts(*, limit: int = 500) -> int:
    """
    Seal up to `limit` contacts anew that lie under an old key, and return how many: call
    until 0, then the old key can be taken out of the key file.

    :raises SealBroken: if an old key is not at hand
    """
    lookups = key_ring("contact_lookup").current
    old_look_up = ~Q(phone_lookup="") & ~Q(phone_lookup__startswith=f"{lookups}:")
    old_key = Q(confidential=False) & ~Q(key_id=key_ring("contact").current)
    old_secret_key = Q(confidential=True) & ~Q(key_id=key_ring("contact_confidential").current)
    old = Contact.objects.filter(old_look_up | old_key | old_secret_key, erased_at=None)
    rows = list(old.order_by("pk").select_for_update(skip_locked=True)[:limit])
    for contact in rows:
        _seal(contact, opened(contact, "name"), opened(contact, "phone"))
        contact.save(update_fields=["name", "phone", "phone_lookup", "key_id"])
    return len(rows)


def _seal(contact: Contact, name: str, phone: str) -> None:
    ring = ring_of(contact)
    contact.key_id = ring.current
    contact.name = seal_text(name, place_of(contact, "name"), ring)
    contact.phone = seal_text(phone, place_of(contact, "phone"), ring)
    findable = phone and not contact.confidential
    number = number_to_find(phone)
    contact.phone_lookup = lookup_of(number, key_ring("contact_lookup")) if findable else ""


def _erase(contact: Contact, at: datetime) -> None:
    Contact.objects.filter(pk=contact.pk).update(
        name=None, phone=None, phone_lookup="", erased_at=at
    )


def _for_a_purpose(
    contact_id: int, purpose: str, about: str, deed: ContactDeed, actor: Actor, at: datetime
) -> Contact:
    power = Power.ERASE_CONTACT if deed is ContactDeed.ERASED else Power.REVEAL_CONTACT
    if not actor.holds(power):
        require(actor, power)
    purpose = clean("purpose", purpose, 200)
    if letters_in(purpose) < _LEAST_OF_A_PURPOSE:
        raise PurposeMissing
    contact = Contact.objects.select_for_update().filter(pk=contact_id).first()
    if contact is None:
        raise ContactNotFound
    if contact.erased_at:
        raise ContactErased
    _log(contact, deed, purpose, clean("about", about, 40), actor, at)
    return contact


def _log(
    contact: Contact, deed: ContactDeed, purpose: str, about: str, actor: Actor, at: datetime
) -> None:
    ContactAccess.objects.create(
        contact=contact,
        deed=deed,
        user_id=actor.user_id,
        actor_kind=actor.kind,
        purpose=purpose,
        about=about,
        at=at,
    )


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
