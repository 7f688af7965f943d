"""An operator with a caller on the line never leaves the keyboard, and loses nothing typed."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, sign_in, watch_of
from tests.browser.steps import counted

SCREEN = "/desk/intake/"


def number_nobody_has(page: Page) -> str:
    """Return a number made from this very moment: the demo is not emptied between tests."""
    return f"139{str(page.evaluate('Date.now()'))[-8:]}"


def take_down(page: Page, phone: str, words: str) -> str:
    """Write down what a caller says, by keys alone, and return the case's number."""
    page.keyboard.type(phone)
    page.keyboard.press("Enter")
    expect(page.locator("#id_words")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Tab")
    page.keyboard.type("和平路口")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/taken/\d+/$"))
    return page.locator(".bignum").inner_text()


def test_a_chase_takes_two_keys_after_the_number(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    phone = number_nobody_has(page)
    number = take_down(page, phone, "路灯不亮")
    page.keyboard.press("Enter")  # the next call
    page.wait_for_url(re.compile(f"{SCREEN}$"))
    expect(page.locator("#id_phone")).to_be_focused()

    card = page.locator(".heard")
    with counted(page, "chase", most_keys=4):
        page.locator("#id_phone").fill(phone)
        page.keyboard.press("Enter")
        expect(page.locator(".heard summary")).to_be_focused()
        page.keyboard.press("2")
        expect(card).to_contain_text(f"催单：{number}")
    expect(card).to_contain_text("已催1次")


def test_leaving_the_number_shows_the_caller_and_steals_no_focus(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    phone = number_nobody_has(page)
    number = take_down(page, phone, "路灯不亮")
    page.goto(SCREEN)

    page.locator("#id_phone").fill(phone)
    page.locator("#id_words").click()
    page.keyboard.type("井盖也坏了")

    expect(page.locator("#caller")).to_contain_text(number)
    expect(page.locator("#id_words")).to_be_focused()
    expect(page.locator("#id_words")).to_have_value("井盖也坏了")


def test_a_refused_deed_is_said_on_its_card_and_keeps_what_was_typed(page: Page) -> None:
    watch_of(page).expect("422")
    sign_in(page, "话务员", SCREEN)
    phone = number_nobody_has(page)
    take_down(page, phone, "路灯不亮")
    page.goto(SCREEN)
    page.locator("#id_words").fill("井盖也坏了")
    page.locator("#id_phone").fill(phone)
    page.keyboard.press("Enter")
    expect(page.locator(".heard summary")).to_be_focused()

    page.keyboard.press("4")

    expect(page.locator(".heard [data-errors]")).to_contain_text("请写明原因")
    expect(page.locator("#id_words")).to_have_value("井盖也坏了")


def test_everything_is_there_without_scripts(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    sign_in(page, "话务员", SCREEN)
    page.locator("#id_phone").fill("13700000000")
    page.locator("#id_words").fill("树倒了")
    page.locator("#id_place").fill("水澄")

    page.locator("#id_phone").press("Enter")

    expect(page.locator("#caller")).to_contain_text(re.compile("没有案卷|没有办完的"))
    expect(page.locator("#id_words")).to_have_value("树倒了")
    page.locator("input[name=found]").first.check()
    page.get_by_role("button", name="记下").click()
    expect(page.locator(".bignum")).to_have_text(re.compile(r"\d{8}-\d{4}"))


def test_found_and_fixed_takes_two_taps(phone: Page) -> None:
    sign_in(phone, "采集员", "/desk/fixed/")

    with counted(phone, "fixed", most_taps=2):
        phone.locator("#matters .pick").first.tap()
        phone.get_by_role("button", name="办好了，记下").tap()
        expect(phone.locator("#says")).to_contain_text("已记录")


def test_what_was_typed_last_survives_a_reload_after_its_suggestions_came(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    page.locator("#id_words").fill("路灯不亮，晚上看不清")
    expect(page.locator("#call-matters kbd").first).to_be_visible()
    expect(page.locator("[data-kept]").first).to_contain_text("已自动保存")
    page.wait_for_load_state("networkidle")

    page.reload()

    expect(page.locator("#id_words")).to_have_value("路灯不亮，晚上看不清")


def test_a_new_caller_s_words_go_where_they_belong(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    page.locator("#id_phone").fill("13900000009")
    page.locator("#id_phone").press("Enter")

    expect(page.locator("#id_words")).to_be_focused()
