"""The dispatch desk while others work: it stays fresh and nothing moves under one's hands."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in_as
from tests.browser.test_thin_path import dispatch, register, report_on_the_phone

SOON = 6_000  # milliseconds in which a desk knows
WRITTEN = "写了一半的依据"


def opened_case(desk: Page) -> str:
    current = desk.locator("#queue [aria-current]")
    return current.get_attribute("data-number") or ""


def registered(open_page: OpenPage, registrar: Page, words: str, urgency: str = "") -> str:
    """Report on a phone, register, and return the number."""
    number = report_on_the_phone(open_page(viewport=PHONE), words)
    register(registrar, number, "路灯", urgency=urgency)
    return number


def test_an_emergency_presses_while_the_open_case_stays(open_page: OpenPage) -> None:
    registrar, desk = open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    registered(open_page, registrar, "路灯一闪一闪的")
    sign_in_as(desk, "陆派遣")
    desk.goto("/desk/queue/dispatch/")
    before, address = opened_case(desk), desk.url
    field = desk.get_by_label("换单位，加双派、协办、抄送")
    field.fill(WRITTEN)

    registered(open_page, registrar, "路灯杆漏电，有人被电到", urgency="EMERGENCY")

    banner = desk.get_by_role("alert").filter(has_text="有人被电到")
    expect(banner).to_be_visible(timeout=SOON)
    expect(banner).to_contain_text("清波门社区")
    expect(desk.locator("[data-newcomers]")).to_have_text(re.compile("1件新到"))
    assert (opened_case(desk), desk.url, field.input_value()) == (before, address, WRITTEN)
    assert faults(desk) == []

    desk.locator("[data-newcomers]").click()
    expect(desk.locator("#queue").get_by_text("有人被电到").first).to_be_visible()
    expect(desk.locator("[data-newcomers]")).to_be_hidden()
    assert (opened_case(desk), field.input_value()) == (before, WRITTEN)

    banner.get_by_role("button", name="知道了").click()
    expect(desk.get_by_role("alert").filter(has_text="有人被电到")).to_be_hidden()
    desk.reload()
    desk.wait_for_timeout(1_000)
    expect(desk.get_by_role("alert").filter(has_text="有人被电到")).to_be_hidden()


def test_what_a_colleague_sent_is_greyed_with_words(open_page: OpenPage) -> None:
    registrar, mine, theirs = open_page(), open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    number = registered(open_page, registrar, "路灯杆被车撞弯了")
    for desk in (mine, theirs):
        sign_in_as(desk, "陆派遣")
    mine.goto("/desk/queue/dispatch/")
    row = mine.locator(f'#queue [data-number="{number}"]')
    expect(row).to_be_visible()
    count = mine.locator("[data-count]").inner_text()

    dispatch(theirs, number)

    expect(row).to_contain_text(re.compile("已由.*派出"), timeout=SOON)
    expect(mine.locator("[data-count]")).not_to_have_text(count)
    assert faults(mine) == []


def test_the_tones_can_be_switched_off_and_stay_off(open_page: OpenPage) -> None:
    desk = open_page()
    sign_in_as(desk, "陆派遣")
    desk.goto("/desk/queue/dispatch/")
    switch = desk.get_by_role("switch", name="特急提示音")
    expect(switch).to_have_attribute("aria-checked", "true")

    desk.keyboard.press("q")
    expect(switch).to_have_attribute("aria-checked", "false")
    desk.reload()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_contain_text("关")


def test_without_scripts_the_queue_is_as_it_was(open_page: OpenPage) -> None:
    plain = open_page(java_script_enabled=False)
    sign_in_as(plain, "陆派遣")
    plain.goto("/desk/queue/dispatch/")

    expect(plain.get_by_role("heading", level=1)).to_have_text("派单台")
    expect(plain.locator("[data-newcomers]")).to_be_hidden()
    expect(plain.get_by_role("switch", name="特急提示音")).to_be_hidden()


def test_three_are_ticked_by_keys_and_sent_together(open_page: OpenPage) -> None:
    registrar, desk = open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    numbers = [registered(open_page, registrar, f"第{n}盏路灯不亮") for n in range(3)]
    sign_in_as(desk, "陆派遣")
    desk.goto(f"/desk/queue/dispatch/?case={numbers[0]}&words=盏路灯不亮")
    desk.keyboard.press("x")
    desk.keyboard.press("y")  # all of the same matter at the same place
    expect(desk.locator("[data-ticked]")).not_to_have_text("")
    for number in numbers:
        expect(desk.locator(f'.row-tick input[value^="{number}:"]')).to_be_checked()
    assert faults(desk) == []
    desk.keyboard.press("t")

    expect(desk.get_by_role("heading", name="一起派单")).to_be_visible()
    assert faults(desk) == []
    desk.get_by_role("button", name="一起派单").click()

    result = desk.locator("main")
    for number in numbers:
        expect(result.locator("tr", has_text=number)).to_contain_text("已办")
    desk.get_by_label("撤回的理由").fill("派错了")
    desk.get_by_role("button", name="撤回这一批").click()
    for number in numbers:
        expect(result.locator("tr", has_text=number)).to_contain_text("已办")
    assert faults(desk) == []
