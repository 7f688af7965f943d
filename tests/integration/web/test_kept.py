"""What pages keep of units, places and the catalogue is never older than the last change."""

from collections.abc import Callable
from datetime import date, time

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from chengshao.catalog import actions as catalog
from chengshao.catalog import queries as matters
from chengshao.catalog.terms import TableKind
from chengshao.people import actions as people
from chengshao.people import queries as units
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift
from chengshao.people.terms import DayKind, ParentRelation
from chengshao.places import actions as places
from chengshao.places import queries as divisions
from chengshao.web import kept
from chengshao.web.kept import kept_each
from chengshao.web.once import OnceMiddleware
from tests.district import AT, LOADER, MANHOLE, QINGBO, QINGBOMEN, SINCE, District
from tests.statements import count_statements

TODAY = date(2026, 3, 2)
pytestmark = pytest.mark.django_db


def on_a_page(look: Callable[[], object]) -> list[object]:
    """Return what a page finds."""
    found: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(look())
        return HttpResponse()

    OnceMiddleware(view)(RequestFactory().get("/"))
    return found


def edition(room: str) -> object:
    return kept._editions()[room]


def test_a_page_asks_once_what_the_editions_are_and_nothing_that_is_known(
    district: District,
) -> None:
    def look() -> tuple[object, ...]:
        return (
            units.unit_lines([district.roads, district.water], TODAY),
            divisions.division_names([QINGBO, QINGBOMEN], on=TODAY),
            matters.matter_names([MANHOLE], TODAY),
            matters.find_matters("井盖", on=TODAY),
            matters.responsibilities_for(MANHOLE, QINGBO, TODAY),
            matters.calendar_for(TODAY),
        )

    before = on_a_page(look)
    with count_statements() as counted:
        assert on_a_page(look) == before

    assert counted.number == 1, counted.statements


def test_only_what_is_missing_is_asked(district: District) -> None:
    asked: list[set[int]] = []

    def names(missing: set[int]) -> dict[int, str]:
        asked.append(missing)
        return {key: f"name {key}" for key in missing if key != 9}

    assert kept_each("people", "names", [2, 1], names) == {1: "name 1", 2: "name 2"}
    assert list(kept_each("people", "names", [3, 9, 1], names)) == [1, 3]
    assert kept_each("people", "names", [9], names) == {}  # there is nothing, and it is known
    assert kept_each("people", "names", [], names) == {}
    assert asked == [{1, 2}, {3, 9}]


def _renamed(district: District) -> None:
    people.rename_unit(
        unit_id=district.roads,
        name="区城管局",
        short_name="",
        face="",
        on=TODAY,
        document="",
        actor=LOADER,
        at=AT,
    )


def _moved(district: District) -> None:
    people.move_unit(
        unit_id=district.squad,
        parent_id=district.water,
        on=TODAY,
        relation=ParentRelation.ADMINISTRATIVE,
        document="",
        actor=LOADER,
        at=AT,
    )


def _merged(district: District) -> None:
    people.merge_units(
        unit_ids={district.parks},
        into_id=district.roads,
        on=TODAY,
        document="",
        actor=LOADER,
        at=AT,
    )


def _split(district: District) -> None:
    people.split_unit(
        unit_id=district.parks,
        into_ids={district.roads, district.water},
        on=TODAY,
        open_work_to=district.roads,
        document="",
        actor=LOADER,
        at=AT,
    )


def _closed(district: District) -> None:
    people.close_unit(
        unit_id=district.parks,
        successor_id=district.roads,
        on=TODAY,
        document="",
        actor=LOADER,
        at=AT,
    )


def _given_a_role(district: District) -> None:
    people.give_unit_role(
        role="园林",
        territory="",
        unit_id=district.parks,
        on=TODAY,
        document="",
        actor=LOADER,
        at=AT,
    )


def _role_ended(district: District) -> None:
    page = units.unit_page(district.roads, TODAY, LOADER)
    people.end_unit_role(unit_role_id=page.roles[0].pk, on=TODAY, actor=LOADER, at=AT)


def _on_the_roster(district: District) -> None:
    from_nine = Shift(
        day_kind=DayKind.WORKDAY,
        on_date=None,
        starts=time(9),
        ends=time(17),
        leader="张队",
        phone="0571-1",
        deputies=(),
        period=Period(SINCE, None),
    )
    people.keep_duty_shift(unit_id=district.roads, shift=from_nine, actor=LOADER, at=AT)


def _handed_in(district: District) -> None:
    table = "单位代码,单位名称,类型,层级,启用日期\nnew,新单位,职能部门,区级,2020-01-01\n"
    people.import_units(content=table.encode(), actor=LOADER, at=AT)


@pytest.mark.parametrize(
    "change",
    [
        _renamed,
        _moved,
        _merged,
        _split,
        _closed,
        _given_a_role,
        _role_ended,
        _on_the_roster,
        _handed_in,
    ],
)
def test_every_change_of_units_is_another_edition(
    district: District, change: Callable[[District], None]
) -> None:
    before = edition("people")

    change(district)

    assert edition("people") != before


def test_a_page_after_the_change_shows_it(district: District) -> None:
    def name() -> str:
        return units.unit_lines([district.roads], TODAY)[district.roads].name

    assert on_a_page(name) == ["区城市管理局"]
    _renamed(district)
    assert on_a_page(name) == ["区城管局"]


def test_a_change_of_divisions_or_of_the_catalogue_is_another_edition(district: District) -> None:
    before = edition("places"), edition("catalog")

    table = "代码,名称\n330102001077,新社区\n"
    places.import_divisions(content=table.encode(), valid_from=SINCE, actor=LOADER, at=AT)
    day = "日期,类别,名称,依据\n2026-06-12,本市休息,停工,示意\n"
    catalog.import_table(kind=TableKind.CALENDAR_DAYS, content=day.encode(), actor=LOADER, at=AT)

    assert edition("places") != before[0]
    assert edition("catalog") != before[1]


def test_before_there_is_anything_nothing_is_kept() -> None:
    found = on_a_page(lambda: units.unit_lines([1], TODAY))
    assert found == [{}]
