"""Several cases with one reason: each by itself, refused or done, and said of each."""

import re

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import Task, WorkOrder
from chengshao.workorders.terms import DeclineGround, TaskCommand, TaskKind, TaskState
from tests.clerks import SignIn
from tests.district import District, dispatched, move, registered, reported, said


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


def ticks_on(client: Client, queue: str) -> list[str]:
    page = client.get(f"/desk/queue/{queue}/").content.decode()
    return re.findall(r'form="together" name="case" value="([^"]+)"', page)


def sent(client: Client, queue: str, ticks: list[str], **words: object) -> str:
    answer = client.post(f"/desk/queue/{queue}/together", {"case": ticks, "send": "1", **words})
    assert answer.status_code == 200
    return answer.content.decode()


def to_roads(district: District) -> dict[str, object]:
    return {"lead": district.roads, "principle": "BY_LAW", "basis": "城市道路管理条例"}


def waiting(centre: Actor, n: int) -> WorkOrder:
    return registered(centre, said(f"k-{n}", f"第{n}处井盖破损"))


def leads(case: WorkOrder) -> list[Task]:
    return list(case.tasks.filter(kind=TaskKind.LEAD))


def test_all_that_are_ticked_go_to_one_lead(
    leader: Client, centre: Actor, district: District
) -> None:
    cases = [waiting(centre, n) for n in range(3)]

    page = sent(leader, "dispatch", ticks_on(leader, "dispatch"), **to_roads(district))

    assert "3件里办成3件" in page
    assert [task.unit_id for case in cases for task in leads(case)] == [district.roads] * 3


def test_one_that_changed_meanwhile_keeps_no_other_back(
    leader: Client, centre: Actor, district: District
) -> None:
    taken, free = waiting(centre, 1), waiting(centre, 2)
    ticks = ticks_on(leader, "dispatch")
    move_on = {"lead": district.water, "principle": "BY_AGREEMENT", "basis": "已商定"}
    sent(leader, "dispatch", [tick for tick in ticks if taken.number in tick], **move_on)

    page = sent(leader, "dispatch", ticks, **to_roads(district))

    assert "2件里办成1件" in page
    assert page.count('mark-late">没有办成') == 1
    assert ([t.unit_id for t in leads(taken)], [t.unit_id for t in leads(free)]) == (
        [district.water],
        [district.roads],
    )


def test_what_was_just_sent_is_taken_back_together_until_it_is_acknowledged(
    leader: Client, centre: Actor, district: District
) -> None:
    cases = [waiting(centre, n) for n in range(2)]
    page = sent(leader, "dispatch", ticks_on(leader, "dispatch"), **to_roads(district))
    orders = re.findall(r'name="case" value="([^"]+)"', page)
    move(cases[0], TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)

    answer = leader.post("/desk/together/recall", {"case": orders, "reason": "派错了"})

    assert "2件里办成1件" in answer.content.decode()
    assert [leads(case)[0].state for case in cases] == [
        TaskState.ACKNOWLEDGED,
        TaskState.CANCELLED,
    ]


def test_a_batch_is_taken_back_later_as_far_as_nobody_has_acknowledged_it(
    leader: Client, centre: Actor, district: District
) -> None:
    cases = [waiting(centre, n) for n in range(2)]
    sent(leader, "dispatch", ticks_on(leader, "dispatch"), **to_roads(district))
    move(cases[0], TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)

    page = leader.get("/desk/queue/sent/").content.decode()
    (batch,) = re.findall(r'<details[^>]*id="batch">(.*?)</details>', page, re.S)
    leader.post(
        "/desk/together/recall",
        {"case": re.findall(r'name="case" value="([^"]+)"', batch), "reason": "派错了"},
    )

    assert "刚才一起派出的1件，可撤回" in batch
    assert leads(cases[1])[0].state == TaskState.CANCELLED
    assert 'id="batch"' not in leader.get("/desk/queue/sent/").content.decode()


def test_returns_are_decided_alike(leader: Client, centre: Actor, district: District) -> None:
    for n in range(2):
        case = dispatched(centre, district.roads, report=said(f"k-{n}", "井盖"))
        move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不归我们管")

    page = sent(leader, "returns", ticks_on(leader, "returns"), verdict="DENY", reason="按清单办")

    assert "2件里办成2件" in page
    assert ticks_on(leader, "returns") == []


def test_demands_are_declined_on_one_ground(leader: Client, centre: Actor) -> None:
    for n in range(2):
        reported(centre, said(f"k-{n}", "要打官司"))
    words = {"ground": next(iter(DeclineGround)).value}

    page = sent(leader, "register", ticks_on(leader, "register"), reply="请向法院起诉。", **words)

    assert "2件里办成2件" in page
    assert set(WorkOrder.objects.values_list("outcome", flat=True)) == {"DECLINED"}


@pytest.mark.parametrize("missing", ["lead", "basis", "principle"])
def test_without_what_it_takes_nothing_is_sent(
    leader: Client, centre: Actor, district: District, missing: str
) -> None:
    case = waiting(centre, 1)
    words = {name: value for name, value in to_roads(district).items() if name != missing}

    answer = leader.post(
        "/desk/queue/dispatch/together",
        {"case": ticks_on(leader, "dispatch"), "send": "1", **words},
    )

    assert answer.status_code == 422
    assert leads(case) == []


@pytest.mark.parametrize("ticks", [[], ["nonsense"], [f"20260302-{n:04}:1:1:1" for n in range(61)]])
def test_none_or_too_many_are_not_begun(leader: Client, ticks: list[str]) -> None:
    answer = leader.get("/desk/queue/dispatch/together", {"case": ticks}, follow=True)

    assert "一次最多60件" in answer.content.decode()


def test_the_form_offers_whom_the_law_names_and_whom_one_looks_for(
    leader: Client, centre: Actor
) -> None:
    waiting(centre, 1)
    ticks = ticks_on(leader, "dispatch")

    by_law = leader.get("/desk/queue/dispatch/together", {"case": ticks}).content.decode()
    found = leader.get(
        "/desk/queue/dispatch/together", {"case": ticks, "find_words": "园林"}
    ).content.decode()

    assert "区城市管理局" in by_law
    assert "城市道路管理条例" in by_law
    assert "区园林中心" in found


def test_a_case_out_of_sight_is_refused_and_not_shown(
    sign_in: SignIn, leader: Client, centre: Actor, district: District
) -> None:
    case = waiting(centre, 1)
    ticks = ticks_on(leader, "dispatch")
    other = sign_in(Role.DISPATCHER, district.hubin)

    page = other.get("/desk/queue/dispatch/together", {"case": ticks}).content.decode()
    done = sent(other, "dispatch", ticks, **to_roads(district))

    assert "井盖破损" not in page
    assert "1件里办成0件" in done
    assert leads(case) == []


def test_other_queues_have_nothing_to_tick(leader: Client) -> None:
    assert leader.get("/desk/queue/check/together").status_code == 404
