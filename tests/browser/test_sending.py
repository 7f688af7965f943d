"""What happens between a click and the answer: sent once, told when refused, nothing lost."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import sign_in, watch_of

STYLES = "/styleguide"
REFUSED = '<div class="error" role="alert" data-error="sample"><b>这件刚被改派</b></div>'


@pytest.fixture
def styles(page: Page) -> Page:
    sign_in(page, "派单员", STYLES)
    return page


def put_button(page: Page, near: str = "main", address: str = "/asked") -> None:
    """Put a button on the page that asks the server by htmx and shows the answer in #answer."""
    page.evaluate(
        """([near, address]) => {
          const box = document.createElement("div");
          box.innerHTML = '<p id="answer">原来的内容</p>' +
            `<button class="btn" hx-post="${address}" hx-target="#answer">问一下</button>`;
          document.querySelector(near).append(box);
          window.htmx.process(box);
        }""",
        [near, address],
    )


def answer_with(page: Page, status: int, body: str) -> list[Request]:
    """Answer what the button asks; return the requests that came."""
    asked: list[Request] = []

    def answer(route: Route) -> None:
        asked.append(route.request)
        route.fulfill(status=status, content_type="text/html; charset=utf-8", body=body)

    page.route("**/asked", answer)
    return asked


class TestAnAnswerOfHtmx:
    def test_takes_its_place_and_was_asked_with_the_token(self, styles: Page) -> None:
        asked = answer_with(styles, 200, "新的内容")
        put_button(styles)
        styles.get_by_role("button", name="问一下").click()
        expect(styles.locator("#answer")).to_have_text("新的内容")
        assert re.fullmatch(r"\w{64}", asked[0].headers["x-csrftoken"])

    def test_a_refusal_is_told_and_leaves_the_work_alone(self, styles: Page) -> None:
        watch_of(styles).expect("409")
        answer_with(styles, 409, REFUSED)
        put_button(styles)
        styles.get_by_role("button", name="问一下").click()
        expect(styles.locator("#says")).to_contain_text("这件刚被改派")
        expect(styles.locator("#answer")).to_have_text("原来的内容")

    def test_a_refusal_is_told_in_the_form_where_it_has_a_place(self, styles: Page) -> None:
        watch_of(styles).expect("409")
        answer_with(styles, 409, REFUSED)
        put_button(styles, "form.form")
        styles.evaluate(
            "document.querySelector('form.form').insertAdjacentHTML('beforeend',"
            "'<div data-errors></div>')"
        )
        styles.get_by_role("button", name="问一下").click()
        expect(styles.locator("form.form [data-errors]")).to_contain_text("这件刚被改派")

    def test_a_page_of_a_broken_server_never_gets_in(self, styles: Page) -> None:
        watch_of(styles).expect("502")
        answer_with(styles, 502, "<html><body>Bad Gateway</body></html>")
        put_button(styles)
        styles.get_by_role("button", name="问一下").click()
        expect(styles.locator("#says")).to_contain_text("没有办成")
        expect(styles.locator("#answer")).to_have_text("原来的内容")

    def test_without_a_network_it_says_so(self, styles: Page) -> None:
        watch_of(styles).expect("ERR_FAILED|htmx:error|Failed to fetch")
        styles.route("**/asked", lambda route: route.abort())
        put_button(styles)
        styles.get_by_role("button", name="问一下").click()
        expect(styles.locator("#says")).to_contain_text("没有连上服务器")


class TestASessionThatRanOut:
    def test_leads_to_sign_in_and_back_instead_of_into_the_page(self, styles: Page) -> None:
        put_button(styles, address="/preferences")
        styles.context.clear_cookies(name="sessionid")
        styles.get_by_role("button", name="问一下").click()
        styles.wait_for_url(re.compile("/sign-in.*next=.*styleguide"))

    def test_keeps_the_words_for_whoever_wrote_them(self, styles: Page) -> None:
        self._write_and_lose_the_session(styles)
        sign_in(styles, "派单员", STYLES)
        expect(styles.get_by_label("原话").first).to_have_value("井盖塌了一角")

    def test_shows_them_to_nobody_else(self, styles: Page) -> None:
        self._write_and_lose_the_session(styles)
        sign_in(styles, "核查员", STYLES)
        expect(styles.get_by_label("原话").first).to_have_value("")

    def _write_and_lose_the_session(self, page: Page) -> None:
        page.get_by_label("原话").first.fill("井盖塌了一角")
        expect(page.locator("[data-kept]")).to_contain_text("已自动保存")
        page.context.clear_cookies(name="sessionid")
        page.reload()
        expect(page).to_have_url(re.compile("/sign-in"))


class TestAForm:
    def test_is_sent_once_and_shows_that_it_is_under_way(self, styles: Page) -> None:
        sent: list[Route] = []
        styles.route("**/styleguide", lambda route: sent.append(route))  # never answered
        styles.evaluate(
            """() => {
              const form = document.querySelector("form.form");
              form.noValidate = true;
              form.insertAdjacentHTML("beforeend", '<button class="btn" id="send">提交</button>');
            }"""
        )
        # Scripts of ours can't run in a page that waits for its answer: it has to tell by itself.
        with styles.expect_console_message(lambda message: message.text == "busy: true"):
            styles.evaluate(
                """() => {
                  const send = document.getElementById("send");
                  new MutationObserver(() => console.info("busy: " + send.ariaBusy))
                    .observe(send, { attributeFilter: ["aria-busy"] });
                  send.click();
                  send.click();
                }"""
            )
        assert [route.request.method for route in sent] == ["POST"]
        sent[0].abort()
        watch_of(styles).expect("ERR_FAILED")


class TestACountdown:
    def test_counts_on_and_turns_when_the_time_is_over(self, page: Page) -> None:
        page.clock.install()
        sign_in(page, "派单员", STYLES)
        chip = page.locator('.due[data-label="派单"].due-soon').first
        expect(chip).to_have_text("派单剩12分")
        page.evaluate("window.chip = document.querySelector('.due[data-label=\"派单\"].due-soon')")
        page.clock.fast_forward(timedelta(minutes=6).seconds * 1000)
        assert page.evaluate("window.chip.textContent") in ("派单剩6分", "派单剩5分")
        page.clock.fast_forward(timedelta(minutes=8).seconds * 1000)
        assert page.evaluate("window.chip.textContent") in ("派单超1分", "派单超2分")
        assert page.evaluate("window.chip.className") == "due due-late"


class TestAList:
    @pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768)])
    def test_beside_its_detail_fills_the_window_exactly(
        self, page: Page, width: int, height: int
    ) -> None:
        page.set_viewport_size({"width": width, "height": height})
        sign_in(page, "派单员")
        page.locator(".desk > .rail").get_by_role("link", name="派单台").click()
        page.wait_for_url("**/dispatch/")
        assert page.evaluate("document.documentElement.scrollHeight") == height


def test_what_is_ticked_stays_ticked_while_one_walks_the_list(page: Page) -> None:
    sign_in(page, "派单员", "/desk/queue/dispatch/")
    rows = page.locator("#queue .row-tick")
    assert rows.count() > 1
    for _ in range(2):
        page.keyboard.press("x")
        with page.expect_navigation():
            page.keyboard.press("j")

    expect(page.locator("[data-ticked]")).to_have_text("2")
