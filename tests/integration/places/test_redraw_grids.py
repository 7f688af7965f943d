"""A keeper redraws a community's grids from a day on; the past stays as it was."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import TableRefused
from chengshao.people.queries import unit_ids_by_code
from chengshao.places import actions, queries, tasks
from chengshao.places.models import Grid, GridChange
from chengshao.places.queries import redrawing
from chengshao.places.rules import open_cases
from chengshao.places.rules.redrawing import Redrawing
from chengshao.places.terms import ImportKind, Power, RedrawKind
from tests.integration.places.conftest import (
    AT,
    KEEPER,
    LATER,
    SINCE,
    TODAY,
    take_objects,
    take_outlines,
    take_places,
    take_zones,
)
from tests.unit.places.maps import (
    SUBDISTRICT,
    at,
    box,
    code_of,
    community,
    feature,
    point,
    polygon,
)

HERE, BASIS = community(0), "街道会议纪要（示意）"
WEST_HALF, EAST_HALF = f"{HERE}004", f"{HERE}005"
TOMORROW = TODAY + timedelta(days=1)


def geojson(kind: str, *corners: tuple[float, float]) -> str:
    places: Any = [at(*corner) for corner in corners]
    return json.dumps({"type": kind, "coordinates": places if kind == "LineString" else [places]})


DOWN_THE_MIDDLE = geojson("LineString", (0.5, -0.5), (0.5, 1.5))


def asked(kind: RedrawKind = RedrawKind.SPLIT, *codes: str, **more: Any) -> Redrawing:
    drawn = DOWN_THE_MIDDLE if kind is RedrawKind.SPLIT else ""
    told: dict[str, Any] = {"drawn": drawn, "valid_from": TODAY, "basis": BASIS} | more
    return Redrawing(HERE, kind, codes or (code_of(0, 0),), **told)


def redraw(what: Redrawing | None = None, **more: Any) -> GridChange:
    deed = what or asked()
    mark = redrawing.grids_ever(deed.community).mark
    told: dict[str, Any] = {"actor": KEEPER, "mark": mark, "at": AT} | more
    return actions.redraw_grids(asked=deed, **told)


def rows() -> list[Any]:
    fields = ("code", "valid_from", "valid_until", "name", "area_m2", "source")
    return sorted(Grid.objects.values_list(*fields), key=str)


def refused(what: Redrawing, **more: Any) -> str:
    before, changes = rows(), GridChange.objects.count()
    with pytest.raises(DomainError) as error:
        redraw(what, **more)
    assert (rows(), GridChange.objects.count()) == (before, changes)
    if isinstance(error.value, TableRefused):
        return ",".join(fault.code for fault in error.value.faults)
    return error.value.code


pytestmark = pytest.mark.usefixtures("district")


class TestFromADayOn:
    def test_the_parts_take_the_place_of_the_whole_which_keeps_its_past(self) -> None:
        change = redraw()

        assert (change.before, change.after) == ([code_of(0, 0)], [WEST_HALF, EAST_HALF])
        assert queries.locate(*point(0.25, 0.5)).grid == WEST_HALF
        assert queries.locate(*point(0.75, 0.5)).grid == EAST_HALF
        assert queries.locate(*point(0.25, 0.5), on=LATER).grid == code_of(0, 0)
        old = Grid.objects.get(code=code_of(0, 0))
        assert (old.valid_from, old.valid_until) == (SINCE, TODAY)
        new = Grid.objects.get(code=WEST_HALF)
        assert (new.valid_from, new.valid_until, new.source) == (
            TODAY,
            None,
            "街道会议纪要（示意）",
        )

    def test_the_other_grids_go_on_untouched(self) -> None:
        before = set(Grid.objects.exclude(code=code_of(0, 0)).values_list("pk", "valid_until"))

        redraw()

        assert before <= set(Grid.objects.values_list("pk", "valid_until"))

    def test_a_planned_change_counts_from_its_day(self) -> None:
        redraw(asked(valid_from=TOMORROW))

        assert queries.locate(*point(0.25, 0.5), on=TODAY).grid == code_of(0, 0)
        assert queries.locate(*point(0.25, 0.5), on=TOMORROW).grid == WEST_HALF

    def test_things_follow_on_the_day_by_themselves(self, monkeypatch: pytest.MonkeyPatch) -> None:
        lng, lat = at(0.75, 0.5)
        take_objects(f"编码,名称,类型,经度,纬度\nS-1,演示面馆,商铺,{lng},{lat}\n")
        redraw(asked(valid_from=TOMORROW))
        assert queries.find_objects("面馆")[0].grid == code_of(0, 0)

        monkeypatch.setattr(timezone, "now", lambda: AT + timedelta(days=1))
        tasks.settle_places.func(timestamp=0)

        assert queries.find_objects("面馆")[0].grid == EAST_HALF

    def test_things_follow_at_once_where_it_counts_from_today(self) -> None:
        lng, lat = at(0.75, 0.5)
        take_places(f"名称,类型,经度,纬度\n城站,地标,{lng},{lat}\n")
        take_zones([feature(polygon(box(0.6, 0.2, 0.9, 0.8)), 名称="演示小区", 类型="小区")])
        before = queries.edition()

        redraw()

        assert queries.find_places("城站")[0].grid == EAST_HALF
        assert queries.find_places("演示小区")[0].grid == EAST_HALF
        assert queries.edition() != before

    def test_the_export_is_what_import_reads(self) -> None:
        redraw()

        told = take_grids_again()

        assert not told.changed

    def test_a_day_that_is_over_is_refused(self) -> None:
        assert refused(asked(valid_from=TODAY - timedelta(days=1))) == "grids_day_passed"

    def test_a_day_before_a_planned_change_is_refused(self) -> None:
        redraw(asked(valid_from=TOMORROW))

        assert refused(asked(RedrawKind.END, code_of(0, 1))) == "grids_later_set"

    def test_codes_never_come_again_even_of_grids_that_held_for_hours(self) -> None:
        redraw()
        redraw(asked(RedrawKind.MERGE, WEST_HALF, EAST_HALF))

        assert GridChange.objects.order_by("pk").last().after == [f"{HERE}006"]  # type: ignore[union-attr]
        redraw(asked(RedrawKind.SPLIT, f"{HERE}006"))
        held = Grid.objects.in_force(TODAY).filter(community=HERE)
        assert set(held.values_list("code", flat=True)) == {
            code_of(0, 1),
            code_of(0, 2),
            f"{HERE}007",
            f"{HERE}008",
        }


def take_grids_again() -> Any:
    content = queries.export_table(ImportKind.GRIDS)
    return actions.import_grids(content=content, valid_from=TODAY, actor=KEEPER, at=AT)


class TestDeeds:
    def test_neighbours_are_merged(self) -> None:
        redraw(asked(RedrawKind.MERGE, code_of(0, 0), code_of(0, 1)))

        assert queries.locate(*point(0.5, 0.5)).grid == WEST_HALF
        assert queries.locate(*point(0.5, 1.5)).grid == WEST_HALF

    def test_a_moved_border_takes_the_neighbour_along_and_codes_stay(self) -> None:
        new = geojson("Polygon", (0, 0), (1, 0), (1, 1), (0.5, 1.4), (0, 1), (0, 0))

        change = redraw(asked(RedrawKind.MOVE_BORDER, drawn=new))

        assert sorted(change.after) == sorted(change.before) == [code_of(0, 0), code_of(0, 1)]
        assert queries.locate(*point(0.5, 1.3)).grid == code_of(0, 0)
        assert queries.locate(*point(0.5, 1.3), on=LATER).grid == code_of(0, 1)

    def test_the_border_of_the_community_is_not_moved(self) -> None:
        over = geojson("Polygon", (0, 0), (1, 0), (1.3, 0.5), (1, 1), (0, 1), (0, 0))

        assert refused(asked(RedrawKind.MOVE_BORDER, drawn=over)) == "grid_border_same"

    def test_an_ended_grid_leaves_ground_where_one_can_be_drawn(self) -> None:
        take_outlines([feature(polygon(box(0, 0, 3, 3)))])
        redraw(asked(RedrawKind.END))
        assert queries.locate(*point(0.5, 0.5)).grid == ""

        over = geojson("Polygon", (-0.0, 0), (1.4, 0), (1.4, 1.4), (0, 1.4), (0, 0))
        what = asked(RedrawKind.DRAW, drawn=over, illustrative=True)
        redraw(replace(what, codes=()))

        new = Grid.objects.get(code=WEST_HALF)
        assert queries.locate(*point(0.5, 0.5)).grid == WEST_HALF
        assert new.illustrative
        assert new.area_m2 == pytest.approx(Grid.objects.get(code=code_of(0, 1)).area_m2, abs=2)

    def test_new_ground_lies_within_the_nearest_border_known(self) -> None:
        take_outlines([feature(polygon(box(0, 0, 3, 3)), 区划代码=SUBDISTRICT)])
        redraw(asked(RedrawKind.END))
        wide = geojson("Polygon", (-2, 0), (1, 0), (1, 1), (-2, 1), (-2, 0))

        redraw(replace(asked(RedrawKind.DRAW, drawn=wide), codes=()))

        assert Grid.objects.get(code=WEST_HALF).west == at(0, 0)[0]

    def test_name_and_unit_change_under_the_same_code(self, units: None) -> None:
        roads = unit_ids_by_code(["roads"])["roads"]
        told = {code_of(0, 0): {"name": "菜场网格", "unit_id": roads}}

        redraw(asked(RedrawKind.DESCRIBE, told=told))

        held = Grid.objects.filter(code=code_of(0, 0)).order_by("valid_from")
        assert [(g.name, g.responsible_unit_id) for g in held] == [("", None), ("菜场网格", roads)]

    def test_the_first_grid_of_a_community_can_be_drawn(self) -> None:
        Grid.objects.filter(community=HERE).delete()
        whole = geojson("Polygon", *((0, 0), (1, 0), (1, 3), (0, 3), (0, 0)))

        change = redraw(replace(asked(RedrawKind.DRAW, drawn=whole), codes=()))

        assert change.after == [code_of(0, 0)]

    @pytest.mark.parametrize(
        ("drawn", "code"),
        [
            ("", "grid_nothing_drawn"),
            ("\x00", "grid_drawing_unreadable"),
            ("{}", "grid_drawing_unreadable"),
            ('{"type":"LineString","coordinates":[[1e400,2],[3,4]]}', "coordinates_invalid"),
            ('{"type":"LineString","coordinates":[["1","2"],[3,4]]}', "position_invalid"),
            ('{"type":"Polygon","coordinates":[]}', "geometry_type_wrong"),
            ("[" * 5000, "grid_drawing_unreadable"),
            (geojson("LineString", *([(0.5, 0.5), (0.6, 0.6)] * 300)), "geometry_too_fine"),
        ],
    )
    def test_hostile_drawings_are_refused(self, drawn: str, code: str) -> None:
        assert refused(asked(drawn=drawn)) == code

    @pytest.mark.parametrize("code", [code_of(1, 0), f"{HERE}009", ""])
    def test_a_grid_that_is_not_the_community_s_is_refused(self, code: str) -> None:
        assert refused(replace(asked(), codes=(code,))) == "grid_not_in_force"

    def test_a_community_that_is_none_is_refused(self) -> None:
        for code in (SUBDISTRICT, "330102001009"):
            assert refused(replace(asked(), community=code)) == "community_not_found"


class TestTakenBack:
    def back(self, **more: Any) -> GridChange:
        told: dict[str, Any] = {"mark": redrawing.grids_ever(HERE).mark, "actor": KEEPER, "at": AT}
        return actions.take_back_planned(community=HERE, basis="画错了", **(told | more))

    def test_what_was_planned_never_comes(self) -> None:
        before = rows()
        redraw(asked(valid_from=TOMORROW))
        moved = geojson("Polygon", (0, 1), (1, 1), (1, 2), (0.5, 2.3), (0, 2), (0, 1))
        redraw(asked(RedrawKind.MOVE_BORDER, code_of(0, 1), drawn=moved, valid_from=TOMORROW))

        change = self.back()

        assert rows() == before
        assert (change.kind, change.valid_from) == (RedrawKind.TAKE_BACK, TOMORROW)
        assert queries.locate(*point(0.25, 0.5), on=TOMORROW).grid == code_of(0, 0)
        assert redraw().after == [f"{HERE}006", f"{HERE}007"]  # 004 and 005 were promised once

    def test_what_counts_already_is_not_taken_back(self) -> None:
        redraw()

        with pytest.raises(actions.NothingPlanned):
            self.back()

    def test_only_by_a_keeper_who_saw_it(self) -> None:
        seen = redrawing.grids_ever(HERE).mark
        redraw(asked(valid_from=TOMORROW))
        before = rows()

        with pytest.raises(actions.GridsChangedMeanwhile):
            self.back(mark=seen)
        with pytest.raises(actions.MayNotKeepPlaces):
            self.back(actor=Actor(ActorKind.SYSTEM))
        assert rows() == before


class TestWho:
    def test_only_a_keeper_of_that_territory(self) -> None:
        def keeper(territory: str) -> Actor:
            grant = Grant(Power.KEEP_PLACES, None, territory)
            return Actor(ActorKind.SYSTEM, grants=frozenset({grant}))

        nobody = Actor(ActorKind.SYSTEM)
        for actor in (nobody, keeper(community(1))):
            assert refused(asked(), actor=actor) == "may_not_keep_places"
        assert redraw(actor=keeper(HERE)).after

    def test_whoever_saw_other_grids_is_refused(self) -> None:
        seen = redrawing.grids_ever(HERE).mark
        redraw(asked(RedrawKind.DESCRIBE, told={code_of(0, 0): {"name": "新名"}}))

        assert refused(asked(), mark=seen) == "grids_changed_meanwhile"

    def test_other_communities_may_be_changed_meanwhile(self) -> None:
        seen = redrawing.grids_ever(HERE).mark
        there = replace(asked(RedrawKind.END, code_of(1, 0)), community=community(1))
        redraw(there)

        assert redraw(mark=seen).after


@pytest.mark.django_db(transaction=True)
def test_of_two_keepers_at_once_one_is_told() -> None:
    seen = redrawing.grids_ever(HERE).mark
    start = Barrier(2)

    def one(_: int) -> str:
        try:
            start.wait(5)
            redraw(mark=seen)
        except actions.GridsChangedMeanwhile as error:
            return error.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(one, range(2)))

    assert told == ["done", "grids_changed_meanwhile"]
    assert Grid.objects.in_force(TODAY).filter(community=HERE).count() == 4


class TestPreview:
    def look(self, what: Redrawing) -> redrawing.Preview:
        standing = redrawing.standing_grids(HERE, on=what.valid_from)
        return redrawing.preview(what, standing, redrawing.ground_of(standing, what))

    def test_counts_what_lies_in_each_part(
        self, units: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (east_lng, east_lat), (west_lng, west_lat) = at(0.75, 0.5), at(0.25, 0.5)
        take_objects(f"编码,名称,类型,经度,纬度\nS-1,演示面馆,商铺,{east_lng},{east_lat}\n")
        take_places(f"名称,类型,经度,纬度\n城站,地标,{west_lng},{west_lat}\n")
        there = [point(0.75, 0.2), point(0.75, 0.3), point(2.5, 2.5)]
        monkeypatch.setattr(open_cases, "_asked", [lambda box: there])
        before = rows()

        seen = self.look(asked())

        counted = [(line.places, line.objects, line.cases) for line in seen.after]
        assert counted == [(1, 0, 0), (0, 1, 2)]
        assert [(line.places, line.objects, line.cases) for line in seen.before] == [(1, 1, 2)]
        assert sum(line.area_m2 for line in seen.after) == pytest.approx(
            seen.before[0].area_m2, abs=2
        )
        assert rows() == before

    def test_with_findings_nothing_is_counted(self) -> None:
        short = geojson("LineString", (0.5, -0.5), (0.5, 0.5))

        seen = self.look(asked(drawn=short))

        assert [finding.code for finding in seen.findings] == ["grid_line_short"]
        assert (seen.before, seen.after) == ((), ())


def test_units_to_choose_from_are_those_near(units: None) -> None:
    names = [name for _id, name in redrawing.unit_choices(redrawing.grids_ever(HERE), on=TODAY)]

    assert names == ["区联动指挥中心", "区政府办公室", "区城市管理局"]


def test_days_of_planned_changes_are_known() -> None:
    redraw(asked(valid_from=TOMORROW))

    standing = redrawing.grids_ever(HERE)
    assert standing.changes_until(TODAY) == TOMORROW
    assert standing.changes_until(date(2030, 1, 1)) == date(2030, 1, 1)
    assert len(standing.ever_after(TODAY)) == 5
    assert len(standing.last) == 4
