"""
The fumes of a pizza shop (H5), as the study of Ping'an 365 tells it and on its dates: Shangcheng in
2014, with the units of then. Mr Yang tells the grid's collector; environment says it is not theirs
and nothing goes on; three weeks later it is reported again, four units handle it together, an
inspector looks on site, Mr Yang is told and asked. Years later the units are others.

The joint meeting of 19 June and the supervision before it are not in here yet.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, sign_in_as
from tests.browser.dated.installation import AnotherYear, another_year

DISTRICT = Path(__file__).parent / "dated" / "district"
FUMES, FOOD_SAFETY = "D0304", "D0503"
PHONE = "13805710365"
WORDS = (
    "楼下某披萨店厨房换气扇向小区内开，排烟较浓，楼上住户不能开窗，影响晾晒衣服。"
    "物业只能劝，没有执法权。"
)
AGAIN = "披萨店厨房换气扇还向小区内开，排烟较浓，楼上不能开窗。5月6日报过，没有进展。"
PLACE = "水澄桥小区"
REPLY = "店家已把换气扇改到临街一侧并装了油烟净化器，现场复测达标。"


@pytest.fixture(scope="module")
def year() -> Iterator[AnotherYear]:
    matters = frozenset({FUMES, FOOD_SAFETY})
    with another_year(DISTRICT, since="2014-01-02 09:00", matters=matters) as running:
        yield running


@pytest.fixture(scope="module")
def base_url(year: AnotherYear) -> str:
    """All pages of this module are those of the installation in another year."""
    return year.address


class Staff:
    """Whoever works on the case: a shift later everybody signs in anew."""

    def __init__(self, open_page: OpenPage) -> None:
        self._open_page = open_page

    def __call__(self, name: str, path: str = "/desk/") -> Page:
        page = self._open_page()
        sign_in_as(page, name)
        page.goto(path)
        return page


@pytest.fixture
def as_staff(open_page: OpenPage) -> Staff:
    return Staff(open_page)


def take_down(collector: Page, words: str) -> str:
    """Write down what Mr Yang says at the estate, and return the case's number."""
    collector.get_by_label("渠道").select_option(label="窗口")
    collector.get_by_label("称呼").fill("杨先生")
    collector.locator("#id_words").fill(words)
    collector.get_by_label("在哪里").fill(PLACE)
    collector.get_by_role("button", name="记下").click()
    collector.wait_for_url(re.compile(r"/taken/\d+/$"))
    return collector.locator(".bignum").inner_text()


def register(registrar: Page, number: str) -> None:
    with registrar.expect_response("**/find/matters*"):
        registrar.get_by_label("找事项").fill("餐饮油烟")
    registrar.locator("#matters input[name=matter]:visible").first.check()
    with registrar.expect_response("**/find/places*"):
        registrar.get_by_role("textbox", name="地点").fill("水澄桥")
    registrar.locator("#places input").first.check()
    registrar.get_by_role("button", name="立案，交派单台").click()
    expect(registrar.get_by_text(f"已立案：{number}")).to_be_visible()


def row_of(page: Page, unit: str, task: str) -> Locator:
    """Return the line of a unit's task on the case page."""
    return page.locator("tr", has_text=unit).filter(has_text=task)


def test_reported_returned_reported_again_and_solved_by_four_units_together(
    year: AnotherYear, as_staff: Staff
) -> None:
    # Tuesday 6 May 2014: Mr Yang comes to the estate's collector, who reports it.
    year.comes_to("2014-05-06 09:20")
    collector = as_staff("刘网格", "/desk/intake/")
    collector.locator("#id_phone").fill(PHONE)
    first = take_down(collector, WORDS)
    assert first == "20140506-0001"

    registrar = as_staff("沈受理", f"/desk/queue/register/?case={first}")
    register(registrar, first)

    # Article 44 speaks of environment: the catalogue names it, by law.
    year.comes_to("2014-05-06 10:00")
    dispatcher = as_staff("陆派遣", f"/desk/queue/dispatch/?case={first}")
    lead = dispatcher.locator("#dispatch .pick").first
    expect(lead).to_contain_text("杭州市上城区环境保护局")
    expect(lead).to_contain_text("法定")
    dispatcher.get_by_role("button", name="派给选中的单位").click()
    expect(dispatcher.get_by_text(f"已派单：{first}，主办：区环保局")).to_be_visible()
    dispatcher.goto(f"/desk/cases/{first}/")
    expect(row_of(dispatcher, "环境保护局", "主办")).to_contain_text("5月13日")  # five working days

    # Environment: this is for urban management. The centre grants the return, and there it lies:
    # nobody closes what a unit sent back, so it waits, and is overdue, until it goes on.
    year.comes_to("2014-05-07 09:00")
    environment = as_staff("何环保", f"/desk/queue/work/?case={first}")
    expect(environment.get_by_text(f"签收：{first}")).to_be_visible()
    environment.get_by_text("不是我们的，申请退单").click()
    environment.get_by_label("理由").fill("餐饮油烟由城管执法部门处置")
    environment.get_by_role("button", name="申请退单").click()
    expect(environment.get_by_text(f"申请退单：{first}")).to_be_visible()
    year.comes_to("2014-05-07 14:30")
    centre = as_staff("陆派遣", f"/desk/queue/returns/?case={first}")
    expect(centre.get_by_text("餐饮油烟由城管执法部门处置").first).to_be_visible()
    centre.get_by_role("button", name="同意").click()
    expect(centre.get_by_text(re.compile(f"同意.*{first}"))).to_be_visible()

    # Thursday 29 May: no progress. The collector reports again and is shown the first report.
    year.comes_to("2014-05-29 09:10")
    collector = as_staff("刘网格", "/desk/intake/")
    collector.locator("#id_phone").fill(PHONE)
    collector.get_by_role("button", name="查").click()
    expect(collector.locator(".heard")).to_contain_text(first)
    expect(collector.locator(".heard")).to_contain_text("5月6日")
    second = take_down(collector, AGAIN)
    assert second == "20140529-0001"
