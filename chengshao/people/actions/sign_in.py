"""Signing in: every attempt is written down before it is judged; too many must wait."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Q, QuerySet

from chengshao.kernel.errors import Invalid, TooMany
from chengshao.people.models import SignIn, User
from chengshao.people.terms import SignInOutcome

WINDOW = timedelta(minutes=15)
WRONG_BY_NAME = 5
# A whole office shares one address: a shift must not be locked out by one forgetful person.
WRONG_BY_ADDRESS = 30


class SignInWrong(Invalid):
    """Which of the two is wrong isn't told."""

    code = "sign_in_wrong"


class SignInThrottled(TooMany):
    code = "sign_in_throttled"


def sign_in(*, username: str, password: str, address: str, at: datetime) -> User:
    """
    Return the person with this name and password. Not atomic: a refused attempt stays written.

    :raises SignInThrottled: after 5 wrong attempts for a name (30 from an address) in 15 minutes
    :raises SignInWrong: if name or password is wrong, or the account is closed or a machine's
    """
    username = username.strip()[:40].replace("\x00", "")
    attempt = SignIn.objects.create(
        user=User.objects.filter(username=username).first(),
        name_digest=_digest(f"name:{username.casefold()}"),
        address_digest=_digest(f"address:{address}"),
        address=shortened(address),
        outcome=SignInOutcome.WRONG,
        at=at,
    )
    if _wrong_by_name(attempt) > WRONG_BY_NAME or _wrong_by_address(attempt) > WRONG_BY_ADDRESS:
        _settle(attempt, SignInOutcome.THROTTLED)
        raise SignInThrottled(minutes=int(WINDOW.total_seconds() // 60))
    user = authenticate(username=username, password=password[:1000])
    if not isinstance(user, User) or user.is_machine:
        raise SignInWrong
    _settle(attempt, SignInOutcome.SIGNED_IN)
    return user


def note_sign_in(*, user: User, address: str, at: datetime) -> None:
    """Write down a sign-in that needed no password (demo)."""
    SignIn.objects.create(
        user=user,
        name_digest=_digest(f"name:{user.username.casefold()}"),
        address_digest=_digest(f"address:{address}"),
        address=shortened(address),
        outcome=SignInOutcome.SIGNED_IN,
        at=at,
    )


def shortened(address: str) -> str:
    """Return the network of an address: enough to tell office from elsewhere, no person."""
    try:
        known = ip_address(address)
    except ValueError:
        return ""
    bits = 48 if isinstance(known, IPv6Address) else 24
    return str(ip_network(f"{known}/{bits}", strict=False))


def _wrong_by_name(attempt: SignIn) -> int:
    same = SignIn.objects.filter(name_digest=attempt.name_digest)
    last = same.filter(outcome=SignInOutcome.SIGNED_IN).order_by("-at", "-pk").first()
    since_success = Q(pk__gt=last.pk) if last else Q()
    return _wrong(same.filter(since_success), attempt)


def _wrong_by_address(attempt: SignIn) -> int:
    return _wrong(SignIn.objects.filter(address_digest=attempt.address_digest), attempt)


def _wrong(attempts: QuerySet[SignIn], attempt: SignIn) -> int:
    recent = Q(at__gt=attempt.at - WINDOW, at__lte=attempt.at)
    return attempts.filter(recent, outcome=SignInOutcome.WRONG).count()


def _settle(attempt: SignIn, outcome: SignInOutcome) -> None:
    SignIn.objects.filter(pk=attempt.pk).update(outcome=outcome)


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), sha256).hexdigest()
