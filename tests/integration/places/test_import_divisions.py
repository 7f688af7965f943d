"""The division tree, from a table; names over time."""

from datetime import date

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.tables import TableRefused
from chengshao.people.queries import unit_ids_by_code
from chengshao.places import actions, queries
from chengshao.places.models import DataImport, Division
from chengshao.places.terms import Power
from tests.integration.places.conftest import (
    AT,
    DIVISIONS,
    LATER,
    SINCE,
    TODAY,
    take_divisions,
)
from tests.unit.places.maps import DISTRICT, SUBDISTRICT, community

pytestmark = pytest.mark.django_db


def faults_of(table: str) -> list[tuple[int, str, str]]:
    """Return the faults of a table that is refused, and see that it changed nothing."""
    before = list(Division.objects.order_by("pk").values())
    with pytest.raises(TableRefused) as refused:
        take_divisions(table)
    assert list(Division.objects.order_by("pk").values()) == before
    return [(fault.row, fault.column, fault.code) for fault in refused.value.faults]


def test_a_tree_is_taken_in() -> None:
    told = take_divisions()

    assert (told.added, told.changed) == (6, True)
    assert queries.district_code() == DISTRICT
    below = queries.divisions_below(DISTRICT)
    assert [(d.name, d.divisions) for d in below] == [("清波街道", 3)]
    assert queries.division_labels([community(1), DISTRICT, ""]) == {
        community(1): "清波街道柳翠井巷社区",
        DISTRICT: "示范区",
    }


def test_the_same_table_again_changes_nothing() -> None:
    take_divisions()
    token = queries.edition()

    again = take_divisions()

    assert (again.changed, again.unchanged) == (False, 6)
    assert queries.edition() == token
    assert DataImport.objects.count() == 1


def test_a_new_name_from_a_day_on_keeps_the_old_one_before() -> None:
    take_divisions()

    told = take_divisions(f"代码,名称,生效日期\n{community(0)},清波门新社区,2025-07-01\n")

    assert (told.added, told.ended) == (1, 1)
    names = [queries.division_names([community(0)], on=day) for day in (SINCE, LATER, TODAY)]
    assert [name[community(0)] for name in names] == [
        "清波门社区居委会",
        "清波门新社区",
        "清波门新社区",
    ]


def test_a_division_that_is_gone_keeps_its_last_name_and_is_no_longer_in_force() -> None:
    take_divisions()
    take_divisions(f"代码,名称,生效日期,失效日期\n{community(2)},长庆社区,2025-01-01,2025-07-01\n")

    assert queries.division_names([community(2)]) == {community(2): "长庆社区"}
    queries.check_division(community(2), on=SINCE)
    with pytest.raises(queries.DivisionNotFound):
        queries.check_division(community(2))


def test_a_typo_is_corrected_by_the_same_start_and_counted() -> None:
    take_divisions()

    told = take_divisions(f"代码,名称\n{community(2)},长庆街社区\n")

    assert (told.added, told.corrected, told.ended) == (0, 1, 0)
    assert Division.objects.filter(code=community(2)).count() == 1


def test_every_fault_is_told_by_row_and_column() -> None:
    table = (
        "代码,名称,生效日期,失效日期,示意\n"
        f"{DISTRICT},,2025-01-01,,否\n"
        "33010200,区,,,\n"
        f"{SUBDISTRICT},清波街道,昨天,,也许\n"
        f"{community(0)},清波门社区,2025-01-01,2024-01-01,\n"
        "330102009001,孤儿社区,,,\n"
        f"{SUBDISTRICT},清波街道,,,\n"
    )

    assert faults_of(table) == [
        (2, "名称", "value_missing"),
        (3, "代码", "division_code_invalid"),
        (4, "示意", "value_invalid"),
        (4, "生效日期", "value_not_a_date"),
        (5, "失效日期", "place_period_empty"),
        (7, "代码", "value_repeated"),
        (6, "代码", "division_parent_missing"),
    ]


def test_a_parent_must_hold_as_long_as_what_lies_in_it() -> None:
    take_divisions()

    ended = f"代码,名称,生效日期,失效日期\n{SUBDISTRICT},清波街道,2025-01-01,2025-07-01\n"

    assert {code for _, _, code in faults_of(ended)} == {"division_parent_ended"}


def test_there_is_one_district() -> None:
    take_divisions()

    assert faults_of("代码,名称\n330105000000,另一个区\n") == [(2, "代码", "district_second")]
    assert faults_of("代码,名称\n110000000000,北京市\n") == [(2, "代码", "division_elsewhere")]


def test_without_a_district_nothing_is_taken() -> None:
    assert faults_of("代码,名称\n330100000000,示范市\n") == [(0, "代码", "district_missing")]
    with pytest.raises(queries.DistrictNotFound):
        queries.district_code()


def test_an_empty_table_is_refused() -> None:
    assert (0, "代码", "table_empty") in faults_of("代码,名称\n")


class TestWho:
    def test_nobody_without_the_power(self) -> None:
        nobody = Actor(ActorKind.PERSON, 7, frozenset({Grant("KEEP_CATALOG", None)}))

        with pytest.raises(actions.MayNotKeepPlaces):
            actions.import_divisions(
                content=DIVISIONS.encode(), valid_from=SINCE, actor=nobody, at=AT
            )
        assert not Division.objects.exists()

    def test_a_keeper_of_the_desk_may_and_one_of_another_unit_may_not(self, units: None) -> None:
        def keeper(unit: str) -> Actor:
            grant = Grant(Power.KEEP_PLACES, unit_ids_by_code([unit])[unit])
            return Actor(ActorKind.SYSTEM, grants=frozenset({grant}))

        take_divisions()
        more = f"代码,名称\n{community(3)},新社区\n".encode()
        with pytest.raises(actions.MayNotKeepPlaces):
            actions.import_divisions(content=more, valid_from=SINCE, actor=keeper("roads"), at=AT)
        told = actions.import_divisions(
            content=more, valid_from=SINCE, actor=keeper("centre"), at=AT
        )

        assert told.added == 1


def test_what_was_handed_in_is_noted() -> None:
    take_divisions()

    (noted,) = queries.latest_imports()
    assert (noted.kind, noted.at, noted.added) == ("DIVISIONS", AT, 6)


def test_dates_may_be_written_in_several_ways() -> None:
    take_divisions(
        f"代码,名称,生效日期\n{DISTRICT},示范区,2021/4/9\n{SUBDISTRICT},清波街道,2021年4月9日\n"
    )

    assert {d.valid_from for d in Division.objects.all()} == {date(2021, 4, 9)}
