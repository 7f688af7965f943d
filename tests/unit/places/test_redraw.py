"""Whatever is drawn, a deed is done or refused with a reason: nothing breaks, no ground is lost."""

import json
from datetime import date
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape

from chengshao.places.rules.plots import Plot, Redrawn
from chengshao.places.rules.redrawing import Ground, Redrawing, redraw
from chengshao.places.rules.shapes import areas_m2
from chengshao.places.terms import RedrawKind
from tests.unit.places.maps import at, box, code_of, community, polygon

PLOTS = tuple(
    Plot(code_of(0, y), shape(polygon(box(0, y, 1, y + 1))), name=f"第{y + 1}网格")
    for y in range(3)
)
AROUND = tuple(Plot(code_of(1, y), shape(polygon(box(1, y, 2, y + 1)))) for y in range(3))
GROUND = Ground(
    PLOTS, AROUND, shape(polygon(box(-0.5, 0, 3, 3))), frozenset(plot.code for plot in PLOTS)
)
DRAWN = (RedrawKind.SPLIT, RedrawKind.MOVE_BORDER, RedrawKind.DRAW)
# On corners and edges of the grids, or anywhere.
places = st.one_of(
    st.tuples(st.integers(-1, 4), st.integers(-1, 4)),
    st.tuples(st.floats(-1, 4), st.floats(-1, 4)),
)


def asked(kind: RedrawKind, drawn: str = "", *codes: str, **more: Any) -> Redrawing:
    return Redrawing(community(0), kind, codes, drawn, date(2026, 3, 2), "纪要（示意）", **more)


def text(kind: RedrawKind, corners: list[tuple[float, float]]) -> str:
    line: Any = [at(*corner) for corner in corners]
    if kind is RedrawKind.SPLIT:
        return json.dumps({"type": "LineString", "coordinates": line})
    return json.dumps({"type": "Polygon", "coordinates": [[*line, line[0]]]})


def area(geometry: Any) -> float:
    return areas_m2([geometry])[0]


def ground_after(done: Redrawn) -> list[Plot]:
    gone = {plot.code for plot in done.before}
    return [*(plot for plot in PLOTS if plot.code not in gone), *done.after]


@given(st.sampled_from(DRAWN), st.lists(places, min_size=3, max_size=7))
def test_whatever_is_drawn(kind: RedrawKind, corners: list[tuple[float, float]]) -> None:
    codes = () if kind is RedrawKind.DRAW else (PLOTS[1].code,)

    done = redraw(asked(kind, text(kind, corners), *codes), GROUND)

    assert bool(done.findings) or bool(done.after)
    if done.findings:
        return
    after = ground_after(done)
    before = shapely.union_all([plot.geometry for plot in PLOTS])
    now = shapely.union_all([plot.geometry for plot in after], grid_size=1e-8)
    assert area(shapely.difference(before, now)) < 50  # what surveying leaves, along all borders
    assert sum(area(plot.geometry) for plot in after) - area(now) < 50
    for plot in done.after:
        for other in AROUND:
            assert area(shapely.intersection(plot.geometry, other.geometry)) < 50


@pytest.mark.parametrize("kind", [k for k in RedrawKind if k is not RedrawKind.DRAW])
def test_without_a_grid_nothing_is_done(kind: RedrawKind) -> None:
    for codes in ((), ("",), (PLOTS[0].code, "330102001001999")):
        done = redraw(asked(kind, "", *codes), GROUND)
        assert [finding.code for finding in done.findings] == ["grid_not_in_force"]


def test_names_are_told_with_the_deed_by_code() -> None:
    told = {f"{community(0)}004": {"name": "菜场网格", "unit_id": 7}, "elsewhere": {"name": "x"}}

    done = redraw(asked(RedrawKind.MERGE, "", PLOTS[0].code, PLOTS[1].code, told=told), GROUND)

    assert [(plot.name, plot.unit_id) for plot in done.after] == [("菜场网格", 7)]


def test_what_ends_leaves_its_ground_to_nobody() -> None:
    done = redraw(asked(RedrawKind.END, "", PLOTS[1].code), GROUND)

    assert (done.before, done.after, done.findings) == ((PLOTS[1],), (), ())
