"""
The fumes of a pizza shop (H5), as the study of Ping'an 365 tells it and on its dates: Shangcheng in
2014, with the units of then. Mr Yang tells the grid's collector; environment says it is not theirs
and nothing goes on; three weeks later it is reported again, four units handle it together, an
inspector looks on site, Mr Yang is told and asked. Years later the units are others.

The joint meeting of 19 June and the supervision before it are not in here yet.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage, watch_of
from tests.browser.dated.installation import AnotherYear, another_year

DISTRICT = Path(__file__).parent / "dated" / "district"
FUMES, FOOD_SAFETY = "D0304", "D0503"
PHONE = "13805710365"
WORDS = (
    "楼下某披萨店厨房换气扇向小区内开，排烟较浓，楼上住户不能开窗，影响晾晒衣服。"
    "物业只能劝，没有执法权。"
)
AGAIN = "披萨店厨房换气扇还向小区内开，排烟较浓，楼上不能开窗。5月6日报过，没有进展。"
PLACE = "水澄桥小区"
UNITS = {"城市管理局": "主办", "食品药品": "协办", "环境保护局": "协办", "工商": "协办"}
PARTS = {
    "食药": "餐饮服务许可证在有效期内，后厨合格。",
    "环保": "油烟排放已测，超标，责成整改。",
    "工商": "营业执照在有效期内，不属无证无照。",
}
REPLY = "店家已把换气扇改到临街一侧并装了油烟净化器，现场复测达标。"


@pytest.fixture(scope="module")
def year() -> Iterator[AnotherYear]:
    matters = frozenset({FUMES, FOOD_SAFETY})
    with another_year(DISTRICT, since="2014-01-02 09:00", matters=matters) as running:
        yield running


@pytest.fixture(scope="module")
def base_url(year: AnotherYear) -> str:
    """All pages of this module are those of the installation in another year."""
    return year.address


class Staff:
    """Whoever works on the case, each at a screen of their own; a shift later they sign in anew."""

    def __init__(self, open_page: OpenPage) -> None:
        self._open_page = open_page
        self._screens: dict[str, Page] = {}

    def __call__(self, name: str, path: str) -> Page:
        page = self._screens.get(name) or self._open_page()
        self._screens[name] = page
        page.goto(path)
        if "/sign-in" in page.url:
            page.get_by_role("button", name=name).click()
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page


@pytest.fixture
def as_staff(open_page: OpenPage) -> Staff:
    return Staff(open_page)


def take_down(collector: Page, words: str) -> str:
    """Write down what Mr Yang says at the estate, and return the case's number."""
    collector.get_by_label("渠道").select_option(label="窗口")
    collector.get_by_label("称呼").fill("杨先生")
    collector.locator("#id_words").fill(words)
    collector.get_by_label("在哪里").fill(PLACE)
    collector.get_by_role("button", name="记下").click()
    collector.wait_for_url(re.compile(r"/taken/\d+/$"))
    return collector.locator(".bignum").inner_text()


def register(registrar: Page, number: str) -> None:
    with registrar.expect_response("**/find/matters*"):
        registrar.get_by_label("找事项").fill("餐饮油烟")
    registrar.locator("#matters input[name=matter]:visible").first.check()
    with registrar.expect_response("**/find/places*"):
        registrar.get_by_role("textbox", name="地点").fill("水澄桥")
    registrar.locator("#places input").first.check()
    registrar.get_by_role("button", name="立案，交派单台").click()
    expect(registrar.get_by_text(f"已立案：{number}")).to_be_visible()


def call(unit: Page, number: str) -> None:
    """Note that Mr Yang was reached, for each of his two reports."""
    for _report in (1, 2):
        unit.get_by_role("button", name="已联系上").first.click()
        expect(unit.get_by_text(f"已记下：已联系上（{number}）")).to_be_visible()


def heard_from(page: Page, times: int) -> Locator:
    """Look up Mr Yang's number and return what he reported so often."""
    page.locator("#id_phone").fill(PHONE)
    page.get_by_role("button", name="查").click()
    expect(page.locator(".heard")).to_have_count(times)
    return page.locator(".heard")


def sign(leader: Page, number: str) -> None:
    leader.locator(".btn-main", has_text="同意，报出").click()
    expect(leader.get_by_text(f"审签同意：{number}")).to_be_visible()


def row_of(page: Page, unit: str, task: str) -> Locator:
    """Return the line of a unit's task on the case page."""
    return page.locator("tr", has_text=unit).filter(has_text=task)


def test_reported_returned_reported_again_and_solved_by_four_units_together(
    year: AnotherYear, as_staff: Staff
) -> None:
    # Tuesday 6 May 2014: Mr Yang comes to the estate's collector, who reports it.
    year.comes_to("2014-05-06 09:20")
    collector = as_staff("刘网格", "/desk/intake/")
    collector.locator("#id_phone").fill(PHONE)
    first = take_down(collector, WORDS)
    assert first == "20140506-0001"

    registrar = as_staff("沈受理", f"/desk/queue/register/?case={first}")
    register(registrar, first)

    # Article 44 speaks of environment: the catalogue names it, by law.
    year.comes_to("2014-05-06 10:00")
    dispatcher = as_staff("陆派遣", f"/desk/queue/dispatch/?case={first}")
    lead = dispatcher.locator("#dispatch .pick").first
    expect(lead).to_contain_text("杭州市上城区环境保护局")
    expect(lead).to_contain_text("法定")
    dispatcher.get_by_role("button", name="派给选中的单位").click()
    expect(dispatcher.get_by_text(f"已派单：{first}，主办：区环保局")).to_be_visible()
    dispatcher.goto(f"/desk/cases/{first}/")
    expect(row_of(dispatcher, "环境保护局", "主办")).to_contain_text("5月13日")  # five working days

    # Environment: this is for urban management. The centre grants the return, and there it lies:
    # nobody closes what a unit sent back, so it waits, and is overdue, until it goes on.
    year.comes_to("2014-05-07 09:00")
    environment = as_staff("何环保", f"/desk/queue/work/?case={first}")
    expect(environment.get_by_text(f"签收：{first}")).to_be_visible()
    environment.get_by_text("不是我们的，申请退单").click()
    environment.get_by_label("理由").fill("餐饮油烟由城管执法部门处置")
    environment.get_by_role("button", name="申请退单").click()
    expect(environment.get_by_text(f"申请退单：{first}")).to_be_visible()
    year.comes_to("2014-05-07 14:30")
    centre = as_staff("陆派遣", f"/desk/queue/returns/?case={first}")
    expect(centre.get_by_text("餐饮油烟由城管执法部门处置").first).to_be_visible()
    centre.get_by_label("理由").fill("按职责清单，餐饮油烟归城管执法部门")
    centre.get_by_role("button", name="同意").click()
    expect(centre.get_by_text(re.compile(f"同意.*{first}"))).to_be_visible()

    # Thursday 29 May: no progress. The collector reports again and is shown the first report.
    year.comes_to("2014-05-29 09:10")
    collector = as_staff("刘网格", "/desk/intake/")
    earlier = heard_from(collector, 1)
    expect(earlier).to_contain_text(first)
    expect(earlier).to_contain_text("5月6日")
    second = take_down(collector, AGAIN)
    assert second == "20140529-0001"
    register_desk = as_staff("沈受理", f"/desk/queue/register/?case={second}")
    expect(register_desk.get_by_role("radiogroup", name="附近相近的案卷")).to_contain_text(first)
    register(register_desk, second)

    # The first one was never handled, so it is neither closed nor declined: its report goes over
    # to the new case, with its own date, and what lay still stays in its history.
    register_desk.goto(f"/desk/cases/{first}/")
    expect(register_desk.locator(".time")).to_contain_text("超期")
    register_desk.get_by_text("同一件事，并入另一案卷").click()
    register_desk.get_by_label("并入哪个案卷").fill(second)
    register_desk.get_by_label("为什么是同一件事").fill("同一人反映的同一家店，退单后没有人办")
    register_desk.get_by_role("button", name="并案").click()
    expect(register_desk.get_by_text(f"已并案：{first}并入{second}")).to_be_visible()

    # Four units together; who leads goes by the licence: this shop has one.
    year.comes_to("2014-05-29 10:00")
    dispatcher = as_staff("陆派遣", f"/desk/queue/dispatch/?case={second}")
    for unit, part in UNITS.items():
        with dispatcher.expect_response("**/find/units*"):
            dispatcher.get_by_label("换单位，加双派、协办、抄送").fill(unit)
        dispatcher.get_by_label(re.compile(f"^{part} .*{unit}")).check()
    dispatcher.get_by_text("改原则和依据").click()
    dispatcher.get_by_label("派单原则").select_option(label="商定")
    dispatcher.get_by_role("textbox", name="依据").fill(
        "有营业执照，城管主办，食药监、环保、工商协办"
    )
    dispatcher.get_by_role("button", name="派给选中的单位").click()
    expect(dispatcher.get_by_text(f"已派单：{second}，主办：区城管局")).to_be_visible()
    dispatcher.goto(f"/desk/cases/{second}/")
    for unit, part in UNITS.items():
        expect(row_of(dispatcher, unit, part)).to_contain_text("6月6日")  # 2 June is a holiday

    # Each does its part: acknowledges, says what it found. The lead calls Mr Yang.
    year.comes_to("2014-05-29 14:30")
    urban = as_staff("何城管", f"/desk/queue/work/?case={second}")
    expect(urban.get_by_text(f"签收：{second}")).to_be_visible()
    call(urban, second)

    # Monday 16 June: overdue. This is where the centre asked for supervision.
    year.comes_to("2014-06-16 09:00")
    urban = as_staff("何城管", f"/desk/cases/{second}/")
    expect(row_of(urban, "城市管理局", "主办")).to_contain_text("超")
    expect(urban.locator(".time")).to_contain_text("超期提示")

    # After the meeting of 19 June each says what its part came to, and urban management answers.
    year.comes_to("2014-06-20 10:00")
    for unit, found in PARTS.items():
        helper = as_staff(f"何{unit}", f"/desk/queue/work/?case={second}")
        expect(helper.get_by_text(f"签收：{second}")).to_be_visible()
        helper.get_by_label("协办结果").fill(found)
        helper.get_by_role("button", name="提交协办结果").click()
        expect(helper.get_by_text(f"已提交，等负责人审签：{second}")).to_be_visible()
        sign(as_staff(f"许{unit}", f"/desk/queue/sign/?case={second}"), second)
    year.comes_to("2014-06-24 15:00")
    urban = as_staff("何城管", f"/desk/queue/work/?case={second}")
    urban.get_by_label("给市民的答复").first.fill(REPLY)
    urban.get_by_role("button", name="真解决了，提交").click()
    expect(urban.get_by_text(f"已提交，等负责人审签：{second}")).to_be_visible()
    sign(as_staff("许城管", f"/desk/queue/sign/?case={second}"), second)

    # The inspector goes there; the case closes as really solved.
    year.comes_to("2014-06-25 10:00")
    inspector = as_staff("吴督察", f"/desk/queue/check/?case={second}")
    inspector.get_by_role("button", name="通过，结案").click()
    expect(inspector.get_by_text(f"核查通过：{second}")).to_be_visible()

    # Mr Yang is told, by who handled it; the centre asks him, and his word stands.
    year.comes_to("2014-06-26 09:30")
    urban = as_staff("何城管", f"/desk/queue/work/?case={second}")
    expect(urban.get_by_text(REPLY).first).to_be_visible()
    call(urban, second)
    year.comes_to("2014-06-27 15:00")
    operator = as_staff("林回访", "/desk/intake/")
    for card in heard_from(operator, 2).all():
        card.locator("summary").click()
        card.get_by_label("基本解决", exact=True).check()
        card.get_by_label("满意", exact=True).check()
        card.get_by_role("button", name="记下评价").click()
        expect(card).to_contain_text(f"评价：{second}")
    operator.goto(f"/desk/cases/{second}/")
    expect(operator.locator(".facts-list").get_by_text("评价：基本解决，满意")).to_have_count(2)
    expect(operator.locator(".steps [aria-current], .steps .done").last).to_have_text("评价")

    # Reopening is a right for fifteen days; after that it is refused in plain words.
    year.comes_to("2014-07-14 09:00")
    registrar = as_staff("沈受理", "/desk/intake/")
    watch_of(registrar).expect("409")
    card = heard_from(registrar, 2).first
    card.locator("summary").click()
    card.get_by_role("textbox").fill("油烟又大了")
    card.get_by_role("button", name="重办").click()
    expect(card).to_contain_text("重办期限已过，请提交新的诉求")

    # A month after it was closed it is filed away.
    year.comes_to("2014-07-28 09:00")

    # Five years later three of the four units are no more, the fourth is called something else.
    year.comes_to("2019-03-04 09:00", without="seal")  # 1,700 empty days take long and say nothing
    keeper = as_staff("韩系统", "/units/")
    keeper.get_by_role("link", name="杭州市上城区城市管理局").first.click()
    keeper.locator("summary", has_text="更名").click()
    keeper.get_by_label("新名称").fill("杭州市上城区综合行政执法局")
    keeper.get_by_role("button", name="更名").click()
    expect(keeper.get_by_role("heading", level=1)).to_contain_text("综合行政执法局")

    registrar = as_staff("沈受理", f"/desk/cases/{second}/")
    expect(registrar.get_by_text("2014年7月28日归档，不再重办")).to_be_visible()
    registrar.get_by_text(re.compile("已结束的.*项")).click()
    for unit, part in UNITS.items():
        expect(row_of(registrar, unit, part)).to_be_visible()
    expect(registrar.get_by_text("综合行政执法局")).not_to_be_visible()
    expect(registrar.locator(".time")).to_contain_text("2014年5月29日")
    expect(registrar.get_by_role("button", name="重办")).not_to_be_visible()

    # What happened then can still be proved: both cases, and the seal of every day.
    said = year.command("verify-history")
    assert "已核对案卷 2 件" in said
    assert "已封存 2014-05-06 至 2014-07-27" in said
