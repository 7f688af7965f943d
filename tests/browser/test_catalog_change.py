"""A responsibility is changed by its keeper: drafted, checked, in force tomorrow."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in

LAMPS = "C0137"


def leads_now(page: Page, matter: str) -> str:
    """Return who leads the matter today, as its page tells all staff."""
    page.goto(f"/catalog/matters/{matter}")
    panel = page.locator("section.panel", has=page.get_by_role("heading", name="谁主办"))
    return panel.inner_text()


def test_a_responsibility_goes_elsewhere_from_tomorrow(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "事项管理员")
    before = leads_now(page, LAMPS)
    page.goto("/catalog/responsibilities?class=C01")
    assert faults(page) == []

    of_lamps = page.get_by_role("row", name=re.compile(LAMPS))
    of_lamps.get_by_role("link", name=re.compile("^改：")).click()
    lead = page.get_by_label("主办角色")
    expect(lead).to_have_value("市政养护")
    assert faults(page) == []
    lead.fill("供水")
    page.get_by_label("为什么改").fill("示意：改由区里主办")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("已存成草案，目录还没有变")).to_be_visible()
    elsewhere = page.get_by_role("row", name=re.compile("派给别的单位"))
    assert int(elsewhere.get_by_role("cell").last.inner_text().replace(",", "")) > 0
    expect(page.locator("main")).to_contain_text("示意：改由区里主办")
    expect(page.locator("main")).to_contain_text("从这一天起取消")
    assert faults(page) == []

    page.get_by_role("button", name=re.compile("写入目录")).click()
    expect(page.get_by_text("已写入目录，到日子就生效")).to_be_visible()
    assert leads_now(page, LAMPS) == before

    page.goto("/catalog/responsibilities?class=C01")
    expect(of_lamps.filter(has_text="还没有生效")).to_contain_text("供水")
    of_lamps.first.get_by_role("link", name=re.compile("^版本：")).click()
    expect(page.get_by_text("第一版")).to_be_visible()
    assert faults(page) == []


def test_on_a_phone_without_scripts(open_page: OpenPage) -> None:
    phone = open_page(viewport=PHONE, java_script_enabled=False)
    sign_in(phone, "事项管理员")
    phone.goto("/catalog/matters/E0110")
    phone.get_by_role("main").get_by_role("link", name="改", exact=False).first.click()
    phone.get_by_label("处置后照片").check()
    phone.get_by_role("button", name=re.compile("存成草案并核对")).click()

    expect(phone.get_by_role("heading", name="一年多花或少花的时间")).to_be_visible()
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    phone.get_by_role("button", name="放弃这份草案").click()
    expect(phone.get_by_text("已放弃，目录没有变")).to_be_visible()


def test_nobody_else_finds_it(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "派单员")

    page.goto("/catalog/responsibilities?class=E01")

    expect(page.get_by_role("link", name=re.compile("^改：")).first).to_be_hidden()
    expect(page.get_by_role("link", name="目录改动")).to_be_hidden()
