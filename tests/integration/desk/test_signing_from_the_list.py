"""A leader signs from the list: what is signed stands there, and nobody else gets it."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind, TaskState
from tests.clerks import SignIn
from tests.district import District, dispatched, move, owed, said
from tests.statements import count_statements

_K, _C = TaskKind, TaskCommand


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.UNIT_LEADER, district.roads)


@pytest.fixture
def handler(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.roads)


def drafted(handler: Client, centre: object, district: District, nth: int = 1) -> WorkOrder:
    report, at = said(f"k-{nth}", f"井盖破了{nth}"), timezone.now()
    case = dispatched(centre, district.roads, report=report, at=at)  # type: ignore[arg-type]
    case = move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, at=at)  # type: ignore[arg-type]
    task = owed(case, _K.LEAD)
    form = {"seen_revision": task.revision, "reply": f"第{nth}处已换", "closing": "SOLVED"}
    assert handler.post(f"/desk/tasks/{task.pk}/ANSWER", form).status_code == 302
    return case


def forms_of(page: str) -> list[str]:
    return re.findall(r'<form class="sign-here".*?</form>', page, re.S)


def list_of(client: Client) -> str:
    return unescape(client.get("/desk/queue/sign/").content.decode())


def test_what_is_signed_stands_beside_the_button_and_one_tap_signs(
    leader: Client, handler: Client, centre: object, district: District
) -> None:
    case = drafted(handler, centre, district)
    (form,) = forms_of(list_of(leader))
    said_ = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    (action,) = re.findall(r'action="([^"]+)"', form)

    answer = leader.post(action, said_)

    assert "真解决" in form
    assert "第1处已换" in form
    assert answer.status_code == 302
    assert answer["Location"] == "/desk/queue/sign/"
    assert case.tasks.get(kind=_K.SIGN_OFF).state == TaskState.DONE


def test_another_unit_gets_nothing_to_sign(
    sign_in: SignIn, handler: Client, centre: object, district: District
) -> None:
    drafted(handler, centre, district)

    assert forms_of(list_of(sign_in(Role.UNIT_LEADER, district.water))) == []


def test_more_to_sign_is_no_more_statements(
    leader: Client, handler: Client, centre: object, district: District
) -> None:
    def asked() -> int:
        list_of(leader)
        with count_statements() as counted:
            list_of(leader)
        return counted.number

    drafted(handler, centre, district)
    few = asked()
    for nth in range(2, 6):
        drafted(handler, centre, district, nth)

    assert len(forms_of(list_of(leader))) == 5
    assert asked() == few <= 8
