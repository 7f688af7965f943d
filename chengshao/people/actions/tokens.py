"""Keys of machines: what each may do at most, and until when."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, NotFound, Refused
from chengshao.kernel.tokens import digest_of, new_token
from chengshao.people.actions._accounts import enter, lock_user
from chengshao.people.actions._common import clean, require
from chengshao.people.actions.accounts import UserClosed
from chengshao.people.models import Token
from chengshao.people.queries import powers_of_machines
from chengshao.people.terms import AccountDeed, Power

TOKEN_DAYS = 365
MOST_TOKEN_DAYS = 400


class TokenNotFound(NotFound):
    code = "token_not_found"


class TokenOfPerson(Refused):
    code = "token_of_person"


class TokenExpiryInvalid(Invalid):
    """It would be over before it begins, or hold longer than any key may."""

    code = "token_expiry_invalid"


class TokenScopeInvalid(Invalid):
    """It would let do nothing, or more than a machine may."""

    code = "token_scope_invalid"


@transaction.atomic
def issue_token(
    *,
    user_id: int,
    label: str,
    powers: Collection[str],
    expires_at: datetime | None = None,
    actor: Actor,
    at: datetime,
) -> str:
    """
    Make a key for a machine and return it: shown now, never again.

    :param powers: its scope: of what the machine's role lets do, the key lets do no more than this
    :param expires_at: in a year where it is not said; the last day is at most 400 days off
    :raises PeoplePowerMissing: without ISSUE_TOKENS
    :raises UserNotFound: if there is no such account
    :raises TokenOfPerson: if it is a person's
    :raises UserClosed: if it is closed
    :raises TokenScopeInvalid: if no power is named, or one that the machine's role lacks today
    :raises TokenExpiryInvalid: if it is over already, or further off than a key may last
    :raises PeopleTextInvalid: if the label is longer than 80 characters
    :raises PeopleTextMissing: if it is empty
    """
    require(actor, Power.ISSUE_TOKENS)
    user = lock_user(user_id)
    if not user.is_machine:
        raise TokenOfPerson
    if not user.is_active:
        raise UserClosed(username=user.username)
    scope = sorted(set(powers))
    if not scope or not set(scope) <= powers_of_machines(localdate(at)):
        raise TokenScopeInvalid
    ends_at = expires_at or at + timedelta(days=TOKEN_DAYS)
    _check_expiry(ends_at, at)
    secret = new_token()
    token = user.tokens.create(
        digest=digest_of(secret),
        label=clean("label", label, 80, needed=True),
        powers=scope,
        created_at=at,
        expires_at=ends_at,
    )
    said = {"token": token.pk, "label": token.label, "powers": scope}
    until = localdate(ends_at).isoformat()
    enter(user, AccountDeed.TOKEN_ISSUED, actor, at, **said, valid_until=until)
    return secret


@transaction.atomic
def revoke_token(*, token_id: int, actor: Actor, at: datetime) -> None:
    """
    Make a key void at once.

    :raises PeoplePowerMissing: without ISSUE_TOKENS
    :raises TokenNotFound: if it is not there or void already
    """
    require(actor, Power.ISSUE_TOKENS)
    token = Token.objects.select_for_update().filter(pk=token_id, revoked_at=None).first()
    if token is None:
        raise TokenNotFound
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    enter(token.user, AccountDeed.TOKEN_REVOKED, actor, at, token=token.pk, label=token.label)


def note_use_of_token(*, token_id: int, on: date) -> None:
    """Remember the day a key was last used: at most one write a day."""
    Token.objects.filter(pk=token_id).exclude(last_used_on=on).update(last_used_on=on)


def _check_expiry(ends_at: datetime, at: datetime) -> None:
    days = (localdate(ends_at) - localdate(at)).days
    if ends_at <= at or days > MOST_TOKEN_DAYS:
        raise TokenExpiryInvalid(days=MOST_TOKEN_DAYS)
