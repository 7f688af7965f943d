"""Papers about a case: what stands on them, for whom; signed sheets find their way back."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.web.qr import qr_png, read_qr
from chengshao.workorders import actions
from chengshao.workorders.models import Attachment, Viewing, WorkOrder
from chengshao.workorders.terms import TaskKind, ViewingKind
from tests.district import (
    AT,
    LOADER,
    SINCE,
    District,
    closed,
    dispatched,
    owed,
    registered,
    said,
)
from tests.unit.evidence.files import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def powers(district: District) -> None:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)


def signed_in(name: str, unit_id: int, role: Role) -> Client:
    new = people.NewAccount(username=name, display_name=name)
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id, role=role, unit_id=unit_id, valid_from=SINCE, actor=LOADER, at=AT
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def leader(district: District) -> Client:
    return signed_in("leader", district.centre, Role.DUTY_LEADER)


@pytest.fixture
def handler(district: District) -> Client:
    return signed_in("handler", district.roads, Role.HANDLER)


def words_of(content: bytes) -> str:
    """Return all that a Word document says."""
    document = Document(BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def address(case: WorkOrder, kind: str, *, word: bool = False, task: int = 0) -> str:
    asked = f"?task={task}" if task else ""
    return f"/desk/cases/{case.number}/papers/{kind}{'.docx' if word else '/'}{asked}"


class TestSlip:
    @pytest.fixture
    def case(self, centre: Actor, district: District) -> WorkOrder:
        told = said("k", "井盖破了\n有人绊倒", phone="13800138000")
        return dispatched(centre, district.roads, report=told)

    def test_says_who_does_what_by_when_and_no_number(
        self, handler: Client, case: WorkOrder
    ) -> None:
        task = owed(case, TaskKind.LEAD).pk

        page = handler.get(address(case, "slip", task=task))
        word = handler.get(address(case, "slip", word=True, task=task))

        for told in (page.content.decode(), words_of(word.content)):
            for words in ("承办单", "区城市管理局", "井盖破了", "结案条件", case.number, "负责人"):
                assert words in told, words
            assert "13800138000" not in told
        kinds = set(Viewing.objects.values_list("kind", flat=True))
        assert kinds == {ViewingKind.PRINT, ViewingKind.EXPORT}

    def test_has_a_code_that_says_the_number(self, handler: Client, case: WorkOrder) -> None:
        task = owed(case, TaskKind.LEAD).pk
        word = handler.get(address(case, "slip", word=True, task=task)).content

        with ZipFile(BytesIO(word)) as parts:
            (code,) = (n for n in parts.namelist() if n.startswith("word/media/"))
            assert read_qr(parts.read(code)) == [case.number]

    def test_of_another_task_or_kind_there_is_none(
        self, handler: Client, leader: Client, case: WorkOrder
    ) -> None:
        for client, kind, task in (
            (handler, "slip", 0),
            (handler, "slip", 999_999),
            (leader, "reply", 0),
            (leader, "declined", 0),
            (leader, "nonsense", 0),
        ):
            assert client.get(address(case, kind, task=task)).status_code == 404
        assert not Viewing.objects.filter(kind=ViewingKind.PRINT).exists()


class TestLetters:
    def test_acceptance_names_who_and_by_when(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = registered(centre, said("k", "井盖破了"))
        assert "正在确定承办单位" in leader.get(address(case, "accepted")).content.decode()

        case = dispatched(centre, district.roads, report=said("l", "井盖破了"))
        told = leader.get(address(case, "accepted")).content.decode()
        assert "由区城市管理局办理，应在" in told

    def test_reply_has_the_words_to_the_citizen(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = closed(centre, district.roads, report=said("k", "井盖破了"))
        told = words_of(leader.get(address(case, "reply", word=True)).content)
        assert "答复函" in told
        assert "现答复如下" in told

    def test_stand_on_the_page_of_the_case(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=said("k", "井盖破了"))
        page = leader.get(f"/desk/cases/{case.number}/").content.decode()
        assert "受理告知书" in page
        assert "承办单（" in page

    def test_characters_that_no_document_takes_are_left_out(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = registered(centre, said("k", "井盖\x07破了😀"))
        told = words_of(leader.get(address(case, "accepted", word=True)).content)
        assert "井盖破了😀" in told


class TestSheets:
    @pytest.fixture
    def case(self, centre: Actor, district: District) -> WorkOrder:
        return dispatched(centre, district.roads, report=said("k", "井盖破了"))

    def sent(self, client: Client, content: bytes) -> str:
        sheet = SimpleUploadedFile("sheet.png", content, "image/png")
        answer = client.post("/desk/sheets/", {"sheets": [sheet]})
        assert answer.status_code == 200
        return answer.content.decode()

    def test_a_photo_without_a_code_is_told_and_not_kept(
        self, handler: Client, case: WorkOrder
    ) -> None:
        assert "没有读出编号" in self.sent(handler, photo())
        assert not Attachment.objects.exists()

    def test_one_of_a_case_out_of_sight_is_not_there(
        self, district: District, case: WorkOrder
    ) -> None:
        stranger = signed_in("stranger", district.parks, Role.HANDLER)
        told = self.sent(stranger, qr_png(case.number))
        assert "不在您的案卷里" in told
        assert not Attachment.objects.exists()

    def test_what_the_matter_does_not_ask_is_refused_in_words(
        self, handler: Client, case: WorkOrder
    ) -> None:
        assert "DOCUMENT" not in case.evidence_asked
        told = self.sent(handler, qr_png(f"https://example.cn/desk/cases/{case.number}/"))
        assert case.number in told
        assert not Attachment.objects.exists()

    def test_one_that_is_asked_goes_to_the_own_task(self, handler: Client, case: WorkOrder) -> None:
        WorkOrder.objects.filter(pk=case.pk).update(evidence_asked=["DOCUMENT"])

        assert "已存入案卷" in self.sent(handler, qr_png(case.number))

        (file,) = Attachment.objects.all()
        assert (file.work_order_id, file.evidence_kind) == (case.pk, "DOCUMENT")
        assert file.task == owed(case, TaskKind.LEAD)


class TestMinutes:
    """What was agreed between units, begun from the case, filled in by who was there (H6)."""

    @pytest.fixture
    def case(self, centre: Actor, district: District) -> WorkOrder:
        told = said("k", "王奶奶摔了一跤", phone="13800138000")
        return dispatched(centre, district.roads, district.water, report=told)

    def test_name_who_takes_part_and_who_does_what_by_when(
        self, leader: Client, case: WorkOrder
    ) -> None:
        page = leader.get(address(case, "minutes"))
        word = leader.get(address(case, "minutes", word=True))

        for told in (page.content.decode(), words_of(word.content)):
            assert "会议纪要" in told
            assert case.number in told
            assert "区城市管理局（主办）：" in told
            assert "（协办）：" in told

    def test_say_nothing_of_the_citizen_nor_of_what_was_said_inside(
        self, leader: Client, centre: Actor, case: WorkOrder
    ) -> None:
        actions.remark(number=case.number, words="先别催", actor=centre, at=AT)

        told = leader.get(address(case, "minutes")).content.decode()

        assert not [hidden for hidden in ("王奶奶", "138", "先别催") if hidden in told]

    def test_one_unit_alone_does_not_meet(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        alone = dispatched(centre, district.roads)

        assert leader.get(address(alone, "minutes")).status_code == 404

    def test_an_ended_case_has_none_to_begin(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        assert leader.get(address(closed(centre, district.roads), "minutes")).status_code == 404
