"""Cases on the map: what lies in the box and in sight, as points or counted by hexagon (S2)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.workorders import queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import BoxInvalid, Choice, Mapped, box_of, mapping
from chengshao.workorders.rules.hexagons import lattice_at
from chengshao.workorders.terms import MapShown, ReportKind, TaskCommand, TaskKind
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    District,
    closed,
    dispatched,
    move,
    reported,
    said,
)
from tests.statements import count_statements
from tests.turns import handler_of

HERE = (120.165, 30.245)
BOX = box_of("120.1,30.2,120.2,30.3", "13")
LATER = AT + timedelta(days=30)
_FIXERS = (
    "单位代码,单位名称,类型,层级,上级单位代码,启用日期\n"
    "fixers,演示养护公司,作业单位,区级,roads,2020-01-01\n"
)


def put(case: WorkOrder, lng: float = HERE[0], lat: float = HERE[1]) -> WorkOrder:
    """Move a case on the ground, whatever was said of its place."""
    WorkOrder.objects.filter(pk=case.pk).update(lng=lng, lat=lat)
    return case


def at(actor: Actor, key: str, lng: float = HERE[0], lat: float = HERE[1]) -> WorkOrder:
    return put(reported(actor, said(key)).work_order, lng, lat)


def seen(actor: Actor, **choice: object) -> Mapped:
    chosen = Choice(**choice)  # type: ignore[arg-type]
    return queries.cases_mapped(box=BOX, choice=chosen, actor=actor, now=LATER)


def numbers(found: Mapped) -> set[str]:
    return {point.number for point in found.points}


class TestTheBox:
    def test_holds_what_lies_in_it(self, centre: Actor, district: District) -> None:
        inside, outside = at(centre, "k-1"), at(centre, "k-2", 120.25)

        found = seen(centre)

        assert (numbers(found), found.total) == ({inside.number}, 1)
        assert outside.number not in numbers(found)

    @pytest.mark.parametrize(
        "text",
        ["", "1,2,3", "a,b,c,d", "nan,1,2,3", "inf,1,2,3", "120.2,30,120.1,31", "120,31,121,30",
         "-181,0,1,1", "0,-91,1,1", "1,2,3,4,5", "1e400,0,2,2", "120,30,120,30"],
    )  # fmt: skip
    def test_is_one_on_earth(self, text: str) -> None:
        with pytest.raises(BoxInvalid):
            box_of(text, "12")

    @pytest.mark.parametrize("zoom", ["", "x", "-1", "23", "nan", "inf", "1e999"])
    def test_is_seen_at_a_zoom_that_maps_have(self, zoom: str) -> None:
        with pytest.raises(BoxInvalid):
            box_of("120.1,30.2,120.2,30.3", zoom)


class TestWhoSees:
    """Nothing of a case that is not in sight: not even in a count."""

    def test_a_unit_that_has_nothing_to_do_with_it_sees_nothing(
        self, centre: Actor, district: District
    ) -> None:
        put(dispatched(centre, district.roads))

        assert seen(handler_of(district.parks)).total == 0
        assert seen(handler_of(district.roads)).total == 1

    def test_nor_does_the_unit_complained_about(self, centre: Actor, district: District) -> None:
        case = put(dispatched(centre, district.water, district.roads))
        report = case.reports.get()
        report.complained_about_unit_id = district.water
        report.save()

        assert seen(handler_of(district.water)).total == 0

    def test_nor_anybody_but_the_named_of_what_an_informant_said(
        self, centre: Actor, district: District
    ) -> None:
        told = replace(said("k-1"), kind=ReportKind.INFORMANT)
        put(reported(centre, told).work_order)

        assert seen(centre).total == 0

    @pytest.mark.parametrize("confirmed", [True, False])
    def test_a_third_party_sees_a_place_that_the_desk_confirmed(
        self, centre: Actor, district: District, confirmed: bool
    ) -> None:
        people.import_units(content=_FIXERS.encode(), actor=LOADER, at=AT)
        fixers = unit_ids_by_code(["fixers"])["fixers"]
        case = put(dispatched(centre, district.roads))
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(case, TaskKind.LEAD, TaskCommand.SUBASSIGN, centre, reason="换盖", asked=[fixers])
        WorkOrder.objects.filter(pk=case.pk).update(place_confirmed=confirmed)

        assert seen(handler_of(fixers)).total == int(confirmed)
        asked = queries.points_of(numbers=[case.number], actor=handler_of(fixers), now=LATER)
        assert len(asked) == int(confirmed)

    def test_counts_by_hexagon_hold_no_more(
        self, centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(dispatched(centre, district.roads))
        put(dispatched(centre, district.water, report=said("k-2")))
        monkeypatch.setattr(mapping, "MOST_POINTS", 0)

        assert [cell.cases for cell in seen(centre).cells] == [2]
        assert [cell.cases for cell in seen(handler_of(district.roads)).cells] == [1]
        assert seen(handler_of(district.parks)).cells == []


class TestWhatIsShown:
    @pytest.fixture
    def cases(self, centre: Actor, district: District) -> dict[str, WorkOrder]:
        return {
            "new": at(centre, "k-1"),
            "late": put(dispatched(centre, district.roads, report=said("k-2"))),
            "done": put(closed(centre, district.roads, report=said("k-3"))),
        }

    def test_open_ones_unless_asked(self, centre: Actor, cases: dict[str, WorkOrder]) -> None:
        assert numbers(seen(centre)) == {cases["new"].number, cases["late"].number}

    def test_ended_ones_and_all(self, centre: Actor, cases: dict[str, WorkOrder]) -> None:
        assert numbers(seen(centre, shown=MapShown.CLOSED)) == {cases["done"].number}
        assert numbers(seen(centre, shown=MapShown.ALL)) == {c.number for c in cases.values()}

    def test_each_with_its_state(self, centre: Actor, cases: dict[str, WorkOrder]) -> None:
        marks = {point.number: point.mark for point in seen(centre, shown=MapShown.ALL).points}

        assert marks[cases["late"].number] == "LATE"
        assert marks[cases["done"].number] == "DONE"

    def test_what_is_not_late_yet_is_not_among_the_late(
        self, centre: Actor, cases: dict[str, WorkOrder]
    ) -> None:
        choice = Choice(shown=MapShown.LATE)

        early = queries.cases_mapped(box=BOX, choice=choice, actor=centre, now=AT)

        assert (early.total, early.late) == (0, 0)
        assert seen(centre, shown=MapShown.LATE).late == seen(centre, shown=MapShown.LATE).total > 0

    def test_of_one_unit_and_of_some_matters(
        self, centre: Actor, district: District, cases: dict[str, WorkOrder]
    ) -> None:
        assert seen(centre, unit_id=district.parks).total == 0
        assert seen(centre, matters=[MANHOLE]).total == 1
        assert seen(centre, matters=[]).total == 0


def test_hexagons_of_the_database_are_those_of_the_rule(
    centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    spots = [(120.11 + 0.0131 * n, 30.21 + 0.0097 * n) for n in range(6)]
    for n, (lng, lat) in enumerate(spots):
        at(centre, f"k-{n}", lng, lat)
    monkeypatch.setattr(mapping, "MOST_POINTS", 0)

    found = seen(centre)

    lattice = lattice_at(BOX.zoom, 30.25)
    expected = {lattice.centre_of(*lattice.cell_of(*spot)) for spot in spots}
    assert {(cell.lng, cell.lat) for cell in found.cells} == expected
    assert found.total == len(spots)


def test_the_list_beside_it_is_of_the_same_cases_the_newest_first(
    centre: Actor, district: District
) -> None:
    old, new = at(centre, "k-1"), at(centre, "k-2")
    at(centre, "k-3", 120.25)

    lines = queries.lines_mapped(box=BOX, choice=Choice(), actor=centre, now=LATER, limit=50)

    assert [line.number for line in lines] == [new.number, old.number]


@pytest.mark.parametrize("ask", [
    lambda actor: seen(actor),
    lambda actor: queries.lines_mapped(
        box=BOX, choice=Choice(), actor=actor, now=LATER, limit=50
    ),
])  # fmt: skip
def test_more_cases_cost_no_more_statements(
    centre: Actor, district: District, ask: Callable[[Actor], object]
) -> None:
    at(centre, "k-0")
    with count_statements() as few:
        ask(centre)
    for n in range(1, 9):
        at(centre, f"k-{n}")
    with count_statements() as many:
        ask(centre)

    assert many.number == few.number <= 3
