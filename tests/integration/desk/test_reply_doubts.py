"""An answer with somebody's number or name comes back once, and goes if it is meant so."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.kernel.actor import Actor
from chengshao.people.queries import actor_of_user
from chengshao.people.terms import Role
from chengshao.workorders import queries
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Note, WorkOrder
from chengshao.workorders.terms import Channel, NoteName, ReplyDoubt, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import MANHOLE, District, dispatched, move, owed, reported, said

NAME, PHONE = "欧阳小明", "13800138000"
_K, _C = TaskKind, TaskCommand
DOUBTED = 'data-error="reply_doubted"'


@pytest.fixture
def handler(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.roads)


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    report = NewReport(
        client_key="k-1", channel=Channel.HOTLINE, words="井盖破了",
        contact_name=f"{NAME}先生", contact_phone=PHONE,
    )  # fmt: skip
    at = timezone.now()
    case = dispatched(centre, district.roads, report=report, at=at)
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, at=at)


def answer(client: Client, case: WorkOrder, reply: str, **more: str) -> Any:
    task = owed(case, _K.LEAD)
    form = {
        "seen_revision": task.revision, "reply": reply, "closing": "SOLVED",
        "form": f"ANSWER-{task.pk}", "back": f"/desk/cases/{case.number}/",
    }  # fmt: skip
    return client.post(f"/desk/tasks/{task.pk}/ANSWER", form | more)


def mark_in(answer_: Any) -> str:
    page = answer_.content.decode()
    assert DOUBTED in page
    return str(re.findall(r'name="knows" value="(\w+)"', page)[0])


def replies() -> list[str]:
    return list(Note.objects.filter(name=NoteName.REPLY).values_list("text", flat=True))


class TestNumbers:
    def test_come_back_once_with_what_was_written(self, handler: Client, case: WorkOrder) -> None:
        back = answer(handler, case, f"已联系{PHONE}，井盖已换好")

        page = unescape(back.content.decode())
        assert "答复里有电话号码，请看是否合适" in page
        assert f"已联系{PHONE}，井盖已换好</textarea>" in page
        assert replies() == []

        again = answer(handler, case, f"已联系{PHONE}，井盖已换好", knows=mark_in(back))
        assert again.status_code == 302
        assert replies() == [f"已联系{PHONE}，井盖已换好"]

    def test_other_words_are_looked_at_anew(self, handler: Client, case: WorkOrder) -> None:
        mark = mark_in(answer(handler, case, f"已联系{PHONE}"))

        assert DOUBTED in answer(handler, case, "请打0571-87654321", knows=mark).content.decode()
        assert replies() == []

    def test_without_them_nothing_comes_back(self, handler: Client, case: WorkOrder) -> None:
        assert answer(handler, case, "井盖已换好，有事请打12345").status_code == 302

    def test_in_whatever_goes_to_the_citizen(
        self, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        registrar = sign_in(Role.REGISTRAR, district.centre)
        case = reported(centre, said("k-2"), timezone.now()).work_order
        form = {"seen_revision": case.revision, "reply": f"请打{PHONE}", "matter": MANHOLE}
        of = f"/desk/cases/{case.number}"

        direct = registrar.post(f"{of}/answer", form | {"form": "answer-directly"})
        declined = registrar.post(
            f"{of}/moves/DECLINE", form | {"form": "DECLINE", "ground": "BEYOND_GOVERNMENT"}
        )

        assert [each.status_code for each in (direct, declined)] == [422, 422]
        assert mark_in(direct) == mark_in(declined)
        assert WorkOrder.objects.get().outcome == ""


class TestNames:
    def reveal(self, client: Client, case: WorkOrder) -> None:
        path = f"/desk/cases/{case.number}/contact/{case.reports.get().pk}"
        assert client.post(path, {"purpose": "联系诉求人"}).status_code == 200

    def test_of_a_citizen_whose_contact_one_has_read(
        self, handler: Client, case: WorkOrder
    ) -> None:
        self.reveal(handler, case)

        back = answer(handler, case, f"{NAME}，井盖已换好")

        assert "答复里有诉求人的姓名" in back.content.decode()
        assert replies() == []

    def test_nobody_learns_a_name_by_guessing(self, handler: Client, case: WorkOrder) -> None:
        assert answer(handler, case, f"{NAME}，井盖已换好").status_code == 302

    def test_of_a_caller_whom_one_wrote_down(self, sign_in: SignIn, district: District) -> None:
        operator = sign_in(Role.OPERATOR, district.centre)
        operator.post(
            "/desk/intake/",
            {
                "client_key": "0" * 32, "channel": "HOTLINE", "words": "灯不亮", "nowhere": "1",
                "name": NAME, "phone": PHONE,
            },
        )  # fmt: skip
        number = WorkOrder.objects.get().number

        def doubts(client: Client, reply: str) -> tuple[ReplyDoubt, ...]:
            actor = actor_of_user(int(client.session["_auth_user_id"]))
            return queries.reply_doubts(reply, number=number, actor=actor)

        other = sign_in(Role.OPERATOR, district.centre)
        assert doubts(operator, f"{NAME}您好") == (ReplyDoubt.NAME,)
        assert doubts(other, f"{NAME}您好") == ()
        assert doubts(operator, "欧阳先生您好") == ()


class TestEmptyPhrases:
    def test_come_back_once_named_and_go_if_meant(self, handler: Client, case: WorkOrder) -> None:
        back = answer(handler, case, "已转相关部门，将加强管理")

        assert "答复里有套话“已转相关部门”、套话“将加强管理”" in unescape(back.content.decode())
        assert replies() == []

        again = answer(handler, case, "已转相关部门，将加强管理", knows=mark_in(back))
        assert again.status_code == 302
        assert replies() == ["已转相关部门，将加强管理"]
