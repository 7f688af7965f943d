"""With a caller on the line the answer is a key away, and what was read stays on the case."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, sign_in

SCREEN = "/desk/intake/"
SAID = "我家里没水了，从早上到现在水龙头没水"


def test_two_keys_open_an_answer_and_close_the_call_with_it(page: Page) -> None:
    sign_in(page, "受理员", SCREEN)
    page.locator("#id_words").click()
    page.keyboard.type(SAID)
    expect(page.locator("#known-found")).to_contain_text("停水了怎么办")

    page.keyboard.press("Alt+4")

    read = page.locator("#known-read")
    expect(read).to_contain_text("计划停水会提前通知到小区")
    expect(page.locator("#id_words")).to_be_focused()
    expect(page.locator("#id_words")).to_have_value(SAID)
    page.keyboard.press("Alt+R")
    expect(page.locator("#says")).to_contain_text("已直接答复办结")
    number = re.search(r"\d{8}-\d+", page.locator("#says").inner_text())
    assert number
    page.goto(f"/desk/cases/{number[0]}/")
    expect(page.locator("main")).to_contain_text("念给来电人听过")
    expect(page.locator("main")).to_contain_text("直接答复：解释说明")


def test_what_is_opened_stays_while_one_goes_on_writing(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    page.locator("#id_words").click()
    page.keyboard.type(SAID)
    expect(page.locator("#known-found")).to_contain_text("停水了怎么办")
    page.keyboard.press("Alt+4")
    expect(page.locator("#known-read")).to_contain_text("计划停水会提前通知到小区")

    page.locator("#id_words").fill("楼下饭店油烟味很大")

    expect(page.locator("#known-found")).to_contain_text("饭店油烟向谁反映")
    expect(page.locator("#known-read")).to_contain_text("计划停水会提前通知到小区")


def test_it_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, "受理员", SCREEN)
    page.locator("#id_words").fill(SAID)
    page.get_by_role("button", name="找口径").click()

    page.get_by_role("button", name="停水了怎么办").click()

    expect(page.locator("#known-read")).to_contain_text("计划停水会提前通知到小区")
    page.get_by_role("button", name="直接答复办结").click()
    expect(page.locator("#says")).to_contain_text("已直接答复办结")


def test_the_list_goes_by_keys(page: Page) -> None:
    sign_in(page, "话务员", "/knowledge/")

    page.keyboard.press("j")
    page.wait_for_url(re.compile("item="))
    first = page.url
    page.keyboard.press("j")
    page.wait_for_url(lambda url: "item=" in url and url != first)
    page.keyboard.press("/")

    expect(page.get_by_role("searchbox", name="找知识")).to_be_focused()
