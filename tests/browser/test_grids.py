"""A keeper redraws unit grids on the map, with the mouse, and by writing where no map helps."""

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from math import dist
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in, watch_of

DRAWS = 30_000  # milliseconds: WebGL in software on a busy machine
# Each test redraws a community of its own.
TO_SPLIT, TO_MOVE, TO_WRITE, TO_LOOK = (f"330102016{each}" for each in ("001", "002", "003", "005"))

Corner = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Board:
    """The map on the page, and where on the screen a place is."""

    page: Page
    box: Locator

    def at(self, corner: Corner) -> Corner:
        west, south, east, north = map(
            float, (self.box.get_attribute("data-view") or "").split(",")
        )
        frame = self.box.bounding_box()
        assert frame is not None
        x = frame["x"] + (corner[0] - west) / (east - west) * frame["width"]
        y = frame["y"] + (north - corner[1]) / (north - south) * frame["height"]
        return x, y

    def shapes(self, part: str) -> dict[str, list[Corner]]:
        told = json.loads(self.box.get_attribute("data-shapes") or "{}")
        return {
            each["properties"].get("code", ""): each["geometry"]["coordinates"][0]
            for each in told["features"]
            if each["properties"]["part"] == part
        }

    def click(self, corner: Corner) -> None:
        self.page.mouse.move(*self.at(corner))
        self.page.mouse.click(*self.at(corner))
        self.page.wait_for_timeout(150)

    def drag(self, start: Corner, stop: Corner) -> None:
        self.page.mouse.move(*self.at(start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(stop), steps=8)
        self.page.mouse.up()
        self.page.wait_for_timeout(150)


def board(page: Page) -> Board:
    watch_of(page).expect("GL Driver Message")  # pictures of a canvas drawn in software
    box = page.locator(".map-grids[data-drawn]")
    expect(box).to_be_visible(timeout=DRAWS)
    page.wait_for_timeout(1_000)
    return Board(page, box)


def through(ring: list[Corner]) -> tuple[Corner, Corner]:
    """Return the ends of a line from north to south through the middle of a ring."""
    lngs, lats = ([corner[i] for corner in ring] for i in (0, 1))
    middle, over = (min(lngs) + max(lngs)) / 2, (max(lats) - min(lats)) * 0.1
    return (middle, max(lats) + over), (middle, min(lats) - over)


def between(start: Corner, stop: Corner, share: float) -> Corner:
    return start[0] + share * (stop[0] - start[0]), start[1] + share * (stop[1] - start[1])


def codes(page: Page) -> list[str]:
    rows = page.locator("main table").first.locator("tbody tr td:first-child")
    return [each for each in rows.all_inner_texts() if each]


def deed(page: Page, community: str, name: str) -> None:
    page.goto(f"/places/{community}/grids/{name}")
    page.get_by_label("依据").fill("街道会议纪要（示意）")


def test_a_grid_is_split_by_a_line_drawn_on_the_map(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "事项管理员")
    page.goto(f"/places/{TO_SPLIT}/")
    page.get_by_role("link", name="在地图上看网格").click()
    before = codes(page)
    page.get_by_role("link", name=f"拆分网格 {before[0]}").click()
    page.get_by_label("依据").fill("街道会议纪要（示意）")
    drawing = board(page)

    start, stop = through(drawing.shapes("grid")[before[0]])
    drawing.click(start)
    drawing.click(stop)
    drawing.click(stop)
    expect(page.locator("[data-map-says]")).to_contain_text("画好了")
    assert faults(page) == []
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("还没有保存")).to_be_visible()
    seen = board(page)
    assert len(seen.shapes("after")) == 2
    assert list(seen.shapes("before")) == [before[0]]
    assert faults(page) == []
    page.get_by_label("名称").first.fill("西片网格（演示）")
    page.get_by_role("button", name=re.compile("确认，现在生效")).click()

    expect(page.get_by_text("已改好，现在就生效")).to_be_visible()
    now = board(page)
    assert set(now.shapes("grid")) == set(codes(page))
    assert len(now.shapes("grid")) == len(before) + 1
    assert before[0] not in now.shapes("grid")
    expect(page.get_by_role("cell", name="西片网格（演示）").first).to_be_visible()
    assert faults(page) == []


def test_an_edge_is_dragged_and_the_neighbour_follows(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "事项管理员")
    deed(page, TO_MOVE, "move-border")
    drawing = board(page)
    rings = drawing.shapes("grid")
    mine, *others = rings
    page.get_by_label("网格", exact=True).select_option(mine)
    expect(page.locator("[data-map-says]")).to_contain_text("还没有画")
    common = [
        (one, two)
        for one, two in pairwise(rings[mine])
        for code in others
        if one in rings[code] and two in rings[code]
    ]
    start, stop = max(common, key=lambda edge: dist(*edge))
    middle = between(start, stop, 0.5)
    inside = tuple(
        sum(each[i] for each in rings[mine][1:]) / (len(rings[mine]) - 1) for i in (0, 1)
    )
    drawing.click((inside[0], inside[1]))
    drawing.drag(middle, between(middle, (inside[0], inside[1]), 0.2))

    written = json.loads(page.locator("[name=drawn]").input_value())
    assert len(written["coordinates"][0]) == len(rings[mine]) + 1
    page.get_by_role("button", name=re.compile("看看改完的样子")).click()
    after = board(page).shapes("after")
    assert mine in after
    assert len(after) == 2
    page.get_by_role("button", name=re.compile("确认，现在生效")).click()
    expect(page.get_by_text("已改好，现在就生效")).to_be_visible()
    assert set(codes(page)) == set(rings)


def test_what_does_not_fit_is_said_and_what_was_drawn_stays(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    sign_in(page, "事项管理员")
    watch_of(page).expect("status of 422")
    deed(page, TO_LOOK, "split")
    drawing = board(page)
    (_code, ring), *_ = drawing.shapes("grid").items()
    start, stop = through(ring)
    half = json.dumps(
        {"type": "LineString", "coordinates": [start, [start[0], (start[1] + stop[1]) / 2]]}
    )
    page.get_by_text("改坐标").click()
    page.locator("[name=drawn]").fill(half)
    page.get_by_role("button", name=re.compile("看看改完的样子")).click()

    expect(page.get_by_role("alert")).to_contain_text("线没有穿过网格")
    assert board(page).shapes("grid")
    assert json.loads(page.locator("[name=drawn]").input_value())["coordinates"][0] == list(start)
    expect(page.locator("[data-map-says]")).to_contain_text("画好了")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_without_scripts_it_is_written(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/sign-in?next=/places/{TO_WRITE}/grids/")
    keeper = page.locator(
        "main div", has=page.get_by_role("heading", name="事项管理员", exact=True)
    )
    keeper.get_by_role("button").first.click()
    before = codes(page)
    expect(page.locator(".map-grids svg")).to_be_visible()
    told: Any = json.loads(page.locator(".map-grids").get_attribute("data-shapes") or "{}")
    ring = next(
        each["geometry"]["coordinates"][0]
        for each in told["features"]
        if each["properties"]["code"] == before[0]
    )
    page.get_by_role("link", name=f"拆分网格 {before[0]}").click()
    page.get_by_text("改坐标").click()
    line = json.dumps({"type": "LineString", "coordinates": through(ring)})
    page.locator("[name=drawn]").fill(line)
    page.get_by_label("依据").fill("街道会议纪要（示意）")
    page.get_by_role("button", name=re.compile("看看改完的样子")).click()
    page.get_by_role("button", name=re.compile("确认，现在生效")).click()

    expect(page.get_by_text("已改好，现在就生效")).to_be_visible()
    assert len(codes(page)) == len(before) + 1


@pytest.mark.parametrize(
    "name", ["grids/", "grids/merge", "grids/draw", "grids/describe", "grids/end"]
)
def test_every_page_of_it_reads_well_on_a_phone(open_page: OpenPage, name: str) -> None:
    page = open_page(viewport=PHONE, color_scheme="dark")
    sign_in(page, "事项管理员")
    page.goto(f"/places/{TO_LOOK}/{name}")
    board(page)

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
