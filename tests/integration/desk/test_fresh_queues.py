"""A queue kept fresh: what came, what went, what presses, and that it costs little to ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, move, registered, reported, said
from tests.statements import count_statements

FRESH, ROWS = "/desk/queue/dispatch/fresh", "/desk/queue/dispatch/rows"
LATER = AT + timedelta(minutes=5)
WITH_SESSION_AND_USER = 2


@pytest.fixture
def dispatcher(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DISPATCHER, district.centre)


def asked(client: Client, *shown: WorkOrder, since: datetime = AT, **more: str) -> dict[str, Any]:
    numbers = ",".join(case.number for case in shown)
    answer = client.get(FRESH, {"shown": numbers, "since": since.isoformat(), **more})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def waiting(centre: Actor, n: int) -> WorkOrder:
    return registered(centre, said(f"k-{n}", f"第{n}处井盖破损"))


def test_what_came_is_counted_and_what_is_shown_is_not_new(
    centre: Actor, dispatcher: Client
) -> None:
    shown, came = waiting(centre, 1), waiting(centre, 2)

    assert asked(dispatcher, shown, came)["new"] == ""
    assert asked(dispatcher, shown)["new"] == "1件新到"
    assert asked(dispatcher, shown, since=LATER)["new"] == ""


def test_what_somebody_else_sent_is_gone(
    centre: Actor, district: District, dispatcher: Client
) -> None:
    stays, goes = waiting(centre, 1), dispatched(centre, district.roads, report=said("k-2", "井盖"))

    told = asked(dispatcher, stays, goes)

    assert told["gone"] == [goes.number]
    assert told["took"] == {goes.number: "已由上城区联动指挥中心派出"}
    assert (told["count"], told["rail"]["dispatch"], told["rail"]["returns"]) == ("1件", "1", "")


def test_what_was_sent_and_is_acknowledged_names_who_has_it_and_no_person(
    centre: Actor, district: District, dispatcher: Client
) -> None:
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)

    told = dispatcher.get("/desk/queue/sent/fresh", {"shown": case.number}).json()

    assert told["took"] == {case.number: "区城市管理局已签收"}


def test_a_list_narrowed_by_words_hears_only_of_those(centre: Actor, dispatcher: Client) -> None:
    waiting(centre, 1)

    assert asked(dispatcher, words="路灯")["new"] == ""
    told = asked(dispatcher, words="井盖")
    assert told["new"] == "1件新到"
    assert "count" not in told


def test_an_emergency_comes_with_its_words_its_place_and_where_it_is_worked_on(
    centre: Actor, dispatcher: Client
) -> None:
    calm = waiting(centre, 1)
    pressing = waiting(centre, 2)
    WorkOrder.objects.filter(pk=pressing.pk).update(urgency=Urgency.EMERGENCY)

    (told,) = asked(dispatcher, calm, pressing)["emergencies"]

    assert told["number"] == pressing.number
    assert "第2处井盖破损" in told["words"]
    assert told["place"]
    assert told["href"] == f"/desk/queue/dispatch/?case={pressing.number}"


def test_nothing_new_is_told_in_no_words(centre: Actor, dispatcher: Client) -> None:
    query = {"shown": waiting(centre, 1).number, "since": AT.isoformat()}
    tag = dispatcher.get(FRESH, query)["ETag"]

    same = dispatcher.get(FRESH, query, headers={"If-None-Match": tag})
    waiting(centre, 2)
    other = dispatcher.get(FRESH, query, headers={"If-None-Match": tag})

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)


@pytest.mark.parametrize(
    "query",
    [
        {"shown": "x" * 5_000, "since": "gestern"},
        {"shown": "20260302-0001\x00", "since": "2026-02-31T00:00:00Z"},
        {"since": "2026-03-02T09:00:00", "kind": "NONE", "words": "\x00"},
    ],
)
def test_nonsense_asks_for_nothing(dispatcher: Client, query: dict[str, str]) -> None:
    told = dispatcher.get(FRESH, query).json()

    assert (told["new"], told["emergencies"]) == ("", [])


def test_more_rows_are_no_more_statements(centre: Actor, dispatcher: Client) -> None:
    def counted(*shown: WorkOrder) -> int:
        asked(dispatcher, *shown)
        with count_statements() as found:
            asked(dispatcher, *shown)
        return found.number

    cases = [waiting(centre, 1)]
    few = counted(*cases)
    cases += [waiting(centre, n) for n in range(2, 12)]

    assert counted(*cases) == few == WITH_SESSION_AND_USER + 2


def test_the_rows_open_nothing_and_say_when_they_were_asked_for(
    centre: Actor, dispatcher: Client
) -> None:
    case = waiting(centre, 1)
    with time_machine.travel(datetime(2026, 3, 2, 2, 0, tzinfo=UTC), tick=False):
        answer = dispatcher.get(ROWS, {"case": case.number})
    page = answer.content.decode()

    assert answer["X-Asked-At"] == "2026-03-02T02:00:00+00:00"
    assert f'data-number="{case.number}"' in page
    assert 'aria-current="true"' in page
    assert "<html" not in page
    assert not case.viewings.exists()


def test_who_has_no_such_queue_finds_none(sign_in: SignIn, district: District) -> None:
    handler = sign_in(Role.HANDLER, district.roads)

    assert {handler.get(each).status_code for each in (FRESH, ROWS)} == {404}
    assert Client().get(FRESH).status_code == 302


def test_what_may_be_taken_back_is_gone_once_it_is_acknowledged(
    centre: Actor, district: District, dispatcher: Client
) -> None:
    case = dispatched(centre, district.roads, report=said("k-1", "井盖"))
    other = reported(centre, said("k-2", "井盖又破了")).work_order

    query = {"shown": f"{case.number},{other.number}", "since": LATER.isoformat()}
    told = dispatcher.get("/desk/queue/sent/fresh", query).json()

    assert told["gone"] == [other.number]
