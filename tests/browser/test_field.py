"""
Outdoors: what is decided without a network stands once when it is back, under the own name, and
signing out leaves nothing on the phone.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import faults
from tests.browser.conftest import PHONE, OpenPage, sign_in_as, watch_of
from tests.browser.steps import counted
from tests.browser.test_thin_path import answer, dispatch, register, report_on_the_phone

CHECKER, COLLECTOR = "吴核实", "郑巡看"
WORDS = "路灯不亮，请看一看。"
HELD = 15_000  # an undo of 5 s, and the way to the server
STORED = """async () => ({
  bases: (await indexedDB.databases()).map((base) => base.name),
  caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
VIEWFINDER = """navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.width = 640, canvas.height = 480;
  const brush = canvas.getContext("2d");
  setInterval(() => brush.fillRect(0, 0, 640, 480), 50);
  return canvas.captureStream(20);
};"""
CACHED = """async () => {
  let said = "";
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) {
      said += asked.url + " " + await (await cache.match(asked)).text();
    }
  }
  return said;
}"""


def answered(open_page: OpenPage) -> str:
    """Bring a case to the point where somebody looks at it; return its number."""
    number = report_on_the_phone(open_page(viewport=PHONE), WORDS)
    desk, handler, leader = open_page(), open_page(), open_page()
    sign_in_as(desk, "沈受理")
    register(desk, number, "路灯")
    dispatcher = open_page()
    sign_in_as(dispatcher, "陆派遣")
    dispatch(dispatcher, number)
    sign_in_as(handler, "何市政")
    handler.goto(f"/desk/queue/work/?case={number}")
    handler.get_by_role("button", name="已联系上").first.click()
    answer(handler, "已换好")
    sign_in_as(leader, "许市政")
    leader.goto(f"/desk/queue/sign/?case={number}")
    leader.locator(".do").get_by_role("button", name="同意，报出").click()
    expect(leader.get_by_text(f"审签同意：{number}")).to_be_visible()
    return number


def outdoors(open_page: OpenPage, name: str, **options: Any) -> Page:
    """Open the page as somebody with a phone, as far as it works without a network."""
    phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True, **options)
    sign_in_as(phone, name)
    phone.goto("/field/")
    phone.evaluate("navigator.serviceWorker.ready")
    expect(phone.locator("#tabs button").first).to_be_visible()
    return phone


def show_record(phone: Page) -> None:
    """Go to what is recorded on the spot; who has nothing to look at is there already."""
    phone.get_by_role("button", name="即查即改").tap()


def cut(phone: Page) -> None:
    watch_of(phone).expect("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    phone.context.set_offline(True)
    phone.evaluate("dispatchEvent(new Event('offline'))")


def mend(phone: Page) -> None:
    phone.context.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online'))")


def card_of(phone: Page, number: str) -> Any:
    task = phone.evaluate(
        """async (number) => (await (await fetch("/api/v1/field/checks")).json())
        .find((card) => card.number === number).task_id""",
        number,
    )
    return phone.locator(f"[data-task='{task}']")


def photo(folder: Path) -> Path:
    path = folder / "IMG_0001.jpg"
    Image.new("RGB", (3000, 2000), "#7799bb").save(path)
    return path


def test_a_walk_without_a_network_stands_once_when_it_is_back(open_page: OpenPage) -> None:
    good, bad = answered(open_page), answered(open_page)
    phone = outdoors(open_page, CHECKER)
    passes, fails = card_of(phone, good), card_of(phone, bad)
    cut(phone)
    phone.reload()
    expect(phone.get_by_text("没有网络，照常记，有网自己发")).to_be_visible()

    passes.get_by_role("button", name="通过", exact=True).tap()  # 1
    expect(passes).to_have_count(0)
    fails.get_by_role("button", name="不通过", exact=True).tap()  # 1
    phone.get_by_text("问题还在").tap()  # 2
    phone.get_by_role("button", name="不通过，退回返工").tap()  # 3
    expect(fails).to_have_count(0)
    phone.get_by_role("button", name="待发2件").tap()
    expect(phone.locator(".waits")).to_have_count(2)
    phone.wait_for_timeout(6_000)  # beyond the undo: nothing is lost for having been tried
    phone.reload()
    expect(phone.get_by_role("button", name="待发2件")).to_be_visible()

    mend(phone)
    expect(phone.get_by_role("button", name="待发", exact=True)).to_be_visible(timeout=HELD)
    desk = open_page()
    sign_in_as(desk, CHECKER)
    for number, deed, times in ((good, "核查通过", 1), (bad, "核查不通过", 1)):
        desk.goto(f"/desk/cases/{number}/")
        said = desk.locator(".time").get_by_text(re.compile(f"{deed}"))
        assert said.count() == times, (number, deed)
    expect(desk.get_by_text("问题还在").first).to_be_visible()


def test_a_tap_may_be_taken_back(open_page: OpenPage) -> None:
    number = answered(open_page)
    phone = outdoors(open_page, CHECKER)
    card = card_of(phone, number)

    card.get_by_role("button", name="通过", exact=True).tap()
    phone.get_by_role("button", name="撤销").tap()

    expect(card).to_be_visible()
    phone.wait_for_timeout(6_000)
    phone.reload()
    expect(card).to_be_visible()


def test_a_case_that_moved_meanwhile_gets_what_was_seen_as_a_note(open_page: OpenPage) -> None:
    number = answered(open_page)
    phone = outdoors(open_page, CHECKER)
    card = card_of(phone, number)
    cut(phone)
    card.get_by_role("button", name="不通过", exact=True).tap()
    phone.get_by_text("问题还在").tap()
    phone.get_by_role("button", name="不通过，退回返工").tap()
    desk = open_page()
    sign_in_as(desk, CHECKER)
    desk.goto(f"/desk/queue/check/?case={number}")
    desk.get_by_role("button", name="通过，结案").click()
    expect(desk.get_by_text(f"核查通过：{number}")).to_be_visible()

    watch_of(phone).expect("409")
    phone.wait_for_timeout(5_500)
    mend(phone)
    phone.get_by_role("button", name="待发").tap()

    expect(phone.get_by_text("案卷已变动，您看到的已补记在案卷上")).to_be_visible(timeout=HELD)
    desk.goto(f"/desk/cases/{number}/")
    expect(desk.get_by_text("不通过：问题还在").first).to_be_visible()
    expect(desk.locator(".steps [aria-current], .steps .done").last).not_to_have_text("派遣")


def test_a_check_passes_by_one_tap_and_fails_by_three(open_page: OpenPage) -> None:
    good, bad = answered(open_page), answered(open_page)
    phone = outdoors(open_page, CHECKER)
    passes = card_of(phone, good)

    with counted(phone, "check passed", most_taps=1):
        passes.get_by_role("button", name="通过", exact=True).tap()
        expect(passes).to_have_count(0)
    again = outdoors(open_page, CHECKER)
    fails = card_of(again, bad)
    with counted(again, "check failed", most_taps=3):
        fails.get_by_role("button", name="不通过", exact=True).tap()
        again.get_by_text("问题还在").tap()
        again.get_by_role("button", name="不通过，退回返工").tap()
        expect(fails).to_have_count(0)


def test_what_is_found_without_a_network_is_recorded_once_with_its_picture(
    open_page: OpenPage, tmp_path: Path
) -> None:
    phone = outdoors(open_page, COLLECTOR)
    cut(phone)
    phone.reload()
    matter = phone.locator(".six label").first
    name = matter.inner_text()
    matter.tap()  # 1
    phone.get_by_role("button", name="拍照").tap()
    phone.locator("#album").set_input_files(photo(tmp_path))
    expect(phone.get_by_text("照片1张")).to_be_visible()
    phone.get_by_role("button", name="办好了，记下").tap()  # 2, without the picture
    expect(phone.get_by_role("button", name="待发1件")).to_be_visible()

    sent: list[str] = []
    phone.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    phone.wait_for_timeout(5_500)
    mend(phone)
    expect(phone.get_by_role("button", name="待发", exact=True)).to_be_visible(timeout=HELD)

    assert [address.rpartition("/")[2] for address in sent] == ["fixed", "photos"]
    desk = open_page()
    sign_in_as(desk, COLLECTOR)
    desk.goto("/desk/cases/")
    desk.get_by_text(name).first.click()
    expect(desk.get_by_alt_text("来件照片").first).to_be_visible()


def test_a_picture_not_handed_in_yet_and_what_is_written_outlive_a_reload(
    open_page: OpenPage, tmp_path: Path
) -> None:
    phone = outdoors(open_page, COLLECTOR)
    show_record(phone)
    phone.locator(".six label").first.tap()
    phone.get_by_role("button", name="拍照").tap()
    phone.locator("#album").set_input_files(photo(tmp_path))
    expect(phone.get_by_text("照片1张")).to_be_visible()
    phone.get_by_label("在哪里").fill("和平路口")
    phone.get_by_label("看到什么").fill("井盖歪了")
    phone.get_by_label("在哪里").focus()

    phone.reload()
    show_record(phone)

    expect(phone.get_by_text("照片1张")).to_be_visible()
    expect(phone.get_by_label("看到什么")).to_have_value("井盖歪了")
    expect(phone.locator(".six input:checked")).to_have_count(1)


def test_a_matter_beyond_the_six_is_found_without_a_network(open_page: OpenPage) -> None:
    phone = outdoors(open_page, COLLECTOR)
    show_record(phone)
    cut(phone)
    phone.get_by_text("更多事项").tap()
    found = phone.locator("details .chips button")
    name = found.last.inner_text()
    phone.get_by_label("找事项").fill(name)
    found.first.tap()

    expect(phone.locator(".six label", has=phone.locator("input:checked"))).to_have_text(name)
    expect(phone.get_by_role("button", name="办好了，记下")).to_be_visible()


def test_the_caches_know_nobody_and_signing_out_leaves_nothing(open_page: OpenPage) -> None:
    number = answered(open_page)
    phone = outdoors(open_page, CHECKER)
    expect(card_of(phone, number)).to_be_visible()

    cached = phone.evaluate(CACHED)
    assert "/field/" in cached
    secrets = [cookie["value"] for cookie in phone.context.cookies() if "value" in cookie]
    assert not [said for said in (CHECKER, number, WORDS, *secrets) if said in cached]
    assert phone.evaluate(STORED)["bases"] == ["chengshao-field"]

    phone.get_by_role("button", name="退出").tap()
    phone.wait_for_url("**/sign-in*")
    assert phone.evaluate(STORED) == {"bases": [], "caches": [], "workers": 0}


def test_signing_out_at_the_desk_leaves_nothing_either(open_page: OpenPage) -> None:
    phone = outdoors(open_page, CHECKER)
    phone.goto("/desk/")
    phone.get_by_label("菜单").tap()
    phone.get_by_role("button", name="退出").first.tap()
    phone.wait_for_url("**/sign-in*")

    assert phone.evaluate(STORED) == {"bases": [], "caches": [], "workers": 0}


def test_signing_out_at_the_desk_says_first_what_would_be_lost(open_page: OpenPage) -> None:
    phone = outdoors(open_page, COLLECTOR)
    phone.locator(".six label").first.tap()
    phone.get_by_role("button", name="办好了，记下").tap()
    expect(phone.get_by_role("button", name="待发1件")).to_be_visible()
    phone.goto("/desk/")  # before it went
    phone.get_by_label("菜单").tap()
    leave = phone.get_by_role("button", name="退出").first
    leave.tap()

    expect(phone.get_by_text("外勤还有1件没有发出")).to_be_visible()
    leave.tap()
    phone.wait_for_url("**/sign-in*")


def test_how_it_was_is_a_ghost_over_the_viewfinder_where_a_picture_is_asked(
    open_page: OpenPage,
) -> None:
    number = answered(open_page)
    phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    phone.add_init_script(VIEWFINDER)
    sign_in_as(phone, CHECKER)
    phone.route("**/api/v1/field/checks", asking_a_picture)
    phone.goto("/field/")
    card = card_of(phone, number)
    expect(card.get_by_alt_text("原来的样子")).to_be_visible()

    card.get_by_role("button", name="通过", exact=True).tap()
    ghost = phone.locator(".finder img")
    expect(ghost).to_be_visible()
    assert 0.2 < float(ghost.evaluate("one => getComputedStyle(one).opacity")) < 0.6
    phone.get_by_role("button", name="拍", exact=True).tap()

    expect(card).to_have_count(0)
    phone.get_by_role("button", name="待发1件").tap()
    expect(phone.get_by_text("照片1张")).to_be_visible()
    expect(phone.get_by_role("button", name="待发", exact=True)).to_be_visible(timeout=HELD)


def asking_a_picture(route: Route) -> None:
    """Let every card ask a picture, and show one of how it was."""
    cards = route.fetch().json()
    more = {"evidence_asked": ["PHOTO_AFTER"], "before": "/static/app/icon-192.png"}
    route.fulfill(json=[card | more for card in cards])


def test_what_one_left_is_never_sent_under_anothers_name(open_page: OpenPage) -> None:
    phone = outdoors(open_page, COLLECTOR)
    cut(phone)
    phone.locator(".six label").first.tap()
    phone.get_by_role("button", name="办好了，记下").tap()
    expect(phone.get_by_role("button", name="待发1件")).to_be_visible()
    phone.wait_for_timeout(5_500)
    phone.context.clear_cookies()  # the session is gone, the phone is still in a hand
    watch_of(phone).expect("401")
    mend(phone)
    expect(phone.get_by_role("link", name="重新登录")).to_be_visible()

    posted: list[str] = []
    phone.on(
        "request",
        lambda asked: (
            posted.append(asked.url) if "/field/" in asked.url and asked.method == "POST" else None
        ),
    )
    sign_in_as(phone, CHECKER)
    phone.goto("/field/")
    phone.get_by_role("button", name="待发").tap()
    expect(phone.get_by_text("这台设备上还有别人没发的1件，要本人登录才发")).to_be_visible()
    phone.context.clear_cookies()
    assert posted == []

    sign_in_as(phone, COLLECTOR)
    phone.goto("/field/")
    for _tenth in range(HELD // 100):
        if posted:
            break
        phone.wait_for_timeout(100)
    expect(phone.get_by_role("button", name="待发", exact=True)).to_be_visible(timeout=HELD)
    assert [address.rpartition("/")[2] for address in posted] == ["fixed"]


SMALL = """() => [...document.querySelectorAll("button, a, label.btn")]
  .filter((one) => one.offsetParent)
  .map((one) => [one.textContent, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44).map(([words]) => words)"""


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (390, "light")])
def test_it_fits_and_is_usable_by_all(open_page: OpenPage, width: int, scheme: str) -> None:
    number = answered(open_page)
    for name in (CHECKER, COLLECTOR):
        phone = outdoors(open_page, name, color_scheme=scheme)
        phone.set_viewport_size({"width": width, "height": 700})
        if name == CHECKER:
            expect(card_of(phone, number)).to_be_visible()
        else:
            phone.locator(".six label").first.tap()
            expect(phone.get_by_role("button", name="办好了，记下")).to_be_in_viewport()

        assert phone.evaluate("document.documentElement.scrollWidth") <= width
        assert phone.evaluate(SMALL) == []
        assert faults(phone) == []
