"""A picture that a resident sends is cleaned, shown small, and saved rather than opened."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, OpenPage, sign_in_as, watch_of


def photo_with_a_place(folder: Path) -> Path:
    """Write a JPEG whose EXIF tells where it was taken."""
    image, exif = Image.new("RGB", (800, 600), "#7799bb"), Image.Exif()
    exif[0x8825] = {1: "N", 2: (30.0, 14.0, 24.0), 3: "E", 4: (120.0, 9.0, 36.0)}
    path = folder / "IMG_0001.jpg"
    image.save(path, exif=exif)
    return path


def test_a_picture_arrives_without_its_place(open_page: OpenPage, tmp_path: Path) -> None:
    resident = open_page(viewport=PHONE)
    resident.goto("/report/")
    resident.get_by_label("出了什么事").fill("护栏断了一截")
    resident.get_by_role("button", name="下一步").click()
    resident.get_by_label("照片").set_input_files(photo_with_a_place(tmp_path))
    resident.get_by_role("button", name="提交").click()
    number = resident.locator(".bignum").inner_text().strip()
    expect(resident.get_by_alt_text("您发来的照片")).to_be_visible()

    desk = open_page()
    sign_in_as(desk, "沈受理")
    desk.goto(f"/desk/cases/{number}/")
    shown = desk.get_by_alt_text("来件照片")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") > 0
    desk.get_by_role("link", name="来件照片").click()
    link = desk.get_by_role("link", name="保存原图").get_attribute("href")
    answer = desk.request.get(link or "")

    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not Image.open(BytesIO(answer.body())).getexif()
    stranger = open_page()
    assert stranger.request.get(link or "", max_redirects=0).status == 302


def test_what_is_no_picture_is_refused_and_the_report_stands(
    open_page: OpenPage, tmp_path: Path
) -> None:
    drawing = tmp_path / "drawing.svg"
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    resident = open_page(viewport=PHONE)
    resident.goto("/report/")
    resident.get_by_label("出了什么事").fill("路面积水")
    resident.get_by_role("button", name="下一步").click()
    watch_of(resident).expect("422")
    resident.get_by_label("照片").set_input_files(drawing)
    expect(resident.get_by_text("“drawing.svg”不能用")).to_be_visible()
    resident.get_by_role("button", name="提交").click()

    expect(resident.get_by_role("heading", name="收到了")).to_be_visible()
    expect(resident.get_by_alt_text("您发来的照片")).to_have_count(0)


def on_page_2(resident: Page, words: str) -> None:
    resident.goto("/report/")
    resident.get_by_label("出了什么事").fill(words)
    resident.get_by_role("button", name="下一步").click()
    resident.get_by_label("在哪里").fill("复兴路口")


def test_a_connection_lost_in_mid_upload_loses_neither_words_nor_picture(
    open_page: OpenPage, tmp_path: Path
) -> None:
    resident = open_page(viewport=PHONE)
    watch_of(resident).expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    on_page_2(resident, "树枝断了，挂在电线上")
    resident.context.set_offline(True)
    resident.get_by_label("照片").set_input_files(photo_with_a_place(tmp_path))
    expect(resident.get_by_text("照片还没有传上去，提交时再传。")).to_be_visible()
    resident.get_by_role("button", name="提交").click()
    expect(resident.get_by_text("现在没有网络。写的都还在")).to_be_visible()
    expect(resident.get_by_label("在哪里")).to_have_value("复兴路口")

    resident.context.set_offline(False)
    resident.get_by_role("button", name="提交").click()

    expect(resident.get_by_alt_text("您发来的照片")).to_be_visible()


def test_a_picture_that_went_ahead_survives_a_mistake(open_page: OpenPage, tmp_path: Path) -> None:
    resident = open_page(viewport=PHONE)
    watch_of(resident).expect("422")
    on_page_2(resident, "井盖边上裂了")
    resident.get_by_label("照片").set_input_files(photo_with_a_place(tmp_path))
    expect(resident.get_by_text("照片已收到。")).to_be_visible()
    resident.get_by_role("textbox", name="您的电话").fill("12")
    resident.get_by_role("button", name="提交").click()
    expect(resident.get_by_text("照片已收到。")).to_be_visible()
    resident.get_by_role("textbox", name="您的电话").fill("")
    resident.get_by_role("button", name="提交").click()

    expect(resident.get_by_alt_text("您发来的照片")).to_be_visible()
