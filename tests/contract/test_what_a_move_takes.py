"""Over HTTP a move is refused that says more than it takes, and nothing of it is stored."""

from typing import Any

import pytest

from chengshao.people.terms import Role
from chengshao.workorders.models import Entry, Note
from tests.contract.conftest import Appoint, Caller
from tests.contract.test_reports_api import (
    case_of,
    closed,
    dispatch,
    move,
    registered,
    reported,
    task_of,
)
from tests.district import District


@pytest.fixture
def leader(person: Appoint, district: District) -> Caller:
    return person(district.roads, Role.UNIT_LEADER)


def tried(caller: Caller, path: str, said: dict[str, Any]) -> tuple[int, Any]:
    """Send it, see that nothing is stored, and return what the caller is told."""
    stored = Entry.objects.count(), Note.objects.count()
    status, told = caller.post(path, said)
    assert (Entry.objects.count(), Note.objects.count()) == stored
    return status, told


def moved(caller: Caller, case: Any, kind: str, command: str, **said: Any) -> tuple[int, Any]:
    task = task_of(case, kind)
    body = {"command": command, "seen_revision": task["revision"], **said}
    return tried(caller, f"tasks/{task['id']}/moves", body)


STRAY: list[dict[str, Any]] = [
    {"reply": "不归我们管"},
    {"closing": {"kind": "SOLVED"}},
    {"until": "2030-01-01"},
    {"reply": "不归我们管", "until": "2030-01-01"},
]


@pytest.mark.parametrize("stray", STRAY, ids=lambda said: "+".join(said))
def test_who_acknowledges_says_nothing_else(
    machine: Caller, desk: Caller, leader: Caller, district: District, stray: dict[str, Any]
) -> None:
    _, case = dispatch(desk, registered(desk, reported(machine)), district.roads)

    status, told = moved(leader, case, "LEAD", "ACKNOWLEDGE", **stray)

    assert (status, told["code"]) == (422, "workorder_takes_no")
    assert all(name in told["message"] for name in stray)


def test_what_is_empty_is_not_said(
    machine: Caller, desk: Caller, leader: Caller, district: District
) -> None:
    _, case = dispatch(desk, registered(desk, reported(machine)), district.roads)
    empty: dict[str, object] = {
        "reply": "",
        "reason": " ",
        "closing": None,
        "asked_unit_ids": [],
        "until": None,
    }

    assert task_of(move(leader, case, "LEAD", "ACKNOWLEDGE", **empty), "LEAD")["state"] == (
        "ACKNOWLEDGED"
    )


def test_a_closed_case_keeps_its_answer(
    machine: Caller, desk: Caller, leader: Caller, district: District
) -> None:
    told = reported(machine, contact_phone="13800138000")
    case = closed(desk, leader, told, district.roads)

    status, refused = moved(leader, case, "TELL", "TELL", reply="另一段话")

    assert (status, refused["code"]) == (422, "workorder_takes_no")


def test_calls_are_named_by_themselves_and_are_no_moves(
    machine: Caller, desk: Caller, leader: Caller, district: District
) -> None:
    told = reported(machine, contact_phone="13800138000")
    dispatch(desk, registered(desk, told), district.roads)
    case = case_of(leader, told)
    contact = task_of(case, "CONTACT")["id"]

    status, refused = moved(leader, case, "CONTACT", "CONTACT", reason="打过了")
    said = {"report_id": told["id"], "result": "TALKED", "words": "说好了"}
    noted, _ = leader.post(f"tasks/{contact}/contacts", said)

    assert (case["calls"], case["commands"][str(contact)]) == ([contact], [])
    assert (status, refused["code"]) == (409, "workorder_need_missing")
    assert noted == 200


def test_a_dispatch_names_no_row_of_the_catalogue_that_is_not_there(
    machine: Caller, desk: Caller, district: District
) -> None:
    case = registered(desk, reported(machine))
    said = {
        "seen_revision": case["revision"],
        "lead_unit_id": district.roads,
        "principle": "BY_AGREEMENT",
        "basis": "联席会议纪要",
        "responsibility_id": 99_999_999,
    }

    status, told = tried(desk, f"workorders/{case['number']}/dispatch", said)

    assert (status, told["code"]) == (409, "responsibility_not_in_force")
