"""What was done to accounts, with contacts and at the door, the newest first."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from chengshao.people.models import (
    AccountEntry,
    ContactAccess,
    NumberLookUp,
    SignIn,
)

L = TypeVar("L", bound=Model)


def newest(log: QuerySet[L], *, before: int | None, limit: int = 50) -> tuple[list[L], int | None]:
    """Return a page of a log, the newest first, and before which id the next page begins."""
    older = log.filter(pk__lt=before) if before is not None else log
    rows = list(older.order_by("-pk")[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def contact_log(about: str = "") -> QuerySet[ContactAccess]:
    """Return who read or erased contacts, of one case if its number is given."""
    rows = ContactAccess.objects.select_related("user")
    return rows.filter(about=about) if about else rows


def look_up_log() -> QuerySet[NumberLookUp]:
    """Return who was shown what was reported from a number."""
    return NumberLookUp.objects.select_related("user")


def account_log() -> QuerySet[AccountEntry]:
    return AccountEntry.objects.select_related("user", "by")


def sign_in_log() -> QuerySet[SignIn]:
    return SignIn.objects.select_related("user")
