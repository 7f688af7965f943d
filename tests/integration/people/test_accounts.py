"""Who may do what: roles of today times powers of today, and three administrators apart."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, transaction

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.people import actions, queries
from chengshao.people.models import (
    AccountEntry,
    Appointment,
    RolePower,
    Token,
    UnitChange,
    User,
)
from chengshao.people.terms import AccountDeed, Power, Role, Side, UnitKind, side_of
from tests.integration.people.conftest import (
    AT,
    LOADER,
    NOBODY,
    SINCE,
    TODAY,
    account,
    appointed,
    holder,
    load_powers,
    unit,
)
from tests.statements import count_statements

pytestmark = pytest.mark.django_db

STREET = "330102003000"
TOMORROW = TODAY + timedelta(days=1)
OPERATING = {
    *("SEE", "REPORT", "ANSWER", "HANDLE", "SPEAK_FOR", "DIRECT_DISPATCH", "REVEAL_CONTACT"),
}


def appoint(user: User, role: Role, unit_id: int | None = None, **more: Any) -> int:
    given: dict[str, Any] = {"valid_from": SINCE, "actor": LOADER} | more
    return actions.appoint(user_id=user.pk, role=role, unit_id=unit_id, at=AT, **given)


def refused(code: str, deed: Callable[[], object]) -> None:
    """Assert that the deed is refused with this code and nothing of the accounts changed."""

    def told() -> tuple[object, ...]:
        users = list(User.objects.order_by("pk").values())
        return users, list(Appointment.objects.values()), AccountEntry.objects.count()

    before = told()
    with pytest.raises(DomainError) as caught:
        deed()
    assert (caught.value.code, told()) == (code, before)


class TestTheActor:
    def test_has_the_powers_of_the_role_over_the_unit_within_the_territory(self) -> None:
        load_powers()
        desk = unit("centre")
        user = appointed("operator", Role.OPERATOR, desk, territory=STREET)

        actor = queries.actor_of_user(user.pk)

        assert actor == Actor(
            ActorKind.PERSON, user.pk, frozenset(Grant(p, desk, STREET) for p in OPERATING)
        )

    def test_is_found_by_one_statement(self) -> None:
        load_powers()
        user = appointed("operator", Role.OPERATOR, unit("centre"))

        with count_statements() as counted:
            queries.actor_of_user(user.pk)

        assert counted.number == 1

    @pytest.mark.parametrize(
        ("begins", "ends"),
        [(TOMORROW, None), (SINCE, TODAY)],
        ids=["not yet", "no more"],
    )
    def test_has_nothing_outside_the_time_of_the_appointment(
        self, begins: date, ends: date | None
    ) -> None:
        load_powers()
        user = account("auditor")
        appoint(user, Role.AUDITOR, valid_from=begins, valid_until=ends)

        assert queries.actor_of_user(user.pk).grants == frozenset()

    def test_has_only_the_powers_that_the_role_has_today(self) -> None:
        load_powers()
        user = appointed("auditor", Role.AUDITOR)

        actions.load_role_powers(rows=[], actor=LOADER, at=AT)

        assert queries.actor_of_user(user.pk).grants == frozenset()
        assert RolePower.objects.filter(valid_until=TODAY).count() == len(
            actions.default_role_powers()
        )


class TestAppointing:
    def test_takes_the_power(self) -> None:
        user = account("a")

        refused("people_power_missing", lambda: appoint(user, Role.AUDITOR, actor=NOBODY))

    def test_the_power_over_one_unit_appoints_for_this_unit_only(self) -> None:
        mine, other, user = unit("mine"), unit("other"), account("a")
        here = frozenset({Grant(Power.APPOINT, mine)})
        local = Actor(ActorKind.PERSON, account("local").pk, here)

        appoint(user, Role.HANDLER, mine, actor=local)

        for role, where in ((Role.HANDLER, other), (Role.SECURITY_ADMINISTRATOR, None)):
            with pytest.raises(actions.PeoplePowerMissing):
                appoint(user, role, where, actor=local)

    def test_nobody_appoints_himself(self) -> None:
        user = account("a")
        oneself = holder(Power.APPOINT, user_id=user.pk)

        refused("own_account", lambda: appoint(user, Role.CATALOGUE_KEEPER, actor=oneself))

    def test_the_same_twice_at_once_is_refused(self) -> None:
        desk = unit("centre")
        user = appointed("a", Role.OPERATOR, desk)

        refused("appointment_twice", lambda: appoint(user, Role.OPERATOR, desk))

    @pytest.mark.parametrize("role", [Role.HANDLER, Role.OPERATOR, Role.CHECKER])
    def test_who_handles_cases_acts_for_a_unit(self, role: Role) -> None:
        user = account("a")

        refused("appointment_unit_missing", lambda: appoint(user, role))

    def test_a_closed_unit_takes_nobody(self) -> None:
        closed, user = unit("closed"), account("a")
        actions.close_unit(unit_id=closed, on=TODAY, actor=LOADER, at=AT)

        refused("unit_not_found", lambda: appoint(user, Role.HANDLER, closed))

    def test_a_machine_is_no_person_and_a_person_no_machine(self) -> None:
        person, machine = account("person"), account("machine", is_machine=True)

        refused("appointment_of_wrong_kind", lambda: appoint(person, Role.MACHINE))
        refused("appointment_of_wrong_kind", lambda: appoint(machine, Role.AUDITOR))

    def test_is_written_down_with_who_and_when(self) -> None:
        user, appointer = account("a"), account("appointer")

        appoint(user, Role.AUDITOR, actor=holder(Power.APPOINT, user_id=appointer.pk))

        entry = AccountEntry.objects.get(deed=AccountDeed.APPOINTED)
        assert (entry.user, entry.by, entry.at) == (user, appointer, AT)
        assert entry.detail["role"] == Role.AUDITOR


PAIRS = [
    (one, two)
    for one in Role
    for two in Role
    if side_of(one) and side_of(two) and side_of(one) != side_of(two)
    if Role.MACHINE not in (one, two)
]


class TestThreeAdministratorsApart:
    @pytest.mark.parametrize(("one", "two"), PAIRS)
    def test_no_user_stands_on_two_sides(self, one: Role, two: Role) -> None:
        desk = unit("centre")
        user = appointed("a", one, desk)

        refused("appointment_sides_mixed", lambda: appoint(user, two, desk))

    def test_one_after_the_other_is_allowed(self) -> None:
        user = appointed("a", Role.OPERATOR, unit("centre"), valid_until=TODAY)

        appoint(user, Role.AUDITOR, valid_from=TODAY)

        assert user.appointments.count() == 2

    def test_the_catalogue_keeper_goes_with_any(self) -> None:
        user = appointed("a", Role.SYSTEM_ADMINISTRATOR)

        appoint(user, Role.CATALOGUE_KEEPER)

        assert user.appointments.count() == 2

    @pytest.mark.parametrize("role", Role)
    def test_the_database_knows_the_side_of_every_role(self, role: Role) -> None:
        user = account("a", is_machine=role is Role.MACHINE)

        row = user.appointments.create(role=role, valid_from=SINCE)

        assert row.side == side_of(role)

    def test_the_database_refuses_two_sides(self) -> None:
        user = appointed("a", Role.AUDITOR)

        with pytest.raises(IntegrityError, match="sides_apart"), transaction.atomic():
            user.appointments.create(role=Role.SECURITY_ADMINISTRATOR, valid_from=SINCE)

    @pytest.mark.django_db(transaction=True)
    def test_two_appointments_at_once_end_on_one_side(self) -> None:
        user = account("a")

        def give(role: Role) -> str:
            try:
                appoint(user, role)
            except DomainError as error:
                return error.code
            else:
                return "appointed"
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            roles = [Role.AUDITOR, Role.SECURITY_ADMINISTRATOR]
            outcomes = sorted(pool.map(give, roles))

        assert outcomes == ["appointed", "appointment_sides_mixed"]
        assert user.appointments.count() == 1


class TestEnding:
    def test_from_today_is_at_once(self) -> None:
        load_powers()
        user = appointed("a", Role.AUDITOR)

        actions.end_appointment(
            appointment_id=user.appointments.get().pk, on=TODAY, actor=LOADER, at=AT
        )

        assert queries.actor_of_user(user.pk).grants == frozenset()

    def test_is_never_in_the_past(self) -> None:
        row = appointed("a", Role.AUDITOR).appointments.get()

        refused(
            "appointment_period_invalid",
            lambda: actions.end_appointment(
                appointment_id=row.pk, on=TODAY - timedelta(days=1), actor=LOADER, at=AT
            ),
        )

    def test_the_last_security_administrator_stays(self) -> None:
        first = appointed("first", Role.SECURITY_ADMINISTRATOR)
        row = first.appointments.get()

        def end() -> None:
            actions.end_appointment(appointment_id=row.pk, on=TODAY, actor=LOADER, at=AT)

        refused("last_security_administrator", end)
        appointed("second", Role.SECURITY_ADMINISTRATOR)
        end()

        assert Appointment.objects.filter(side=Side.SECURITY, valid_until=None).count() == 1


class TestAccounts:
    def test_a_name_is_taken_once_however_it_is_written(self) -> None:
        account("Operator")

        refused("username_taken", lambda: account("operator"))

    @pytest.mark.parametrize("username", ["a b", "a/b", "<a>"])
    def test_odd_names_are_refused(self, username: str) -> None:
        refused("username_invalid", lambda: account(username))

    def test_closing_ends_everything_at_once(self) -> None:
        load_powers()
        machine = appointed("machine", Role.MACHINE)
        key = actions.issue_token(
            user_id=machine.pk, label="x", powers=["REPORT"], actor=LOADER, at=AT
        )

        actions.close_account(user_id=machine.pk, actor=LOADER, at=AT)

        assert queries.actor_of_token(key) is None
        assert machine.appointments.get().valid_until == TODAY

    def test_reopening_gives_nothing_back(self) -> None:
        user = appointed("a", Role.AUDITOR)
        actions.set_password(
            user_id=user.pk, password="long-enough-42", initial=False, actor=LOADER, at=AT
        )
        actions.close_account(user_id=user.pk, actor=LOADER, at=AT)

        actions.reopen_account(user_id=user.pk, actor=LOADER, at=AT)

        user.refresh_from_db()
        assert user.is_active
        assert not user.has_usable_password()
        assert not user.appointments.filter(queries.in_force(TODAY)).exists()

    def test_nobody_closes_his_own(self) -> None:
        user = account("a")
        oneself = holder(Power.APPOINT, user_id=user.pk)

        refused(
            "own_account",
            lambda: actions.close_account(user_id=user.pk, actor=oneself, at=AT),
        )

    def test_names_show(self) -> None:
        user = account("a", name="演示甲")

        assert queries.user_names([user.pk, 10**9]) == {user.pk: "演示甲"}


class TestPasswords:
    def test_an_issued_one_is_initial(self) -> None:
        user = account("a")

        password = actions.issue_password(user_id=user.pk, actor=LOADER, at=AT)

        user.refresh_from_db()
        assert user.check_password(password)
        assert user.password_is_initial

    def test_a_changed_one_is_ones_own(self) -> None:
        user = account("a")
        old = actions.issue_password(user_id=user.pk, actor=LOADER, at=AT)

        actions.change_own_password(
            old=old, new="a-long-enough-one", actor=Actor(ActorKind.PERSON, user.pk), at=AT
        )

        user.refresh_from_db()
        assert user.check_password("a-long-enough-one")
        assert not user.password_is_initial

    @pytest.mark.parametrize("new", ["short", "1234567890", "password123", "registrar1"])
    def test_weak_ones_are_refused(self, new: str) -> None:
        user = account("registrar")
        old = actions.issue_password(user_id=user.pk, actor=LOADER, at=AT)

        refused(
            "password_too_weak",
            lambda: actions.change_own_password(
                old=old, new=new, actor=Actor(ActorKind.PERSON, user.pk), at=AT
            ),
        )

    def test_the_old_one_must_be_right(self) -> None:
        user = account("a")
        actions.issue_password(user_id=user.pk, actor=LOADER, at=AT)

        refused(
            "password_wrong",
            lambda: actions.change_own_password(
                old="no", new="a-long-enough-one", actor=Actor(ActorKind.PERSON, user.pk), at=AT
            ),
        )

    def test_a_machine_has_none(self) -> None:
        machine = account("machine", is_machine=True)

        refused(
            "user_not_found",
            lambda: actions.issue_password(user_id=machine.pk, actor=LOADER, at=AT),
        )


class TestTokens:
    def test_the_key_is_recognised_and_only_its_digest_is_kept(self) -> None:
        load_powers()
        machine = appointed("machine", Role.MACHINE, unit("centre"))

        key = actions.issue_token(
            user_id=machine.pk, label="x", powers=["REPORT"], actor=LOADER, at=AT
        )

        actor = queries.actor_of_token(key)
        assert actor is not None
        assert (actor.kind, actor.user_id) == (ActorKind.MACHINE, machine.pk)
        assert actor.holds("REPORT")
        assert key not in str(list(Token.objects.values()))

    def test_a_false_or_revoked_key_is_nobody(self) -> None:
        load_powers()
        machine = appointed("machine", Role.MACHINE)
        revoked = actions.issue_token(
            user_id=machine.pk, label="y", powers=["REPORT"], actor=LOADER, at=AT
        )
        actions.revoke_token(token_id=Token.objects.get(label="y").pk, actor=LOADER, at=AT)

        assert [queries.actor_of_token(key) for key in (revoked, "false", "")] == [None] * 3

    def test_people_get_none(self) -> None:
        user = account("a")

        refused(
            "token_of_person",
            lambda: actions.issue_token(
                user_id=user.pk, label="x", powers=["REPORT"], actor=LOADER, at=AT
            ),
        )

    def test_the_day_of_use_is_kept(self) -> None:
        load_powers()
        machine = appointed("machine", Role.MACHINE)
        actions.issue_token(user_id=machine.pk, label="x", powers=["REPORT"], actor=LOADER, at=AT)
        token = Token.objects.get()

        actions.note_use_of_token(token_id=token.pk, on=TODAY)

        token.refresh_from_db()
        assert token.last_used_on == TODAY

    def test_the_engineer_makes_one_at_the_terminal(self, monkeypatch: Any) -> None:
        monkeypatch.undo()  # the command asks the real clock
        unit("centre", UnitKind.COMMAND_CENTRE)
        load_powers()
        out = StringIO()

        call_command("make_token", "feeder", "--unit", "centre", stdout=out)
        call_command("make_token", "feeder", "--unit", "centre", stdout=StringIO())

        actor = queries.actor_of_token(out.getvalue().strip())
        assert actor is not None
        assert actor.holds("REPORT")
        assert Appointment.objects.count() == 1


class TestRolePowers:
    def test_the_same_again_changes_nothing(self) -> None:
        load_powers()

        changed = actions.load_role_powers(rows=actions.default_role_powers(), actor=LOADER, at=AT)

        assert changed == 0
        assert AccountEntry.objects.filter(deed=AccountDeed.POWERS_LOADED).count() == 1

    @pytest.mark.parametrize("row", [("KING", "SEE"), ("AUDITOR", "see"), ("AUDITOR", "")])
    def test_nonsense_is_refused(self, row: tuple[str, str]) -> None:
        with pytest.raises(DomainError) as caught:
            actions.load_role_powers(rows=[row], actor=LOADER, at=AT)

        assert caught.value.code == "role_powers_unreadable"
        assert not RolePower.objects.exists()


@pytest.mark.parametrize("log", [AccountEntry, UnitChange])
def test_logs_take_no_change(log: Any) -> None:
    unit("urban")
    account("a")
    row = log.objects.latest("pk")

    for deed in (row.delete, row.save):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            deed()
    assert connection.is_usable()
