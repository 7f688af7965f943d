"""The duty office: a line of the log, and a hand-over that two persons confirm."""

from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in, sign_in_as


def test_two_shifts_confirm_one_text(open_page: OpenPage) -> None:
    leaves, comes = open_page(), open_page(viewport=PHONE)
    sign_in_as(leaves, "陆派遣")
    leaves.goto("/duty/")
    leaves.get_by_label("什么事").fill("隧道积水，等排水中心回电")
    leaves.get_by_label("没有了结，交给下一班").check()
    leaves.keyboard.press("Control+Enter")
    expect(leaves.get_by_text("已记入值班日志")).to_be_visible()
    assert faults(leaves) == []

    leaves.keyboard.press("b")
    expect(leaves.get_by_role("heading", name="交班", exact=True)).to_be_visible()
    expect(leaves.locator("main")).to_contain_text("隧道积水，等排水中心回电")
    leaves.get_by_label("还要交代的").fill("钥匙在抽屉里")
    leaves.get_by_role("button", name="确认交班").click()
    expect(leaves.get_by_text("要换一个人")).to_be_visible()
    assert faults(leaves) == []

    sign_in(comes, "值班长")
    comes.goto("/duty/")
    comes.get_by_role("link", name="还没有人接").click()
    expect(comes.locator("main")).to_contain_text("钥匙在抽屉里")
    text = comes.locator("main .panel").inner_text()
    comes.get_by_role("button", name="看过了，接班").click()
    expect(comes.get_by_text("已接班")).to_be_visible()
    assert comes.locator("main .panel").inner_text() == text
    assert faults(comes) == []

    leaves.reload()
    assert leaves.locator("main .panel").inner_text() == text
    leaves.get_by_role("link", name="打印").click()
    expect(leaves.get_by_text("接班人签字")).to_be_visible()


def test_without_scripts_the_log_is_written_all_the_same(open_page: OpenPage) -> None:
    plain = open_page(java_script_enabled=False)
    sign_in_as(plain, "陆派遣")
    plain.goto("/duty/")
    plain.get_by_label("什么事").fill("没有脚本也能记")
    plain.get_by_role("button", name="记下").click()

    expect(plain.locator("main").get_by_text("没有脚本也能记").first).to_be_visible()
