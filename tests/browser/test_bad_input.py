"""Nothing typed is lost: a line that breaks, a session that ends, the same page twice."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, OpenPage, sign_in, sign_in_as, watch_of
from tests.browser.test_thin_path import dispatch, register, report_on_the_phone

SCREEN = "/desk/intake/"
NASTY = {
    "one long word": "井盖" + "a" * 1_000,
    "emoji": "路灯又坏了😡👨‍👩‍👧‍👦🇨🇳",
    "right to left": "\u202eمرحبا שלום\u202c井盖坏了",
    "script": "<script>window.broken = true</script><img src=x onerror='window.broken = true'>井盖",
}


def is_whole(page: Page) -> None:
    """Assert that nothing runs and nothing is wider than the window."""
    assert page.evaluate("window.broken") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("words", NASTY.values(), ids=NASTY)
def test_what_a_resident_writes_fits_every_page_and_runs_on_none(
    open_page: OpenPage, words: str
) -> None:
    phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    number = report_on_the_phone(phone, words)
    expect(phone.get_by_text(words[-4:]).first).to_be_visible()
    is_whole(phone)

    for size in (PHONE, {"width": 1440, "height": 900}):
        desk = open_page(viewport=size)
        sign_in(desk, "受理员")
        for path in (f"/desk/queue/register/?case={number}", f"/desk/cases/{number}/"):
            desk.goto(path)
            is_whole(desk)


def lose_the_line(page: Page, address: str) -> None:
    """Cut whatever is sent there, in the middle of it."""
    watch_of(page).expect("ERR_FAILED|ERR_CONNECTION|Failed to (fetch|load resource)|htmx:error")
    page.route(address, cut)


def cut(route: Route) -> None:
    if route.request.method == "POST":
        route.abort("connectionreset")
    else:
        route.continue_()


def test_a_report_whose_upload_broke_off_is_there_again_and_arrives_once(
    open_page: OpenPage, tmp_path: Path
) -> None:
    phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    picture = tmp_path / "IMG.jpg"
    Image.effect_noise((1500, 1500), 90).convert("RGB").save(picture)
    phone.goto("/report/")
    phone.get_by_label("出了什么事").fill("井盖塌了一角，晚上看不见")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_label("在哪里").fill("不在任何地图上的小路")
    phone.locator("input[type=file]").set_input_files(picture)
    lose_the_line(phone, "**/report/")
    phone.get_by_role("button", name="提交").click(no_wait_after=True)
    phone.wait_for_timeout(1_500)
    phone.unroute("**/report/")

    assert phone.url.startswith("chrome-error")

    phone.reload()  # as the browser offers

    expect(phone.get_by_role("heading", name="收到了")).to_be_visible()
    expect(phone.get_by_text("井盖塌了一角").first).to_be_visible()


def test_a_call_whose_line_broke_off_keeps_its_words(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    page.locator("#id_words").fill("下水道堵了，水漫到路上")
    page.locator("#id_place").fill("和平路口")
    expect(page.locator("[data-kept]").first).to_contain_text("已自动保存")
    lose_the_line(page, f"**{SCREEN}")
    page.locator("#id_words").press("Control+Enter")
    page.wait_for_timeout(1_500)
    page.unroute(f"**{SCREEN}")

    page.goto(SCREEN)

    expect(page.locator("#id_words")).to_have_value("下水道堵了，水漫到路上")
    page.locator("#id_words").press("Control+Enter")
    page.wait_for_url(re.compile(r"/taken/\d+/$"))


def test_a_session_that_ended_while_a_call_was_written_down(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    page.locator("#id_words").fill("楼道灯不亮")
    page.locator("#id_place").fill("和平路口")
    expect(page.locator("[data-kept]").first).to_contain_text("已自动保存")
    page.context.clear_cookies(name="sessionid")
    watch_of(page).expect("403|401")

    page.locator("#id_words").press("Control+Enter")
    page.wait_for_url(re.compile("/sign-in"))
    page.get_by_role("button", name="林晓话").click()
    page.wait_for_url(re.compile(f"{SCREEN}$"))

    expect(page.locator("#id_words")).to_have_value("楼道灯不亮")
    expect(page.locator("#id_place")).to_have_value("和平路口")


@pytest.fixture
def sent(open_page: OpenPage) -> str:
    number = report_on_the_phone(open_page(viewport=PHONE), "路灯不亮，晚上看不清。")
    registrar, dispatcher = open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    register(registrar, number, "路灯")
    sign_in_as(dispatcher, "陆派遣")
    dispatch(dispatcher, number)
    return number


def test_a_session_that_ended_while_an_answer_was_written(open_page: OpenPage, sent: str) -> None:
    handler = open_page()
    here = f"/desk/queue/work/?case={sent}"
    sign_in_as(handler, "何市政")
    handler.goto(here)
    expect(handler.get_by_text(f"签收：{sent}")).to_be_visible()
    handler.get_by_label("给市民的答复").fill("灯泡已换，昨晚已经亮了。")
    expect(handler.locator("[data-kept]:visible").first).to_contain_text("已自动保存")
    handler.context.clear_cookies(name="sessionid")
    watch_of(handler).expect("403|401")
    handler.get_by_role("button", name="真解决了，提交").click()
    handler.wait_for_url(re.compile("/sign-in"))

    handler.get_by_role("button", name="何市政").click()
    handler.wait_for_url(re.compile("/desk/queue/work/"))

    expect(handler.get_by_label("给市民的答复")).to_have_value("灯泡已换，昨晚已经亮了。")


def test_the_same_case_in_two_tabs(open_page: OpenPage, sent: str) -> None:
    first = open_page()
    sign_in_as(first, "何市政")
    here = f"/desk/queue/work/?case={sent}"
    first.goto(here)
    expect(first.get_by_text(f"签收：{sent}")).to_be_visible()
    first.goto(here)
    second = first.context.new_page()
    second.goto(here)
    watch_of(first).expect("409")
    first.get_by_label("给市民的答复").fill("灯泡已换，昨晚已经亮了。")
    second.get_by_label("给市民的答复").fill("另一页：整杆换过，已经亮了。")
    first.get_by_role("button", name="真解决了，提交").click()
    expect(first.get_by_text(f"已提交，等负责人审签：{sent}")).to_be_visible()

    second.get_by_role("button", name="真解决了，提交").click()

    expect(second.locator("main [role=alert]").first).to_be_visible()
    expect(second.get_by_text("另一页：整杆换过，已经亮了。").first).to_be_visible()


def test_the_same_report_sent_from_two_tabs_stands_once(open_page: OpenPage) -> None:
    phone = open_page(viewport=PHONE)
    number = report_on_the_phone(phone, "同一件事，手抖按了两次。")

    phone.go_back()
    if phone.get_by_role("button", name="提交").count():
        phone.get_by_role("button", name="提交").click()

    alone = phone.get_by_role("button", name="都不是，单独提交")
    received = phone.get_by_role("heading", name="收到了")
    expect(received.or_(alone).first).to_be_visible()
    if alone.is_visible():
        alone.click()
    expect(phone.locator(".bignum")).to_have_text(number)
