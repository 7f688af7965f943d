"""An informant's case is opened to one more person; a repeat joins the ledger while one writes."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, sign_in

WORDS = "有执法人员收商户的钱"


def reported(page: Page) -> str:
    """Take an informant's call down and return its number."""
    sign_in(page, "话务员")
    page.goto("/desk/intake/")
    page.fill("#id_words", WORDS)
    page.get_by_label("无地点").check()
    page.locator("input[name=kind][value=INFORMANT]").check()
    page.get_by_role("button", name="记下，读给来电人听").click()
    page.wait_for_url(re.compile("/intake/taken/"))
    return page.locator(".bignum").inner_text()


def test_a_person_is_named_and_taken_back(open_page: OpenPage) -> None:
    operator, leader, handler = open_page(), open_page(), open_page()
    number = reported(operator)
    case = f"/desk/cases/{number}/"
    for page in (operator, handler):
        page.watch.expect("404")  # type: ignore[attr-defined]
    sign_in(handler, "处置人员")
    name = handler.get_by_role("link", name=re.compile("演示")).first.inner_text().strip()
    assert operator.goto(case).status == 404  # type: ignore[union-attr]
    assert handler.goto(case).status == 404  # type: ignore[union-attr]

    sign_in(leader, "值班长")
    leader.goto(case)
    leader.get_by_text("再让一个人知悉").click()
    leader.get_by_role("searchbox", name="谁").press_sequentially(name, delay=20)
    leader.get_by_role("radio", name=re.compile(re.escape(name))).check()
    leader.get_by_label("为什么要他知道").fill("由他核实")
    leader.get_by_role("button", name="指定知悉人").click()

    expect(leader.get_by_text(f"已指定知悉人：{name}")).to_be_visible()
    assert handler.goto(case).status == 200  # type: ignore[union-attr]
    expect(handler.get_by_role("heading", name=WORDS)).to_be_visible()

    known = leader.locator("li", has_text=name).filter(has=leader.get_by_text("取消知悉"))
    known.get_by_text("取消知悉").first.click()
    known.get_by_label("理由").fill("换人了")
    known.get_by_role("button", name="取消知悉").click()

    expect(leader.get_by_text(f"已取消知悉：{name}")).to_be_visible()
    assert handler.goto(case).status == 404  # type: ignore[union-attr]


def test_a_repeat_joins_the_ledger_while_one_writes(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "话务员")
    page.goto("/desk/ledger/")
    link = page.locator("td.ledger-case a").first
    words, number = link.inner_text(), str(link.get_attribute("href")).split("/")[-2]

    page.goto("/desk/intake/")
    page.fill("#id_words", words)
    page.get_by_label("无地点").check()
    page.locator("#id_words").blur()
    page.get_by_role("radio", name=re.compile(number)).check()
    page.get_by_role("button", name="记下，读给来电人听").click()

    page.wait_for_url(re.compile("/intake/taken/"))
    expect(page.get_by_text("已列入疑难问题专门管着")).to_be_visible()
    expect(page.locator(".bignum")).to_have_text(number)
