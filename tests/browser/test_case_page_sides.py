"""The case page: pictures side by side, words inside and outside, the timeline by unit, reasons."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in_as
from tests.browser.test_thin_path import register, report_on_the_phone

WORDS = "路灯不亮，请看一看。"
INSIDE = "物业今天下午回话"


def picture(folder: Path) -> Path:
    path = folder / "IMG_0002.jpg"
    Image.new("RGB", (1600, 1200), "#7799bb").save(path)
    return path


def registered(open_page: OpenPage) -> tuple[str, Page]:
    """Report something and register it; return its number and the registrar's page."""
    number = report_on_the_phone(open_page(viewport=PHONE), WORDS)
    desk = open_page()
    sign_in_as(desk, "沈受理")
    register(desk, number, "路灯")
    return number, desk


def test_a_word_inside_is_said_by_keys_and_stands_where_no_citizen_looks(
    open_page: OpenPage,
) -> None:
    number, desk = registered(open_page)
    desk.goto(f"/desk/cases/{number}/")

    desk.keyboard.press("c")
    desk.get_by_label("说给办理单位的话").fill(INSIDE)
    desk.get_by_role("button", name=re.compile("名义记下")).press("Enter")

    inside = desk.get_by_role("region", name=re.compile("内部意见"))
    expect(inside.get_by_text(INSIDE)).to_be_visible()
    expect(desk.get_by_role("region", name=re.compile("给市民的话"))).not_to_contain_text(INSIDE)
    assert faults(desk) == []


def test_the_timeline_goes_by_unit_and_back_by_plain_links(open_page: OpenPage) -> None:
    number, desk = registered(open_page)
    desk.goto(f"/desk/cases/{number}/")

    desk.get_by_role("link", name="按单位").click()
    expect(desk.locator(".strand").first).to_be_visible()
    assert faults(desk) == []

    desk.get_by_role("link", name="按时间").click()
    expect(desk.locator(".strand")).to_have_count(0)


def test_why_other_buttons_are_not_there_unfolds(open_page: OpenPage) -> None:
    number, desk = registered(open_page)
    desk.goto(f"/desk/cases/{number}/")

    desk.get_by_text("为什么不能……").click()

    expect(desk.get_by_text(re.compile("派单由.*有“.*”权限的人办"))).to_be_visible()


def test_a_picture_opens_large_and_the_keys_lead_back(open_page: OpenPage, tmp_path: Path) -> None:
    phone = open_page(viewport=PHONE)
    phone.goto("/report/")
    phone.get_by_label("出了什么事").fill("护栏断了一截，没有人修")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_label("照片").set_input_files(picture(tmp_path))
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("heading", name="收到了")).to_be_visible()
    number = phone.locator(".bignum").inner_text().strip()
    desk = open_page()
    sign_in_as(desk, "沈受理")
    desk.goto(f"/desk/cases/{number}/")

    desk.get_by_role("link", name=re.compile("第1组")).focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=re.compile("照片：第1组"))).to_be_visible()
    desk.wait_for_load_state()
    assert desk.locator(".pair-large img").evaluate("one => one.naturalWidth") == 1600
    assert faults(desk) == []

    desk.keyboard.press("u")
    expect(desk).to_have_url(re.compile(f"/desk/cases/{number}/$"))
