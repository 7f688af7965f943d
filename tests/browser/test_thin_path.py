"""
One real complaint from a resident's phone to a closed case and back, through everybody's hands:
registrar, dispatcher, handler, the unit's leader, checker, and the resident who sees it and rates.
"""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, sign_in_as

WORDS = "路灯不亮，晚上走路看不清，老人差点绊倒。"


def report_on_the_phone(phone: Page, words: str = WORDS) -> str:
    """Report as a resident does and return the case's number."""
    phone.goto("/")
    phone.get_by_role("link", name="反映一件事").click()
    phone.get_by_label("出了什么事").fill(words)
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_label("在哪里").fill("清波门社区门口")
    phone.get_by_role("textbox", name="您的电话").fill("13800138000")
    phone.get_by_role("button", name="提交").click()
    received = phone.get_by_role("heading", name="收到了")
    alone = phone.get_by_role("button", name="都不是，单独提交")  # where others are nearby
    expect(received.or_(alone)).to_be_visible()
    if alone.is_visible():
        alone.click()
    expect(received).to_be_visible()
    return phone.locator(".bignum").inner_text().strip()


def register(desk: Page, number: str, matter: str, *, urgency: str = "") -> None:
    desk.goto(f"/desk/queue/register/?case={number}")
    with desk.expect_response("**/find/matters*"):
        desk.get_by_label("找事项").fill(matter)
    desk.wait_for_load_state("networkidle")
    desk.locator("#matters input[name=matter]:visible").first.check()
    with desk.expect_response("**/find/places*"):
        desk.get_by_role("textbox", name="地点").fill("清波门")
    desk.locator("#places input").first.check()
    if urgency:
        desk.locator(f"#register input[name=urgency][value={urgency}]").check(force=True)
    desk.get_by_role("button", name="立案，交派单台").click()
    expect(desk.get_by_text(f"已立案：{number}")).to_be_visible()


def dispatch(desk: Page, number: str) -> str:
    """Send the case to the suggested lead and return its name."""
    desk.goto(f"/desk/queue/dispatch/?case={number}")
    lead = desk.locator("#dispatch .pick").first
    name = lead.locator("b").inner_text()
    expect(lead).to_contain_text("法定")
    desk.locator("#dispatch").get_by_role("button", name="派给选中的单位").click()
    expect(desk.get_by_text(f"已派单：{number}")).to_be_visible()
    return name


def answer(handler: Page, words: str) -> None:
    """Hand in what was done: really solved."""
    handler.get_by_label("给市民的答复").first.fill(words)
    handler.get_by_role("button", name="真解决了，提交").click()


def test_a_complaint_goes_through_all_hands(open_page: OpenPage) -> None:
    resident = open_page(viewport=PHONE)
    number = report_on_the_phone(resident)
    link = resident.url.split("?")[0]
    registrar, dispatcher = open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    register(registrar, number, "路灯")
    sign_in_as(dispatcher, "陆派遣")
    lead = dispatch(dispatcher, number)

    resident.goto(link)
    expect(resident.get_by_text(f"{lead}去办")).to_be_visible()

    handler = open_page(viewport=PHONE)
    sign_in_as(handler, "何市政")
    handler.goto(f"/desk/queue/work/?case={number}")  # to open it is to acknowledge it
    expect(handler.get_by_text(f"签收：{number}")).to_be_visible()
    handler.get_by_role("button", name="打给").first.click()
    expect(handler.get_by_role("link", name="13800138000")).to_be_visible()
    handler.get_by_role("button", name="已联系上").first.click()
    expect(handler.get_by_text(f"已记下：已联系上（{number}）")).to_be_visible()
    answer(handler, "灯泡已换，今晚会亮。")
    expect(handler.get_by_text(f"已提交，等负责人审签：{number}")).to_be_visible()

    leader = open_page(viewport=PHONE)
    sign_in_as(leader, "许市政")
    leader.goto(f"/desk/queue/sign/?case={number}")
    expect(leader.locator(".do .outside").get_by_text("今晚会亮")).to_be_visible()
    leader.locator(".do").get_by_role("button", name="同意，报出").click()
    expect(leader.get_by_text(f"审签同意：{number}")).to_be_visible()

    resident.goto(link)
    expect(resident.get_by_text("我们正在核查")).to_be_visible()
    expect(resident.get_by_text("今晚会亮")).not_to_be_visible()

    checker = open_page()
    sign_in_as(checker, "吴核实")
    checker.goto(f"/desk/queue/check/?case={number}")
    checker.get_by_role("button", name="通过，结案").click()
    expect(checker.get_by_text(f"核查通过：{number}")).to_be_visible()

    resident.goto(link)
    expect(resident.get_by_text("今晚会亮")).to_be_visible()
    resident.get_by_label("解决", exact=True).check()
    resident.get_by_label("满意", exact=True).check()
    resident.get_by_role("button", name="提交评价").click()
    expect(resident.get_by_text("您的评价：解决，满意。")).to_be_visible()

    registrar.goto(f"/desk/cases/{number}/")
    expect(registrar.locator(".steps [aria-current], .steps .done").last).to_have_text("评价")


def test_a_return_goes_back_to_the_desk_and_a_failed_check_to_the_unit(
    open_page: OpenPage,
) -> None:
    number = report_on_the_phone(open_page(viewport=PHONE), "路灯杆歪了，看着要倒。")
    registrar, dispatcher, handler, checker = (open_page() for _ in range(4))
    sign_in_as(registrar, "沈受理")
    register(registrar, number, "路灯")
    sign_in_as(dispatcher, "陆派遣")
    dispatch(dispatcher, number)
    sign_in_as(handler, "何市政")
    handler.goto(f"/desk/queue/work/?case={number}")
    handler.get_by_text("不是我们的，申请退单").click()
    handler.get_by_label("理由").fill("这根杆属通信公司")
    handler.get_by_role("button", name="申请退单").click()
    expect(handler.get_by_text(f"申请退单：{number}")).to_be_visible()

    dispatcher.goto(f"/desk/queue/returns/?case={number}")
    expect(dispatcher.get_by_text("这根杆属通信公司").first).to_be_visible()
    dispatcher.get_by_label("理由").fill("按清单由市政中心办")
    dispatcher.get_by_role("button", name="驳回，由原单位办").click()
    handler.goto(f"/desk/queue/work/?case={number}")
    expect(handler.get_by_text("指定主办，不可退单")).to_be_visible()
    answer(handler, "已扶正")
    leader = open_page()
    sign_in_as(leader, "许市政")
    leader.goto(f"/desk/queue/sign/?case={number}")
    leader.locator(".do").get_by_role("button", name="同意，报出").click()
    expect(leader.get_by_text(f"审签同意：{number}")).to_be_visible()

    sign_in_as(checker, "吴核实")
    checker.goto(f"/desk/queue/check/?case={number}")
    checker.get_by_label("核查情况").fill("还是歪的")
    checker.get_by_role("button", name="不通过，退回返工").click()
    expect(checker.get_by_text(f"核查不通过：{number}")).to_be_visible()
    handler.goto(f"/desk/queue/work/?case={number}")
    expect(handler.get_by_text("第2轮").first).to_be_visible()


def test_the_link_is_a_secret_that_travels_nowhere(open_page: OpenPage) -> None:
    resident = open_page(viewport=PHONE)
    report_on_the_phone(resident)

    answer = resident.request.get(resident.url)
    wrong = resident.request.get("/r/0123456789abcdef0123456789abcdef/")

    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in answer.headers["cache-control"]
    assert wrong.status == 404


def test_without_scripts_the_report_arrives_all_the_same(open_page: OpenPage) -> None:
    plain = open_page(viewport=PHONE, java_script_enabled=False)

    assert report_on_the_phone(plain, "没有脚本也能报")
