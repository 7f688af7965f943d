"""
A handler on the way: message, open, call, answer in four taps and the words, on a phone; and the
leader signs from the list.
"""

from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import axe
from tests.browser.conftest import PHONE, OpenPage, sign_in_as
from tests.browser.steps import Steps, counted
from tests.browser.test_thin_path import dispatch, register, report_on_the_phone

# A browser without a telephone waits for ever for one.
NO_TELEPHONE = """addEventListener("click", (event) => {
  const number = event.target.closest("a[href^='tel:']");
  if (!number) return;
  event.preventDefault();
  window.dialled = number.href;
}, true)"""
THUMB = 44  # px, the least that a thumb hits


class Taps:
    """Counts what a hand does."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, target: Locator) -> None:
        target.tap()
        self.number += 1


@pytest.fixture
def sent(open_page: OpenPage) -> str:
    """A case that waits to be acknowledged."""
    number = report_on_the_phone(open_page(viewport=PHONE), "路灯不亮，晚上看不清。")
    registrar, dispatcher = open_page(), open_page()
    sign_in_as(registrar, "沈受理")
    register(registrar, number, "路灯")
    sign_in_as(dispatcher, "陆派遣")
    dispatch(dispatcher, number)
    return number


def small_targets(page: Page) -> list[str]:
    """Return what a thumb would miss in the open case."""
    buttons = page.locator(".do .btn:visible, .do summary:visible")
    return [
        each.inner_text()
        for each in buttons.all()
        if (box := each.bounding_box()) and box["height"] < THUMB
    ]


def test_message_open_call_answer_in_four_taps(phone: Page, sent: str) -> None:
    taps, begun = Taps(), monotonic()
    sign_in_as(phone, "何市政")
    phone.goto("/desk/queue/work/")

    taps(phone.locator(f'.row[data-number="{sent}"]'))  # to open it is to acknowledge it
    expect(phone.get_by_text(f"签收：{sent}")).to_be_visible()
    assert axe.faults(phone) == []
    assert small_targets(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    main = phone.get_by_role("button", name="打给")
    box = main.bounding_box()
    assert box
    assert box["y"] + box["height"] < PHONE["height"], "the call is in sight without scrolling"

    phone.evaluate(NO_TELEPHONE)
    taps(main)
    expect(phone.locator(".do a[href^='tel:']")).to_have_text("13800138000")
    assert phone.evaluate("window.dialled") == "tel:13800138000"

    taps(phone.get_by_role("button", name="已联系上"))
    expect(phone.get_by_text(f"已记下：已联系上（{sent}）")).to_be_visible()

    words = phone.get_by_label("给市民的答复")
    drafted = words.input_value()
    assert "已与您联系" in drafted
    assert "〔写办了什么、怎么办的〕" in drafted
    words.fill("灯泡已换，今晚会亮。")
    assert axe.faults(phone) == []
    taps(phone.get_by_role("button", name="真解决了，提交"))
    expect(phone.get_by_text(f"已提交，等负责人审签：{sent}")).to_be_visible()

    assert taps.number <= 4
    Steps("handler", taps=taps.number, seconds=round(monotonic() - begun, 1)).leave()


def test_a_leader_signs_in_one_tap_from_the_list_and_may_take_it_back(
    open_page: OpenPage, sent: str
) -> None:
    handler = open_page()
    sign_in_as(handler, "何市政")
    handler.goto(f"/desk/queue/work/?case={sent}")
    expect(handler.get_by_text(f"签收：{sent}")).to_be_visible()
    handler.get_by_label("给市民的答复").fill("灯泡已换，今晚会亮。")
    handler.get_by_role("button", name="真解决了，提交").click()
    expect(handler.get_by_text(f"已提交，等负责人审签：{sent}")).to_be_visible()

    leader = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    sign_in_as(leader, "许市政")
    leader.goto("/desk/queue/sign/")
    own = leader.locator(f'.row[data-number="{sent}"] + .sign-here')
    expect(own).to_contain_text("今晚会亮")
    assert axe.faults(leader) == []

    own.get_by_role("button", name="同意，报出").tap()
    own.get_by_role("button", name="撤销").tap()
    expect(own.get_by_role("button", name="同意，报出")).to_be_enabled()
    leader.reload()
    expect(own).to_contain_text("今晚会亮")

    with counted(leader, "sign-off", most_taps=1):
        own.get_by_role("button", name="同意，报出").tap()
        expect(own).to_contain_text("已报出", timeout=10_000)
    leader.reload()
    expect(own).to_have_count(0)


def test_the_nearest_comes_first_and_nothing_is_sent(open_page: OpenPage, sent: str) -> None:
    phone = open_page(
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        permissions=["geolocation"],
        geolocation={"longitude": 120.17, "latitude": 30.24},
    )
    sign_in_as(phone, "何市政")
    phone.goto("/desk/queue/work/")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(f"{request.method} {request.url}"))

    phone.get_by_role("button", name="离我近").tap()

    expect(phone.get_by_text("这一页已按远近排好")).to_be_visible()
    expect(phone.locator(".row [data-distance]:visible").first).to_contain_text("离您")
    assert not [each for each in asked if "120.17" in each or "30.24" in each]
    assert all(each.startswith("GET") for each in asked)
    assert axe.faults(phone) == []
