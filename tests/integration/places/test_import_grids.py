"""Unit grids replace the set before from a day on; nothing is half-imported."""

from datetime import timedelta
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.geo import Crs, from_wgs84
from chengshao.kernel.tables import TableRefused
from chengshao.people.queries import unit_ids_by_code
from chengshao.places import actions, queries
from chengshao.places.models import Grid
from chengshao.places.terms import Power
from tests.integration.places.conftest import (
    AT,
    KEEPER,
    LATER,
    SINCE,
    TODAY,
    take_divisions,
    take_grids,
    take_objects,
    take_outlines,
)
from tests.unit.places.maps import (
    CELL_M2,
    SUBDISTRICT,
    at,
    box,
    code_of,
    community,
    feature,
    geojson,
    grid,
    grids,
    point,
    polygon,
)

pytestmark = pytest.mark.usefixtures("divisions")


def rows() -> list[tuple[object, ...]]:
    fields = ("code", "valid_from", "valid_until", "name", "geometry", "area_m2")
    return sorted(Grid.objects.values_list(*fields), key=str)


def codes_refused(features: list[Any], **more: Any) -> list[tuple[int, str]]:
    before = rows()
    with pytest.raises(TableRefused) as refused:
        take_grids(features, **more)
    assert rows() == before
    return [(fault.row, fault.code) for fault in refused.value.faults]


def test_a_set_is_taken_in_with_true_areas() -> None:
    told = take_grids(grids())

    assert told.added == 9
    kept = Grid.objects.get(code=code_of(1, 2))
    assert kept.community == community(1)
    assert kept.area_m2 == pytest.approx(CELL_M2, rel=0.01)
    assert [kept.west, kept.south] == at(1, 2)
    assert kept.geometry == polygon(box(1, 2, 2, 3))


def test_the_same_set_again_changes_nothing_even_from_a_later_day() -> None:
    take_grids(grids())
    before = rows()

    assert not take_grids(grids()).changed
    assert not take_grids(grids(), since=LATER).changed
    assert rows() == before


def test_a_new_set_ends_the_old_one_on_its_day() -> None:
    take_grids(grids())
    halves = [grid(0, 0, box(0, 0, 0.5, 1)), grid(0, 3, box(0.5, 0, 1, 1))]

    told = take_grids([*grids(without=(0, 0)), *halves], since=LATER)

    assert (told.added, told.ended, told.unchanged) == (2, 1, 8)
    place = point(0.75, 0.5)
    assert queries.locate(*place, on=SINCE).grid == code_of(0, 0)
    assert queries.locate(*place, on=LATER).grid == code_of(0, 3)


def test_a_grid_that_the_new_set_lacks_ends_and_on_the_same_day_never_was() -> None:
    take_grids(grids(3, 3))

    assert take_grids(grids(3, 2), since=LATER).ended == 3
    assert take_grids(grids(3, 1), since=LATER).ended == 3
    assert Grid.objects.in_force(TODAY).count() == 3
    assert Grid.objects.filter(valid_from=LATER).count() == 0


def test_the_same_day_corrects() -> None:
    take_grids(grids())

    told = take_grids([*grids(without=(0, 0)), grid(0, 0, 名称="菜场网格")])

    assert (told.added, told.corrected, told.unchanged) == (0, 1, 8)
    assert Grid.objects.get(code=code_of(0, 0)).name == "菜场网格"


def test_a_day_before_the_last_change_is_refused() -> None:
    take_grids(grids())
    take_grids(grids(3, 2), since=LATER)

    assert codes_refused(grids(), since=SINCE) == [(0, "grids_later_set")]


def test_one_subdistrict_s_set_leaves_the_others() -> None:
    other = "330102002000"
    take_divisions(f"代码,名称\n{other},湖滨街道\n{other[:9]}001,涌金门社区\n")
    theirs = feature(polygon(box(3, 0, 4, 3)), code=f"{other[:9]}001001")
    take_grids(grids(), within=SUBDISTRICT)
    take_grids([theirs], within=other)

    assert Grid.objects.in_force(TODAY).count() == 10
    wider = feature(polygon(box(2.5, 0, 4, 3)), code=f"{other[:9]}001001")
    found = codes_refused([wider], within=other, since=LATER)
    assert found == [(1, "grid_overlap")] * 3
    assert (1, "grid_elsewhere") in codes_refused([theirs], within=SUBDISTRICT)


def test_every_fault_is_told_at_once_and_nothing_taken() -> None:
    take_outlines([feature(polygon(box(0, 0, 3, 3)))])
    features = [
        *grids(without=(1, 1)),
        grid(1, 1, box(1, 1, 2, 1.9)),
        feature(polygon(box(5, 5, 6, 6)), code="330102001009001", 责任单位="nobody"),
    ]

    assert codes_refused(features) == [
        (9, "grid_gap"),
        (10, "value_unknown"),
        (10, "grid_community_unknown"),
        (10, "grid_outside_outline"),
    ]


def test_a_grid_may_have_a_responsible_unit(units: None) -> None:
    take_grids([*grids(without=(0, 0)), grid(0, 0, 责任单位="roads", 用地类型="居住")])

    kept = Grid.objects.get(code=code_of(0, 0))
    assert kept.responsible_unit_id == unit_ids_by_code(["roads"])["roads"]
    assert queries.unit_names([kept.responsible_unit_id]) == {
        kept.responsible_unit_id: "区城市管理局"
    }


def test_a_file_drawn_on_a_phone_map_is_converted() -> None:
    shown = [list(from_wgs84(lng, lat, Crs.GCJ02)) for lng, lat in box(0, 0, 1, 1)]

    take_grids([grid(0, 0, shown)], crs=Crs.GCJ02)

    kept = Grid.objects.get()
    assert kept.geometry == polygon(box(0, 0, 1, 1))


def test_only_a_keeper_of_that_territory_may() -> None:
    keeper = Actor(
        ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_PLACES, None, SUBDISTRICT)})
    )
    given: dict[str, Any] = {
        "content": geojson(grids()),
        "valid_from": SINCE,
        "actor": keeper,
        "at": AT,
    }

    with pytest.raises(actions.MayNotKeepPlaces):
        actions.import_grids(**given)
    assert actions.import_grids(**given, within=SUBDISTRICT).added == 9


def test_objects_move_with_the_grids() -> None:
    take_grids(grids())
    lng, lat = at(0.75, 0.5)
    take_objects(f"编码,名称,类型,经度,纬度\nS-1,演示面馆,商铺,{lng},{lat}\n")
    halves = [grid(0, 0, box(0, 0, 0.5, 1)), grid(0, 3, box(0.5, 0, 1, 1))]

    take_grids([*grids(without=(0, 0)), *halves], since=LATER)

    (shop,) = queries.find_objects("面馆")
    assert (shop.grid, shop.territory) == (code_of(0, 3), community(0))


def test_on_the_day_a_new_set_comes_into_force_objects_can_be_settled() -> None:
    take_grids(grids())
    lng, lat = at(0.75, 0.5)
    take_objects(f"编码,名称,类型,经度,纬度\nS-1,演示面馆,商铺,{lng},{lat}\n")
    halves = [grid(0, 0, box(0, 0, 0.5, 1)), grid(0, 3, box(0.5, 0, 1, 1))]
    tomorrow = AT + timedelta(1)
    take_grids([*grids(without=(0, 0)), *halves], since=TODAY + timedelta(1))
    assert queries.find_objects("面馆")[0].grid == code_of(0, 0)

    actions.settle_places(actor=KEEPER, at=tomorrow)

    assert queries.find_objects("面馆")[0].grid == code_of(0, 3)


def test_before_divisions_there_are_no_grids(db: None) -> None:
    with pytest.raises(queries.DivisionNotFound):
        take_grids(grids(), within="330102009000")
    with pytest.raises(queries.DistrictNotFound):
        take_grids(grids(), since=SINCE.replace(year=2000))
