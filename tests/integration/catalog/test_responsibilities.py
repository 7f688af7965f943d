"""Who leads what where: responsibilities, bent by the sub-district's three lists (C3)."""

from collections.abc import Callable
from datetime import date

import pytest

from chengshao.catalog import queries
from chengshao.catalog.terms import DutyListKind, TableKind
from chengshao.people import actions as people
from chengshao.people.terms import UnitKind, UnitLevel
from chengshao.places import actions as places
from tests.integration.catalog.conftest import (
    AT,
    COMMUNITY,
    DISTRICT,
    LOADER,
    SINCE,
    SUBDISTRICT,
    TODAY,
    duty,
    matter,
    responsibility,
    take,
)

pytestmark = pytest.mark.django_db
OTHER_SUBDISTRICT = "330102003000"


@pytest.fixture(autouse=True)
def ground() -> None:
    """A district, two sub-districts, a community and two matters."""
    rows = {
        DISTRICT: "演示区",
        SUBDISTRICT: "甲街道",
        OTHER_SUBDISTRICT: "乙街道",
        COMMUNITY: "甲社区",
    }
    lines = "\n".join(f"{code},{name}" for code, name in rows.items())
    places.import_divisions(
        content=f"代码,名称\n{lines}".encode(), valid_from=SINCE, actor=LOADER, at=AT
    )
    take(TableKind.MATTERS, matter(), matter("C0102", "路灯"), matter("C0201", "护栏", 大类="道路"))


Opens = Callable[..., int]


@pytest.fixture
def unit() -> Opens:
    def opens(
        role: str, kind: UnitKind = UnitKind.DEPARTMENT, territory: str = "", where: str = ""
    ) -> int:
        """Open a unit that has a role in a territory; `where` it is itself."""
        pk = people.open_unit(
            unit=people.NewUnit(
                code=f"{role}-{where or territory}",
                name=f"演示{role}",
                details=people.UnitDetails(kind=kind, level=UnitLevel.DISTRICT, territory=where),
                valid_from=SINCE,
            ),
            actor=LOADER,
            at=AT,
        )
        people.give_unit_role(
            role=role, territory=territory, unit_id=pk, on=SINCE, actor=LOADER, at=AT
        )
        return pk

    return opens


@pytest.fixture
def water(unit: Opens) -> int:
    return unit("water")


@pytest.fixture
def street(unit: Opens) -> int:
    return unit("subdistrict", UnitKind.SUBDISTRICT, SUBDISTRICT, SUBDISTRICT)


@pytest.fixture
def community(unit: Opens) -> int:
    return unit("community", UnitKind.COMMUNITY, COMMUNITY, COMMUNITY)


def leads(matter: str = "C0101", territory: str = COMMUNITY) -> list[int | None]:
    return [line.lead_unit_id for line in queries.responsibilities_for(matter, territory, TODAY)]


class TestResponsibilities:
    def test_a_role_is_a_unit_of_that_place(self, unit: Opens) -> None:
        here = unit("enforcement", territory=SUBDISTRICT)
        elsewhere = unit("enforcement", territory=OTHER_SUBDISTRICT)
        take(TableKind.RESPONSIBILITIES, responsibility("enforcement"))

        assert leads(territory=COMMUNITY) == [here]
        assert leads(territory=OTHER_SUBDISTRICT) == [elsewhere]

    def test_helpers_and_document_come_along(self, unit: Opens, water: int) -> None:
        roads = unit("roads")
        take(TableKind.RESPONSIBILITIES, responsibility("roads", "water", "nobody", 条款="第二条"))

        (line,) = queries.responsibilities_for("C0101-1", COMMUNITY, TODAY)

        assert (line.lead_unit_id, line.co_unit_ids, line.reason) == (roads, (water,), "")
        assert (line.document, line.document_number, line.article) == (
            "本区权责清单（示意）", "示意〔2026〕1号", "第二条",
        )  # fmt: skip
        assert (line.list_kind, line.lead_role) == (None, "roads")

    def test_what_names_the_matter_goes_before_its_class(self, unit: Opens, water: int) -> None:
        roads, one = unit("roads"), unit("one")
        take(
            TableKind.RESPONSIBILITIES,
            responsibility("roads", matter="C01"),
            responsibility("water", matter="C0101"),
            responsibility("one", matter="C0101-1"),
        )

        assert leads("C0101-1") == [one, water, roads]
        assert leads("C0101") == [water, roads]
        assert leads("C0102") == [roads]
        assert leads("C0201") == []

    def test_what_names_the_place_goes_before_the_district(self, unit: Opens, water: int) -> None:
        roads = unit("roads")
        take(
            TableKind.RESPONSIBILITIES,
            responsibility("roads"),
            responsibility("water", territory=SUBDISTRICT),
        )

        assert leads(territory=COMMUNITY) == [water, roads]
        assert leads(territory=OTHER_SUBDISTRICT) == [roads]
        assert leads(territory="") == [roads]

    def test_a_role_without_a_unit_says_so(self) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("water"))

        (line,) = queries.responsibilities_for("C0101", COMMUNITY, TODAY)

        assert (line.lead_unit_id, line.reason) == (None, "ROLE_WITHOUT_UNIT")

    def test_only_what_is_in_force_that_day(self, unit: Opens, water: int) -> None:
        roads = unit("roads")
        take(
            TableKind.RESPONSIBILITIES,
            responsibility("water", 失效日期="2026-01-01"),
            responsibility("roads", 生效日期="2026-01-01"),
        )

        assert leads() == [roads]
        before = queries.responsibilities_for("C0101", COMMUNITY, date(2025, 12, 31))
        assert [line.lead_unit_id for line in before] == [water]

    def test_an_unknown_code_is_no_matter(self) -> None:
        with pytest.raises(queries.MatterNotFound):
            queries.responsibilities_for("井盖", COMMUNITY, TODAY)


class TestTakenBack:
    @pytest.fixture(autouse=True)
    def taken_back(self, street: int, water: int) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("subdistrict", "subdistrict"))
        take(TableKind.DUTY_LISTS, duty("上级收回", department="water"))

    def test_the_department_leads(self, street: int, water: int) -> None:
        own, old = queries.responsibilities_for("C0101", COMMUNITY, TODAY)

        assert (own.lead_unit_id, own.co_unit_ids) == (water, ())
        assert (own.id, own.list_kind, own.document) == (
            None, DutyListKind.TAKEN_BACK, "履职事项清单（示意）",
        )  # fmt: skip
        assert (old.lead_unit_id, old.reason) == (None, "TAKEN_BACK")

    def test_the_sub_district_neither_leads_nor_helps(self, street: int, water: int) -> None:
        with pytest.raises(queries.LeadNotByList) as refused:
            queries.check_may_lead(street, "C0101", COMMUNITY, TODAY)
        with pytest.raises(queries.LeadNotByList):
            queries.check_may_help([street], "C0101", COMMUNITY, TODAY)

        assert refused.value.params == {"lead_obstacle": "TAKEN_BACK"}
        queries.check_may_lead(water, "C0101", COMMUNITY, TODAY)

    def test_elsewhere_nothing_was_taken_back(self) -> None:
        (line,) = queries.responsibilities_for("C0101", OTHER_SUBDISTRICT, TODAY)

        assert line.reason == "ROLE_WITHOUT_UNIT"

    def test_a_nearer_row_of_the_list_goes_before(self, street: int) -> None:
        take(TableKind.DUTY_LISTS, duty("基本履职", matter="C0102"))

        queries.check_may_lead(street, "C0102", COMMUNITY, TODAY)
        assert leads("C0102") == [street]


class TestAssisting:
    @pytest.fixture(autouse=True)
    def assisting(self, street: int, water: int) -> None:
        take(TableKind.DUTY_LISTS, duty("配合履职", department="water"))

    def test_the_department_leads_and_the_sub_district_helps(self, street: int, water: int) -> None:
        (line,) = queries.responsibilities_for("C0101", COMMUNITY, TODAY)

        assert (line.lead_unit_id, line.co_unit_ids) == (water, (street,))
        queries.check_may_help([street, water], "C0101", COMMUNITY, TODAY)
        with pytest.raises(queries.LeadNotByList) as refused:
            queries.check_may_lead(street, "C0101", COMMUNITY, TODAY)
        assert refused.value.params == {"lead_obstacle": "ASSISTING_ONLY"}

    def test_the_same_in_a_responsibility_is_one_line_with_its_article(
        self, street: int, water: int
    ) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("water", "subdistrict", 条款="第二条"))

        (line,) = queries.responsibilities_for("C0101", COMMUNITY, TODAY)

        assert (line.lead_unit_id, line.co_unit_ids, line.article) == (water, (street,), "第二条")
        assert line.list_kind is DutyListKind.ASSISTING
        assert line.id is not None


class TestBasic:
    def test_the_sub_district_leads(self, street: int) -> None:
        take(TableKind.DUTY_LISTS, duty("基本履职"))

        (line,) = queries.responsibilities_for("C0101", COMMUNITY, TODAY)

        assert (line.lead_unit_id, line.list_kind) == (street, DutyListKind.BASIC)

    def test_what_its_lists_lack_it_does_not_lead(self, street: int) -> None:
        take(TableKind.DUTY_LISTS, duty("基本履职"))

        with pytest.raises(queries.LeadNotByList) as refused:
            queries.check_may_lead(street, "C0201", COMMUNITY, TODAY)
        assert refused.value.params == {"lead_obstacle": "NOT_ON_LIST"}

    def test_unless_a_responsibility_names_it(self, street: int) -> None:
        take(TableKind.DUTY_LISTS, duty("基本履职"))
        take(TableKind.RESPONSIBILITIES, responsibility("subdistrict", matter="C02"))

        queries.check_may_lead(street, "C0201", COMMUNITY, TODAY)
        assert leads("C0201") == [street]

    def test_where_no_lists_are_kept_it_may_lead(self, street: int) -> None:
        queries.check_may_lead(street, "C0201", COMMUNITY, TODAY)


class TestCommunity:
    def test_it_never_leads_whatever_a_list_or_responsibility_says(self, community: int) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("community"))
        take(TableKind.DUTY_LISTS, duty("基本履职", territory=COMMUNITY))

        (line,) = queries.responsibilities_for("C0101", COMMUNITY, TODAY)

        assert (line.lead_unit_id, line.reason) == (None, "COMMUNITY_NEVER_LEADS")
        with pytest.raises(queries.LeadNotByList) as refused:
            queries.check_may_lead(community, "C0101", COMMUNITY, TODAY)
        assert refused.value.params == {"lead_obstacle": "COMMUNITY_NEVER_LEADS"}

    def test_it_helps_only_where_its_list_has_the_matter(self, community: int, water: int) -> None:
        take(TableKind.RESPONSIBILITIES, responsibility("water", "community"))
        take(TableKind.RESPONSIBILITIES, responsibility("water", "community", matter="C02"))
        take(TableKind.DUTY_LISTS, duty("基本履职", territory=COMMUNITY))

        (listed,) = queries.responsibilities_for("C0101", COMMUNITY, TODAY)
        (unlisted,) = queries.responsibilities_for("C0201", COMMUNITY, TODAY)

        assert (listed.co_unit_ids, unlisted.co_unit_ids) == ((community,), ())
        queries.check_may_help([community], "C0101", COMMUNITY, TODAY)
        with pytest.raises(queries.LeadNotByList):
            queries.check_may_help([community], "C0201", COMMUNITY, TODAY)
