"""Two pages without JavaScript: nothing typed is lost, whatever goes wrong."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chengshao.evidence.models import Blob
from chengshao.intake.rules.throttle import WINDOWS
from chengshao.places import actions as places
from chengshao.workorders.actions import link_of
from chengshao.workorders.models import Report, WorkOrder
from tests.district import AT, LOADER, SINCE, District, closed, dispatched, everyone, reported
from tests.unit.evidence.files import photo
from tests.unit.places.maps import box, feature, geojson, polygon

DOOR = "/report/"
WORDS = "楼下烧烤店油烟很大"
PAGE_2 = {"place": "复兴路12号", "phone": "13800138000", "confidential": "on"}


@pytest.fixture
def phone(district: District) -> Client:
    return Client(enforce_csrf_checks=True)


def fields_of(page: str) -> dict[str, str]:
    """Return what the form of a page holds, hidden or shown."""
    found = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', page, re.S))
    return {name: unescape(value).strip() for name, value in found.items()}


def key(client: Client) -> str:
    return fields_of(client.get(DOOR).content.decode())["client_key"]


def page_2(client: Client, **said: object) -> dict[str, object]:
    return {"client_key": key(client), "words": WORDS, **PAGE_2, "send": "1", **said}


def test_a_report_takes_two_pages_and_no_cookie(phone: Client) -> None:
    second = phone.post(DOOR, {"client_key": key(phone), "words": WORDS})
    assert fields_of(second.content.decode())["words"] == WORDS

    done = phone.post(DOOR, page_2(phone))

    assert done.status_code == 302
    report = Report.objects.get()
    assert (report.words, report.place, report.confidential) == (WORDS, "复兴路12号", True)


def test_going_back_and_forth_loses_nothing(phone: Client) -> None:
    first = phone.post(DOOR, page_2(phone, lng="120.17", lat="30.24") | {"back": "1"})
    held = fields_of(first.content.decode())

    second = phone.post(DOOR, held)

    shown = fields_of(second.content.decode())
    assert {name: shown[name] for name in ("place", "phone", "lng", "lat")} == {
        "place": "复兴路12号",
        "phone": "13800138000",
        "lng": "120.17",
        "lat": "30.24",
    }
    assert re.search(r'name="confidential"[^>]*checked', second.content.decode())


@pytest.mark.parametrize("switch", ["language:en", "type:large"])
def test_switching_language_or_type_on_the_way_loses_nothing(phone: Client, switch: str) -> None:
    page = phone.post(DOOR, page_2(phone) | {"switch": switch}).content.decode()

    assert fields_of(page)["place"] == "复兴路12号"
    assert ("Your phone" in page) is (switch == "language:en")
    assert ('data-type="large"' in page) is (switch == "type:large")
    assert not Report.objects.exists()


def test_enter_sends_and_does_not_go_back(phone: Client) -> None:
    """A browser presses the first button of the form in the order of the page."""
    page = phone.post(DOOR, {"client_key": key(phone), "words": WORDS}).content.decode()

    buttons = re.findall(r"<button[^>]*>", page)
    ours = [b for b in buttons if 'form="report"' in b or 'name="back"' in b]
    assert 'name="send"' in ours[0]


def test_a_page_of_somebody_else_sends_nothing_in_a_citizen_s_name(phone: Client) -> None:
    page = phone.post(DOOR, page_2(phone), headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status_code == 403
    assert fields_of(page.content.decode())["words"] == WORDS
    assert not Report.objects.exists()


class TestRefused:
    def test_a_number_that_is_none_comes_back_beside_its_field(self, phone: Client) -> None:
        page = phone.post(DOOR, page_2(phone, phone="12"))

        text = page.content.decode()
        assert page.status_code == 422
        assert text.index("电话号码不对") > text.index("您的电话")
        assert fields_of(text)["place"] == "复兴路12号"
        assert not Report.objects.exists()

    def test_a_point_that_is_none_is_let_go_so_that_one_can_go_on(self, phone: Client) -> None:
        page = phone.post(DOOR, page_2(phone, lng="900", lat="48.85"))
        assert page.status_code == 422
        assert "位置没有收到" in page.content.decode()

        again = phone.post(DOOR, fields_of(page.content.decode()) | PAGE_2 | {"send": "1"})

        assert again.status_code == 302
        assert Report.objects.get().lng is None

    def test_other_words_under_an_old_key_get_a_new_one(self, phone: Client) -> None:
        first = page_2(phone)
        phone.post(DOOR, first)

        page = phone.post(DOOR, first | {"words": "还有别的事"})
        assert page.status_code == 409
        again = phone.post(DOOR, fields_of(page.content.decode()) | PAGE_2 | {"send": "1"})

        assert (again.status_code, Report.objects.count()) == (302, 2)

    def test_too_many_are_told_when_to_come_again(self, phone: Client) -> None:
        most = WINDOWS[0][1]
        sent = 0
        while (page := phone.post(DOOR, page_2(phone))).status_code == 302 and sent < 2 * most:
            sent += 1

        assert page.status_code == 429
        assert most <= sent  # more only where a window ended meanwhile
        assert 0 < int(page["Retry-After"]) <= WINDOWS[0][0] / timedelta(seconds=1)
        assert fields_of(page.content.decode())["words"] == WORDS

    def test_a_photo_stays_with_the_form_and_comes_with_the_report(self, phone: Client) -> None:
        page = phone.post(DOOR, page_2(phone, phone="12", photo=a_photo())).content.decode()
        assert "照片已收到" in page

        phone.post(DOOR, fields_of(page) | {"phone": "13800138000", "send": "1"})

        assert Report.objects.get().attachments.count() == 1

    def test_a_photo_that_went_ahead_comes_with_its_own_form_alone(self, phone: Client) -> None:
        form, other = page_2(phone), page_2(phone)
        ahead = {"client_key": form["client_key"], "photo": a_photo()}
        kept = phone.post(f"{DOOR}photo", ahead).json()["kept"]

        phone.post(DOOR, other | {"photo_kept": kept})
        assert Report.objects.get().attachments.count() == 0
        phone.post(DOOR, form | {"photo_kept": kept, "words": "另一件事"})

        assert Report.objects.latest("pk").attachments.count() == 1

    def test_a_photo_that_went_ahead_survives_a_new_key(self, phone: Client) -> None:
        first = page_2(phone)
        phone.post(DOOR, first)
        ahead = {"client_key": first["client_key"], "photo": a_photo()}
        kept = phone.post(f"{DOOR}photo", ahead).json()["kept"]

        again = phone.post(DOOR, first | {"words": "还有别的事", "photo_kept": kept})
        phone.post(DOOR, fields_of(again.content.decode()) | PAGE_2 | {"send": "1"})

        assert Report.objects.latest("pk").attachments.count() == 1

    @pytest.mark.parametrize(
        ("content", "name"), [(b"%PDF-1.7 no", "b.pdf"), (b"", "c.jpg"), (b"\xff\xd8\xff", "d.jpg")]
    )
    def test_what_is_no_picture_is_told_at_once_and_not_kept(
        self, phone: Client, content: bytes, name: str
    ) -> None:
        answer = phone.post(
            f"{DOOR}photo", {"client_key": key(phone), "photo": a_photo(content, name)}
        )

        assert answer.status_code == 422
        assert name in answer.json()["said"]
        assert not Blob.objects.exists()

    def test_from_another_site_nothing_is_kept(self, phone: Client) -> None:
        ahead = {"client_key": key(phone), "photo": a_photo()}

        answer = phone.post(f"{DOOR}photo", ahead, headers={"Sec-Fetch-Site": "cross-site"})

        assert (answer.status_code, Blob.objects.exists()) == (403, False)

    def test_a_place_outside_is_told_in_plain_words_and_let_go(self, phone: Client) -> None:
        outline = feature(polygon(box(0, 0, 1, 1)))
        places.import_outlines(content=geojson([outline]), valid_from=SINCE, actor=LOADER, at=AT)

        page = phone.post(DOOR, page_2(phone, lng="116.4", lat="39.9")).content.decode()
        assert "您在的位置不在本区" in page
        assert "116.4" not in page[page.index("您在的位置") :]

        phone.post(DOOR, fields_of(page) | PAGE_2 | {"send": "1"})

        assert Report.objects.get().lng is None

    def test_a_film_too_large_to_read_comes_back_with_the_words(
        self, phone: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        form = page_2(phone, photo=a_photo(b"film" * 5000, "film.mp4"))
        monkeypatch.setattr("chengshao.web.bodies.MAX_BODY_BYTES", 10_000)

        page = phone.post(DOOR, form)

        told = page.content.decode()
        assert (page.status_code, Report.objects.exists()) == (413, False)
        assert told.index("照片太大") > told.index('for="id_photo"')
        assert {name: fields_of(told)[name] for name in ("words", "place", "phone")} == {
            "words": WORDS,
            "place": "复兴路12号",
            "phone": "13800138000",
        }

    def test_without_end_it_is_not_read_at_all(
        self, phone: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        form = page_2(phone, photo=a_photo(b"film" * 5000, "film.mp4"))
        monkeypatch.setattr("chengshao.web.bodies.MAX_BODY_BYTES", 5_000)
        monkeypatch.setattr("chengshao.web.bodies.MAX_SKIPPED_BYTES", 10_000)

        page = phone.post(DOOR, form)

        assert (page.status_code, WORDS in page.content.decode()) == (413, False)


def a_photo(content: bytes | None = None, name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo() if content is None else content)


class TestPhotos:
    def test_come_with_the_report(self, phone: Client) -> None:
        phone.post(DOOR, page_2(phone, photo=a_photo()))

        assert Report.objects.get().attachments.count() == 1

    def test_another_file_is_told_and_the_report_stands(self, phone: Client) -> None:
        done = phone.post(DOOR, page_2(phone, photo=a_photo(b"%PDF-1.7 no", "b.pdf")), follow=True)

        report = Report.objects.get()
        assert report.attachments.count() == 0
        page = done.content.decode()
        assert "您反映的事已经收到，照片没有收到" in page
        assert "b.pdf" in page

    def test_a_picture_as_telephones_keep_it_is_told_in_words_for_pictures(
        self, phone: Client
    ) -> None:
        heic = a_photo(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"x" * 99, "a.heic")

        done = phone.post(DOOR, page_2(phone, photo=heic), follow=True)

        assert "“a.heic”不能用：请选JPEG、PNG或WebP格式的照片" in done.content.decode()
        assert Report.objects.get().attachments.count() == 0

    def test_come_later_one_by_one_and_the_page_says_so(
        self, phone: Client, district: District
    ) -> None:
        report = reported(everyone(district))
        door = reverse("resident:supplement", args=[link_of(report)])

        without = phone.post(door, follow=True).content.decode()
        done = phone.post(door, {"photo": a_photo()}, follow=True).content.decode()

        assert "请写一句，或者选一张照片。" in without
        assert "收到了，单位会看到。" in done
        assert report.attachments.count() == 1

    def test_too_large_to_read_is_told_on_the_page_of_the_report(
        self, phone: Client, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = reported(everyone(district))
        door = reverse("resident:supplement", args=[link_of(report)])
        monkeypatch.setattr("chengshao.web.bodies.MAX_BODY_BYTES", 10_000)

        done = phone.post(door, {"photo": a_photo(b"film" * 5000, "film.mp4")}, follow=True)

        assert (done.status_code, "照片太大" in done.content.decode()) == (413, True)
        assert not report.attachments.exists()


class TestTheLink:
    def test_a_wrong_one_says_what_to_do(self, phone: Client) -> None:
        page = phone.get("/r/" + "0" * 32 + "/")

        assert page.status_code == 404
        assert "链接可能没有复制完整" in page.content.decode()

    def test_taking_back_twice_shows_how_it_stands(self, phone: Client, district: District) -> None:
        report = dispatched(everyone(district), district.roads).reports.get()
        door = reverse("resident:withdraw", args=[link_of(report)])
        phone.post(door)

        again = phone.post(door, follow=True)

        assert (again.status_code, "您已撤回" in again.content.decode()) == (200, True)

    def test_an_empty_rating_is_asked_again(self, phone: Client, district: District) -> None:
        report = closed(everyone(district), district.roads).reports.get()
        token = link_of(report)

        page = phone.post(reverse("resident:rate", args=[token]), {"comment": "谢谢"})

        assert page.status_code == 422
        told = page.content.decode()
        assert told.count("请选一个。") == 2
        assert fields_of(told)["comment"] == "谢谢"
        assert f'value="/r/{token}/"' in page.content.decode()  # whence the language switches back

    def test_rating_what_is_not_closed_shows_how_it_stands(
        self, phone: Client, district: District
    ) -> None:
        report = dispatched(everyone(district), district.roads).reports.get()
        said = {"resolution": "RESOLVED", "satisfaction": "SATISFIED"}

        page = phone.post(reverse("resident:rate", args=[link_of(report)]), said, follow=True)

        assert (page.status_code, "正在办理" in page.content.decode()) == (200, True)
        assert timezone.now() > report.reported_at


class TestAComplaint:
    """Folded away below the rest: who wants to complain or inform finds it, nobody must."""

    def test_stands_folded_with_a_sentence_on_what_it_means(self, phone: Client) -> None:
        page = phone.post(DOOR, {"client_key": key(phone), "words": WORDS}).content.decode()

        fold = page.partition("要投诉单位、工作人员，或举报违法")
        assert fold[0].rstrip().endswith('<details class="fold"><summary>')
        assert page.index('name="photo"') < page.index('name="about"')
        assert "那个单位看不到您说的" in fold[2]
        assert "只有指定的几个人能看" in fold[2]

    def test_left_alone_nothing_is_said_of_it(self, phone: Client) -> None:
        phone.post(DOOR, page_2(phone, kind="", about=""))

        report = Report.objects.get()
        assert (report.kind, report.complained_about) == ("", "")

    def test_tells_the_registrar_whom_and_the_sub_district_nothing_yet(
        self, phone: Client, district: District
    ) -> None:
        where = {"lng": "120.1505", "lat": "30.2405"}
        phone.post(DOOR, page_2(phone, kind="COMPLAINT", about="清波街道窗口", **where))

        report = Report.objects.get()
        assert (report.kind, report.complained_about) == ("COMPLAINT", "清波街道窗口")
        seen_by = report.work_order.audience.values_list("unit_id", flat=True)
        assert set(seen_by) <= {district.centre, district.office}

    def test_an_informant_s_opens_to_no_unit_and_its_number_to_nobody(self, phone: Client) -> None:
        done = phone.post(DOOR, page_2(phone, kind="INFORMANT", confidential=""))

        case = WorkOrder.objects.get()
        assert (case.named_only, case.reports.get().confidential) == (True, True)
        assert not case.audience.filter(user=None).exists()
        assert phone.get(done["Location"]).status_code == 200

    def test_going_back_or_refused_it_stays_as_it_was_chosen(self, phone: Client) -> None:
        said = {"kind": "INFORMANT", "about": "某店"}
        back = fields_of(phone.post(DOOR, page_2(phone, **said) | {"back": "1"}).content.decode())
        again = phone.post(DOOR, back).content.decode()
        refused = phone.post(DOOR, page_2(phone, **said, phone="12")).content.decode()

        for page in (again, refused):
            assert re.search(r'value="INFORMANT"[^>]*checked', page)
            assert 'value="某店"' in page
            assert '<details class="fold" open>' in page

    def test_of_a_kind_that_is_none_is_refused(self, phone: Client) -> None:
        page = phone.post(DOOR, page_2(phone, kind="NUISANCE"))

        assert page.status_code == 422
        assert not Report.objects.exists()
