"""What the home page, the dispatch desk, the case page and the call tell stands in the API too."""

from typing import Any

import pytest

from chengshao.people.models import ContactAccess
from chengshao.people.terms import Role
from tests.contract.conftest import Appoint, Caller, contractor
from tests.contract.test_reports_api import (
    case_of,
    closed,
    dispatch,
    move,
    registered,
    reported,
)
from tests.district import District

PHONE = "13800138000"


def sent(machine: Caller, desk: Caller, lead: int, **more: Any) -> Any:
    """Return a case that the desk has just dispatched."""
    return dispatch(desk, registered(desk, reported(machine, **more)), lead)[1]


class TestWhatAUnitWasTold:
    @pytest.fixture
    def chased(self, machine: Caller, desk: Caller, district: District) -> Any:
        case = sent(machine, desk, district.roads)
        desk.post(f"reports/{case['reports'][0]['id']}/chase", {"words": "还没好"})
        return case

    def test_is_listed_until_somebody_of_it_has_opened_the_case(
        self, chased: Any, person: Appoint, district: District
    ) -> None:
        roads = person(district.roads, Role.HANDLER)

        (told,) = roads.get("alerts")[1]
        assert told.items() >= {
            "kind": "CHASED", "number": chased["number"], "unit_id": district.roads,
            "for_leader": False,
        }.items()  # fmt: skip
        assert [each["kind"] for each in case_of(roads, chased)["alerts"]] == ["CHASED"]
        assert roads.get("alerts")[1] == []

    def test_is_told_its_leader_once(
        self, chased: Any, person: Appoint, district: District
    ) -> None:
        leader = person(district.roads, Role.UNIT_LEADER)

        assert [each["for_leader"] for each in leader.get("alerts")[1]] == [True]
        assert leader.get("alerts?offset=1")[1] == []

    def test_is_told_nobody_else(self, chased: Any, person: Appoint, district: District) -> None:
        assert person(district.parks, Role.UNIT_LEADER).get("alerts") == (200, [])


class TestWhatWasSent:
    def test_can_be_recalled_until_the_lead_has_opened_it(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        case = sent(machine, desk, district.roads)

        listed = [row["number"] for row in desk.get("queues/sent")[1]]
        assert listed == [case["number"]]
        assert desk.get("queues/sent?words=井盖破损&territory=330102003000")[1] == []
        assert desk.get("queues/sent?kind=LEAD")[1] == []

        move(person(district.roads, Role.HANDLER), case, "LEAD", "ACKNOWLEDGE")
        assert desk.get("queues/sent")[1] == []

    def test_is_for_who_sends(self, person: Appoint, district: District) -> None:
        status, body = person(district.centre, Role.CHECKER).get("queues/sent")

        assert (status, body["code"]) == (404, "queue_not_found")


class TestTimeHeld:
    def test_is_booked_task_by_task(
        self, machine: Caller, desk: Caller, district: District
    ) -> None:
        case = sent(machine, desk, district.roads)

        status, times = desk.get(f"workorders/{case['number']}/time-held")

        assert status == 200
        assert [(row["kind"], row["unit_id"]) for row in times] == [
            ("REGISTER", district.centre), ("DISPATCH", district.centre),
            ("LEAD", district.roads),
        ]  # fmt: skip
        (lead,) = (row for row in times if row["kind"] == "LEAD")
        assert lead.items() >= {"clock": "WORKING_DAY", "late_by": 0, "returned": False}.items()

    def test_is_no_third_party_s_to_know(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        pipes = contractor(district)
        third = person(pipes, Role.HANDLER)
        told = registered(desk, reported(machine))
        _, case = dispatch(desk, told, district.roads, pipes, task_words="更换井盖，周四前")
        assert case_of(third, case)["sight"] == "TASK"

        status, body = third.get(f"workorders/{case['number']}/time-held")

        assert (status, body["code"]) == (404, "workorder_not_found")


class TestWhoCallsAgain:
    def test_is_known_by_exactly_the_number(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        operator = person(district.centre, Role.OPERATOR)
        case = sent(machine, desk, district.roads, contact_name="诸葛市民", contact_phone=PHONE)
        reported(machine, client_key="k-2", contact_phone="13800138001")

        status, (call,) = operator.post("callers", {"phone": "138 0013 8000"})

        assert status == 200
        assert call.items() >= {
            "number": case["number"], "step": "DISPATCHED", "lead_unit_id": district.roads,
            "chases": 0, "reply": "",
        }.items()  # fmt: skip
        assert not [secret for secret in ("诸葛", PHONE) if secret in str(call)]
        assert not ContactAccess.objects.exists()  # as on the page: nothing was revealed

    def test_hears_the_answer_once_it_is_closed(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine, contact_phone=PHONE)
        closed(desk, person(district.roads, Role.UNIT_LEADER), told, district.roads)

        _, (call,) = person(district.centre, Role.OPERATOR).post("callers", {"phone": PHONE})

        assert (call["reply"], call["closing_kind"], call["may_be_rated"]) == (
            "井盖已换好", "SOLVED", True,
        )  # fmt: skip

    @pytest.mark.parametrize("secret", [{"confidential": True}, {"kind": "INFORMANT"}])
    def test_what_was_told_in_confidence_is_not_found(
        self, machine: Caller, person: Appoint, district: District, secret: dict[str, Any]
    ) -> None:
        reported(machine, contact_phone=PHONE, **secret)
        operator = person(district.centre, Role.OPERATOR, Role.DUTY_LEADER)

        assert operator.post("callers", {"phone": PHONE}) == (200, [])

    def test_is_looked_up_by_who_takes_calls_alone(
        self, machine: Caller, person: Appoint, district: District
    ) -> None:
        reported(machine, contact_phone=PHONE)

        status, body = person(district.centre, Role.CHECKER).post("callers", {"phone": PHONE})

        assert (status, body["code"]) == (403, "workorder_power_missing")

    def test_a_word_is_no_number(self, person: Appoint, district: District) -> None:
        status, body = person(district.centre, Role.OPERATOR).post("callers", {"phone": "张三"})

        assert (status, body["code"]) == (422, "contact_phone_invalid")
