"""What is taken away is what can be handed in: the very same file changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from chengshao.people import actions as people
from chengshao.places import actions, queries
from chengshao.places.actions import Imported
from chengshao.places.terms import ImportKind
from tests.integration.places.conftest import (
    AT,
    KEEPER,
    LATER,
    LOADER,
    SINCE,
    UNITS,
    take_divisions,
    take_grids,
    take_objects,
    take_outlines,
    take_places,
    take_zones,
)
from tests.unit.places.maps import (
    SUBDISTRICT,
    at,
    box,
    community,
    feature,
    grid,
    grids,
    point,
    polygon,
)

TAKE_IN: dict[ImportKind, Callable[..., Imported]] = {
    ImportKind.DIVISIONS: actions.import_divisions,
    ImportKind.OUTLINES: actions.import_outlines,
    ImportKind.GRIDS: actions.import_grids,
    ImportKind.ZONES: actions.import_zones,
    ImportKind.OBJECTS: actions.import_objects,
    ImportKind.KNOWN_PLACES: actions.import_known_places,
}


@pytest.fixture
def full_district(db: None) -> None:
    """Something of every kind, with a past, units, odd characters and things without a point."""
    people.import_units(content=UNITS.encode(), actor=LOADER, at=AT)
    take_divisions()
    take_divisions(f"代码,名称,生效日期,来源,示意\n{community(0)},清波门社区,2025-07-01,公报,是\n")
    take_outlines([feature(polygon(box(0, 0, 3, 3)), 来源="示意：程序生成", 示意="是")])
    take_outlines([feature(polygon(box(0, 0, 3, 3)), 区划代码=SUBDISTRICT, 名称="清波街道")])
    take_grids([*grids(without=(0, 0)), grid(0, 0, 责任单位="roads", 用地类型="居住", 名称="一")])
    road = {"type": "LineString", "coordinates": [at(0, 0.5), at(3, 0.5)]}
    take_zones(
        [
            feature(road, 编码="R1", 名称="演示路", 类型="道路", 缓冲米=15, 责任单位="roads"),
            feature(polygon(box(0, 0, 1, 1)), 名称="演示小区", 类型="小区"),
        ]
    )
    lng, lat = at(1.5, 0.5)
    headings = "编码,名称,类型,经度,纬度,区划代码,地址,权属单位,失效日期,示意\n"
    take_objects(
        headings
        + f"S-1,=1+1面馆,商铺,{lng},{lat},,演示路1号,roads,2025-07-01,是\n"
        + f"0012,演示工地,工地,,,{community(2)},,,,\n"
    )
    take_objects(f"编码,名称,类型,经度,纬度\nS-1,演示茶馆,商铺,{lng},{lat}\n", since=LATER)
    take_places(f"名称,类型,别名,说明,经度,纬度\n城站,地标,杭州站、火车站,东,{lng},{lat}\n")


@pytest.mark.usefixtures("full_district")
@pytest.mark.parametrize("kind", ImportKind)
def test_the_export_handed_in_again_changes_nothing(kind: ImportKind) -> None:
    told = TAKE_IN[kind](content=queries.export_table(kind), valid_from=SINCE, actor=KEEPER, at=AT)

    assert (told.changed, told.unchanged > 0) == (False, True)


@pytest.mark.usefixtures("full_district")
def test_the_exports_make_the_same_district_in_an_empty_house() -> None:
    exports = {kind: queries.export_table(kind) for kind in ImportKind}
    said = _said()
    for model in apps.get_app_config("places").get_models():
        model._default_manager.all().delete()

    for kind in ImportKind:
        TAKE_IN[kind](content=exports[kind], valid_from=SINCE, actor=KEEPER, at=AT)

    assert _said() == said
    again = {kind: queries.export_table(kind) for kind in ImportKind}
    geojson = (ImportKind.OUTLINES, ImportKind.GRIDS, ImportKind.ZONES)
    assert [again[kind] for kind in geojson] == [exports[kind] for kind in geojson]


def _said() -> dict[str, Any]:
    """What the district answers: enough to tell two apart."""
    return {
        "below": queries.divisions_below(SUBDISTRICT),
        "found": [queries.find_places(words) for words in ("qbm", "城站", "演示", "hcz")],
        "where": [queries.locate(*point(x, y)) for x in (0.5, 1.5, 2.5) for y in (0.5, 2.5)],
        "objects": list(
            queries.objects_of(SUBDISTRICT).values_list("code", "name", "grid", "valid_from")
        ),
    }
