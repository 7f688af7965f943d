"""The privacy officer's page: finds a case, says what goes and what stays, asks why, erases."""

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Note, Report, Viewing, WorkOrder
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, said
from tests.statements import count_statements

WORDS, PHONE = "我家3幢501漏水", "13800138000"
WHY = {"reason": "诉求人2026年3月来函"}


@pytest.fixture
def case(district: District, centre: Actor) -> WorkOrder:
    found = dispatched(centre, district.roads, report=said(words=WORDS, phone=PHONE))
    report = found.reports.get()
    actions.chase_report(report_id=report.pk, words="501还在漏", actor=centre, at=AT)
    found.refresh_from_db()
    return found


@pytest.fixture
def officer(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.PRIVACY_OFFICER, district.centre)


def page_of(case: WorkOrder) -> str:
    return f"/desk/cases/{case.number}/erase"


def shown(client: Client, case: WorkOrder) -> str:
    return client.get(page_of(case)).content.decode()


class TestFinding:
    def test_the_end_of_a_number_is_enough(self, officer: Client, case: WorkOrder) -> None:
        answer = officer.get("/desk/erasing/", {"number": case.number})

        assert (answer.status_code, answer["Location"]) == (302, page_of(case))

    def test_what_is_not_there_is_said(self, officer: Client, case: WorkOrder) -> None:
        page = officer.get("/desk/erasing/", {"number": "99999999-9999"}).content.decode()

        assert "没有找到这个编号的案卷" in page

    def test_it_stands_on_the_rail_of_who_may_erase_alone(
        self, officer: Client, sign_in: SignIn, district: District
    ) -> None:
        other = sign_in(Role.DUTY_LEADER, district.centre)

        assert "/desk/erasing/" in officer.get("/desk/").content.decode()
        assert "/desk/erasing/" not in other.get("/desk/").content.decode()


class TestThePage:
    def test_says_what_goes_and_what_stays(self, officer: Client, case: WorkOrder) -> None:
        page = shown(officer, case)

        assert WORDS in page
        assert "501还在漏" in page
        assert "138****8000" in page
        assert PHONE not in page
        assert "删了就没有了" in page
        assert "经过仍可核对" in page

    def test_is_a_look_like_any_other(self, officer: Client, case: WorkOrder) -> None:
        shown(officer, case)

        assert Viewing.objects.filter(work_order=case).count() == 1

    def test_grows_not_with_the_case(self, officer: Client, case: WorkOrder, centre: Actor) -> None:
        with count_statements() as few:
            shown(officer, case)
        for number in range(5):
            report = case.reports.get()
            actions.answer_progress(report_id=report.pk, words=f"{number}", actor=centre, at=AT)

        with count_statements() as many:
            shown(officer, case)
        assert len(many.statements) <= len(few.statements)

    def test_is_linked_from_the_case(
        self, officer: Client, sign_in: SignIn, district: District, case: WorkOrder
    ) -> None:
        other = sign_in(Role.DUTY_LEADER, district.centre)
        address = f"/desk/cases/{case.number}/"

        assert page_of(case) in officer.get(address).content.decode()
        assert page_of(case) not in other.get(address).content.decode()


class TestErasing:
    def test_a_report_takes_words_number_and_what_was_said_later(
        self, officer: Client, case: WorkOrder
    ) -> None:
        report = case.reports.get()

        answer = officer.post(f"{page_of(case)}/report/{report.pk}", WHY)

        assert (answer.status_code, answer["Location"]) == (302, page_of(case))
        page = shown(officer, case)
        assert "501" not in page
        assert "138****8000" not in page
        assert "本案已删除过1次" in page
        assert queries.broken_cases([case.pk]) == []

    def test_why_stands_in_the_history(self, officer: Client, case: WorkOrder) -> None:
        officer.post(f"{page_of(case)}/report/{case.reports.get().pk}", WHY)

        case.refresh_from_db()
        note = Note.objects.get(entry__work_order=case, text=WHY["reason"])
        assert '"command":"ERASE"' in note.entry.body

    def test_a_text_goes_alone(self, officer: Client, case: WorkOrder) -> None:
        seq = Note.objects.get(text="501还在漏").entry.seq

        officer.post(f"{page_of(case)}/note/{seq}", WHY)

        assert not Note.objects.filter(text="501还在漏").exists()
        assert Report.objects.get().words == WORDS
        assert queries.broken_cases([case.pk]) == []

    def test_nothing_goes_without_a_reason(self, officer: Client, case: WorkOrder) -> None:
        answer = officer.post(f"{page_of(case)}/report/{case.reports.get().pk}", {"reason": " "})

        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()
        assert Report.objects.get().words == WORDS

    def test_what_is_gone_can_t_go_again(self, officer: Client, case: WorkOrder) -> None:
        where = f"{page_of(case)}/report/{case.reports.get().pk}"
        officer.post(where, WHY)
        case.refresh_from_db()

        answer = officer.post(where, WHY)

        seq = case.history_seq
        case.refresh_from_db()
        assert (answer.status_code, case.history_seq) == (409, seq)

    def test_nobody_else_erases(self, sign_in: SignIn, district: District, case: WorkOrder) -> None:
        leader = sign_in(Role.DUTY_LEADER, district.centre)

        tried = [
            leader.get(page_of(case)),
            leader.get("/desk/erasing/"),
            leader.post(f"{page_of(case)}/report/{case.reports.get().pk}", WHY),
        ]

        assert [answer.status_code for answer in tried] == [403, 403, 403]
        assert Report.objects.get().words == WORDS
