"""What a machine needs to work as staff do: find what waits, read a case, act, tell nobody else."""

from collections.abc import Callable
from typing import Any

import pytest

from chengshao.people.models import ContactAccess
from chengshao.people.terms import Role
from chengshao.workorders import queries
from chengshao.workorders.models import Audience, Copy, Report, WorkOrder
from tests.contract.conftest import Appoint, Caller, anyone
from tests.contract.test_reports_api import (
    REPORT,
    case_of,
    closed,
    dispatch,
    move,
    registered,
    reported,
    task_of,
)
from tests.district import MANHOLE, TREE, District
from tests.unit.evidence.files import photo

PHONE = "13800138000"


def broken(told: Any) -> list[queries.Broken]:
    return queries.broken_cases([WorkOrder.objects.get(number=told["number"]).pk])


def on_seeing(caller: Caller, told: Any, **said: Any) -> dict[str, Any]:
    """Return a command by who sees the case as it stands."""
    return {"seen_revision": case_of(caller, told)["revision"], **said}


class TestReading:
    def test_a_case_comes_with_what_hangs_on_it(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine, contact_name="诸葛市民", contact_phone=PHONE)
        _, case = dispatch(desk, registered(desk, told), district.roads)

        (report,) = case["reports"]
        assert (report["id"], report["words"]) == (told["id"], REPORT["words"])
        assert report["contact"]["phone"] == "138****8000"
        assert [line["command"] for line in case["history"]] == ["REPORT", "REGISTER", "DISPATCH"]
        assert case["history"][-1]["notes"]["BASIS"] == "城市道路管理条例第二十三条"
        assert case["sight"] == "FULL"
        lead = str(task_of(case, "LEAD")["id"])
        assert "RECALL" in case["commands"][lead]

    def test_a_case_that_has_not_changed_is_not_sent_again(
        self, machine: Caller, desk: Caller
    ) -> None:
        path = f"/api/v1/workorders/{reported(machine)['number']}"
        first = desk.client.get(path)

        again = desk.client.get(path, headers={"If-None-Match": first["ETag"]})
        desk.post(f"reports/{first.json()['reports'][0]['id']}/chase", {"words": "快点"})
        after = desk.client.get(path, headers={"If-None-Match": first["ETag"]})

        assert (again.status_code, again.content) == (304, b"")
        assert (after.status_code, after["ETag"] != first["ETag"]) == (200, True)

    def test_a_machine_can_note_a_call_on_a_report_of_another(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine, contact_phone=PHONE)
        dispatch(desk, registered(desk, told), district.roads)
        roads = person(district.roads, Role.HANDLER)
        case = case_of(roads, told)

        status, _ = roads.post(
            f"tasks/{task_of(case, 'CONTACT')['id']}/contacts",
            {"report_id": case["reports"][0]["id"], "result": "TALKED"},
        )

        assert status == 200

    def test_who_has_seen_it_is_told(self, machine: Caller, desk: Caller) -> None:
        told = reported(machine)
        case_of(desk, told)

        _, seen = desk.get(f"workorders/{told['number']}/viewings")

        assert [row["kind"] for row in seen] == ["VIEW"]

    def test_similar_cases_are_told_to_who_sees_both(self, machine: Caller, desk: Caller) -> None:
        one = reported(machine, words="和平路口人行道井盖破损严重")
        other = reported(machine, client_key="k-2", words="人行道井盖破损严重，和平路口")

        _, alike = desk.get(f"workorders/{one['number']}/similar")

        assert [row["number"] for row in alike] == [other["number"]]


class TestListsShowNoMoreThanHowItBegins:
    LONG = "和平路口人行道的井盖破损严重，" * 20

    @pytest.mark.parametrize(
        "of",
        [
            lambda district, case: f"workorders?unit_id={district.centre}",
            lambda district, case: "queues/register",
            lambda district, case: f"workorders/{case['number']}/similar",
        ],
        ids=["cases", "queue", "similar"],
    )
    def test_the_whole_stands_on_the_case(
        self, machine: Caller, desk: Caller, district: District, of: Callable[..., str]
    ) -> None:
        first = reported(machine, words=self.LONG)
        reported(machine, words=self.LONG, client_key="k-2")

        _, rows = desk.get(of(district, first))

        assert rows
        for row in rows:
            assert (len(row["words"]), row["words"][-1]) == (80, "…")
            assert self.LONG.startswith(row["words"][:-1])
            assert case_of(desk, row)["reports"][0]["words"] == self.LONG

    @pytest.mark.parametrize("length", [1, 79, 80])
    def test_what_is_short_stands_as_it_was_said(
        self, machine: Caller, desk: Caller, length: int
    ) -> None:
        reported(machine, words="井" * length)

        (row,) = desk.get("queues/register")[1]

        assert row["words"] == "井" * length


class TestQueues:
    def test_are_those_of_the_powers_held(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine)
        roads = person(district.roads, Role.HANDLER)

        waiting = {row["name"]: row["waiting"] for row in desk.get("queues")[1]}
        assert waiting == {
            "verify": 0, "register": 1, "dispatch": 0, "returns": 0, "outer": 0, "work": 0,
            "check": 0,
        }  # fmt: skip
        assert [row["name"] for row in roads.get("queues")[1]] == ["work"]
        (row,) = desk.get("queues/register")[1]
        assert (row["number"], row["waits_for"]) == (told["number"], "REGISTER")

    def test_of_other_work_are_not_there(self, desk: Caller) -> None:
        status, body = desk.get("queues/sign")

        assert (status, body["code"]) == (404, "queue_not_found")


class TestSending:
    def test_the_catalogue_sends_where_it_names_one_lead(
        self, machine: Caller, desk: Caller, district: District
    ) -> None:
        told = reported(machine)
        case = case_of(desk, told)
        place = {"words": "和平路口", "territory": "330102001051"}
        said = {"seen_revision": case["revision"], "matter": MANHOLE, "place": place}

        status, sent = desk.post(f"workorders/{told['number']}/register-and-dispatch", said)

        assert (status, sent["step"]) == (200, "DISPATCHED")
        assert task_of(case_of(desk, told), "LEAD")["unit_id"] == district.roads

    def test_a_copy_goes_by_itself_once(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine)
        copies = f"workorders/{told['number']}/copies"
        to_parks = {"unit_ids": [district.parks], "reason": "请知悉"}

        status, case = desk.post(copies, on_seeing(desk, told, **to_parks))
        again = desk.post(copies, on_seeing(desk, told, **to_parks))

        assert (status, again[0]) == (200, 200)
        assert again[1]["revision"] == case["revision"]
        assert case["history"][-1]["command"] == "COPY"
        assert Copy.objects.get().unit_id == district.parks
        assert person(district.parks, Role.HANDLER).get(f"workorders/{told['number']}")[0] == 200

    def test_what_changed_meanwhile_is_copied_to_nobody(
        self, machine: Caller, desk: Caller, district: District
    ) -> None:
        told = reported(machine)
        stale = on_seeing(desk, told, unit_ids=[district.parks])
        registered(desk, told)

        status, body = desk.post(f"workorders/{told['number']}/copies", stale)

        assert (status, body["code"]) == (409, "workorder_changed_meanwhile")
        assert not Copy.objects.exists()

    @pytest.mark.parametrize("secret", [{"confidential": True}, {"kind": "INFORMANT"}])
    def test_nothing_is_copied_that_is_not_open_to_whole_units(
        self, machine: Caller, person: Appoint, district: District, secret: dict[str, Any]
    ) -> None:
        leader = person(district.centre, Role.DUTY_LEADER)
        told = reported(machine, **secret)
        case = WorkOrder.objects.get(number=told["number"])

        status, body = leader.post(
            f"workorders/{told['number']}/copies",
            {"unit_ids": [district.parks], "seen_revision": case.revision},
        )

        assert (status, body["code"]) == (409, "workorder_not_for_whole_units")
        assert not Audience.objects.filter(unit=district.parks).exists()

    def test_nothing_is_copied_to_whom_it_is_about(
        self, machine: Caller, desk: Caller, district: District
    ) -> None:
        told = reported(machine, complained_about_unit_id=district.roads)

        status, body = desk.post(
            f"workorders/{told['number']}/copies", on_seeing(desk, told, unit_ids=[district.roads])
        )

        assert (status, body["code"]) == (409, "workorder_unit_complained_about")
        assert not Copy.objects.exists()


class TestANumber:
    def test_opens_for_a_purpose_and_is_logged(
        self, machine: Caller, person: Appoint, district: District
    ) -> None:
        registrar = person(district.centre, Role.REGISTRAR)
        told = reported(machine, contact_name="诸葛市民", contact_phone=PHONE)
        where = f"workorders/{told['number']}/reports/{told['id']}/contact"

        status, contact = registrar.post(where, {"purpose": "核实位置"})

        assert (status, contact) == (200, {"name": "诸葛市民", "phone": PHONE})
        assert ContactAccess.objects.get().purpose == "核实位置"

    def test_stays_shut_without_one(
        self, machine: Caller, person: Appoint, district: District
    ) -> None:
        registrar = person(district.centre, Role.REGISTRAR)
        told = reported(machine, contact_phone=PHONE)

        status, _ = registrar.post(
            f"workorders/{told['number']}/reports/{told['id']}/contact", {"purpose": ""}
        )

        assert (status, ContactAccess.objects.exists()) == (422, False)


class TestFiles:
    def test_of_a_report_are_sent_and_listed(self, machine: Caller, desk: Caller) -> None:
        told = reported(machine)

        status, added = desk.upload(f"reports/{told['id']}/files", photo(), "p.jpg")

        assert status == 200
        (file,) = case_of(desk, told)["attachments"]
        assert (file["id"], file["report_id"]) == (added["id"], told["id"])
        assert desk.client.get(f"/api/v1/attachments/{added['id']}").status_code == 200


class TestErasing:
    def test_takes_a_citizen_s_words_and_leaves_the_proof(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        officer = person(district.centre, Role.PRIVACY_OFFICER)
        told = reported(machine, contact_phone=PHONE)
        where = f"workorders/{told['number']}/reports/{told['id']}/erase"

        unsaid = officer.post(where, {"reason": ""})
        status, case = officer.post(where, {"reason": "诉求人来函"})

        assert (unsaid[0], status) == (422, 200)
        assert (case["reports"][0]["words"], case["reports"][0]["contact"]["erased"]) == ("", True)
        assert case["history"][-1]["notes"] == {"REASON": "诉求人来函"}
        assert broken(told) == []

    def test_is_for_the_privacy_officer_alone(self, machine: Caller, desk: Caller) -> None:
        told = reported(machine)

        status, body = desk.post(
            f"workorders/{told['number']}/reports/{told['id']}/erase", {"reason": "来函"}
        )

        assert (status, body["code"]) == (403, "workorder_power_missing")
        assert Report.objects.get().words == REPORT["words"]

    def test_takes_a_text_and_a_file(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        officer = person(district.centre, Role.PRIVACY_OFFICER)
        told = reported(machine)
        desk.upload(f"reports/{told['id']}/files", photo(), "p.jpg")
        desk.post(f"reports/{told['id']}/chase", {"words": "我住3幢"})
        case = case_of(desk, told)
        where = f"workorders/{told['number']}"

        officer.post(f"{where}/history/{len(case['history'])}/erase", {"reason": "误录"})
        file_id = case["attachments"][0]["id"]
        _, case = officer.post(f"{where}/attachments/{file_id}/erase", {"reason": "误传"})

        assert "我住3幢" not in str(case)
        assert case["attachments"][0]["erased_at"] is not None
        assert broken(told) == []


class TestTheCitizensProgram:
    def follow(self, told: Any) -> str:
        token: str = told["link"].rstrip("/").rpartition("/")[2]
        return f"follow/{token}"

    def test_tells_what_the_page_tells_and_no_more(self, desk: Caller, district: District) -> None:
        told = reported(anyone(), contact_name="诸葛市民", contact_phone=PHONE)
        dispatch(desk, registered(desk, told), district.roads)

        status, progress = anyone().get(self.follow(told))

        assert (status, progress["step"], progress["lead_unit"]) == (
            200, "DISPATCHED", "区城市管理局",
        )  # fmt: skip
        assert not [word for word in ("诸葛", PHONE, "条例") if word in str(progress)]

    def test_does_what_the_page_does(
        self, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(anyone())
        here = self.follow(told)

        assert anyone().post(f"{here}/chase", {"words": "还没好"})[0] == 200
        assert anyone().post(f"{here}/supplement", {"words": "还漏水"})[0] == 200
        closed(desk, person(district.roads, Role.UNIT_LEADER), told, district.roads)
        rated = {"resolution": "UNRESOLVED", "satisfaction": "DISSATISFIED"}
        assert anyone().post(f"{here}/rate", rated)[1]["may_rate"] is False
        status, progress = anyone().post(f"{here}/reopen", {"words": "没修好"})

        assert (status, progress["step"]) == (200, "REGISTERED")

    def test_withdraws(self, district: District) -> None:
        told = reported(anyone())

        status, progress = anyone().post(f"{self.follow(told)}/withdraw", {"words": "好了"})

        assert (status, progress["withdrawn"], progress["step"]) == (200, True, "WITHDRAWN")

    def test_opens_to_no_false_link(self, district: District) -> None:
        status, body = anyone().get(f"follow/{'0' * 32}")

        assert (status, body["code"]) == (404, "report_not_found")


def test_evidence_that_was_handed_in_is_listed_with_its_task(
    machine: Caller, desk: Caller, person: Appoint, district: District
) -> None:
    parks = person(district.parks, Role.HANDLER)
    _, case = dispatch(desk, registered(desk, reported(machine), TREE), district.parks)
    case = move(parks, case, "LEAD", "ACKNOWLEDGE")
    task_id = task_of(case, "LEAD")["id"]
    parks.upload(f"tasks/{task_id}/evidence", photo(), "p.jpg", evidence_kind="PHOTO_AFTER")

    (file,) = case_of(parks, case)["attachments"]

    assert (file["task_id"], file["evidence_kind"]) == (task_id, "PHOTO_AFTER")
