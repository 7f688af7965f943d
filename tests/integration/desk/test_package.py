"""A case on paper and for an archive: its PDF, its files, and what proves its history."""

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.canonical import GENESIS, chain_step, salted_digest
from chengshao.people.terms import Role
from chengshao.web import pdf
from chengshao.workorders.models import Attachment, Viewing, WorkOrder
from chengshao.workorders.terms import ViewingKind
from tests.clerks import SignIn
from tests.district import (
    AT,
    District,
    closed,
    dispatched,
    reported,
    said,
)
from tests.pdfs import pdf_words
from tests.unit.evidence.files import photo

pytestmark = pytest.mark.django_db

HOSTILE = "#panic() *粗* $x$ ] \\ @a <b> 😀 ሀ שלום\n第二行\u202e反"
PHONE = "13800138000"


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_SERIF", ())
    monkeypatch.setattr(pdf, "_SANS", ())


def package(client: Client, case: WorkOrder) -> dict[str, bytes]:
    """Return the files of the case's archive package."""
    answer = client.get(f"/desk/cases/{case.number}/package.zip")
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with ZipFile(BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def paper(client: Client, case: WorkOrder) -> bytes:
    answer = client.get(f"/desk/cases/{case.number}/case.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert f'filename="{case.number}.pdf"' in answer["Content-Disposition"]
    return answer.content


class TestPackage:
    def test_proves_the_history_by_itself(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = closed(centre, district.roads, report=said("k", "井盖破了"))

        pack = package(leader, case)

        told = json.loads(pack["metadata.json"])
        lines = [json.loads(line) for line in pack["history.jsonl"].decode().splitlines()]
        assert "井盖破了" in pack["case.html"].decode()
        for file in told["files"]:
            assert sha256(pack[file["file"]]).hexdigest() == file["sha256"]
        head = GENESIS
        for line in lines:
            head = chain_step(head, line["body"])
            assert head == line["hash"]
            for note in line["notes"]:
                assert salted_digest(note["salt"], note["text"]) in line["body"]
        assert head == told["head"]
        assert len(lines) == told["lines"]
        assert told["number"] == case.number
        assert Viewing.objects.filter(kind=ViewingKind.EXPORT).exists()

    def test_holds_the_case_as_pdf_for_long_keeping(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = closed(centre, district.roads, report=said("k", "井盖破了", phone=PHONE))

        pack = package(leader, case)

        content = pack[f"{case.number}.pdf"]
        assert content.startswith(b"%PDF-1.7")
        assert b"<pdfaid:part>2</pdfaid:part>" in content
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in content
        told = pdf_words(content)
        for words in (case.number, "井盖破了", "区城市管理局", case.history_head):
            assert words in told, words
        assert PHONE not in told
        assert f"{case.number}.pdf 是同样内容的PDF/A-2b" in pack["README.txt"].decode()

    def test_of_the_same_case_is_the_same_pdf_in_any_year(
        self, leader: Client, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        case = closed(centre, district.roads, report=said("k", "井盖破了"))
        first = package(leader, case)[f"{case.number}.pdf"]

        with time_machine.travel(AT + timedelta(days=800)):
            second = paper(sign_in(Role.DUTY_LEADER, district.centre), case)

        assert first == second

    def test_shows_its_pictures_and_names_its_files_by_what_they_contain(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = closed(centre, district.roads)
        citizen = Actor(ActorKind.CITIZEN, report_id=case.reports.get().pk)
        blob = evidence.store_upload(content=photo(), name="井.jpg", actor=citizen, at=AT)
        file = Attachment(work_order=case, report=case.reports.get(), blob_id=blob, added_at=AT)
        file.save()

        pack = package(leader, case)

        (name,) = (name for name in pack if name.startswith("files/"))
        content = pack[f"{case.number}.pdf"]
        told = pdf_words(content)
        assert name.removeprefix("files/") in told
        assert sha256(pack[name]).hexdigest() in told
        assert sum(len(page.images) for page in PdfReader(BytesIO(content)).pages) == 1

    @pytest.mark.usefixtures("no_font")
    def test_without_a_chinese_typeface_says_so_and_how_to_get_one(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = closed(centre, district.roads)

        pack = package(leader, case)

        assert not [name for name in pack if name.endswith(".pdf")]
        for words in ("服务器没有中文字体", "holds no PDF", "apt install fonts-noto-cjk"):
            assert words in pack["README.txt"].decode()

    def test_of_an_open_case_or_one_out_of_sight_there_is_none(
        self, leader: Client, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        open_case = reported(centre, said("open", "井盖")).work_order
        done = closed(centre, district.roads, report=said("k", "井盖破了"))
        stranger = sign_in(Role.HANDLER, district.parks)

        assert leader.get(f"/desk/cases/{open_case.number}/package.zip").status_code == 404
        assert stranger.get(f"/desk/cases/{done.number}/package.zip").status_code == 404
        assert not Viewing.objects.exists()


class TestPaper:
    @pytest.fixture
    def case(self, centre: Actor, district: District) -> WorkOrder:
        told = said("k", "井盖破了\n有人绊倒", phone=PHONE)
        return dispatched(centre, district.roads, report=told)

    def test_says_of_an_open_case_what_its_print_page_says(
        self, leader: Client, case: WorkOrder
    ) -> None:
        told = pdf_words(paper(leader, case))

        for words in (case.number, "井盖破了有人绊倒", "区城市管理局", "第1页共1页", "经过"):
            assert words in told, words
        assert PHONE not in told
        assert set(Viewing.objects.values_list("kind", flat=True)) == {ViewingKind.PRINT}

    def test_is_for_whom_the_print_page_is_for(
        self, sign_in: SignIn, district: District, case: WorkOrder
    ) -> None:
        stranger = sign_in(Role.HANDLER, district.parks)

        for page in ("print", "case.pdf"):
            assert stranger.get(f"/desk/cases/{case.number}/{page}").status_code == 404
        assert not Viewing.objects.exists()
        assert paper(sign_in(Role.HANDLER, district.roads), case)

    def test_reads_nobodys_words_as_anything_but_words(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=said("k", HOSTILE))

        told = pdf_words(paper(leader, case))

        for words in ("#panic()*粗*$x$]\\@a<b>", "第二行"):
            assert words in told, words

    def test_breaks_words_that_have_no_place_to_break(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        long = "a" * 5_000
        case = dispatched(centre, district.roads, report=said("k", long))

        told = pdf_words(paper(leader, case)).replace("\u200b", "")

        assert told.count("a") >= len(long)

    def test_stands_in_the_readers_language(self, leader: Client, case: WorkOrder) -> None:
        leader.cookies["django_language"] = "en"
        told = pdf_words(paper(leader, case))
        assert "Page1of1" in told
        assert "第1页" not in told

    def test_has_its_link_beside_print(self, leader: Client, case: WorkOrder) -> None:
        page = leader.get(f"/desk/cases/{case.number}/").content.decode()
        assert f"/desk/cases/{case.number}/case.pdf" in page

    @pytest.mark.usefixtures("no_font")
    def test_without_a_chinese_typeface_is_refused_in_words(
        self, leader: Client, case: WorkOrder
    ) -> None:
        answer = leader.get(f"/desk/cases/{case.number}/case.pdf")

        assert answer.status_code == 409
        assert "中文字体" in answer.content.decode()
        assert not Viewing.objects.exists()
