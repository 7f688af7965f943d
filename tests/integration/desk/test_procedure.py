"""Passed to a statutory procedure: its organ, number and day are said, kept and provable."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people.terms import Power as PeoplePower
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Entry, Note, Task, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.refusals import ClosingIncomplete, DateOutOfReach
from chengshao.workorders.tasks import seal_at
from chengshao.workorders.terms import ClosingKind, Power, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, move, said, staff

_K, _C = TaskKind, TaskCommand
ORGAN, NUMBER, ON = "区人民法院", "（2026）浙0102民初77号", date(2026, 3, 2)
PASSED = Closing(ClosingKind.PROCEDURE, organ=ORGAN, procedure_number=NUMBER, procedure_on=ON)
SAID = f"{ORGAN}，{NUMBER}，3月2日"


def handling(actor: Actor, lead: int) -> WorkOrder:
    case = dispatched(actor, lead, report=said(phone="13800001111"))
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)


@pytest.fixture
def passed(centre: Actor, district: District) -> WorkOrder:
    case = handling(centre, district.roads)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="法院已立案，按判决办", closing=PASSED)
    return move(case, _K.CHECK, _C.PASS, centre)


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.OPERATOR, district.centre)


@pytest.mark.parametrize(
    ("closing", "error"),
    [
        (replace(PASSED, organ=""), ClosingIncomplete),
        (replace(PASSED, organ=" \n"), ClosingIncomplete),
        (replace(PASSED, procedure_number="\t"), ClosingIncomplete),
        (replace(PASSED, procedure_on=None), ClosingIncomplete),
        (replace(PASSED, procedure_on=ON + timedelta(days=1)), DateOutOfReach),
        (replace(PASSED, promised_on=ON + timedelta(days=9)), ClosingIncomplete),
        (Closing(ClosingKind.SOLVED, organ=ORGAN), ClosingIncomplete),
    ],
    ids=["no organ", "blank organ", "blank number", "no day", "a day to come", "more", "of none"],
)
def test_names_all_that_it_asks_and_no_more(
    centre: Actor, district: District, closing: Closing, error: type[Exception]
) -> None:
    case = handling(centre, district.roads)
    head = WorkOrder.objects.get().history_head

    with pytest.raises(error):
        move(case, _K.LEAD, _C.ANSWER, centre, reply="已转", closing=closing)

    assert WorkOrder.objects.get().history_head == head


@pytest.mark.parametrize("page", ["", "print"])
def test_stands_on_the_case_and_on_paper(operator: Client, passed: WorkOrder, page: str) -> None:
    html = operator.get(f"/desk/cases/{passed.number}/{page}").content.decode()

    assert f"转入法定程序，{SAID}" in html


def test_is_read_aloud_to_who_calls_again(operator: Client, passed: WorkOrder) -> None:
    html = operator.post("/desk/intake/", {"look": "1", "phone": "13800001111"}).content.decode()

    assert f"3月2日已转入法定程序，由{ORGAN}办，文号是{NUMBER}。" in html


def test_is_given_over_the_api(operator: Client, passed: WorkOrder) -> None:
    closing = operator.get(f"/api/v1/workorders/{passed.number}").json()["closing"]

    assert (closing["kind"], closing["organ"], closing["procedure_number"]) == (
        "PROCEDURE", ORGAN, NUMBER,
    )  # fmt: skip
    assert closing["procedure_on"] == "2026-03-02"


def proven(case: WorkOrder) -> bool:
    wrong = [day for day in queries.check_seals() if day.part]
    return not wrong and queries.broken_cases([case.pk]) == []


class TestProof:
    @pytest.fixture(autouse=True)
    def own_file(self, settings: Settings, tmp_path: Path) -> None:
        settings.SEALS_FILE = tmp_path / "seals.jsonl"

    @pytest.fixture
    def officer(self, district: District) -> Actor:
        powers = (Power.SEE, Power.ERASE, PeoplePower.ERASE_CONTACT)
        return Actor(
            ActorKind.PERSON, None, frozenset(Grant(power, district.centre) for power in powers)
        )

    def test_no_free_text_of_it_stands_in_the_line(self, passed: WorkOrder) -> None:
        bodies = "".join(Entry.objects.values_list("body", flat=True))

        assert (ORGAN in bodies, NUMBER in bodies) == (False, False)
        assert '"procedure_on":"2026-03-02"' in bodies
        assert Note.objects.get(name="PROCEDURE").text == f"{ORGAN}\n{NUMBER}"

    def test_it_is_the_office_s_own_and_stays_when_the_citizen_goes(
        self, operator: Client, passed: WorkOrder, officer: Actor
    ) -> None:
        seal_at(AT + timedelta(days=2))

        actions.erase_report(
            reason="删除申请", number=passed.number, report_id=passed.reports.get().pk,
            actor=officer, at=AT + timedelta(days=3),
        )  # fmt: skip

        html = operator.get(f"/desk/cases/{passed.number}/").content.decode()
        assert SAID in html
        assert proven(passed)

    def test_a_secret_that_was_spilled_there_goes_from_everywhere(
        self, operator: Client, centre: Actor, district: District, officer: Actor
    ) -> None:
        case = handling(centre, district.roads)
        spilled = replace(PASSED, organ="李秘密")
        move(case, _K.LEAD, _C.ANSWER, centre, reply="已转", closing=spilled)
        case = move(case, _K.CHECK, _C.PASS, centre)
        seal_at(AT + timedelta(days=2))
        seq = Note.objects.get(name="PROCEDURE").entry.seq
        at = datetime.combine(ON, AT.timetz()) + timedelta(days=3)

        actions.erase_notes(reason="删除申请", number=case.number, seq=seq, actor=officer, at=at)

        case.refresh_from_db()
        kept = [str(case.closing), *(str(task.asked) for task in Task.objects.all())]
        kept += [note.text for note in Note.objects.all()]
        assert "李秘密" not in "".join(kept)
        assert proven(case)
        html = operator.get(f"/desk/cases/{case.number}/").content.decode()
        assert "转入法定程序，已删除，3月2日" in html
        said_ = operator.post("/desk/intake/", {"look": "1", "phone": "13800001111"})
        assert "3月2日已转入法定程序。" in said_.content.decode()

    def test_erasing_one_draft_leaves_what_the_leader_signed(
        self, centre: Actor, district: District, officer: Actor
    ) -> None:
        case = handling(centre, district.roads)
        handler = staff(district.roads, Power.SEE, Power.HANDLE)
        leader = staff(district.roads, Power.SEE, Power.HANDLE, Power.SIGN_OFF)
        draft = replace(PASSED, organ="李秘密")
        move(case, _K.LEAD, _C.ANSWER, handler, reply="已转", closing=draft)
        drafted = Note.objects.get(name="PROCEDURE").entry.seq
        move(case, _K.SIGN_OFF, _C.SIGN, leader, closing=PASSED)
        case = move(case, _K.CHECK, _C.PASS, centre)

        actions.erase_notes(
            reason="删除申请", number=case.number, seq=drafted, actor=officer, at=AT
        )

        case.refresh_from_db()
        assert case.closing["organ"] == ORGAN
        assert "李秘密" not in "".join(str(task.asked) for task in Task.objects.all())
