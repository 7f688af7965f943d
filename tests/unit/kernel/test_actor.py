import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.divisions import (
    DivisionCodeInvalid,
    DivisionLevel,
    division_level,
    division_line,
    division_prefix,
    is_within,
)

ROADS, WATER = 7, 8
DISTRICT = "330102000000"
SUBDISTRICT, OTHER_SUBDISTRICT = "330102001000", "330102002000"
COMMUNITY = "330102001003"


def staff(*grants: Grant) -> Actor:
    return Actor(ActorKind.PERSON, 1, frozenset(grants))


class TestPowers:
    def test_without_a_grant_nothing_is_allowed(self) -> None:
        for kind in ActorKind:
            assert not Actor(kind).may("HANDLE", ROADS)
            assert not Actor(kind).holds("HANDLE")

    def test_a_grant_holds_for_its_power_and_its_unit_only(self) -> None:
        actor = staff(Grant("HANDLE", ROADS))

        assert actor.may("HANDLE", ROADS)
        assert not actor.may("HANDLE", WATER)
        assert not actor.may("CHECK", ROADS)

    def test_a_grant_over_one_unit_is_not_one_over_all(self) -> None:
        assert not staff(Grant("HANDLE", ROADS)).may("HANDLE")

    def test_a_grant_without_a_unit_holds_for_every_unit(self) -> None:
        actor = staff(Grant("HANDLE", None))

        assert actor.may("HANDLE", ROADS)
        assert actor.may("HANDLE")

    @pytest.mark.parametrize(
        ("granted", "case", "allowed"),
        [
            ("", COMMUNITY, True),
            ("", "", True),
            (DISTRICT, COMMUNITY, True),
            (SUBDISTRICT, COMMUNITY, True),
            (SUBDISTRICT, SUBDISTRICT, True),
            (COMMUNITY, COMMUNITY, True),
            (COMMUNITY, SUBDISTRICT, False),
            (OTHER_SUBDISTRICT, COMMUNITY, False),
            (SUBDISTRICT, "", False),
        ],
    )
    def test_a_grant_holds_within_its_territory(
        self, granted: str, case: str, allowed: bool
    ) -> None:
        assert (
            staff(Grant("HANDLE", ROADS, granted)).may("HANDLE", ROADS, territory=case) == allowed
        )

    def test_unit_and_territory_must_come_from_the_same_grant(self) -> None:
        actor = staff(
            Grant("HANDLE", ROADS, SUBDISTRICT), Grant("HANDLE", WATER, OTHER_SUBDISTRICT)
        )

        assert not actor.may("HANDLE", ROADS, territory=OTHER_SUBDISTRICT)

    def test_reach_names_units_and_leaves_out_grants_over_all(self) -> None:
        actor = staff(
            Grant("SEE", WATER),
            Grant("SEE", ROADS, SUBDISTRICT),
            Grant("SEE", None),
            Grant("HANDLE", ROADS),
        )

        assert actor.reach("SEE") == ((ROADS, SUBDISTRICT), (WATER, ""))
        assert actor.holds("SEE")


class TestDivisions:
    @pytest.mark.parametrize(
        ("code", "level", "prefix"),
        [
            ("330000000000", DivisionLevel.PROVINCE, "33"),
            ("330100000000", DivisionLevel.CITY, "3301"),
            (DISTRICT, DivisionLevel.DISTRICT, "330102"),
            (SUBDISTRICT, DivisionLevel.SUBDISTRICT, "330102001"),
            (COMMUNITY, DivisionLevel.COMMUNITY, COMMUNITY),
        ],
    )
    def test_zeros_to_the_right_are_all_of_it(
        self, code: str, level: DivisionLevel, prefix: str
    ) -> None:
        assert division_level(code) is level
        assert division_prefix(code) == prefix

    @pytest.mark.parametrize(
        "code",
        [
            "3301",
            "3301020010031",
            "33010200100x",
            "000000000000",
            "330102001003\n",
            "３３０１０２００１００３",
            " 33010200100",
        ],
    )
    def test_what_is_no_code_is_refused(self, code: str) -> None:
        with pytest.raises(DivisionCodeInvalid):
            division_level(code)

    def test_a_line_leads_from_the_community_up(self) -> None:
        assert division_line(COMMUNITY) == (
            COMMUNITY,
            SUBDISTRICT,
            DISTRICT,
            "330100000000",
            "330000000000",
        )
        assert division_line("") == ()

    def test_everywhere_holds_all_and_lies_only_in_itself(self) -> None:
        assert is_within(COMMUNITY, "")
        assert is_within("", "")
        assert not is_within("", DISTRICT)
