"""What somebody finds and fixes there and then is one record; what they can't fix goes on."""

from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.evidence.models import Blob
from chengshao.people.terms import Role
from chengshao.places import actions as places
from chengshao.workorders.models import Attachment, Note, Report, WorkOrder
from chengshao.workorders.terms import Channel, NoteName, Step, TaskKind
from tests.clerks import SignIn
from tests.district import (
    AT,
    HUBIN,
    LOADER,
    MANHOLE,
    NO_WATER,
    QINGBO,
    QINGBOMEN,
    SINCE,
    TREE,
    District,
)
from tests.statements import count_statements
from tests.unit.evidence.files import photo
from tests.unit.places.maps import box, feature, geojson, point, polygon

SCREEN = "/desk/fixed/"
RULES = f"""事项编码,来源渠道,紧急程度,办理方式,依据,生效日期
{MANHOLE},PATROL,一般,即办,测试,2020-01-01
{TREE},PATROL,一般,即办,测试,2020-01-01
"""


@pytest.fixture(autouse=True)
def on_the_spot(district: District) -> None:
    """Manholes and trees are recorded at once when a collector finds them."""
    table = TableKind.TRACK_RULES
    catalog.import_table(kind=table, content=RULES.encode(), actor=LOADER, at=AT)


@pytest.fixture
def collector(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.COLLECTOR, district.qingbo)


def found(**more: Any) -> dict[str, Any]:
    least = {"client_key": uuid4().hex, "matter": MANHOLE}
    return least | more


def picture(name: str = "p.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo(), "image/jpeg")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def said_to_the_citizen() -> str:
    return Note.objects.get(name=NoteName.REPLY).text


class TestFixed:
    def test_two_taps_make_a_closed_case(self, collector: Client, district: District) -> None:
        answer = collector.post(SCREEN, found(), follow=True)

        case = WorkOrder.objects.get()
        assert (case.step, case.channel, case.closing_kind) == (
            Step.CLOSED, Channel.PATROL, "SOLVED",
        )  # fmt: skip
        assert case.tasks.get().unit_id == district.qingbo
        assert f"已记录：{case.number}" in text_of(answer)

    def test_what_nobody_typed_is_as_the_standard_says(self, collector: Client) -> None:
        collector.post(SCREEN, found())

        assert (Report.objects.get().words, said_to_the_citizen()) == (
            "上水井盖", "已当场处置：恢复",
        )  # fmt: skip

    def test_what_was_typed_stands(self, collector: Client) -> None:
        collector.post(SCREEN, found(words="井盖歪了", reply="扶正了", place="和平路口"))

        report = Report.objects.get()
        assert (report.words, report.place, said_to_the_citizen()) == (
            "井盖歪了", "和平路口", "扶正了",
        )  # fmt: skip

    def test_without_a_position_it_lies_where_one_is_appointed(
        self, sign_in: SignIn, district: District
    ) -> None:
        sign_in(Role.COLLECTOR, district.qingbo, QINGBOMEN).post(SCREEN, found())
        sign_in(Role.COLLECTOR, district.hubin).post(SCREEN, found())

        places = WorkOrder.objects.order_by("pk").values_list("territory", flat=True)
        assert list(places) == [QINGBOMEN, HUBIN]

    def test_pictures_are_kept_though_nobody_asked(self, collector: Client) -> None:
        collector.post(SCREEN, found(after=picture()))

        kept = Attachment.objects.get()
        assert (kept.report_id, kept.evidence_kind) == (Report.objects.get().pk, "")

    def test_the_picture_that_the_matter_asks_is_evidence(self, collector: Client) -> None:
        collector.post(SCREEN, found(matter=TREE, after=picture()))

        kept = Attachment.objects.get()
        assert (kept.evidence_kind, kept.task and kept.task.kind) == (
            "PHOTO_AFTER", TaskKind.LEAD,
        )  # fmt: skip

    def test_the_same_form_twice_is_one_case(self, collector: Client) -> None:
        form = found(words="井盖歪了")

        for _ in range(2):
            assert collector.post(SCREEN, form).status_code == 302

        assert (WorkOrder.objects.count(), Report.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        ("wrong", "status", "code"),
        [
            ({"matter": NO_WATER}, 409, "workorder_not_on_the_spot"),
            ({"matter": TREE}, 409, "workorder_need_missing"),
            ({"matter": "C9999"}, 404, "matter_not_found"),
            ({"matter": ""}, 422, "form_invalid"),
            ({"lng": "here"}, 422, "form_invalid"),
            ({"words": "a\x00b"}, 422, "form_invalid"),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )
    def test_what_can_t_be_is_refused_and_keeps_what_was_typed(
        self, collector: Client, wrong: dict[str, str], status: int, code: str
    ) -> None:
        answer = collector.post(SCREEN, found(reply="扶正了") | wrong)

        page = text_of(answer)
        assert (answer.status_code, f'data-error="{code}"' in page) == (status, True)
        assert ">扶正了</textarea>" in page
        assert not WorkOrder.objects.exists()

    def test_the_position_is_the_case_s_and_inside_the_district(self, collector: Client) -> None:
        inside, outside = feature(polygon(box(0, 0, 1, 1))), {"lng": "116.4", "lat": "39.9"}
        places.import_outlines(content=geojson([inside]), valid_from=SINCE, actor=LOADER, at=AT)
        lng, lat = point(0.5, 0.5)

        refused = collector.post(SCREEN, found() | outside)
        taken = collector.post(SCREEN, found(lng=str(lng), lat=str(lat)))

        assert (refused.status_code, taken.status_code) == (422, 302)
        assert 'data-error="point_outside"' in text_of(refused)
        case = WorkOrder.objects.get()
        assert (case.lng, case.lat) == pytest.approx((lng, lat))

    def test_a_file_that_is_no_picture_is_refused(self, collector: Client) -> None:
        bad = SimpleUploadedFile("p.jpg", b"<svg/>", "image/jpeg")

        answer = collector.post(SCREEN, found(after=bad))

        assert answer.status_code == 422
        assert not WorkOrder.objects.exists()

    def test_not_for_a_unit_that_one_does_not_act_for(
        self, collector: Client, district: District
    ) -> None:
        answer = collector.post(SCREEN, found(unit=str(district.roads)))

        assert answer.status_code == 403
        assert not WorkOrder.objects.exists()

    def test_not_beyond_the_own_territory(
        self, sign_in: SignIn, district: District, collector: Client
    ) -> None:
        elsewhere = sign_in(Role.COLLECTOR, district.hubin, HUBIN)

        answer = elsewhere.post(SCREEN, found(unit=str(district.qingbo)))

        assert answer.status_code == 403
        assert not WorkOrder.objects.exists()

    def test_who_handles_nothing_gets_no_screen(self, sign_in: SignIn, district: District) -> None:
        registrar = sign_in(Role.REGISTRAR, district.centre)

        assert registrar.get(SCREEN).status_code == 403
        assert registrar.post(SCREEN, found()).status_code == 403
        assert not WorkOrder.objects.exists()


class TestHandedOn:
    def test_what_one_can_t_fix_waits_at_the_desk(
        self, collector: Client, district: District
    ) -> None:
        form = found(matter="", words="树要倒了", place="和平路口", before=picture(), report="1")

        answer = collector.post(SCREEN, form, follow=True)

        case = WorkOrder.objects.get()
        assert (case.step, case.channel, case.territory) == (
            Step.REPORTED, Channel.PATROL, QINGBO,
        )  # fmt: skip
        assert case.tasks.get().kind == TaskKind.REGISTER
        assert Attachment.objects.get().report_id == case.reports.get().pk
        assert f"已上报：{case.number}" in text_of(answer)

    @pytest.mark.parametrize("missing", ["words", "place"])
    def test_says_what_and_where(self, collector: Client, missing: str) -> None:
        form = found(words="树要倒了", place="和平路口", report="1") | {missing: ""}

        assert collector.post(SCREEN, form).status_code == 422
        assert not WorkOrder.objects.exists()

    def test_comes_back_with_what_it_asks_of_a_report(self, collector: Client) -> None:
        page = text_of(collector.post(SCREEN, found(words="", place="", way="report")))

        assert 'value="report" checked' in page
        assert "请写看到了什么。" in page

    def test_the_button_decides_whatever_was_chosen(self, collector: Client) -> None:
        form = found(words="树要倒了", place="和平路口", way="fix", report="1")

        assert collector.post(SCREEN, form).status_code == 302
        assert WorkOrder.objects.get().step == Step.REPORTED

    def test_after_a_refusal_the_same_form_goes_on(self, collector: Client) -> None:
        form = found(matter=NO_WATER, words="没水了", place="和平路口")
        assert collector.post(SCREEN, form).status_code == 409

        assert collector.post(SCREEN, form | {"report": "1"}).status_code == 302
        assert WorkOrder.objects.get().step == Step.REPORTED

    def test_a_handler_who_may_not_report_is_not_offered_it(
        self, sign_in: SignIn, district: District
    ) -> None:
        handler = sign_in(Role.HANDLER, district.roads)
        form = found(words="树要倒了", place="和平路口", report="1")

        assert 'name="report"' not in text_of(handler.get(SCREEN))
        assert handler.post(SCREEN, form).status_code == 403
        assert handler.post(SCREEN, found()).status_code == 302
        assert WorkOrder.objects.get().step == Step.CLOSED


class TestMatters:
    def test_those_recorded_on_the_spot_are_offered(self, collector: Client) -> None:
        page = text_of(collector.get(SCREEN))

        assert ("上水井盖" in page, "古树名木" in page, "停水" in page) == (True, True, False)

    def test_others_are_found_and_say_that_they_go_on(self, collector: Client) -> None:
        answer = collector.get("/desk/fixed/matters", {"q": "停水"})

        assert NO_WATER in text_of(answer)
        assert "要上报" in text_of(answer)

    def test_without_scripts_too(self, collector: Client) -> None:
        form = found(matter="", words="没水了", q="停水", look="1")

        page = text_of(collector.post(SCREEN, form))

        assert NO_WATER in page
        assert ">没水了</textarea>" in page

    def test_more_matters_are_no_more_statements(self, collector: Client) -> None:
        def asked() -> int:
            collector.get(SCREEN)
            with count_statements() as counted:
                collector.get(SCREEN)
            return counted.number

        few = asked()
        headings = "事项编码,大类,事项,序号,立案条件,结案条件,时限,紧急程度,核查方式,来源,生效日期"
        rows = [
            f"C02{n},公用设施,第{n}种,1,缺失,恢复,2工作日,一般,现场核查,测试,2020-01-01"
            for n in range(10, 18)
        ]
        rules = [f"C02{n},PATROL,一般,即办,测试,2020-01-01" for n in range(10, 18)]
        for kind, table in (
            (TableKind.MATTERS, "\n".join([headings, *rows])),
            (TableKind.TRACK_RULES, "\n".join([RULES.splitlines()[0], *rules])),
        ):
            catalog.import_table(kind=kind, content=table.encode(), actor=LOADER, at=AT)

        assert asked() == few
        assert few <= 8
        assert "第12种" in text_of(collector.get(SCREEN))


def as_text(content: bytes) -> str:
    return b64encode(content).decode()


class TestOverTheApi:
    BODY = {"client_key": "k-1", "matter": MANHOLE, "words": "井盖歪了", "reply": "扶正了"}

    def sent(self, client: Client, **more: object) -> Any:
        return client.post(
            "/api/v1/reports/fixed", self.BODY | more, content_type="application/json"
        )

    def test_gives_the_number_and_once(self, collector: Client, district: District) -> None:
        told = [
            self.sent(collector, unit_id=district.qingbo, territory=QINGBO).json() for _ in range(2)
        ]

        case = WorkOrder.objects.get()
        assert [t["number"] for t in told] == [case.number] * 2
        assert [t["created"] for t in told] == [True, False]
        assert (case.step, case.territory) == (Step.CLOSED, QINGBO)

    def test_takes_pictures_as_the_page_does(self, collector: Client, district: District) -> None:
        before = {"evidence_kind": "PHOTO_BEFORE", "name": "前.jpg", "content": as_text(photo())}
        after = {"evidence_kind": "PHOTO_AFTER", "content": as_text(photo())}

        answer = self.sent(collector, matter=TREE, files=[before, after])

        assert answer.status_code == 200, answer.content
        kept = {file.evidence_kind: file for file in Attachment.objects.all()}
        assert kept["PHOTO_AFTER"].task_id == WorkOrder.objects.get().tasks.get().pk
        assert kept[""].report_id == Report.objects.get().pk  # what the matter does not ask

    @pytest.mark.parametrize(
        ("files", "status", "code"),
        [
            ([{"content": "A"}], 422, "invalid_request"),
            ([{"content": "PHN2Zy8+"}], 422, "upload_type_not_allowed"),
            ([{"content": ""}], 422, "upload_empty"),
            ([{"content": "AAAA", "evidence_kind": "SELFIE"}], 422, "invalid_request"),
            ([{"content": "AAAA", "name": "a\x00"}], 422, "invalid_request"),
            ([{"content": "AAAA"}] * 10, 422, "invalid_request"),
        ],
        ids=["no base64", "no picture", "empty", "no kind", "NUL", "too many"],
    )
    def test_what_can_t_be_a_picture_is_refused_whole(
        self, collector: Client, files: list[dict[str, str]], status: int, code: str
    ) -> None:
        answer = self.sent(collector, files=files)

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not WorkOrder.objects.exists()
        assert not Blob.objects.exists()

    def test_keeps_no_file_of_who_may_not_record(self, sign_in: SignIn, district: District) -> None:
        registrar = sign_in(Role.REGISTRAR, district.centre)

        answer = self.sent(registrar, files=[{"content": as_text(photo())}])

        assert (answer.status_code, answer.json()["code"]) == (403, "workorder_power_missing")
        assert not Blob.objects.exists()

    def test_refuses_like_the_page(self, collector: Client, district: District) -> None:
        answers = [
            self.sent(collector, unit_id=district.qingbo, matter=NO_WATER),
            self.sent(collector, unit_id=district.qingbo, matter=TREE),
            self.sent(collector, unit_id=district.roads),
            self.sent(collector, unit_id=district.qingbo, reply=""),
            self.sent(collector, unit_id=district.qingbo, channel="HOTLINE"),
        ]

        assert [(a.status_code, a.json()["code"]) for a in answers] == [
            (409, "workorder_not_on_the_spot"),
            (409, "workorder_need_missing"),
            (403, "workorder_power_missing"),
            (422, "invalid_request"),
            (422, "invalid_request"),
        ]
        assert not WorkOrder.objects.exists()
