"""A key lets its machine do what its scope names and the machine's role lets do, for a time."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.people import actions, queries
from chengshao.people.models import AccountEntry, Token, User
from chengshao.people.terms import AccountDeed, Role
from tests.integration.people.conftest import AT, LOADER, appointed, unit

pytestmark = pytest.mark.django_db
POWERS = [("MACHINE", "REPORT"), ("MACHINE", "SEE"), ("HANDLER", "HANDLE")]


@pytest.fixture
def machine() -> User:
    actions.load_role_powers(rows=POWERS, actor=LOADER, at=AT)
    return appointed("machine", Role.MACHINE, unit("centre"))


def key(
    machine: User,
    powers: Sequence[str] = ("REPORT",),
    *,
    expires_at: datetime | None = None,
    at: datetime = AT,
) -> str:
    return actions.issue_token(
        user_id=machine.pk, label="x", powers=powers, expires_at=expires_at, actor=LOADER, at=at
    )


def caller(key: str) -> Actor:
    found = queries.actor_of_token(key)
    assert found is not None
    return found


class TestScope:
    def test_lets_do_what_it_names_and_no_more(self, machine: User) -> None:
        reporting, both = caller(key(machine)), caller(key(machine, ["SEE", "REPORT"]))

        assert {grant.power for grant in reporting.grants} == {"REPORT"}
        assert {grant.power for grant in both.grants} == {"REPORT", "SEE"}

    def test_lets_do_no_more_than_the_role_does_by_now(self, machine: User) -> None:
        both = key(machine, ["SEE", "REPORT"])

        actions.load_role_powers(rows=[("MACHINE", "SEE")], actor=LOADER, at=AT)

        assert {grant.power for grant in caller(both).grants} == {"SEE"}

    def test_does_not_grow_with_the_role(self, machine: User) -> None:
        reporting = key(machine)

        actions.load_role_powers(rows=[*POWERS, ("MACHINE", "HANDLE")], actor=LOADER, at=AT)

        assert {grant.power for grant in caller(reporting).grants} == {"REPORT"}

    @pytest.mark.parametrize("powers", [(), ("HANDLE",), ("REPORT", "KING")])
    def test_names_something_that_machines_may(
        self, machine: User, powers: tuple[str, ...]
    ) -> None:
        with pytest.raises(DomainError) as refused:
            key(machine, powers)

        assert refused.value.code == "token_scope_invalid"
        assert not Token.objects.exists()

    def test_stands_in_the_log(self, machine: User) -> None:
        key(machine, ["SEE", "REPORT"])

        detail = AccountEntry.objects.get(deed=AccountDeed.TOKEN_ISSUED).detail
        assert (detail["powers"], detail["valid_until"]) == (["REPORT", "SEE"], "2027-03-02")


class TestExpiry:
    def test_comes_in_a_year_where_nobody_says_when(self, machine: User) -> None:
        key(machine)

        assert Token.objects.get().expires_at == AT + timedelta(days=365)

    def test_is_told_to_whoever_comes_too_late(self, machine: User) -> None:
        late = key(machine, expires_at=AT, at=AT - timedelta(hours=1))

        with pytest.raises(queries.TokenExpired):
            queries.actor_of_token(late)

    @pytest.mark.parametrize("days", [0, -1, 401])
    def test_lies_ahead_and_not_too_far(self, machine: User, days: int) -> None:
        with pytest.raises(DomainError) as refused:
            key(machine, expires_at=AT + timedelta(days=days))

        assert refused.value.code == "token_expiry_invalid"
        assert not Token.objects.exists()

    def test_lies_400_days_ahead_at_most(self, machine: User) -> None:
        key(machine, expires_at=AT + timedelta(days=400))

        assert Token.objects.exists()


class TestAtTheTerminal:
    def test_scope_and_expiry_can_be_said(
        self, machine: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
        out = StringIO()
        asked = ("make_token", "machine", "--unit", "centre", "--power", "REPORT")

        call_command(*asked, "--expires", "2026-03-31", stdout=out)

        token = Token.objects.get()
        assert (token.powers, localdate(token.expires_at)) == (["REPORT"], date(2026, 3, 31))
        assert {grant.power for grant in caller(out.getvalue().strip()).grants} == {"REPORT"}

    def test_no_more_is_offered_than_a_machine_may(self) -> None:
        offered = load_command_class("chengshao.people", "make_token")
        told = offered.create_parser("manage.py", "make_token").format_help()

        assert "REPORT" in told
        assert not [power for power in ("SEE", "HANDLE", "DISPATCH") if power in told]

    def test_what_no_machine_may_is_refused(self, machine: User) -> None:
        with pytest.raises(CommandError, match="权限"):
            call_command("make_token", "machine", "--unit", "centre", "--power", "HANDLE")

        assert not Token.objects.exists()
