"""Accounts of people and machines: what they hold, their passwords and keys (三员分立)."""

import csv
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.divisions import division_level
from chengshao.kernel.errors import Invalid, NotFound, Refused
from chengshao.people.actions._accounts import enter, lock_user
from chengshao.people.actions._common import clean, lock, renew_edition, require
from chengshao.people.models import Appointment, RolePower, User
from chengshao.people.queries import UserNotFound, check_units, in_force
from chengshao.people.rules import first_pages
from chengshao.people.rules.periods import Period
from chengshao.people.terms import (
    AccountDeed,
    AlarmSound,
    Choice,
    Density,
    LetterSize,
    Power,
    Role,
    Side,
    Theme,
    side_of,
)

_SEED = Path(__file__).parent.parent / "seeds" / "role_powers.csv"
_LANGUAGES = ("", "zh-hans", "en")
MIN_PASSWORD = 10
_PASSWORD_RULES = (
    MinimumLengthValidator(MIN_PASSWORD),
    CommonPasswordValidator(),
    NumericPasswordValidator(),
    UserAttributeSimilarityValidator(("username", "display_name", "office_phone")),
)
# Whoever keeps the whole district's things has no unit; all others act for one.
_WITHOUT_UNIT = frozenset(
    {
        Role.CATALOGUE_KEEPER,
        Role.SECURITY_ADMINISTRATOR,
        Role.SYSTEM_ADMINISTRATOR,
        Role.AUDITOR,
        Role.MACHINE,
    }
)


class UsernameTaken(Refused):
    code = "username_taken"


class UsernameInvalid(Invalid):
    code = "username_invalid"


class UserClosed(Refused):
    code = "user_closed"


class OwnAccount(Refused):
    """Nobody appoints himself, closes his own account or issues himself a password."""

    code = "own_account"


class AppointmentNotFound(NotFound):
    code = "appointment_not_found"


class AppointmentSidesMixed(Refused):
    code = "appointment_sides_mixed"


class AppointmentTwice(Refused):
    code = "appointment_twice"


class AppointmentUnitMissing(Invalid):
    code = "appointment_unit_missing"


class AppointmentPeriodInvalid(Invalid):
    code = "appointment_period_invalid"


class AppointmentOfWrongKind(Refused):
    """A machine holds the machine's role and no other; a person never does."""

    code = "appointment_of_wrong_kind"


class LastSecurityAdministrator(Refused):
    """Without one nobody could appoint any more."""

    code = "last_security_administrator"


class PasswordTooWeak(Invalid):
    code = "password_too_weak"


class PasswordWrong(Invalid):
    code = "password_wrong"


class PreferenceUnknown(Invalid):
    code = "preference_unknown"


class RolePowersUnreadable(Invalid):
    code = "role_powers_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    username: str
    display_name: str
    office_phone: str = ""
    is_machine: bool = False


@transaction.atomic
def open_account(*, account: NewAccount, actor: Actor, at: datetime) -> int:
    """
    Open an account without a password and return its id; a machine's takes ISSUE_TOKENS.

    :raises PeoplePowerMissing: without APPOINT (ISSUE_TOKENS)
    :raises UsernameInvalid: if the name has other characters than letters, digits and @.+-_
    :raises UsernameTaken: if there is such an account already
    :raises PeopleTextInvalid: if a text is too long
    :raises PeopleTextMissing: if a name is empty
    """
    require(actor, Power.ISSUE_TOKENS if account.is_machine else Power.APPOINT)
    username = clean("username", account.username, 40, needed=True)
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        raise UsernameInvalid(username=username) from error
    lock("accounts")
    if User.objects.filter(username__iexact=username).exists():
        raise UsernameTaken(username=username)
    user = User(
        username=username,
        display_name=clean("display_name", account.display_name, 40, needed=True),
        office_phone=clean("phone", account.office_phone, 40),
        is_machine=account.is_machine,
        date_joined=at,
    )
    user.set_unusable_password()
    user.save()
    enter(user, AccountDeed.OPENED, actor, at)
    return user.pk


@transaction.atomic
def amend_account(
    *, user_id: int, display_name: str, office_phone: str = "", actor: Actor, at: datetime
) -> None:
    """
    Correct how a person shows and is called. The same again changes nothing.

    :raises PeoplePowerMissing: without APPOINT
    :raises UserNotFound: if there is no such account
    :raises PeopleTextInvalid: if a text is too long
    :raises PeopleTextMissing: if the name is empty
    """
    require(actor, Power.APPOINT)
    user = lock_user(user_id)
    before = {"display_name": user.display_name, "office_phone": user.office_phone}
    user.display_name = clean("display_name", display_name, 40, needed=True)
    user.office_phone = clean("phone", office_phone, 40)
    if before != {"display_name": user.display_name, "office_phone": user.office_phone}:
        user.save(update_fields=["display_name", "office_phone"])
        renew_edition()
        enter(user, AccountDeed.AMENDED, actor, at, before=before)


@transaction.atomic
def close_account(*, user_id: int, actor: Actor, at: datetime) -> None:
    """
    Close an account: its appointments end today, its keys and sessions are void.

    :raises PeoplePowerMissing: without APPOINT
    :raises UserNotFound: if there is no such account
    :raises OwnAccount: if it is one's own
    :raises LastSecurityAdministrator: if nobody else could appoint any more
    """
    require(actor, Power.APPOINT)
    _not_oneself(user_id, actor)
    user = lock_user(user_id)
    today = localdate(at)
    for appointment in list(user.appointments.filter(_not_over(today))):
        _end(appointment, today, actor, at)
    user.tokens.filter(revoked_at=None).update(revoked_at=at)
    user.is_active = False
    user.save(update_fields=["is_active"])
    enter(user, AccountDeed.CLOSED, actor, at)


@transaction.atomic
def reopen_account(*, user_id: int, actor: Actor, at: datetime) -> None:
    """
    Open a closed account again; it holds nothing and has no password until both are given.

    :raises PeoplePowerMissing: without APPOINT
    :raises UserNotFound: if there is no such account
    :raises OwnAccount: if it is one's own
    """
    require(actor, Power.APPOINT)
    _not_oneself(user_id, actor)
    user = lock_user(user_id)
    user.is_active = True
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    enter(user, AccountDeed.REOPENED, actor, at)


@transaction.atomic
def appoint(
    *,
    user_id: int,
    role: Role,
    unit_id: int | None = None,
    territory: str = "",
    valid_from: date,
    valid_until: date | None = None,
    document: str = "",
    actor: Actor,
    at: datetime,
) -> int:
    """
    Give a user a role in a unit, within a territory ("" is everywhere); return the appointment.

    The three administrators stand apart from each other and from all who handle cases; that
    also holds in the database (constraint appointment_sides_apart).

    :raises PeoplePowerMissing: without APPOINT over this unit and territory
    :raises OwnAccount: if one would appoint oneself
    :raises UserNotFound: if there is no such account
    :raises UserClosed: if it is closed
    :raises AppointmentOfWrongKind: if a person would be a machine or the other way round
    :raises AppointmentUnitMissing: if the role acts for a unit and none is named
    :raises AppointmentPeriodInvalid: if it would end before it begins
    :raises UnitNotFound: if the unit is not there or closed
    :raises DivisionCodeInvalid: if the territory is no division code
    :raises AppointmentSidesMixed: if the user stands on another side at that time
    :raises AppointmentTwice: if the user holds this very role at that time already
    :raises PeopleTextInvalid: if the document is longer than 200 characters
    """
    if territory:
        division_level(territory)
    require(actor, Power.APPOINT, unit_id, territory)
    _not_oneself(user_id, actor)
    user = lock_user(user_id)
    if not user.is_active:
        raise UserClosed(username=user.username)
    if (role is Role.MACHINE) != user.is_machine:
        raise AppointmentOfWrongKind(role=role)
    if unit_id is None and role not in _WITHOUT_UNIT:
        raise AppointmentUnitMissing(role=role)
    period = Period(valid_from, valid_until)
    if period.is_empty:
        raise AppointmentPeriodInvalid
    if unit_id is not None:
        check_units({unit_id}, max(valid_from, localdate(at)))
    _check_sides(user, role, period)
    same = user.appointments.filter(role=role, unit=unit_id, territory=territory)
    if any(period.overlaps(Period(row.valid_from, row.valid_until)) for row in same):
        raise AppointmentTwice(role=role)
    row = user.appointments.create(
        role=role,
        unit_id=unit_id,
        territory=territory,
        document=clean("document", document, 200),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    enter(user, AccountDeed.APPOINTED, actor, at, **_told(row))
    return row.pk


@transaction.atomic
def end_appointment(*, appointment_id: int, on: date, actor: Actor, at: datetime) -> None:
    """
    End an appointment from a day on.

    :raises PeoplePowerMissing: without APPOINT over its unit and territory
    :raises AppointmentNotFound: if it is not there or over by that day
    :raises AppointmentPeriodInvalid: if the day lies before its first or in the past
    :raises LastSecurityAdministrator: if nobody could appoint any more
    """
    row = Appointment.objects.filter(pk=appointment_id).first()
    if row is None:
        raise AppointmentNotFound
    require(actor, Power.APPOINT, row.unit_id, row.territory)
    lock_user(row.user_id)
    row.refresh_from_db()
    if row.valid_until is not None and row.valid_until <= on:
        raise AppointmentNotFound
    if on < max(row.valid_from, localdate(at)):
        raise AppointmentPeriodInvalid
    _end(row, on, actor, at)


@transaction.atomic
def load_role_powers(
    *,
    rows: Iterable[tuple[str, str]],
    document: str = "",
    actor: Actor,
    at: datetime,
) -> int:
    """
    Make these (role, power) rows what holds from today: missing ones end, new ones begin.
    Return how many changed; the same again changes nothing (B4).

    :raises PeoplePowerMissing: without APPOINT
    :raises RolePowersUnreadable: if a role is unknown or a power has no plausible name
    :raises PeopleTextInvalid: if the document is longer than 200 characters
    """
    require(actor, Power.APPOINT)
    lock("role_powers")
    wanted = {(role.strip(), power.strip()) for role, power in rows}
    for role, power in wanted:
        if role not in set(Role) or not (power.isascii() and power.isupper() and len(power) <= 40):
            raise RolePowersUnreadable(role=role, power=power)
    today = localdate(at)
    document = clean("document", document, 200)
    held = {(row.role, row.power): row for row in RolePower.objects.filter(_not_over(today))}
    ended, begun = held.keys() - wanted, wanted - held.keys()
    for key in ended:
        end = max(today, held[key].valid_from)
        RolePower.objects.filter(pk=held[key].pk).update(valid_until=end)
    RolePower.objects.bulk_create(
        RolePower(role=role, power=power, document=document, valid_from=today)
        for role, power in sorted(begun)
    )
    if ended or begun:
        detail = {"begun": sorted(map(list, begun)), "ended": sorted(map(list, ended))}
        enter(None, AccountDeed.POWERS_LOADED, actor, at, document=document, **detail)
    return len(ended) + len(begun)


def default_role_powers() -> list[tuple[str, str]]:
    """Return the (role, power) rows that a new district begins with."""
    table = csv.DictReader(StringIO(_SEED.read_text(encoding="utf-8")))
    return [(row["role"], row["power"]) for row in table]


def issue_password(*, user_id: int, actor: Actor, at: datetime) -> str:
    """
    Give a person a first password, to be told by word of mouth and changed at first use.

    :raises PeoplePowerMissing: without APPOINT
    :raises UserNotFound: if there is no such account, or a machine's
    :raises UserClosed: if it is closed
    :raises OwnAccount: if it is one's own
    """
    password = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}"
    set_password(user_id=user_id, password=password, initial=True, actor=actor, at=at)
    return password


@transaction.atomic
def set_password(*, user_id: int, password: str, initial: bool, actor: Actor, at: datetime) -> None:
    """
    Set a person's password; an initial one must be changed before anything else is done.

    :raises DomainError: as issue_password
    :raises PasswordTooWeak: if it is short, common, only digits or like the name
    """
    require(actor, Power.APPOINT)
    _not_oneself(user_id, actor)
    user = lock_user(user_id)
    if user.is_machine:
        raise UserNotFound
    if not user.is_active:
        raise UserClosed(username=user.username)
    _store_password(user, password, initial=initial)
    enter(user, AccountDeed.PASSWORD_ISSUED, actor, at)


def check_first_password(*, username: str, display_name: str, password: str) -> None:
    """
    See whether an account still to be opened may have this password.

    :raises PasswordTooWeak: if it is short, common, only digits or like the name
    """
    _check_password(password, User(username=username, display_name=display_name))


@transaction.atomic
def change_own_password(*, old: str, new: str, actor: Actor, at: datetime) -> None:
    """
    Change one's own password.

    :raises UserNotFound: if the actor is nobody who signs in
    :raises PasswordWrong: if the old one is wrong
    :raises PasswordTooWeak: if the new one is short, common, only digits, like the name or old
    """
    user = _own(actor)
    if not user.check_password(old):
        raise PasswordWrong
    if old == new:
        raise PasswordTooWeak(limit=MIN_PASSWORD)
    _store_password(user, new, initial=False)
    enter(user, AccountDeed.PASSWORD_CHANGED, actor, at)


@transaction.atomic
def set_preferences(
    *,
    language: str,
    theme: str,
    density: str,
    letters: str = "",
    alarm: str = "",
    first_page: str = "",
    actor: Actor,
) -> None:
    """
    Keep how a person likes the pages; "" leaves it to the browser, or is the default.

    :param letters: of LetterSize
    :param alarm: of AlarmSound
    :param first_page: the address of one of the actor's pages, which signing in leads to
    :raises UserNotFound: if the actor is nobody who signs in
    :raises PreferenceUnknown: if a value is none of the offered ones
    """
    if language not in _LANGUAGES or theme not in ("", *Theme) or density not in ("", *Density):
        raise PreferenceUnknown
    offered = {page.href for page in first_pages.offered(actor)} if first_page else set()
    if letters not in ("", *LetterSize) or alarm not in ("", *AlarmSound):
        raise PreferenceUnknown
    if first_page and first_page not in offered:
        raise PreferenceUnknown
    user = _own(actor)
    user.language, user.theme, user.density = language, theme, density
    chosen = {Choice.LETTERS: letters, Choice.ALARM: alarm, Choice.FIRST_PAGE: first_page}
    user.choices = {str(name): str(value) for name, value in chosen.items() if value}
    user.save(update_fields=["language", "theme", "density", "choices"])


def _own(actor: Actor) -> User:
    if actor.kind is not ActorKind.PERSON or actor.user_id is None:
        raise UserNotFound
    return lock_user(actor.user_id)


def _not_oneself(user_id: int, actor: Actor) -> None:
    if actor.user_id == user_id:
        raise OwnAccount


def _check_sides(user: User, role: Role, period: Period) -> None:
    side = side_of(role)
    for held in user.appointments.exclude(side=None):
        together = period.overlaps(Period(held.valid_from, held.valid_until))
        if side and held.side != side and together:
            raise AppointmentSidesMixed(role=held.role)


def _end(row: Appointment, on: date, actor: Actor, at: datetime) -> None:
    if row.side == Side.SECURITY:
        lock("security_administrators")
        rest = Appointment.objects.filter(in_force(on), side=Side.SECURITY, valid_until=None)
        if not rest.filter(user__is_active=True).exclude(pk=row.pk).exists():
            raise LastSecurityAdministrator
    Appointment.objects.filter(pk=row.pk).update(valid_until=max(on, row.valid_from))
    enter(row.user, AccountDeed.APPOINTMENT_ENDED, actor, at, **_told(row), on=on.isoformat())


def _told(row: Appointment) -> dict[str, str | int | None]:
    return {
        "role": row.role,
        "unit_id": row.unit_id,
        "territory": row.territory,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "document": row.document,
    }


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user, _PASSWORD_RULES)
    except ValidationError as error:
        raise PasswordTooWeak(limit=MIN_PASSWORD) from error


def _store_password(user: User, password: str, *, initial: bool) -> None:
    _check_password(password, user)
    user.set_password(password)
    user.password_is_initial = initial
    user.save(update_fields=["password", "password_is_initial"])


def _not_over(on: date) -> Q:
    return Q(valid_until=None) | Q(valid_until__gt=on)
