"""Contacts of citizens, masked; the rings that open them; who had one shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet

from chengshao.kernel.errors import NotFound
from chengshao.people.models import (
    Contact,
    ContactAccess,
)
from chengshao.people.rules.masking import mask_name, mask_phone
from chengshao.people.rules.phones import normalise_phone, number_to_find
from chengshao.people.rules.sealing import KeyRing, lookups_of, open_text
from chengshao.people.terms import ContactDeed
from chengshao.web.gather import Asked


class ContactNotFound(NotFound):
    code = "contact_not_found"


@dataclass(frozen=True, slots=True)
class MaskedContact:
    """A citizen's contact as far as it may be shown; of a confidential one nothing (保密)."""

    name: str
    phone: str
    confidential: bool = False
    erased: bool = False


def contacts_asked(ids: QuerySet[Any, Any]) -> Asked:
    """Return what to ask, with other things, for contacts whose ids a query names; see `masked`."""
    return Asked(Contact.objects.filter(pk__in=ids))


def masked(rows: Iterable[Contact]) -> dict[int, MaskedContact]:
    """
    Return contacts as far as they may be shown without a purpose, by id.

    :raises SealBroken: if a key is not at hand
    """
    return {row.pk: _masked(row) for row in rows}


def masked_contacts(ids: Iterable[int]) -> dict[int, MaskedContact]:
    """
    Return contacts as far as they may be shown without a purpose: 王*, 138****8000.

    :raises SealBroken: if a key is not at hand
    """
    return masked(Contact.objects.filter(pk__in=set(ids)))


def revealed_to(user_id: int, contact_ids: Iterable[int]) -> set[int]:
    """Return which of these contacts somebody has read, each for a purpose. One statement."""
    rows = ContactAccess.objects.filter(
        user=user_id, contact__in=set(contact_ids), deed=ContactDeed.REVEALED
    )
    return set(rows.values_list("contact_id", flat=True))


def names_of_contacts(ids: Collection[int]) -> list[str]:
    """
    Return the names that these citizens left. For comparing alone, never to be shown, and only of
    contacts that whoever asks has read or taken down: what is found tells something.

    One statement, none for none.

    :raises SealBroken: if a key is not at hand
    """
    rows = Contact.objects.filter(pk__in=set(ids), erased_at=None) if ids else ()
    return [name for row in rows if (name := opened(row, "name"))]


def contact_ids_of_phone(phone: str) -> list[int]:
    """
    Return the contacts that left exactly this number, the newest first; never confidential ones.

    :raises PhoneInvalid: if it can't be a telephone number
    """
    number = number_to_find(normalise_phone(phone))
    if not number:
        return []
    found = Contact.objects.filter(phone_lookup__in=lookups_of(number, key_ring("contact_lookup")))
    return list(found.order_by("-pk").values_list("pk", flat=True))


def contact_ids_alike(contact_id: int) -> list[int]:
    """Return the contacts that left the same number as this one; itself alone if confidential."""
    own = Contact.objects.filter(pk=contact_id).exclude(phone_lookup="").values("phone_lookup")
    found = Contact.objects.filter(Q(pk=contact_id) | Q(phone_lookup__in=own))
    return list(found.order_by("-pk").values_list("pk", flat=True))


def key_ring(name: str) -> KeyRing:
    """Return keys of the settings: contact, contact_confidential or contact_lookup."""
    return KeyRing.of(settings.KEYS[name])


def ring_of(contact: Contact) -> KeyRing:
    return key_ring("contact_confidential" if contact.confidential else "contact")


def place_of(contact: Contact, field: str) -> str:
    """Return what a sealed field is bound to, so that it opens nowhere else."""
    return f"people.contact/{field}/{contact.purpose}/{contact.binding}"


def opened(contact: Contact, field: str) -> str:
    """:raises SealBroken: if the key is not at hand or the seal is not of this place"""
    sealed: Any = getattr(contact, field)
    if sealed is None:
        return ""
    return open_text(bytes(sealed), place_of(contact, field), ring_of(contact), contact.key_id)


def _masked(row: Contact) -> MaskedContact:
    if row.confidential or row.erased_at:
        return MaskedContact("", "", row.confidential, row.erased_at is not None)
    return MaskedContact(mask_name(opened(row, "name")), mask_phone(opened(row, "phone")))


@dataclass(frozen=True, slots=True)
class Reveal:
    """That somebody read contacts, between when and how often."""

    user_id: int
    first_at: datetime
    last_at: datetime
    times: int


def reveals_of(contact_ids: Collection[int]) -> list[Reveal]:
    """Return who read any of these contacts, in order of user. One statement, none for none."""
    if not contact_ids:
        return []
    rows = ContactAccess.objects.filter(
        contact__in=set(contact_ids), deed=ContactDeed.REVEALED, user__isnull=False
    )
    said = rows.order_by("user_id").values_list("user_id")
    return [Reveal(*row) for row in said.annotate(Min("at"), Max("at"), Count("pk"))]
