"""What a citizen said is gone: every door says so, and none breaks. And: who looks is noted."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Attachment, Report, Viewing
from tests.contract.conftest import Appoint, Caller, anyone
from tests.district import AT, District, everyone, said
from tests.statements import count_statements
from tests.unit.evidence.files import photo

WORDS = "我是王小明，井盖塌了"
ERASED = "已删除"


@dataclass(frozen=True, slots=True)
class Told:
    report: Report
    file: Attachment

    @property
    def number(self) -> str:
        return self.report.work_order.number


@pytest.fixture
def told(district: District) -> Told:
    citizen = Actor(ActorKind.CITIZEN)
    report = actions.receive_report(report=said(words=WORDS), actor=citizen, at=AT)
    own = Actor(ActorKind.CITIZEN, report_id=report.pk)
    blob_id = evidence.store_upload(content=photo(), name="王小明.jpg", actor=own, at=AT)
    file = actions.attach_to_report(report_id=report.pk, blob_id=blob_id, actor=own, at=AT)
    return Told(report, file)


@pytest.fixture
def gone(told: Told, district: District) -> Told:
    actions.erase_report(
        reason="删除申请",
        number=told.number,
        report_id=told.report.pk,
        actor=everyone(district),
        at=AT,
    )
    return told


class TestOnPages:
    @pytest.fixture
    def clerk(self, person: Appoint, district: District) -> Client:
        return person(district.centre, Role.DUTY_LEADER, Role.REGISTRAR, Role.OPERATOR).client

    @pytest.mark.parametrize(
        "page",
        [
            lambda told: reverse("desk:home"),
            lambda told: reverse("desk:queue", args=["register"]),
            lambda told: reverse("desk:queue", args=["register"]) + f"?case={told.number}",
            lambda told: reverse("desk:case", args=[told.number]),
            lambda told: reverse("desk:palette") + f"?q={told.number}",
        ],
        ids=["home", "queue", "in the queue", "case", "palette"],
    )
    def test_of_the_desk_say_that_it_is_gone(self, clerk: Client, gone: Told, page: object) -> None:
        assert callable(page)

        answer = clerk.get(page(gone))

        shown = answer.content.decode()
        assert answer.status_code == 200
        assert ERASED in shown
        assert "王小明" not in shown

    def test_a_file_that_is_gone_is_not_there(self, clerk: Client, gone: Told) -> None:
        answer = clerk.get(reverse("desk:attachment", args=[gone.file.pk]))

        assert answer.status_code == 404
        assert "此附件已删除" in answer.content.decode()

    def test_the_citizen_is_told_too(self, gone: Told) -> None:
        token = actions.link_of(gone.report)

        shown = anyone().client.get(reverse("resident:follow", args=[token]))
        file = anyone().client.get(reverse("resident:photo", args=[token, gone.file.pk]))

        assert (shown.status_code, file.status_code) == (200, 404)
        assert ERASED in shown.content.decode()
        assert "王小明" not in shown.content.decode()


class TestOverTheApi:
    def test_a_list_says_that_it_is_gone(
        self, desk: Caller, gone: Told, district: District
    ) -> None:
        _, (row,) = desk.get(f"workorders?unit_id={district.centre}")

        assert (row["number"], row["words"], row["erased"]) == (gone.number, "", True)

    def test_a_list_says_that_it_is_there(
        self, desk: Caller, told: Told, district: District
    ) -> None:
        _, (row,) = desk.get(f"workorders?unit_id={district.centre}")

        assert (row["words"], row["erased"]) == (WORDS, False)

    def test_a_file_that_is_gone_is_not_there(self, desk: Caller, gone: Told) -> None:
        status, body = desk.get(f"attachments/{gone.file.pk}")

        assert (status, body["code"]) == (404, "attachment_erased")


class TestWhoLooks:
    def test_at_a_case_is_noted_with_one_statement(self, desk: Caller, told: Told) -> None:
        with count_statements() as counted:
            desk.get(f"workorders/{told.number}")
            desk.get(f"workorders/{told.number}")

        viewing = Viewing.objects.get()
        noted = [s for s in counted.statements if s.startswith("INSERT INTO workorders_viewing")]
        assert (viewing.work_order_id, viewing.kind) == (told.report.work_order_id, "VIEW")
        assert len(noted) == 2

    def test_at_what_is_not_there_for_them_is_not(
        self, person: Appoint, told: Told, district: District
    ) -> None:
        stranger = person(district.hubin, Role.HANDLER)

        assert stranger.get(f"workorders/{told.number}")[0] == 404
        assert not Viewing.objects.exists()
