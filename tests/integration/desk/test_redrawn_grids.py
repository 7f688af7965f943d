"""Cases keep the grid that they were given; what comes after a change lies in the new ones."""

import json
from dataclasses import replace
from datetime import date

import pytest

from chengshao.kernel.actor import Actor
from chengshao.places import actions as places
from chengshao.places.queries.redrawing import grids_ever, ground_of, preview
from chengshao.places.rules.redrawing import Redrawing
from chengshao.places.terms import RedrawKind
from chengshao.workorders import queries
from chengshao.workorders.models import WorkOrder
from tests.district import AT, LOADER, QINGBOMEN, SINCE, District, reported, said

TODAY = date(2026, 3, 2)
WHOLE, WEST, EAST = (f"{QINGBOMEN}00{serial}" for serial in (1, 2, 3))
IN_THE_EAST = (120.1608, 30.2405)
AROUND = (120.15, 30.23, 120.17, 30.25)


@pytest.fixture(autouse=True)
def grids(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    """One grid, 100 m wide, and the day of the tests."""
    monkeypatch.setattr("chengshao.places.queries.localdate", lambda at=None: TODAY)
    ring = [[120.16, 30.24], [120.161, 30.24], [120.161, 30.241], [120.16, 30.241], [120.16, 30.24]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": WHOLE}, "geometry": geometry}
    content = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    places.import_grids(content=content, valid_from=SINCE, actor=LOADER, at=AT)


def splitting() -> Redrawing:
    line = {"type": "LineString", "coordinates": [[120.1605, 30.239], [120.1605, 30.242]]}
    drawn = json.dumps(line)
    return Redrawing(QINGBOMEN, RedrawKind.SPLIT, (WHOLE,), drawn, TODAY, "会议纪要（示意）")


def split() -> None:
    mark = grids_ever(QINGBOMEN).mark
    places.redraw_grids(asked=splitting(), mark=mark, actor=LOADER, at=AT)


def a_case(centre: Actor, key: str, *, confidential: bool = False) -> WorkOrder:
    lng, lat = IN_THE_EAST
    told = replace(said(key, confidential=confidential), lng=lng, lat=lat)
    return reported(centre, told).work_order


def test_a_case_keeps_its_grid_and_the_next_one_gets_the_new(centre: Actor) -> None:
    before = a_case(centre, "k-1")

    split()
    after = a_case(centre, "k-2")

    before.refresh_from_db()
    assert (before.grid, after.grid) == (WHOLE, EAST)


def test_the_look_before_counts_open_cases_and_none_that_are_confidential(centre: Actor) -> None:
    a_case(centre, "k-1")
    a_case(centre, "k-2", confidential=True)

    standing = grids_ever(QINGBOMEN)
    seen = preview(splitting(), standing, ground_of(standing, splitting()))

    assert [(line.plot.code, line.cases) for line in seen.after] == [(WEST, 0), (EAST, 1)]


def test_where_open_cases_lie_is_told_without_telling_which(centre: Actor) -> None:
    a_case(centre, "k-1")
    ended = a_case(centre, "k-2")
    WorkOrder.objects.filter(pk=ended.pk).update(outcome="CLOSED")

    assert queries.open_points(AROUND) == [IN_THE_EAST]
    assert queries.open_points((120.0, 30.0, 120.1, 30.1)) == []
