"""Signing in: every attempt is written down, too many must wait."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections

from chengshao.kernel.errors import DomainError
from chengshao.people import actions
from chengshao.people.actions.sign_in import WRONG_BY_ADDRESS, WRONG_BY_NAME, shortened
from chengshao.people.models import SignIn, User
from chengshao.people.terms import SignInOutcome
from tests.integration.people.conftest import AT, LOADER, account

pytestmark = pytest.mark.django_db

PASSWORD = "long-enough-42"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def person() -> User:
    user = account("registrar")
    actions.set_password(user_id=user.pk, password=PASSWORD, initial=False, actor=LOADER, at=AT)
    return user


def attempt(
    password: str = PASSWORD,
    *,
    username: str = "registrar",
    address: str = "10.1.2.3",
    at: datetime = AT,
) -> str:
    """Return "in", or the code of the refusal."""
    try:
        actions.sign_in(username=username, password=password, address=address, at=at)
    except DomainError as error:
        return error.code
    return "in"


def test_name_and_password_let_in(person: User) -> None:
    assert attempt() == "in"
    row = SignIn.objects.get()
    assert (row.user, row.outcome, row.address) == (person, SignInOutcome.SIGNED_IN, "10.1.2.0/24")


@pytest.mark.parametrize(
    ("username", "password"),
    [("registrar", "no"), ("nobody", PASSWORD), ("registrar", ""), ("a\x00b", "x" * 5000)],
)
def test_what_is_wrong_is_not_told(person: User, username: str, password: str) -> None:
    assert attempt(password, username=username) == "sign_in_wrong"
    assert SignIn.objects.get().outcome == SignInOutcome.WRONG


def test_a_closed_account_does_not_let_in(person: User) -> None:
    actions.close_account(user_id=person.pk, actor=LOADER, at=AT)

    assert attempt() == "sign_in_wrong"


def test_after_five_wrong_ones_even_the_right_one_waits(person: User) -> None:
    wrong = [attempt("no") for _ in range(WRONG_BY_NAME)]

    assert wrong == ["sign_in_wrong"] * WRONG_BY_NAME
    assert attempt(at=AT + 14 * MINUTE) == "sign_in_throttled"
    assert attempt(at=AT + 16 * MINUTE) == "in"


def test_waiting_attempts_do_not_prolong_the_wait(person: User) -> None:
    for _ in range(WRONG_BY_NAME):
        attempt("no")
    for minute in range(1, 15):
        attempt("no", at=AT + minute * MINUTE)

    assert attempt(at=AT + 15 * MINUTE) == "in"


def test_one_that_lets_in_starts_anew(person: User) -> None:
    for _ in range(3):
        assert [attempt("no") for _ in range(WRONG_BY_NAME - 1)] == ["sign_in_wrong"] * 4
        assert attempt() == "in"


def test_another_name_from_the_same_office_is_not_held_up(person: User) -> None:
    for _ in range(WRONG_BY_NAME + 1):
        attempt("no", username="somebody-else")

    assert attempt() == "in"


def test_an_address_that_tries_many_names_waits(person: User) -> None:
    for n in range(WRONG_BY_ADDRESS):
        attempt("no", username=f"name-{n}")

    assert attempt() == "sign_in_throttled"
    assert attempt(address="10.9.9.9") == "in"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_not_let_through(person: User) -> None:
    def wrong(n: int) -> str:
        try:
            return attempt("no")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(wrong, range(24)))

    assert outcomes.count("sign_in_wrong") <= WRONG_BY_NAME


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("10.1.2.3", "10.1.2.0/24"),
        ("2001:db8:1:2::5", "2001:db8:1::/48"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(address: str, kept: str) -> None:
    assert shortened(address) == kept


def test_a_machine_does_not_sign_in() -> None:
    machine = account("machine", is_machine=True)
    machine.set_password(PASSWORD)
    machine.save()

    assert attempt(username="machine") == "sign_in_wrong"
