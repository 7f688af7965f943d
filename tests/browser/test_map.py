"""The map in a browser: it draws, leads to the case, and asks nobody but us."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import DESK, PHONE, OpenPage, sign_in, watch_of

DRAWS = 30_000  # milliseconds: WebGL in software on a busy machine


def drawn(page: Page, kind: str) -> Locator:
    """Wait until the map of this kind shows its ground and its cases."""
    watch_of(page).expect("GL Driver Message")  # pictures of a canvas drawn in software
    box = page.locator(f".map-{kind}[data-drawn]")
    expect(box).to_be_visible(timeout=DRAWS)
    page.wait_for_timeout(1_500)
    return box


def colours(box: Locator) -> set[tuple[int, int, int]]:
    picture = Image.open(BytesIO(box.screenshot())).convert("RGB")
    return {colour for _times, colour in picture.getcolors(maxcolors=1 << 24) or ()}  # type: ignore[misc]


def a_case_on_the_map(page: Page) -> str:
    """Register a case at the middle of the picker's map; return its number."""
    page.goto("/desk/intake/")
    page.get_by_label("说了什么").fill("地图上指的：路边护栏松了")
    page.get_by_text("在地图上指", exact=True).click()
    drawn(page, "pick")
    page.get_by_role("button", name="选地图中心").click()
    expect(page.locator("[data-from-map] input")).to_be_checked()
    page.get_by_role("button", name="记下").click()
    page.wait_for_url("**/desk/intake/taken/**")
    found = re.search(r"\d{8}-\d{4,}", page.locator("main").inner_text())
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("viewport", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_the_board_draws_and_reads_well(
    open_page: OpenPage, viewport: dict[str, int], scheme: str
) -> None:
    page = open_page(viewport=viewport, color_scheme=scheme)
    strangers: list[str] = []
    page.on("request", lambda asked: strangers.append(asked.url))
    sign_in(page, "派单员")
    page.goto("/desk/map/?show=ALL")

    assert len(colours(drawn(page, "board"))) > 20
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    own = page.url.split("/desk/")[0]
    assert [url for url in strangers if not url.startswith((own, "data:", "blob:"))] == []


def test_a_click_on_a_point_leads_to_the_case(open_page: OpenPage) -> None:
    clerk = open_page()
    sign_in(clerk, "受理员")
    number = a_case_on_the_map(clerk)

    page = open_page()
    sign_in(page, "派单员")
    answer = page.request.get(f"/desk/map/cases?numbers={number}").json()
    (_number, lng, lat, _mark, _pressing) = answer["points"][0]
    near = f"{lng - 0.0008},{lat - 0.0005},{lng + 0.0008},{lat + 0.0005}"
    page.goto(f"/desk/map/?bbox={near}")
    box = drawn(page, "board")
    middle = box.bounding_box()
    assert middle is not None
    page.mouse.click(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    page.locator(".map-card").get_by_role("link", name="打开案卷").click()

    expect(page).to_have_url(re.compile(r"/desk/cases/\d{8}-\d+/$"))
    page.get_by_text("看地图").click()
    assert len(colours(drawn(page, "spot"))) > 5


def test_keys_move_the_map_and_the_address_keeps_the_view(open_page: OpenPage) -> None:
    page = open_page(reduced_motion="reduce")
    sign_in(page, "派单员")
    page.goto("/desk/map/?show=ALL")
    drawn(page, "board")
    before = page.url
    page.get_by_role("region", name="案卷地图，用方向键移动，加减号缩放").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => location.href !== before", arg=before)

    page.get_by_label("密度").check()
    expect(page).to_have_url(re.compile("layer=hexagons"))
    page.reload()
    drawn(page, "board")
    expect(page.get_by_label("密度")).to_be_checked()


def test_nothing_of_the_map_is_fetched_until_it_is_opened(open_page: OpenPage) -> None:
    resident = open_page(viewport=PHONE)
    fetched: list[str] = []
    resident.on("request", lambda asked: fetched.append(asked.url))
    resident.goto("/report/")
    resident.get_by_label("出了什么事").fill("路灯不亮")
    resident.get_by_role("button", name="下一步").click()
    assert not any("/map" in url for url in fetched)

    resident.get_by_text("在地图上指").click()
    drawn(resident, "pick")
    resident.get_by_role("button", name="选地图中心").click()

    expect(resident.locator("[data-map-says]")).to_contain_text("已记下地图上的位置")
    assert resident.locator("input[name=lng]").input_value() != ""
    resident.get_by_role("button", name="提交").click()
    expect(resident.get_by_role("heading", name="收到了")).to_be_visible()


def test_a_list_shows_what_it_was_narrowed_to(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "派单员")
    page.goto("/desk/cases/?standing=OPEN")
    page.get_by_text("在地图上看这些案卷").click()

    assert len(colours(drawn(page, "found"))) > 5
    assert faults(page) == []


def test_the_queue_shows_its_own_page(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "派单员")
    page.goto("/desk/queue/dispatch/")
    page.get_by_text("在地图上看这一页").click()

    assert len(colours(drawn(page, "queue"))) > 5
