"""What all writes of this room ask first."""

from secrets import token_hex

from django.db import connection

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, NotAllowed
from chengshao.kernel.words import is_blank
from chengshao.people.models import Edition
from chengshao.people.terms import Power


class PeoplePowerMissing(NotAllowed):
    code = "people_power_missing"


class PeopleTextMissing(Invalid):
    code = "people_text_missing"


class PeopleTextInvalid(Invalid):
    """Too long for its column, or with a character that no database takes."""

    code = "people_text_invalid"


def require(actor: Actor, power: Power, unit_id: int | None = None, territory: str = "") -> None:
    """:raises PeoplePowerMissing: if the power does not reach this unit (all units) and place"""
    if not actor.may(power, unit_id, territory=territory):
        raise PeoplePowerMissing(power=power)


def clean(people_field: str, value: str, limit: int, *, needed: bool = False) -> str:
    """
    Return the text without blanks around it.

    :raises PeopleTextInvalid: if it is longer than `limit` characters or can't be stored
    :raises PeopleTextMissing: if it is needed and empty
    """
    text = value.strip()
    if len(text) > limit or "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise PeopleTextInvalid(people_field=people_field, limit=limit)
    if needed and is_blank(text):
        raise PeopleTextMissing(people_field=people_field)
    return text


def lock_units() -> None:
    """Be the only one to change units to the end of this transaction; what is kept of them ends."""
    lock("units")
    renew_edition()


def renew_edition() -> None:
    """End what processes keep of units and of how people are called."""
    Edition.objects.bulk_create(
        [Edition(pk=1, token=token_hex(16))],
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=["token"],
    )


def lock(name: str) -> None:
    """Wait until no other transaction holds this name; held to the end of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"people.{name}"])
