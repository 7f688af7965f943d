"""A system goes on with the reports that it brought: by them its citizens speak. By no others."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.timezone import now

from chengshao.people import actions as people
from chengshao.people.terms import Role
from chengshao.workorders.models import Attachment, Rating, Report, WorkOrder
from tests.contract.conftest import Answer, Appoint, Caller, with_key
from tests.contract.test_reports_api import (
    RATING,
    closed,
    dispatch,
    last_entry,
    registered,
    reported,
)
from tests.district import AT, LOADER, SINCE, District, account
from tests.unit.evidence.files import photo

PHONE = "13800138000"
Deed = Callable[[Caller, int], Answer]
DEEDS: dict[str, Deed] = {
    "state": lambda caller, report: caller.get(f"reports/{report}"),
    "chase": lambda caller, report: caller.post(f"reports/{report}/chase", {"words": "还没好"}),
    "supplement": lambda caller, report: caller.post(
        f"reports/{report}/supplement", {"words": "还漏水"}
    ),
    "progress": lambda caller, report: caller.post(
        f"reports/{report}/progress", {"words": "已告知"}
    ),
    "withdraw": lambda caller, report: caller.post(
        f"reports/{report}/withdraw", {"reason": "市民说好了"}
    ),
    "file": lambda caller, report: caller.upload(f"reports/{report}/files", photo(), "p.jpg"),
}


@pytest.fixture
def another(machine: Caller) -> Caller:
    """Return the system of another platform."""
    user_id = account("another-platform")
    people.appoint(user_id=user_id, role=Role.MACHINE, valid_from=SINCE, actor=LOADER, at=AT)
    key = people.issue_token(
        user_id=user_id, label="平台", powers=["REPORT"], actor=LOADER, at=now()
    )
    return with_key(key)


class TestItsOwn:
    @pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
    @pytest.mark.parametrize("secret", [{}, {"confidential": True}, {"kind": "INFORMANT"}])
    def test_goes_on(self, machine: Caller, deed: Deed, secret: dict[str, Any]) -> None:
        told = reported(machine, **secret)

        status, body = deed(machine, told["id"])

        assert status == 200, body

    def test_tells_the_answer_once_there_is_one_and_no_word_from_inside(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine, contact_name="诸葛市民", contact_phone=PHONE)
        _, before = machine.get(f"reports/{told['id']}")
        closed(desk, person(district.roads, Role.UNIT_LEADER), told, district.roads)

        _, after = machine.get(f"reports/{told['id']}")

        assert before.items() >= {
            "number": told["number"], "step": "REPORTED", "reply": "", "may_rate": False,
        }.items()  # fmt: skip
        assert after.items() >= {
            "step": "CLOSED", "reply": "井盖已换好", "closing_kind": "SOLVED", "may_rate": True,
        }.items()  # fmt: skip
        assert not [word for word in ("诸葛", PHONE, "条例") if word in str(after)]

    def test_is_rated_as_its_citizen_says(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine)
        closed(desk, person(district.roads, Role.UNIT_LEADER), told, district.roads)

        status, rated = machine.post(f"reports/{told['id']}/rating", RATING)

        assert (status, rated["step"]) == (200, "EVALUATED")
        assert Rating.objects.get().resolution == RATING["resolution"]
        assert last_entry()["actor"] == "MACHINE"

    def test_is_withdrawn_in_its_citizens_words_alone(self, machine: Caller) -> None:
        told = reported(machine)

        status, body = machine.post(f"reports/{told['id']}/withdraw", {})

        assert (status, body["code"]) == (409, "workorder_need_missing")
        assert Report.objects.get().withdrawn_at is None

    def test_stays_its_own_when_it_was_merged(
        self, machine: Caller, desk: Caller, district: District
    ) -> None:
        told, other = reported(machine), reported(desk, client_key="k-2")
        case = WorkOrder.objects.get(number=told["number"])
        said = {"seen_revision": case.revision, "into": other["number"], "reason": "同一件"}
        desk.post(f"workorders/{told['number']}/merge", said)

        assert machine.get(f"reports/{told['id']}")[1]["number"] == told["number"]
        assert machine.post(f"reports/{told['id']}/chase", {})[0] == 200
        assert machine.get(f"reports/{other['id']}")[0] == 404

    def test_is_found_by_the_number_of_who_calls_it_again(
        self, machine: Caller, another: Caller
    ) -> None:
        told = reported(machine, contact_phone=PHONE)
        reported(another, contact_phone=PHONE)

        _, found = machine.post("callers", {"phone": PHONE})

        assert [call["report_id"] for call in found] == [told["id"]]

    def test_is_not_marked_as_nuisance_by_it(self, machine: Caller) -> None:
        told = reported(machine)

        status, body = machine.post(f"reports/{told['id']}/nuisance", {"reason": "骂人"})

        assert (status, body["code"]) == (403, "workorder_power_missing")
        assert not Report.objects.get().nuisance

    def test_opens_no_case(self, machine: Caller, desk: Caller, district: District) -> None:
        told = reported(machine, contact_phone=PHONE)
        dispatch(desk, registered(desk, told), district.roads)
        where = f"workorders/{told['number']}"

        for path in (where, f"{where}/viewings", f"{where}/time-held", f"{where}/similar"):
            assert machine.get(path)[0] == 404, path
        assert machine.get("alerts") == (200, [])
        number = f"{where}/reports/{told['id']}/contact"
        assert machine.post(number, {"purpose": "核实"})[1]["code"] == "contact_not_open"


class TestOfOthers:
    @pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
    @pytest.mark.parametrize("by", ["another", "desk"])
    def test_is_not_there(
        self, request: pytest.FixtureRequest, machine: Caller, by: str, deed: Deed
    ) -> None:
        told = reported(request.getfixturevalue(by))
        before = WorkOrder.objects.get().history_seq

        status, body = deed(machine, told["id"])

        assert (status, body["code"]) == (404, "report_not_found")
        assert WorkOrder.objects.get().history_seq == before
        assert not Attachment.objects.exists()
