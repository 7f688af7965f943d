"""The journeys of the desk that have a budget of steps and stand nowhere else."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in, sign_in_as
from tests.browser.steps import counted
from tests.browser.test_call_intake import SCREEN, number_nobody_has
from tests.browser.test_thin_path import dispatch, register, report_on_the_phone


def test_a_known_complaint_is_written_down_by_few_keys(page: Page) -> None:
    sign_in(page, "话务员", SCREEN)
    phone = number_nobody_has(page)

    with counted(page, "operator", most_keys=12):
        page.locator("#id_phone").fill(phone)
        page.keyboard.press("Enter")
        expect(page.locator("#id_words")).to_be_focused()
        page.locator("#id_words").fill("楼下的路灯不亮，晚上看不清")
        page.keyboard.press("Tab")
        page.locator("#id_place").fill("和平路口")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile(r"/taken/\d+/$"))


def test_a_case_is_sent_by_two_keys(open_page: OpenPage) -> None:
    number = report_on_the_phone(open_page(viewport=PHONE))
    registrar, dispatcher = open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    register(registrar, number, "路灯")
    sign_in_as(dispatcher, "陆派遣")
    dispatcher.goto(f"/desk/queue/dispatch/?case={number}")

    with counted(dispatcher, "dispatcher", most_keys=2):
        dispatcher.keyboard.press("1")
        expect(dispatcher.locator("#dispatch input[name=lead]").first).to_be_checked()
        dispatcher.keyboard.press("Enter")
        expect(dispatcher.get_by_text(f"已派单：{number}")).to_be_visible()


def test_a_return_is_decided_by_a_sentence_and_a_tap(open_page: OpenPage) -> None:
    number = report_on_the_phone(open_page(viewport=PHONE), "路灯杆歪了，看着要倒。")
    registrar, dispatcher, handler = (open_page() for _ in range(3))
    sign_in_as(registrar, "沈受理")
    register(registrar, number, "路灯")
    sign_in_as(dispatcher, "陆派遣")
    dispatch(dispatcher, number)
    sign_in_as(handler, "何市政")
    handler.goto(f"/desk/queue/work/?case={number}")
    with counted(handler, "return", most_taps=2):
        handler.get_by_text("不是我们的，申请退单").click()
        handler.get_by_label("理由").fill("这根杆属通信公司")
        handler.get_by_role("button", name="申请退单").click()
        expect(handler.get_by_text(f"申请退单：{number}")).to_be_visible()

    dispatcher.goto(f"/desk/queue/returns/?case={number}")
    with counted(dispatcher, "verdict", most_taps=2):
        dispatcher.get_by_label("理由").fill("按清单由市政中心办")
        dispatcher.get_by_role("button", name="驳回，由原单位办").click()
        expect(dispatcher.get_by_text(f"驳回退单，由原单位办：{number}")).to_be_visible()


def test_a_leader_sees_what_to_decide_at_once_and_decides_by_one_tap(open_page: OpenPage) -> None:
    leader = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    sign_in(leader, "分管区领导")
    decisions = leader.locator(".decision")
    assert 1 <= decisions.count() <= 5
    assert faults(leader) == []
    assert leader.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    before = leader.locator(".decision form").count()

    with counted(leader, "district leader", most_taps=1):
        leader.locator(".decision form .btn").first.tap()
        expect(leader.get_by_text("秒后生效").first).to_be_visible()
        leader.wait_for_load_state()
        expect(leader.locator("#says")).to_be_visible(timeout=10_000)
    assert leader.locator(".decision form").count() < before


def test_what_a_leader_tapped_by_mistake_is_taken_back(open_page: OpenPage) -> None:
    leader = open_page()
    sign_in(leader, "分管区领导")
    own = leader.locator(".decision form").first
    if not own.count():
        return  # the demo's were decided
    own.locator(".btn").first.click()
    own.get_by_role("button", name="撤销").click()
    expect(own.locator(".btn").first).to_be_enabled()
    leader.wait_for_timeout(7_000)

    leader.reload()

    expect(own.locator(".btn").first).to_be_visible()


def test_the_leaders_page_prints_on_one_sheet(open_page: OpenPage) -> None:
    leader = open_page()
    sign_in(leader, "分管区领导")

    printed = leader.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
