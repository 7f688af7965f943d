"""Who may know what of a case: units that are no public body, people who hold a power."""

from datetime import timedelta

import pytest

from chengshao.people import actions, queries
from chengshao.people.terms import Role, UnitKind
from tests.integration.people.conftest import (
    AT,
    LOADER,
    SINCE,
    TODAY,
    account,
    appointed,
    load_powers,
    unit,
)
from tests.statements import count_statements

pytestmark = pytest.mark.django_db
STREET, OTHER_STREET = "330102003000", "330102001000"
COMMUNITY = "330102003050"
TOMORROW = TODAY + timedelta(days=1)
PRIVATE = {UnitKind.PROPERTY_COMPANY, UnitKind.CONTRACTOR, UnitKind.SOCIAL_ORGANISATION}


class TestThirdParties:
    def test_are_companies_contractors_and_organisations_never_public_service(self) -> None:
        ids = {kind: unit(kind.lower(), kind) for kind in UnitKind}

        found = queries.third_parties(ids.values(), TODAY)

        assert found == {ids[kind] for kind in PRIVATE}

    def test_are_only_those_asked_for(self) -> None:
        asked = unit("cleaners", UnitKind.CONTRACTOR)
        unit("guards", UnitKind.PROPERTY_COMPANY)

        assert queries.third_parties([asked, asked, 10**9], TODAY) == {asked}

    def test_stay_so_when_closed_and_begin_when_opened(self) -> None:
        closed = unit("cleaners", UnitKind.CONTRACTOR)
        actions.close_unit(unit_id=closed, on=TODAY, actor=LOADER, at=AT)
        to_come = unit("guards", UnitKind.PROPERTY_COMPANY, since=TOMORROW)

        assert queries.third_parties([closed, to_come], TODAY) == {closed}
        assert queries.third_parties([closed, to_come], TOMORROW) == {closed, to_come}

    def test_are_found_by_one_statement_and_none_by_none(self) -> None:
        ids = [unit("cleaners", UnitKind.CONTRACTOR), unit("roads")]

        with count_statements() as seen:
            queries.third_parties(ids, TODAY)
        with count_statements() as nothing:
            assert queries.third_parties([], TODAY) == set()

        assert (seen.number, nothing.number) == (1, 0)


class TestUsersWith:
    @pytest.fixture(autouse=True)
    def powers(self) -> None:
        load_powers()

    def test_are_those_whose_role_has_the_power_in_the_unit_or_over_all(self) -> None:
        roads, parks = unit("roads"), unit("parks")
        over_all = appointed("platform", Role.MACHINE)
        here = appointed("here", Role.OPERATOR, roads)
        appointed("elsewhere", Role.OPERATOR, parks)
        appointed("handler", Role.HANDLER, roads)

        assert queries.users_with("REPORT", roads, TODAY) == [over_all.pk, here.pk]

    def test_count_once_however_often_appointed(self) -> None:
        roads = unit("roads")
        user = appointed("handler", Role.HANDLER, roads)
        for role, territory in ((Role.HANDLER, STREET), (Role.UNIT_LEADER, "")):
            actions.appoint(
                user_id=user.pk, role=role, unit_id=roads, territory=territory,
                valid_from=SINCE, actor=LOADER, at=AT,
            )  # fmt: skip

        assert queries.users_with("HANDLE", roads, TODAY) == [user.pk]

    def test_hold_it_on_that_day(self) -> None:
        roads = unit("roads")
        before = appointed("before", Role.HANDLER, roads, valid_until=TOMORROW)
        after = appointed("after", Role.HANDLER, roads, valid_from=TOMORROW)

        assert queries.users_with("HANDLE", roads, TODAY) == [before.pk]
        assert queries.users_with("HANDLE", roads, TOMORROW) == [after.pk]

    def test_hold_it_only_while_the_role_has_the_power(self) -> None:
        roads = unit("roads")
        user = appointed("handler", Role.HANDLER, roads)
        less = [row for row in actions.default_role_powers() if row != (Role.HANDLER, "HANDLE")]

        actions.load_role_powers(rows=less, actor=LOADER, at=AT)

        assert queries.users_with("HANDLE", roads, TODAY) == []
        assert queries.users_with("SEE", roads, TODAY) == [user.pk]

    def test_have_an_open_account(self) -> None:
        roads = unit("roads")
        user = appointed("handler", Role.HANDLER, roads)

        actions.close_account(user_id=user.pk, actor=LOADER, at=AT)

        assert queries.users_with("HANDLE", roads, TODAY) == []

    def test_reach_a_place_as_their_grants_do(self) -> None:
        roads = unit("roads")
        street = appointed("street", Role.HANDLER, roads, territory=STREET)
        anywhere = appointed("anywhere", Role.HANDLER, roads)

        def reaching(territory: str | None) -> list[int]:
            return queries.users_with("HANDLE", roads, TODAY, territory=territory)

        assert reaching(None) == [street.pk, anywhere.pk]
        assert reaching(COMMUNITY) == [street.pk, anywhere.pk]
        assert reaching(OTHER_STREET) == [anywhere.pk]
        assert reaching("") == [anywhere.pk]

    @pytest.mark.parametrize("territory", [COMMUNITY, OTHER_STREET, ""])
    def test_are_the_same_whom_the_actor_says(self, territory: str) -> None:
        roads = unit("roads")
        people = [
            appointed("one", Role.HANDLER, roads, territory=STREET),
            appointed("two", Role.UNIT_LEADER, roads),
            appointed("three", Role.HANDLER, roads, territory=OTHER_STREET),
            appointed("platform", Role.MACHINE),
            appointed("four", Role.CHECKER, roads),
            account("five"),
        ]

        for power in ("SEE", "HANDLE", "CHECK", "REPORT", "NOBODY_HAS_THIS"):
            actors = [queries.actor_of_user(user.pk) for user in people]
            entitled = [a.user_id for a in actors if a.may(power, roads, territory=territory)]
            assert queries.users_with(power, roads, TODAY, territory=territory) == entitled

    def test_are_found_by_one_statement(self) -> None:
        roads = unit("roads")
        appointed("handler", Role.HANDLER, roads)

        with count_statements() as seen:
            queries.users_with("HANDLE", roads, TODAY)

        assert seen.number == 1, seen.statements
