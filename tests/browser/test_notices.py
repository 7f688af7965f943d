"""A unit is told of what it owes: dispatched, heard of, opened, read."""

import re
import time

from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in, sign_in_as, watch_of
from tests.browser.test_thin_path import dispatch, register, report_on_the_phone

_SECONDS = 60  # the job runs every quarter of a minute; a machine may be busy


def wait_for_notice(page: Page, number: str) -> None:
    until = time.monotonic() + _SECONDS
    while not page.get_by_role("button", name=number).count():
        assert time.monotonic() < until, f"nobody was told of {number}"
        page.wait_for_timeout(2000)
        page.reload()


def test_a_handler_hears_of_a_task_opens_it_and_has_read_it(open_page: OpenPage) -> None:
    number = report_on_the_phone(open_page(viewport=PHONE), "路灯一闪一闪，晃眼睛。")
    registrar, dispatcher, handler = open_page(), open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    register(registrar, number, "路灯")
    sign_in_as(dispatcher, "陆派遣")
    dispatch(dispatcher, number)

    sign_in_as(handler, "何市政")
    handler.goto("/notices/")
    wait_for_notice(handler, number)
    assert faults(handler) == []
    entry = handler.locator(".rail").get_by_role("link", name=re.compile("^消息"))
    unread = int(entry.locator("span").inner_text())
    handler.get_by_role("button", name=number).first.click()
    expect(handler).to_have_url(re.compile(f"/desk/cases/{number}/$"))

    handler.goto("/notices/")
    left = entry.locator("span")
    assert (int(left.inner_text()) if left.count() else 0) == unread - 1
    seen = handler.locator("section", has=handler.get_by_role("heading", name="已读"))
    expect(seen.get_by_role("button", name=number).first).to_be_visible()


def test_what_is_switched_on_stays_so(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    sign_in(page, "处置人员", "/notices/preferences")
    page.get_by_label("特急 短信").check()
    page.get_by_label("工作手机").fill("13900139000")
    page.get_by_role("button", name="保存设置").click()
    expect(page.get_by_label("特急 短信")).to_be_checked()
    expect(page.get_by_label("工作手机")).to_have_value("13900139000")
    assert faults(page) == []


def test_who_keeps_messages_reads_the_log_and_changes_words(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "系统管理员", "/notices/out")
    assert faults(page) == []
    page.get_by_role("link", name="消息模板与上限").click()
    assert faults(page) == []
    page.get_by_role("link", name="修改“有了结果”").click()
    page.get_by_label("内容").fill("打{phone}")
    watch_of(page).expect("422")
    page.get_by_role("button", name="从这天起这样发").click()
    expect(page.get_by_text("填不进去")).to_be_visible()
    assert faults(page) == []
