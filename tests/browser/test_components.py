"""The components in a real browser: what keys do, what is kept, what everyone can read."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in, watch_of

STYLES = "/styleguide"


@pytest.fixture
def styles(page: Page) -> Page:
    sign_in(page, "派单员", STYLES)
    return page


class TestEveryoneCanReadIt:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
    def test_the_components(
        self, open_page: OpenPage, scheme: str, viewport: dict[str, int] | None
    ) -> None:
        page = open_page(color_scheme=scheme, **({"viewport": viewport} if viewport else {}))
        sign_in(page, "派单员", STYLES)
        assert faults(page) == []

    def test_nothing_is_wider_than_a_phone(self, phone: Page) -> None:
        sign_in(phone, "派单员", STYLES)
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    def test_nothing_is_wider_than_a_window_zoomed_to_400_percent(
        self, open_page: OpenPage
    ) -> None:
        page = open_page(viewport={"width": 320, "height": 256})  # WCAG 1.4.10
        sign_in(page, "派单员", STYLES)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

    def test_print_is_light_and_without_the_frame(self, open_page: OpenPage) -> None:
        page = open_page(color_scheme="dark")
        sign_in(page, "派单员", STYLES)
        page.emulate_media(media="print", color_scheme="dark")
        expect(page.locator(".topbar")).to_be_hidden()
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"


class TestKeys:
    def test_a_key_does_what_its_button_says(self, styles: Page) -> None:
        second = styles.locator('input[data-key="2"]')
        styles.keyboard.press("2")
        expect(second).to_be_checked()
        styles.keyboard.press("1")
        expect(second).not_to_be_checked()

    def test_a_key_typed_into_a_field_is_text(self, styles: Page) -> None:
        words = styles.get_by_label("原话").first
        words.fill("")
        words.press_sequentially("2")
        expect(words).to_have_value("2")
        expect(styles.locator('input[data-key="1"]')).to_be_checked()

    @pytest.mark.parametrize("combination", ["Control+2", "Meta+2", "Control+Shift+2"])
    def test_with_a_modifier_it_is_the_browsers(self, styles: Page, combination: str) -> None:
        styles.keyboard.press(combination)
        expect(styles.locator('input[data-key="1"]')).to_be_checked()

    def test_j_and_k_walk_through_the_list(self, styles: Page) -> None:
        rows = styles.locator("#sample-split .row")
        styles.keyboard.press("j")
        expect(rows.nth(1)).to_have_attribute("aria-current", "true")
        expect(rows.nth(0)).not_to_have_attribute("aria-current", "true")
        styles.keyboard.press("k")
        expect(rows.nth(0)).to_have_attribute("aria-current", "true")


class TestThePalette:
    def test_opens_with_ctrl_k_and_gives_the_focus_back(self, styles: Page) -> None:
        before = styles.get_by_label("在哪里").first
        before.focus()
        styles.keyboard.press("Control+k")
        dialog = styles.get_by_role("dialog")
        expect(dialog.get_by_role("combobox")).to_be_focused()
        assert faults(styles) == []
        styles.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(before).to_be_focused()

    def test_finds_and_opens_with_the_keyboard_alone(self, styles: Page) -> None:
        styles.keyboard.press("Control+k")
        styles.keyboard.type("派单")
        first = styles.get_by_role("dialog").get_by_role("option").first
        expect(first).to_have_attribute("aria-selected", "true")
        href = first.get_attribute("href") or ""
        styles.keyboard.press("Enter")
        styles.wait_for_url(re.compile(re.escape(href)))

    def test_single_keys_are_text_while_it_is_open(self, styles: Page) -> None:
        styles.keyboard.press("Control+k")
        styles.keyboard.type("2")
        expect(styles.get_by_role("dialog").get_by_role("combobox")).to_have_value("2")
        expect(styles.locator('input[data-key="1"]')).to_be_checked()


class TestKeptWords:
    def test_words_come_back_after_a_reload_and_can_be_discarded(self, styles: Page) -> None:
        words = styles.get_by_label("原话").first
        words.fill("井盖塌了一角")
        expect(styles.locator("[data-kept]")).to_contain_text("已自动保存")
        styles.reload()
        expect(words).to_have_value("井盖塌了一角")
        styles.get_by_role("button", name="丢弃", exact=True).click()
        expect(words).to_have_value("")
        styles.reload()
        expect(words).to_have_value("")

    def test_words_go_at_sign_out(self, styles: Page) -> None:
        styles.get_by_label("原话").first.fill("井盖塌了一角")
        expect(styles.locator("[data-kept]")).to_contain_text("已自动保存")
        styles.get_by_role("button", name="退出").click()
        expect(styles.get_by_role("button", name="退出")).to_have_count(0)
        styles.wait_for_load_state()
        kept = styles.evaluate("Object.keys(sessionStorage).filter(k => k.startsWith('kept:'))")
        assert kept == []


class TestThePhone:
    def test_the_menu_opens_without_scripts(self, open_page: OpenPage) -> None:
        page = open_page(viewport=PHONE, java_script_enabled=False)
        sign_in(page, "派单员", STYLES)
        rail = page.locator("details[data-menu] .rail")
        expect(rail).to_be_hidden()
        page.get_by_label("菜单").click()
        expect(rail).to_be_visible()
        expect(page.get_by_role("button", name="退出")).to_be_visible()

    def test_keys_vanish(self, phone: Page) -> None:
        sign_in(phone, "派单员", STYLES)
        expect(phone.locator(".btn kbd").first).to_be_hidden()

    def test_targets_are_large_enough_for_a_thumb(self, phone: Page) -> None:
        sign_in(phone, "派单员", STYLES)
        boxes = phone.evaluate(
            """() => [...document.querySelectorAll("main .btn, main .input, summary")]
              .filter((element) => element.getClientRects().length)
              .map((element) => element.getBoundingClientRect().height)"""
        )
        assert boxes
        assert min(boxes) >= 44


class TestResidents:
    def test_everyone_can_read_it(self, phone: Page) -> None:
        phone.goto("/")
        assert faults(phone) == []

    def test_nothing_is_smaller_than_20_px(self, phone: Page) -> None:
        phone.goto("/")
        sizes = phone.evaluate(
            """() => [...document.querySelectorAll("body *")]
              .filter((e) => e.checkVisibility() && [...e.childNodes].some(
                (n) => n.nodeType === 3 && n.textContent.trim()))
              .filter((e) => !e.matches(".skip, .sr-only"))
              .map((e) => [parseFloat(getComputedStyle(e).fontSize), e.outerHTML.slice(0, 80)])"""
        )
        assert [found for found in sizes if found[0] < 20] == []

    def test_the_number_to_call_is_always_in_sight(self, phone: Page) -> None:
        phone.goto("/")
        expect(phone.get_by_role("link", name="12345")).to_be_in_viewport()

    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_large_type_stays_chosen(self, open_page: OpenPage, scripts: bool) -> None:
        page = open_page(viewport=PHONE, java_script_enabled=scripts)
        page.goto("/")
        page.get_by_role("button", name="大字").click()
        expect(page.get_by_role("button", name="普通字")).to_be_visible()
        page.goto("/")
        expect(page.locator("html")).to_have_attribute("data-type", "large")
        expect(page.get_by_role("button", name="普通字")).to_be_visible()

    def test_the_language_is_switched_on_the_spot(self, phone: Page) -> None:
        phone.goto("/")
        phone.get_by_role("button", name="English").click()
        expect(phone.locator("html")).to_have_attribute("lang", "en")
        phone.get_by_role("button", name="中文").click()
        expect(phone.locator("html")).to_have_attribute("lang", "zh-CN")

    def test_a_page_that_is_not_there_says_so_and_leads_home(self, phone: Page) -> None:
        watch_of(phone).expect("404")
        phone.goto("/no-such-page")
        expect(phone.get_by_role("heading", name="没有这一页")).to_be_visible()
        assert faults(phone) == []
