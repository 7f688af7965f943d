"""
A resident who waits: chases, adds to it, sees how it goes, is told by opening the page, says that
it is not solved, and the unit has it again.
"""

from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in_as
from tests.browser.test_thin_path import answer, dispatch, register, report_on_the_phone


def work_on(handler: Page, number: str, heard: str, words: str) -> None:
    """Acknowledge, hear what the resident said, talk to them, and hand in what was done."""
    handler.goto(f"/desk/queue/work/?case={number}")
    expect(handler.get_by_text(f"签收：{number}")).to_be_visible()
    expect(handler.get_by_text(heard).first).to_be_visible()
    handler.get_by_role("button", name="已联系上").first.click()
    expect(handler.get_by_text(f"已记下：已联系上（{number}）")).to_be_visible()
    answer(handler, words)
    expect(handler.get_by_text(f"已提交，等负责人审签：{number}")).to_be_visible()


def close(leader: Page, checker: Page, number: str) -> None:
    leader.goto(f"/desk/queue/sign/?case={number}")
    leader.locator(".btn-main", has_text="同意，报出").click()
    expect(leader.get_by_text(f"审签同意：{number}")).to_be_visible()
    checker.goto(f"/desk/queue/check/?case={number}")
    checker.get_by_role("button", name="通过，结案").click()
    expect(checker.get_by_text(f"核查通过：{number}")).to_be_visible()


def fits(page: Page) -> None:
    """Pass if the page reads well and nothing sticks out."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_resident_who_waits_is_heard_and_told_and_heard_again(open_page: OpenPage) -> None:
    resident = open_page(viewport=PHONE, is_mobile=True, has_touch=True)
    number = report_on_the_phone(resident, "路灯不亮，等了很久。")
    link = resident.url.split("?")[0]
    desk, dispatcher, handler, leader, checker = (open_page() for _ in range(5))
    for page, name in ((desk, "沈受理"), (dispatcher, "陆派遣"), (handler, "何市政"),
                       (leader, "许市政"), (checker, "吴核实")):  # fmt: skip
        sign_in_as(page, name)
    register(desk, number, "路灯")
    lead = dispatch(dispatcher, number)

    resident.goto(link)
    resident.get_by_text("想带一句话").tap()
    resident.get_by_label("您的话").fill("老人出门看不清")
    resident.get_by_role("button", name="催一催").tap()
    expect(resident.get_by_text("单位和它的负责人会看到")).to_be_visible()
    expect(resident.get_by_role("button", name="催一催")).to_have_count(0)
    resident.get_by_text("写给单位：补充情况、照片，或问一句").tap()
    resident.get_by_label("还想说什么").fill("旁边那盏也灭了")
    resident.get_by_role("button", name="发送", exact=True).tap()
    expect(resident.get_by_text(f"交给{lead}")).to_be_visible()
    expect(resident.locator(".time")).to_contain_text("旁边那盏也灭了")
    fits(resident)

    work_on(handler, number, "老人出门看不清", "灯泡已换，今晚会亮。")
    close(leader, checker, number)
    desk.goto(f"/desk/cases/{number}/")
    expect(desk.locator(".time")).not_to_contain_text("看到了结果")
    with resident.expect_response("**/read"):
        resident.goto(link)
    expect(resident.get_by_role("heading", name="办好了")).to_be_visible()
    expect(resident.get_by_text("今晚会亮")).to_be_visible()
    expect(resident.get_by_role("button", name="我看到了")).to_be_hidden()
    fits(resident)
    desk.goto(f"/desk/cases/{number}/")
    expect(desk.locator(".time")).to_contain_text("看到了结果")

    resident.get_by_label("未解决").check()
    resident.get_by_label("不满意").check()
    resident.get_by_label("还想说的").fill("还是不亮")
    resident.get_by_role("button", name="提交评价").tap()
    expect(resident.get_by_label("哪里没解决")).to_have_value("还是不亮")
    fits(resident)
    resident.get_by_role("button", name="请继续办").tap()
    expect(resident.get_by_text("知道了，接着办。")).to_be_visible()

    dispatch(dispatcher, number)
    handler.goto(f"/desk/queue/work/?case={number}")
    expect(handler.get_by_text("第2轮").first).to_be_visible()


def test_without_scripts_a_button_says_that_it_was_seen(open_page: OpenPage) -> None:
    resident = open_page(viewport=PHONE, java_script_enabled=False)
    number = report_on_the_phone(resident, "请问停水到几点？")
    link = resident.url.split("?")[0]
    desk = open_page()
    sign_in_as(desk, "沈受理")
    desk.goto(f"/desk/queue/register/?case={number}")
    desk.locator("main").get_by_text("不予立案").first.click()
    desk.get_by_label("不属于政府职责").check()
    desk.locator("textarea[name=reply]:visible").fill("请找物业公司。")
    desk.get_by_role("button", name="不予立案").click()
    expect(desk.get_by_text(f"不予立案：{number}")).to_be_visible()

    resident.goto(link)
    expect(resident.get_by_role("heading", name="这件事我们不能受理")).to_be_visible()
    resident.get_by_role("button", name="我看到了").click()

    expect(resident.get_by_role("button", name="我看到了")).to_have_count(0)
    expect(resident.get_by_text("您看到了结果")).to_be_visible()
