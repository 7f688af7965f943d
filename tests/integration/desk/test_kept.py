"""A finished task says whether it was in time, and by whom the time was used."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.schemas.parts import DeadlineOut
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, move, said
from tests.orders import RESUMES_AT, suspended

_K, _C = TaskKind, TaskCommand
HOUR = timedelta(hours=1)
WEDNESDAY = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)  # when two working days are over


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


def handling(actor: Actor, lead: int, *helping: int) -> WorkOrder:
    case = dispatched(actor, lead, *helping)
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)


def said_of(client: Client, case: WorkOrder, unit: str, kind: str, page: str = "") -> list[str]:
    """Return what the cells of the limit say of a unit's finished tasks of a kind."""
    html = client.get(f"/desk/cases/{case.number}/{page}").content.decode()
    rows = re.findall(r"<tr>(<td data-label=\"单位\".*?)</tr>", html, re.S)
    mine = [row for row in rows if f"<b>{unit}</b>" in row and f">{kind}" in row]
    cells = (row.rpartition('data-label="内部时限">')[2] for row in mine)
    return next((re.sub(r"<[^>]+>", " ", cell).split() for cell in cells), [])


ROADS, WATER, CENTRE = "区城市管理局", "区供水公司", "上城区联动指挥中心"


def test_in_time(leader: Client, centre: Actor, district: District) -> None:
    case = handling(centre, district.roads)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=AT + 3 * HOUR)

    assert said_of(leader, case, ROADS, "主办") == ["按时", "用时3小时"]
    assert said_of(leader, case, ROADS, "主办", "print") == ["按时", "用时3小时"]


def test_late_by_the_clock_of_the_limit(leader: Client, centre: Actor, district: District) -> None:
    case = handling(centre, district.roads)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=WEDNESDAY + 5 * HOUR)

    # From 09:00 to 14:00 three hours were worked.
    assert said_of(leader, case, ROADS, "主办") == ["超3小时", "用时2天3小时"]


def test_the_time_of_a_suspension_is_nobody_s(
    leader: Client, centre: Actor, district: District
) -> None:
    case = suspended(handling(centre, district.roads), centre)
    actions.resume_case(case_id=case.pk, actor=JOB, at=RESUMES_AT)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=datetime(2026, 3, 12, 2, tzinfo=UTC))

    assert said_of(leader, case, ROADS, "主办") == ["按时", "用时4小时"]  # Monday's two, Thursday's


def test_what_is_answered_during_it_is_in_time(
    leader: Client, centre: Actor, district: District
) -> None:
    case = suspended(handling(centre, district.roads), centre)
    later = RESUMES_AT - timedelta(days=1)
    case = move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=later)

    assert said_of(leader, case, ROADS, "主办") == ["按时", "用时2小时"]
    lead = case.tasks.get(kind=_K.LEAD)
    assert DeadlineOut.of(lead.deadlines.get(), lead.state).in_time is True


def test_what_is_called_off_in_time_gets_no_verdict(
    leader: Client, centre: Actor, district: District
) -> None:
    case = handling(centre, district.roads, district.water)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", reason="不等", at=AT + HOUR)

    assert said_of(leader, case, ROADS, "主办")[0] == "按时"
    assert said_of(leader, case, WATER, "协办") == ["用时1小时"]


def test_a_co_handler_s_delay_is_its_own(leader: Client, centre: Actor, district: District) -> None:
    case = handling(centre, district.roads, district.water)
    move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等协办")
    move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)
    late = WEDNESDAY + HOUR
    move(case, _K.CO_HANDLE, _C.ACKNOWLEDGE, centre, at=late)
    move(case, _K.CO_HANDLE, _C.ANSWER, centre, reason="水管已修", at=late)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=late)

    assert said_of(leader, case, WATER, "协办")[0] == "超1小时"
    assert said_of(leader, case, ROADS, "主办")[0] == "按时"


def test_the_time_of_a_return_is_booked_to_who_held_the_order(
    leader: Client, centre: Actor, district: District
) -> None:
    case = handling(centre, district.roads)
    move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="是供水井盖", at=AT + 2 * HOUR)
    move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="确实不归", at=AT + 3 * HOUR)

    assert said_of(leader, case, ROADS, "主办") == ["退单成立，不计时限", "持单3小时"]
    assert said_of(leader, case, CENTRE, "退单裁定") == ["按时", "用时1小时"]


def test_a_return_that_was_denied_gains_no_time(
    leader: Client, centre: Actor, district: District
) -> None:
    case = handling(centre, district.roads)
    move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="不是我们的", at=AT + HOUR)
    move(case, _K.ADJUDICATE, _C.DENY, centre, reason="就是", at=WEDNESDAY)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=WEDNESDAY + HOUR)

    assert said_of(leader, case, ROADS, "主办")[0] == "超1小时"


def test_what_is_called_off_late_was_late(
    leader: Client, centre: Actor, district: District
) -> None:
    case = handling(centre, district.roads, district.water)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", reason="不等", at=WEDNESDAY + HOUR)

    assert said_of(leader, case, WATER, "协办")[0] == "超1小时"


def test_over_the_api(leader: Client, centre: Actor, district: District) -> None:
    case = handling(centre, district.roads)
    move(case, _K.LEAD, _C.ASK_RETURN, centre, reason="是供水井盖")
    move(case, _K.ADJUDICATE, _C.GRANT, centre, reason="确实不归", at=AT + HOUR)

    tasks = leader.get(f"/api/v1/workorders/{case.number}").json()["tasks"]

    said = {task["kind"]: task["deadlines"][0] for task in tasks}
    assert {kind: (row["void"], row["in_time"]) for kind, row in said.items()} == {
        "REGISTER": (False, True),
        "DISPATCH": (False, None),
        "LEAD": (True, None),
        "ADJUDICATE": (False, True),
    }


def test_over_the_api_what_is_called_off_gets_a_verdict_only_if_it_was_late(
    leader: Client, centre: Actor, district: District
) -> None:
    prompt, late = (
        dispatched(centre, district.roads, district.water, report=said(key)) for key in "ab"
    )
    for case, at in ((prompt, AT + HOUR), (late, WEDNESDAY + HOUR)):
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", reason="不等", at=at)

    verdicts = []
    for case in (prompt, late):
        tasks = leader.get(f"/api/v1/workorders/{case.number}").json()["tasks"]
        helping = next(task for task in tasks if task["kind"] == "CO_HANDLE")
        verdicts.append(helping["deadlines"][0]["in_time"])
    assert verdicts == [None, False]
