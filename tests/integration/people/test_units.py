"""Units live with dates: what was true last year can still be asked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.divisions import DivisionCodeInvalid
from chengshao.kernel.errors import DomainError
from chengshao.people import actions, queries
from chengshao.people.actions import units
from chengshao.people.models import Unit, UnitChange, UnitParent, UnitRole
from chengshao.people.queries import UnitNotFound
from chengshao.people.terms import ParentRelation, Power, UnitDeed, UnitKind, UnitLevel
from tests.integration.people.conftest import AT, LOADER, NOBODY, SINCE, TODAY, unit
from tests.statements import count_statements

pytestmark = pytest.mark.django_db

STREET, OTHER_STREET = "330102003000", "330102004000"
COMMUNITY = "330102003051"
LAST_YEAR, LATER = date(2025, 6, 1), date(2026, 7, 1)


def street(code: str = "street", territory: str = STREET, **more: Any) -> int:
    return unit(
        code, UnitKind.SUBDISTRICT, level=UnitLevel.SUBDISTRICT, territory=territory, **more
    )


def rename(unit_id: int, name: str, on: date = TODAY) -> None:
    actions.rename_unit(unit_id=unit_id, name=name, on=on, actor=LOADER, at=AT)


def move(unit_id: int, parent_id: int | None, on: date = TODAY, **more: Any) -> None:
    actions.move_unit(unit_id=unit_id, parent_id=parent_id, on=on, actor=LOADER, at=AT, **more)


def close(unit_id: int, on: date = TODAY) -> None:
    actions.close_unit(unit_id=unit_id, on=on, actor=LOADER, at=AT)


def give(role: str, unit_id: int, territory: str = "", on: date = SINCE) -> None:
    actions.give_unit_role(
        role=role, territory=territory, unit_id=unit_id, on=on, actor=LOADER, at=AT
    )


def refused(code: str, deed: Callable[[], object]) -> None:
    """Assert that the deed is refused with this code and changed nothing of the units."""
    before = (Unit.objects.count(), UnitChange.objects.count(), list(UnitParent.objects.values()))
    with pytest.raises(DomainError) as caught:
        deed()
    after = (Unit.objects.count(), UnitChange.objects.count(), list(UnitParent.objects.values()))
    assert (caught.value.code, after) == (code, before)


class TestOpening:
    def test_shows_it_with_short_name_face_and_initials(self) -> None:
        pk = unit("urban", name="上城区城市管理局")

        line = queries.unit_lines([pk])[pk]

        assert (line.name, line.face, line.kind) == ("上城区城市管理局", "上城", "DEPARTMENT")
        assert queries.find_units("scqcsglj", on=TODAY) == [line]

    def test_takes_a_code_once(self) -> None:
        unit("urban")

        refused("unit_code_taken", lambda: unit("urban"))

    def test_takes_one_sub_district_a_territory(self) -> None:
        street()

        refused("unit_territory_taken", lambda: street("twin"))

    def test_has_one_desk(self) -> None:
        unit("centre", is_desk=True)

        refused("unit_desk_taken", lambda: unit("second", is_desk=True))

    @pytest.mark.parametrize(
        ("details", "code"),
        [
            ({"tier": 4}, "unit_tier_unknown"),
            ({"territory": "33"}, "division_code_invalid"),
            ({"source": "长" * 201}, "people_text_invalid"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, details: dict[str, Any], code: str) -> None:
        refused(code, lambda: unit("odd", **details))

    def test_takes_the_power(self) -> None:
        new = units.NewUnit(
            code="x",
            name="x",
            details=units.UnitDetails(kind=UnitKind.DEPARTMENT, level=UnitLevel.DISTRICT),
            valid_from=SINCE,
        )

        refused("people_power_missing", lambda: actions.open_unit(unit=new, actor=NOBODY, at=AT))

    def test_is_written_down(self) -> None:
        pk = unit("urban")

        change = UnitChange.objects.get(unit=pk)

        assert (change.deed, change.effective_on, change.at) == (UnitDeed.OPENED, SINCE, AT)


class TestNames:
    def test_last_years_name_is_shown_for_last_year(self) -> None:
        pk = unit("urban", name="城市管理局")

        rename(pk, "综合行政执法局", on=TODAY)

        then, today = (queries.unit_lines([pk], on)[pk].name for on in (LAST_YEAR, TODAY))
        assert (then, today) == ("城市管理局", "综合行政执法局")

    def test_a_name_decided_for_later_waits(self) -> None:
        pk = unit("urban", name="城市管理局")

        rename(pk, "综合行政执法局", on=LATER)

        assert queries.unit_lines([pk], TODAY)[pk].name == "城市管理局"
        assert queries.unit_lines([pk], LATER)[pk].name == "综合行政执法局"

    def test_a_second_name_on_the_same_day_takes_the_place_of_the_first(self) -> None:
        pk = unit("urban", name="城市管理局")

        rename(pk, "执法局", on=TODAY)
        rename(pk, "综合行政执法局", on=TODAY)

        assert queries.unit_lines([pk], TODAY)[pk].name == "综合行政执法局"
        assert queries.unit_lines([pk], LAST_YEAR)[pk].name == "城市管理局"

    def test_are_not_rewritten_before_the_newest(self) -> None:
        pk = unit("urban")
        rename(pk, "综合行政执法局", on=TODAY)

        refused("unit_date_too_early", lambda: rename(pk, "别的局", on=LAST_YEAR))

    def test_overlap_is_refused_by_the_database(self) -> None:
        row = Unit.objects.get(pk=unit("urban"))

        with pytest.raises(IntegrityError, match="unit_name_one_at_a_time"), transaction.atomic():
            row.names.create(name="x", short_name="x", face="x", initials="x", valid_from=LAST_YEAR)


class TestParents:
    def test_dual_leadership_is_two_parents_of_two_relations(self) -> None:
        police, office = unit("police"), street()
        station = unit("station", UnitKind.BRANCH, under=police, guided_by=office)

        edges = UnitParent.objects.filter(unit=station).values_list("relation", "parent_id")

        assert set(edges) == {("ADMINISTRATIVE", police), ("PROFESSIONAL", office)}
        assert queries.superior_id(station, TODAY) == police

    def test_a_move_keeps_who_stood_above_before(self) -> None:
        old, new = unit("old"), unit("new")
        team = unit("team", under=old)

        move(team, new, on=TODAY)

        assert queries.superior_id(team, LAST_YEAR) == old
        assert queries.superior_id(team, TODAY) == new

    def test_nobody_stands_above_himself(self) -> None:
        top = unit("top")
        middle = unit("middle", under=top)
        bottom = unit("bottom", under=middle)

        refused("unit_ring", lambda: move(top, bottom))
        refused("unit_ring", lambda: move(top, bottom, relation=ParentRelation.PROFESSIONAL))

    def test_two_may_change_places_with_time(self) -> None:
        one = unit("one")
        two = unit("two", under=one)

        move(two, None, on=TODAY)
        move(one, two, on=TODAY)

        assert queries.superior_id(one, TODAY) == two
        assert queries.superior_id(two, LAST_YEAR) == one

    def test_two_administrative_parents_are_refused_by_the_database(self) -> None:
        old, new = unit("old"), unit("new")
        row = Unit.objects.get(pk=unit("team", under=old))

        with pytest.raises(IntegrityError, match="one_of_relation"), transaction.atomic():
            row.parents.create(
                parent_id=new, relation=ParentRelation.ADMINISTRATIVE, valid_from=TODAY
            )


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_make_no_ring() -> None:
    one, two = unit("one"), unit("two")

    def put(pair: tuple[int, int]) -> str:
        try:
            move(pair[0], pair[1])
        except DomainError as error:
            return error.code
        else:
            return "moved"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(put, [(one, two), (two, one)]))

    assert outcomes == ["moved", "unit_ring"]


class TestClosing:
    def test_takes_no_new_tasks_from_that_day(self) -> None:
        pk = unit("urban")

        close(pk, on=TODAY)

        queries.check_units({pk}, LAST_YEAR)
        with pytest.raises(UnitNotFound):
            queries.check_units({pk}, TODAY)
        assert queries.unit_lines([pk])[pk].name == "urban局"

    def test_ends_its_unit_roles(self) -> None:
        pk = unit("urban")
        give("urban_management", pk)

        close(pk, on=TODAY)

        assert queries.units_for_roles(["urban_management"], STREET, LAST_YEAR) == {
            "urban_management": pk
        }
        assert queries.units_for_roles(["urban_management"], STREET, TODAY) == {}

    def test_waits_until_its_children_have_moved(self) -> None:
        office = street()
        unit("team", under=office)

        refused("unit_has_children", lambda: close(office))

    def test_the_desk_stays(self) -> None:
        centre = unit("centre", is_desk=True)

        refused("unit_is_desk", lambda: close(centre))

    def test_happens_once(self) -> None:
        pk = unit("urban")
        close(pk, on=TODAY)

        refused("unit_closed", lambda: close(pk, on=LATER))


class TestMergeAndSplit:
    def test_a_merged_units_children_and_roles_go_to_the_one_that_follows(self) -> None:
        old, new = unit("old"), unit("new")
        team = unit("team", under=old)
        give("enforcement", old)

        actions.merge_units(unit_ids={old}, into_id=new, on=TODAY, actor=LOADER, at=AT)

        assert queries.superior_id(team, TODAY) == new
        assert queries.units_for_roles(["enforcement"], STREET, TODAY) == {"enforcement": new}
        assert queries.units_for_roles(["enforcement"], STREET, LAST_YEAR) == {"enforcement": old}
        assert queries.successors(old, TODAY) == {new}
        assert queries.successors(old, LAST_YEAR) == {old}

    def test_successors_are_followed_to_those_in_force(self) -> None:
        first, second, third, fourth = (unit(code) for code in ("a", "b", "c", "d"))

        actions.merge_units(unit_ids={first}, into_id=second, on=LAST_YEAR, actor=LOADER, at=AT)
        actions.split_unit(unit_id=second, into_ids={third, fourth}, on=TODAY, actor=LOADER, at=AT)

        assert queries.successors(first, TODAY) == {third, fourth}

    def test_a_parent_and_its_child_may_merge_together(self) -> None:
        into, parent = unit("into"), unit("parent")
        child = unit("child", under=parent)

        actions.merge_units(unit_ids={parent, child}, into_id=into, on=TODAY, actor=LOADER, at=AT)

        assert queries.successors(child, TODAY) == {into}
        assert not UnitParent.objects.filter(queries.in_force(TODAY)).exists()

    def test_into_itself_is_refused(self) -> None:
        pk = unit("urban")

        refused(
            "unit_into_itself",
            lambda: actions.merge_units(unit_ids={pk}, into_id=pk, on=TODAY, actor=LOADER, at=AT),
        )


class TestUnitsForRoles:
    def test_the_nearest_territory_wins(self) -> None:
        district, office = unit("urban"), street()
        give("enforcement", district)
        give("enforcement", office, STREET)
        give("greening", district)

        found = queries.units_for_roles(["enforcement", "greening"], COMMUNITY, TODAY)
        elsewhere = queries.units_for_roles(["enforcement"], OTHER_STREET, TODAY)

        assert found == {"enforcement": office, "greening": district}
        assert elsewhere == {"enforcement": district}

    def test_a_role_is_handed_on_with_a_date(self) -> None:
        old, new = unit("old"), unit("new")
        give("gas", old)

        give("gas", new, on=TODAY)

        assert queries.units_for_roles(["gas"], "", LAST_YEAR) == {"gas": old}
        assert queries.units_for_roles(["gas"], "", TODAY) == {"gas": new}

    def test_what_comes_later_is_not_overwritten(self) -> None:
        old, new = unit("old"), unit("new")
        give("gas", old, on=TODAY)

        with pytest.raises(units.UnitRoleLater):
            give("gas", new, on=LAST_YEAR)
        assert UnitRole.objects.count() == 1

    def test_takes_one_statement(self) -> None:
        give("gas", unit("gas"))

        with count_statements() as counted:
            queries.units_for_roles(["gas", "water"], COMMUNITY, TODAY)

        assert counted.number == 1

    def test_a_wrong_territory_is_refused(self) -> None:
        with pytest.raises(DivisionCodeInvalid):
            queries.units_for_roles(["gas"], "3301", TODAY)


def test_a_community_lies_in_its_sub_districts_unit() -> None:
    office = street()

    assert queries.subdistrict_unit_id(COMMUNITY, TODAY) == office
    assert queries.subdistrict_unit_id(STREET, TODAY) == office
    assert queries.subdistrict_unit_id(OTHER_STREET, TODAY) is None
    assert queries.subdistrict_unit_id("", TODAY) is None


class TestDesk:
    def test_is_the_joint_command_centre(self) -> None:
        centre = unit("centre", UnitKind.COMMAND_CENTRE, is_desk=True)

        assert queries.desk_unit_id() == centre
        assert queries.desk_unit_id(complained_about=unit("urban")) == centre

    def test_a_complaint_about_it_goes_to_its_superior(self) -> None:
        government = unit("government", UnitKind.DISTRICT)
        centre = unit("centre", UnitKind.COMMAND_CENTRE, is_desk=True, under=government)

        assert queries.desk_unit_id(complained_about=centre) == government

    def test_without_one_nothing_is_guessed(self) -> None:
        centre = unit("centre", UnitKind.COMMAND_CENTRE, is_desk=True)

        with pytest.raises(UnitNotFound):
            queries.desk_unit_id(complained_about=centre)


class TestFinding:
    def test_the_closest_comes_first(self) -> None:
        unit("a", name="湖滨街道城管中队")
        unit("b", name="城管局")

        assert [line.code for line in queries.find_units("城管", on=TODAY)] == ["b", "a"]

    @pytest.mark.parametrize("words", ["", "  ", "\x00", "%", "_"])
    def test_nothing_is_found_by_nothing(self, words: str) -> None:
        unit("urban")

        assert queries.find_units(words, on=TODAY) == []

    def test_departments_of_the_district_come_before_branch_offices(self) -> None:
        unit("office", UnitKind.BRANCH, name="市场监管所")
        unit("department", name="上城区市场监督管理局")

        found = queries.find_units("市场", on=TODAY)

        assert [line.code for line in found] == ["department", "office"]

    def test_the_former_name_finds_it_under_the_present_one(self) -> None:
        pk = unit("ecology", name="上城区环境保护局")
        rename(pk, "生态环境局上城分局", TODAY)

        assert [line.name for line in queries.find_units("环境保护", on=TODAY)] == [
            "生态环境局上城分局"
        ]

    def test_the_face_finds_it(self) -> None:
        line = queries.unit_lines([pk := unit("urban", name="上城区城市管理局")])[pk]

        assert queries.find_units(line.face, on=TODAY) == [line]

    def test_closed_units_are_not_offered(self) -> None:
        close(unit("urban", name="城管局"), on=TODAY)

        assert queries.find_units("城管", on=TODAY) == []


def test_a_correction_is_written_down_with_before_and_after() -> None:
    pk = unit("urban")
    details = units.details_of(Unit.objects.get(pk=pk))
    tier_one = replace(details, tier=1)

    for _ in range(2):
        actions.amend_unit(unit_id=pk, details=tier_one, actor=LOADER, at=AT)

    assert [c.detail for c in UnitChange.objects.filter(deed=UnitDeed.AMENDED)] == [
        {"tier": [None, 1]}
    ]


def test_keeping_units_can_be_given_for_one_unit() -> None:
    mine, other = unit("mine"), unit("other")
    keeper = Actor(ActorKind.PERSON, 7, frozenset({Grant(Power.KEEP_UNITS, mine)}))

    with pytest.raises(actions.PeoplePowerMissing):
        actions.rename_unit(unit_id=other, name="新", on=TODAY, actor=keeper, at=AT)
