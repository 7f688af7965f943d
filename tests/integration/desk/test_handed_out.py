"""What leaves a case by hand: an answer begun from its facts, words for a group or a platform."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Note, Task, WorkOrder
from chengshao.workorders.terms import (
    Channel,
    ClosingKind,
    NoteName,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.clerks import SignIn
from tests.district import District, dispatched, move, owed

NAME, PHONE = "欧阳小明", "13800138000"
WORDS = f"我是{NAME}，住望桥路18号3幢，井盖破了，打{PHONE}"
_K, _C = TaskKind, TaskCommand


@pytest.fixture
def handler(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.roads)


def in_hand(centre: Actor, district: District, **more: object) -> WorkOrder:
    report = NewReport(
        client_key="k-1", words=WORDS, contact_name=NAME, contact_phone=PHONE,
        **({"channel": Channel.HOTLINE} | more),  # type: ignore[arg-type]
    )  # fmt: skip
    at = timezone.now()
    case = dispatched(centre, district.roads, report=report, at=at)
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, at=at)


def page_of(client: Client, case: WorkOrder) -> str:
    return unescape(client.get(f"/desk/queue/work/?case={case.number}").content.decode())


def reply_field(page: str) -> str:
    (words,) = re.findall(r'<textarea[^>]*id="reply"[^>]*>(.*?)</textarea>', page, re.S)
    return str(words)


def copied(page: str, key: str) -> str:
    return "".join(re.findall(rf'<pre class="copied" id="{key}">(.*?)</pre>', page, re.S))


def answer(client: Client, case: WorkOrder, **said: str) -> tuple[int, str]:
    task = owed(case, _K.LEAD)
    form = {
        "seen_revision": task.revision, "form": f"ANSWER-{task.pk}",
        "back": f"/desk/cases/{case.number}/",
    }  # fmt: skip
    got = client.post(f"/desk/tasks/{task.pk}/ANSWER", form | said)
    return got.status_code, unescape(got.content.decode())


class TestTheAnswerBegun:
    def test_it_says_how_the_call_went_and_leaves_blanks(
        self, handler: Client, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district)
        calls = Task.objects.get(work_order=case, kind=_K.CONTACT)
        report = case.reports.get()
        handler.post(f"/desk/tasks/{calls.pk}/call", {"report": report.pk, "result": "TALKED"})

        drafted = reply_field(page_of(handler, case))

        assert "已与您联系。" in drafted
        assert "〔写办了什么、怎么办的〕" in drafted
        assert NAME not in drafted
        assert PHONE not in drafted

    def test_sent_untouched_it_comes_back(
        self, handler: Client, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district)
        drafted = reply_field(page_of(handler, case))

        status, page = answer(handler, case, reply=drafted, solved="1")

        assert status == 422
        assert "套话“〔写办了什么、怎么办的〕”" in page
        assert not Note.objects.filter(name=NoteName.REPLY).exists()

    def test_one_button_says_that_it_is_really_solved(
        self, handler: Client, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district)

        status, _page = answer(handler, case, reply="井盖已换", solved="1")

        assert status == 302
        asked = owed(case, _K.SIGN_OFF).asked
        assert asked["closing"]["kind"] == ClosingKind.SOLVED

    def test_with_another_result_chosen_it_asks_which(
        self, handler: Client, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district)

        status, page = answer(handler, case, reply="井盖已换", solved="1", closing="EXPLAINED")

        assert status == 422
        assert "请定一个" in page
        assert owed(case, _K.LEAD).state == TaskState.ACKNOWLEDGED


class TestForAGroup:
    def test_nothing_of_a_citizen_stands_there(
        self, handler: Client, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district)

        words = copied(page_of(handler, case), "group-words")

        assert f"/desk/cases/{case.number}/" in words
        assert "事项：" in words
        for own in (NAME, PHONE, "138****", "18号", "3幢", "井盖破了"):
            assert own not in words


class TestForThePlatform:
    def test_the_answer_goes_without_names_and_numbers(
        self, handler: Client, centre: Actor, district: District
    ) -> None:
        due = timezone.now() + timedelta(days=3)
        case = in_hand(
            centre, district, channel=Channel.TRANSFER, source_number="S-7", outer_due_at=due
        )
        report = case.reports.get()
        handler.post(f"/desk/cases/{case.number}/contact/{report.pk}", {"purpose": "办理"})
        said = f"{NAME}您好，井盖已换，有事打{PHONE}"
        move(case, _K.LEAD, _C.ANSWER, centre, reply=said)
        move(case, _K.CHECK, _C.PASS, centre)

        words = copied(
            unescape(handler.get(f"/desk/cases/{case.number}/").content.decode()), "platform-words"
        )

        assert "来源编号：S-7" in words
        assert "诉求人您好，井盖已换，有事打（电话略）" in words
        assert NAME not in words
        assert PHONE not in words

    def test_of_no_order_there_is_none(
        self, handler: Client, centre: Actor, district: District
    ) -> None:
        case = in_hand(centre, district)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="井盖已换")
        move(case, _K.CHECK, _C.PASS, centre)

        page = unescape(handler.get(f"/desk/cases/{case.number}/").content.decode())

        assert copied(page, "platform-words") == ""
