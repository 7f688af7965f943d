"""What the desk sees of a case that another system had: whence it came, and nothing to press."""

from datetime import timedelta

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.actions import OldCaseRow, Place, import_cases
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import progress_of
from chengshao.workorders.terms import ClosingKind
from tests.clerks import SignIn
from tests.district import AT, MANHOLE, QINGBOMEN, District, said


def imported(actor: Actor, unit_id: int | None = None, **known: object) -> WorkOrder:
    row = OldCaseRow(
        key="B-7",
        digest="d",
        report=said(phone="13800138000"),
        place=Place("", QINGBOMEN),
        matter=MANHOLE,
        unit_id=unit_id,
        opened_at=AT - timedelta(days=400),
        **{"closed_as": ClosingKind.SOLVED} | known,  # type: ignore[arg-type]
    )
    result = import_cases(rows=[row], source="旧热线", batch=1, actor=actor, at=AT)
    return WorkOrder.objects.get(number=result.numbers[0])


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


def page_of(client: Client, case: WorkOrder) -> str:
    return str(client.get(f"/desk/cases/{case.number}/").content.decode())


def test_its_page_says_whence_it_came_and_who_handled_it_there(
    registrar: Client, centre: Actor, district: District
) -> None:
    case = imported(
        centre, district.roads, in_time=False, ended_at=AT - timedelta(days=398), due_at=AT
    )
    page = page_of(registrar, case)

    assert '<span class="mark">旧案导入</span>' in page
    assert "旧热线" in page
    assert "来源编号B-7" in page
    assert "原系统记为超期" in page
    assert "导入旧案：旧热线，编号B-7，由区城市管理局办" in page


def test_what_its_system_did_not_say_is_not_said(registrar: Client, centre: Actor) -> None:
    page = page_of(registrar, imported(centre))

    assert "原系统没有说是否按时" in page
    assert "办结<span" not in page


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.DISPATCHER, Role.DUTY_LEADER])
def test_a_closed_one_offers_nothing_to_press(
    sign_in: SignIn, centre: Actor, district: District, role: Role
) -> None:
    case = imported(centre, district.roads)
    page = page_of(sign_in(role, district.centre), case)

    assert "没有要办的了" in page
    assert f'action="/desk/cases/{case.number}/moves/' not in page
    assert "/calls/" not in page


def test_an_open_one_is_handled_like_any_other(
    sign_in: SignIn, centre: Actor, district: District
) -> None:
    case = imported(centre, district.roads, closed_as=None, due_at=AT + timedelta(days=3))
    page = page_of(sign_in(Role.HANDLER, district.roads), case)

    assert '<span class="mark">旧案导入</span>' in page
    assert "签收" in page


def test_lists_count_it_by_its_own_day(registrar: Client, centre: Actor) -> None:
    case = imported(centre)
    listed = registrar.get("/desk/cases/").content.decode()

    assert case.number in listed
    assert "人行道井盖破损" in listed


def test_of_its_past_the_citizen_is_told_no_time_that_nobody_knows(centre: Actor) -> None:
    report = imported(centre).reports.get()
    citizen = Actor(centre.kind.CITIZEN, report_id=report.pk)

    progress = progress_of(citizen, AT)

    assert progress.milestones == ()
    assert progress.number == report.work_order.number
