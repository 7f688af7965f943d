"""
What nobody should write arrives as it was written or is refused with words; nothing of it is lost,
nothing of it runs, and no page, table or letter breaks over it afterwards.
"""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from PIL import Image

from chengshao.evidence.terms import MAX_BYTES
from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.actions import link_of
from chengshao.workorders.models import Attachment, Note, Report, WorkOrder
from chengshao.workorders.terms import NoteName, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import MANHOLE, TREE, District, dispatched, move, owed, said
from tests.unit.evidence.files import photo

WORDS = {
    "emoji": "路灯又坏了😡👨‍👩‍👧‍👦🇨🇳，第3根",
    "right to left": "שלום 井盖 مرحبا",
    "override": "井盖\u202eelppa\u202c坏了",
    "zero width": "井\u200b盖\ufeff坏\u00ad了",
    "controls": "井盖\x01\x08\x1b[31m坏了\x7f",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>井盖",
    "template": "{{ 7|add:7 }}{% csrf_token %}${7*7}井盖",
    "formula": '=HYPERLINK("http://example.org";"井盖")',
    "quotes": '\'; DROP TABLE x; -- "井盖" \\ %s {0}',
    "many lines": "井盖\n" * 300,
    "long": "井盖坏了，" * 800,  # four thousand characters: as long as it may be
    "one long word": "a" * 3_000,
}
REFUSED = {"too long": "长" * 4_001, "NUL": "井盖\x00坏了", "nothing": " \n\t ", "empty": ""}
Say = Callable[[str], Any]


@pytest.fixture
def citizen(district: District) -> Say:
    client = Client()

    def say(words: str) -> Any:
        told = {"client_key": uuid4().hex, "words": words, "place": "和平路口", "send": "1"}
        return client.post("/report/", told)

    return say


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Say:
    client = sign_in(Role.OPERATOR, district.centre)

    def say(words: str) -> Any:
        told = {
            "client_key": uuid4().hex,
            "channel": "HOTLINE",
            "words": words,
            "place": "和平路口",
        }
        return client.post("/desk/intake/", told)

    return say


@pytest.fixture
def outdoors(sign_in: SignIn, district: District) -> Say:
    client = sign_in(Role.COLLECTOR, district.centre)

    def say(words: str) -> Any:
        told = {"client_key": uuid4().hex, "words": words, "matter": MANHOLE, "place": "和平路口"}
        return client.post("/api/v1/field/reports", told, content_type="application/json")

    return say


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


DOORS = ("citizen", "operator", "outdoors")


def lines(words: str) -> str:
    """Return words as a form carries them: its own line ends, no spaces around."""
    return words.replace("\r\n", "\n").strip()


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("door", DOORS)
def test_it_arrives_as_it_was_written(
    request: pytest.FixtureRequest, door: str, words: str
) -> None:
    answer = request.getfixturevalue(door)(words)

    assert answer.status_code in (200, 302)
    assert lines(Report.objects.get().words) == lines(words)


@pytest.mark.parametrize(
    ("door", "words"),
    [
        pytest.param(door, words, id=f"{door}-{name}")
        for door in DOORS
        for name, words in REFUSED.items()
        if door != "outdoors" or words.strip()  # outdoors the matter says enough
    ],
)
def test_it_is_refused_and_what_was_written_comes_back(
    request: pytest.FixtureRequest, door: str, words: str
) -> None:
    answer = request.getfixturevalue(door)(words)

    assert answer.status_code == 422
    assert not Report.objects.exists()
    if door != "outdoors":  # the phone keeps what was not taken
        page = unescape(answer.content.decode())
        assert words.strip() in page
        assert "和平路口" in page
        assert ("存不了的字符" in page) is ("\x00" in words)


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_nothing_breaks_over_it_afterwards(citizen: Say, leader: Client, words: str) -> None:
    citizen(words)
    report = Report.objects.get()
    number = report.work_order.number
    pages = (
        f"/desk/cases/{number}/",
        f"/desk/cases/{number}/print",
        f"/desk/queue/register/?case={number}",
        "/desk/cases/",
        "/desk/",
        f"/r/{link_of(report)}/",
    )
    for path in pages:
        answer = leader.get(path, follow=True)
        assert answer.status_code == 200, path
        page = answer.content.decode()
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "14{%" not in page


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_it_leaves_as_a_table_that_opens_and_computes_nothing(
    citizen: Say, leader: Client, words: str
) -> None:
    citizen(words)

    answer = leader.get("/desk/cases.xlsx?columns=words&columns=place")

    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


class TestAHandlersAnswer:
    @pytest.fixture
    def case(self, centre: Actor, district: District) -> WorkOrder:
        case = dispatched(centre, district.roads, report=said(), at=timezone.now())
        return move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre, at=timezone.now())

    @pytest.fixture
    def handler(self, sign_in: SignIn, district: District) -> Client:
        return sign_in(Role.HANDLER, district.roads)

    def answer(self, handler: Client, case: WorkOrder, reply: str, **more: str) -> Any:
        task = owed(case, TaskKind.LEAD)
        told = {
            "form": f"ANSWER-{task.pk}",
            "seen_revision": str(task.revision),
            "seen_seq": str(WorkOrder.objects.get(pk=case.pk).history_seq),
            "closing": "SOLVED",
            "reply": reply,
        }
        return handler.post(f"/desk/tasks/{task.pk}/ANSWER", told | more)

    @pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
    def test_arrives_as_it_was_written(
        self, handler: Client, case: WorkOrder, leader: Client, words: str
    ) -> None:
        answer = self.answer(handler, case, words)

        assert answer.status_code == 302, answer.content.decode()
        assert lines(Note.objects.get(name=NoteName.REPLY).text) == lines(words)
        page = leader.get(f"/desk/cases/{case.number}/").content.decode()
        assert "<script>alert" not in page

    @pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
    def test_stands_in_a_letter_that_opens(
        self, handler: Client, case: WorkOrder, leader: Client, centre: Actor, words: str
    ) -> None:
        self.answer(handler, case, words)
        if case.tasks.filter(kind=TaskKind.SIGN_OFF, ended_at=None).exists():
            move(case, TaskKind.SIGN_OFF, TaskCommand.SIGN, centre, at=timezone.now())
        move(case, TaskKind.CHECK, TaskCommand.PASS, centre, at=timezone.now())

        page = leader.get(f"/desk/cases/{case.number}/papers/reply/")
        letter = leader.get(f"/desk/cases/{case.number}/papers/reply.docx")

        assert (page.status_code, letter.status_code) == (200, 200)

    @pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
    def test_is_refused_and_comes_back(self, handler: Client, case: WorkOrder, words: str) -> None:
        answer = self.answer(handler, case, words, reason="泵站也看过")

        assert answer.status_code in (409, 422)
        page = unescape(answer.content.decode())
        assert words.replace("\x00", "").strip()[:4000] in page
        assert not Note.objects.filter(name=NoteName.REPLY).exists()

    def test_from_two_tabs_stands_once_and_the_other_words_come_back(
        self, handler: Client, case: WorkOrder
    ) -> None:
        task = owed(case, TaskKind.LEAD)
        seen = {"seen_revision": str(task.revision), "seen_seq": "0"}
        self.answer(handler, case, "已换好井盖", **seen)

        second = self.answer(handler, case, "另一页写的：已换好", **seen)

        assert second.status_code == 409
        assert "另一页写的：已换好" in unescape(second.content.decode())
        assert Note.objects.filter(name=NoteName.REPLY).count() == 1


class TestAPoint:
    @pytest.mark.parametrize(
        ("lng", "lat"),
        [
            ("nan", "30.2"),
            ("120.1", "inf"),
            ("30.24", "120.17"),  # swapped
            ("900", "48"),
            ("1e400", "1"),
            ("一百二", "三十"),
        ],
    )
    def test_that_is_none_is_said_and_let_go(self, district: District, lng: str, lat: str) -> None:
        told = {"client_key": uuid4().hex, "words": "井盖坏了", "place": "和平路口", "send": "1"}

        answer = Client().post("/report/", told | {"lng": lng, "lat": lat})

        page = unescape(answer.content.decode())
        assert answer.status_code == 422
        assert not Report.objects.exists()
        assert "井盖坏了" in page
        assert "和平路口" in page

    @pytest.mark.parametrize(
        "point", [{"lng": 30.24, "lat": 120.17}, {"lng": "NaN", "lat": 1}, {"lng": 1e9, "lat": 1}]
    )
    def test_from_a_phone_outdoors_is_refused_with_words(
        self, sign_in: SignIn, district: District, point: dict[str, Any]
    ) -> None:
        client = sign_in(Role.COLLECTOR, district.centre)
        told = {"client_key": uuid4().hex, "words": "井盖", "matter": MANHOLE, "place": "路口"}

        answer = client.post(
            "/api/v1/field/reports", told | {"point": point}, content_type="application/json"
        )

        assert answer.status_code == 422
        assert re.search(r"[\u4e00-\u9fff]", answer.json()["message"])
        assert not Report.objects.exists()

    @pytest.mark.parametrize("found", ["point:nan,nan:x", "point:30.24,120.17:x", "point:1:x", "x"])
    def test_written_down_on_the_phone_keeps_the_words(
        self, sign_in: SignIn, district: District, found: str
    ) -> None:
        client = sign_in(Role.OPERATOR, district.centre)
        told = {"client_key": uuid4().hex, "channel": "HOTLINE", "words": "井盖坏了", "place": "x"}

        answer = client.post("/desk/intake/", told | {"found": found})

        assert answer.status_code == 422
        assert "井盖坏了" in unescape(answer.content.decode())
        assert not Report.objects.exists()


def too_many_pixels() -> bytes:
    buffer = BytesIO()
    Image.new("1", (9_000, 9_000)).save(buffer, "PNG")
    return buffer.getvalue()


PHOTOS = {
    "too many bytes": (photo() + bytes(MAX_BYTES), "太大"),
    "too many pixels": (too_many_pixels(), "百万像素"),
    "no picture": (b"GIF89a but not really", "不能"),
    "cut off": (b"\xff\xd8\xff\xe0\x00\x10JFIF", ""),
    "nothing": (b"", "空文件"),
}


@pytest.mark.parametrize(("content", "says"), PHOTOS.values(), ids=PHOTOS)
def test_a_photo_that_is_none_is_said_and_the_words_arrive(
    district: District, content: bytes, says: str
) -> None:
    told = {
        "client_key": uuid4().hex,
        "words": "井盖坏了",
        "place": "和平路口",
        "send": "1",
        "photo": SimpleUploadedFile("IMG.jpg", content, "image/jpeg"),
    }

    client = Client()
    answer = client.post("/report/", told)

    if not content:  # before anything is stored: the form comes back
        assert answer.status_code == 422
        assert "井盖坏了" in unescape(answer.content.decode())
        return
    assert says in unescape(client.get(answer["Location"]).content.decode())
    assert Report.objects.get().words == "井盖坏了"
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(("content", "says"), PHOTOS.values(), ids=PHOTOS)
def test_evidence_that_is_none_is_refused_and_the_case_stands(
    sign_in: SignIn, centre: Actor, district: District, content: bytes, says: str
) -> None:
    case = dispatched(centre, district.parks, matter=TREE, at=timezone.now())
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre, at=timezone.now())
    handler = sign_in(Role.HANDLER, district.parks)
    before = WorkOrder.objects.get(pk=case.pk).history_seq

    answer = handler.post(
        f"/desk/tasks/{owed(case, TaskKind.LEAD).pk}/evidence",
        {
            "form": f"file-PHOTO_AFTER-{owed(case, TaskKind.LEAD).pk}",
            "evidence_kind": "PHOTO_AFTER",
            "file": SimpleUploadedFile("IMG.jpg", content, "image/jpeg"),
        },
    )

    assert answer.status_code == 422
    assert says in unescape(answer.content.decode())
    assert WorkOrder.objects.get(pk=case.pk).history_seq == before
