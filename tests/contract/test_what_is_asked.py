"""Whoever decides over the API is told what is asked, as on the page, and no more than there."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.people.terms import Role
from tests.contract.conftest import Appoint, Caller, contractor
from tests.contract.test_reports_api import (
    RATING,
    SOLVED,
    case_of,
    closed,
    dispatch,
    move,
    registered,
    reported,
    task_of,
)
from tests.district import District

SOON = str(localdate() + timedelta(days=20))
BASIS = "城市道路管理条例第二十三条"
NOTHING = {
    "what": None, "until": None, "proposed_unit_id": None, "closing": None, "words": "",
    "draft": "",
}  # fmt: skip


@pytest.fixture
def roads(person: Appoint, district: District) -> Caller:
    return person(district.roads, Role.HANDLER)


@pytest.fixture
def leader(person: Appoint, district: District) -> Caller:
    return person(district.roads, Role.UNIT_LEADER)


@pytest.fixture
def in_hand(machine: Caller, desk: Caller, roads: Caller, district: District) -> Any:
    """Return a case that its lead has acknowledged."""
    case = registered(desk, reported(machine, contact_phone="13800138000"))
    return move(roads, dispatch(desk, case, district.roads)[1], "LEAD", "ACKNOWLEDGE")


class TestTheUnitsLeader:
    def test_is_told_until_when_and_why_the_clock_is_to_stop(
        self, in_hand: Any, roads: Caller, leader: Caller
    ) -> None:
        move(roads, in_hand, "LEAD", "ASK_SUSPENSION", reason="等汛期过去", until=SOON)

        asked = task_of(case_of(leader, in_hand), "LEADER_APPROVAL")["asked"]

        assert asked == NOTHING | {"what": "SUSPENSION", "until": SOON, "words": "等汛期过去"}

    def test_is_told_the_draft_with_all_that_it_says(
        self, in_hand: Any, roads: Caller, leader: Caller
    ) -> None:
        closing = {
            "kind": "PROCEDURE", "organ": "区人民法院（演示）", "procedure_number": "2026-7",
            "procedure_on": str(localdate()),
        }  # fmt: skip
        move(roads, in_hand, "LEAD", "ANSWER", reply="已转法院", reason="内情", closing=closing)

        asked = task_of(case_of(leader, in_hand), "SIGN_OFF")["asked"]

        rest = {"promised_on": None, "ledger_level": None, "review_on": None}
        assert asked == NOTHING | {"closing": closing | rest, "draft": "已转法院"}


class TestTheDesk:
    def test_is_told_who_should_do_it_instead(
        self, in_hand: Any, desk: Caller, roads: Caller, district: District
    ) -> None:
        move(
            roads, in_hand, "LEAD", "ASK_RETURN", reason="是供水井",
            proposed_unit_id=district.water,
        )  # fmt: skip

        case = case_of(desk, in_hand)

        asked = NOTHING | {"proposed_unit_id": district.water, "words": "是供水井"}
        assert task_of(case, "ADJUDICATE")["asked"] == asked
        assert case["history"][-1]["proposed_unit_id"] == district.water

    def test_is_told_on_what_a_lead_was_chosen_also_after_rework(
        self, in_hand: Any, desk: Caller, leader: Caller
    ) -> None:
        case = move(leader, case_of(leader, in_hand), "LEAD", "ANSWER", reply="好", closing=SOLVED)
        case = move(desk, case, "CHECK", "FAIL", reason="还在漏")

        leads = [task for task in case["tasks"] if task["kind"] == "LEAD"]

        assert [lead["round"] for lead in leads] == [1, 2]
        assert {(lead["principle"], lead["basis"]) for lead in leads} == {("BY_LAW", BASIS)}
        assert task_of(case, "LEAD")["asked"]["words"] == "还在漏"

    def test_is_told_the_responsibility_that_was_named(
        self, machine: Caller, desk: Caller, district: District
    ) -> None:
        case = registered(desk, reported(machine))
        (row, *_) = catalog.responsibilities_for(case["matter"], "", localdate())
        said = {
            "seen_revision": case["revision"], "lead_unit_id": district.roads,
            "principle": "BY_LAW", "basis": BASIS, "responsibility_id": row.id,
        }  # fmt: skip

        _, case = desk.post(f"workorders/{case['number']}/dispatch", said)

        assert task_of(case, "LEAD")["responsibility_id"] == row.id
        assert case["history"][-1]["responsibility_id"] == row.id

    def test_is_told_who_got_a_copy(
        self, machine: Caller, desk: Caller, district: District
    ) -> None:
        case = case_of(desk, reported(machine))
        said = {"seen_revision": case["revision"], "unit_ids": [district.parks]}

        _, case = desk.post(f"workorders/{case['number']}/copies", said)

        assert [copy["unit_id"] for copy in case["copies"]] == [district.parks]
        assert case["history"][-1]["copy_unit_ids"] == [district.parks]


class TestALineOfTheHistory:
    def line(self, case: Any, command: str) -> Any:
        return next(line for line in reversed(case["history"]) if line["command"] == command)

    def test_names_the_units(self, machine: Caller, desk: Caller, district: District) -> None:
        case = registered(desk, reported(machine))
        _, case = dispatch(desk, case, district.roads, district.water)

        assert self.line(case, "DISPATCH").items() >= {
            "lead_unit_id": district.roads, "co_handle_unit_ids": [district.water],
            "double_unit_ids": [], "principle": "BY_LAW",
        }.items()  # fmt: skip

    def test_tells_how_an_attempt_went(self, in_hand: Any, roads: Caller) -> None:
        contact = task_of(case_of(roads, in_hand), "CONTACT")
        said = {"report_id": in_hand["reports"][0]["id"], "result": "TALKED", "words": "在家"}

        _, case = roads.post(f"tasks/{contact['id']}/contacts", said)

        assert self.line(case, "CONTACT")["result"] == "TALKED"

    def test_tells_what_was_promised_and_how_it_was_rated(
        self, machine: Caller, desk: Caller, leader: Caller, district: District
    ) -> None:
        told = reported(machine)
        closed(desk, leader, told, district.roads)
        desk.post(f"reports/{told['id']}/rating", RATING)

        case = case_of(desk, told)

        assert self.line(case, "ANSWER")["closing"]["kind"] == "SOLVED"
        assert self.line(case, "RATE").items() >= RATING.items()
        assert self.line(case, "REPORT")["closing"] is None

    def test_tells_why_it_was_declined(self, machine: Caller, desk: Caller) -> None:
        case = case_of(desk, reported(machine))
        said = {
            "seen_revision": case["revision"], "command": "DECLINE", "reason": "不归我们",
            "reply": "请向法院起诉", "ground": "BEYOND_GOVERNMENT",
        }  # fmt: skip

        _, case = desk.post(f"workorders/{case['number']}/moves", said)

        assert self.line(case, "DECLINE")["ground"] == "BEYOND_GOVERNMENT"

    def test_tells_both_cases_of_a_merge(self, machine: Caller, desk: Caller) -> None:
        one = case_of(desk, reported(machine))
        other = case_of(desk, reported(machine, client_key="k-2"))
        said = {"seen_revision": other["revision"], "into": one["number"], "reason": "同一件"}

        _, case = desk.post(f"workorders/{other['number']}/merge", said)

        line = self.line(case, "MERGE")
        assert (line["source"], line["target"]) == (other["number"], one["number"])


class TestAThirdParty:
    def test_is_told_its_own_task_in_the_words_of_who_asked(
        self, in_hand: Any, roads: Caller, person: Appoint, district: District
    ) -> None:
        pipes = contractor(district)
        move(roads, in_hand, "LEAD", "SUBASSIGN", reason="去换井盖", asked_unit_ids=[pipes])

        case = case_of(person(pipes, Role.HANDLER), in_hand)

        (task,) = case["tasks"]
        assert (task["kind"], task["asked"]) == ("SUBASSIGNED", NOTHING | {"words": "去换井盖"})
        assert (task["basis"], case["copies"]) == ("", [])
        assert [line["asked_unit_ids"] for line in case["history"]] == [[pipes]]
        assert BASIS not in str(case)
