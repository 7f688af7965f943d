"""A resident of seventy with a phone (F13): few screens, few taps, large letters, no script."""

from itertools import pairwise
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in
from tests.browser.steps import Steps

NARROW = {"width": 320, "height": 640}
SCREENS, TAPS, SECONDS = 3, 4, 60
SMALLEST_PX = 20


class Finger:
    """Counts what a person does: taps, and the pages that come of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.screens = 0
        page.on("domcontentloaded", lambda _page: self._sees())

    def _sees(self) -> None:
        self.screens += 1

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.click()


@pytest.fixture
def old_phone(open_page: OpenPage) -> Page:
    """A narrow phone without JavaScript."""
    return open_page(viewport=NARROW, has_touch=True, is_mobile=True, java_script_enabled=False)


def smallest_letters(page: Page) -> float:
    """Return the size in pixels of the smallest text that can be read on the page."""
    size = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll("body *")]
        .filter((each) => each.checkVisibility() && !each.closest(".sr-only, .skip, svg")
          && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((each) => parseFloat(getComputedStyle(each).fontSize)))"""
    )
    return float(size)


def headings(page: Page) -> list[int]:
    """Return the levels of the headings in their order."""
    levels = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, h3, h4")]
        .filter((each) => each.checkVisibility()).map((each) => Number(each.tagName[1]))"""
    )
    return [int(level) for level in levels]


def is_readable(page: Page) -> None:
    """Assert what must hold of each of a resident's pages."""
    assert faults(page) == []
    assert smallest_letters(page) >= SMALLEST_PX
    levels = headings(page)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("link", name="12345")).to_be_visible()


def report(page: Page, words: str, place: str = "") -> None:
    page.goto("/report/")
    page.get_by_label("出了什么事").fill(words)
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("在哪里").fill(place)
    page.get_by_role("button", name="提交").click()


def test_done_in_three_screens_and_few_taps(phone: Page) -> None:
    began = monotonic()
    phone.goto("/report/")
    finger = Finger(phone)
    finger.screens = 1

    finger.tap(phone.get_by_label("出了什么事"))
    phone.get_by_label("出了什么事").fill("晚上路灯不亮，走路看不清")
    is_readable(phone)
    finger.tap(phone.get_by_role("button", name="下一步"))
    expect(phone.get_by_label("在哪里")).to_be_focused()
    phone.get_by_label("在哪里").fill("婺江路第四根灯杆")
    is_readable(phone)
    finger.tap(phone.get_by_role("button", name="提交"))

    expect(phone.get_by_role("heading", name="收到了")).to_be_visible()
    is_readable(phone)
    assert finger.screens <= SCREENS
    assert finger.taps <= TAPS
    took = monotonic() - began
    assert took < SECONDS
    Steps("resident", taps=finger.taps, screens=finger.screens, seconds=round(took, 1)).leave()


@pytest.mark.parametrize("path", ["/", "/privacy/"])
def test_what_is_read_before_reads_well(phone: Page, path: str) -> None:
    phone.goto(path)

    is_readable(phone)


def test_larger_letters_stay_in_the_browser(phone: Page) -> None:
    phone.goto("/")
    before = smallest_letters(phone)

    phone.get_by_role("button", name="大字").click()
    phone.goto("/report/")

    assert smallest_letters(phone) >= 1.2 * before
    is_readable(phone)


def test_without_a_script_on_a_narrow_phone(old_phone: Page) -> None:
    report(old_phone, "井盖松动，车过就响", "秋涛路口")

    expect(old_phone.get_by_role("heading", name="收到了")).to_be_visible()
    old_phone.locator("#supplement summary").click()
    old_phone.get_by_label("还想说什么").fill("夜里更响")
    old_phone.get_by_role("button", name="发送").click()
    expect(old_phone.get_by_text("收到了，单位会看到。")).to_be_visible()
    expect(old_phone.get_by_text("夜里更响")).to_be_visible()


def test_the_desk_answers_and_the_citizen_reads_it(open_page: OpenPage) -> None:
    resident = open_page(viewport=PHONE)
    report(resident, "花坛里的水管漏水", "四季青街道门口")
    number = resident.locator(".bignum").inner_text().strip()
    link = resident.url.split("?")[0]

    desk = open_page()
    sign_in(desk, "值班长", f"/desk/cases/{number}/")
    desk.get_by_text("给诉求人回话").click()
    desk.get_by_label("写给诉求人的话").fill("师傅下午三点到")
    desk.get_by_role("button", name="名义发出").click()
    expect(desk.get_by_text("已回话")).to_be_visible()

    resident.goto(link)
    expect(resident.locator("#talk")).to_contain_text("师傅下午三点到")
    is_readable(resident)


def test_a_slip_in_large_print(open_page: OpenPage) -> None:
    resident = open_page(viewport=PHONE)
    report(resident, "楼道灯坏了", "近江路")
    number = resident.locator(".bignum").inner_text().strip()

    desk = open_page()
    sign_in(desk, "话务员", f"/desk/cases/{number}/")
    desk.get_by_role("link", name="打印大字条给诉求人").click()
    expect(desk.locator(".slip")).to_contain_text(number)
    desk.get_by_role("button", name="本人要二维码").click()
    expect(desk.locator(".slip-code svg")).to_be_visible()
    assert faults(desk) == []

    desk.emulate_media(media="print")
    sizes = desk.locator(".slip, .slip *:not(svg *)").evaluate_all(
        "all => all.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert min(sizes) >= 20 / 72 * 96 - 0.1
