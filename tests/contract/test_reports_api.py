"""One demand over HTTP: as another system sends it, as a citizen, as those who work on it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from chengshao.intake.rules.throttle import WINDOWS, window_start
from chengshao.kernel.geo import Crs, from_wgs84
from chengshao.people.models import Token
from chengshao.people.terms import Role
from chengshao.places import actions as places
from chengshao.workorders.models import Entry, Rating, Report, WorkOrder
from chengshao.workorders.terms import Channel
from tests.contract.conftest import Appoint, Caller, anyone, with_key
from tests.district import AT, LOADER, MANHOLE, QINGBO, QINGBOMEN, SINCE, TREE, District
from tests.unit.evidence.files import PLACE_WORDS, photo
from tests.unit.places.maps import box, feature, geojson, point, polygon

REPORT = {"client_key": "k-1", "channel": "PORTAL", "words": "井盖破损", "place": "和平路口"}
SOLVED = {"kind": "SOLVED"}
RATING = {"resolution": "RESOLVED", "satisfaction": "SATISFIED"}


def reported(caller: Caller, **more: Any) -> Any:
    """File a report and return what the caller is told."""
    status, told = caller.post("reports", REPORT | more)
    assert status == 200, told
    return told


def case_of(caller: Caller, told: Any) -> Any:
    return caller.get(f"workorders/{told['number']}")[1]


def registered(desk: Caller, told: Any, matter: str = MANHOLE) -> Any:
    case = case_of(desk, told)
    named = {"matter": matter, "seen_revision": case["revision"]}
    status, case = desk.post(f"workorders/{case['number']}/register", named)
    assert status == 200, case
    return case


def dispatch(
    desk: Caller, case: Any, lead: int, *helping: int, task_words: str = ""
) -> tuple[int, Any]:
    named = {
        "seen_revision": case["revision"],
        "lead_unit_id": lead,
        "co_handle_unit_ids": list(helping),
        "principle": "BY_LAW",
        "basis": "城市道路管理条例第二十三条",
        "task_words": task_words,
    }
    return desk.post(f"workorders/{case['number']}/dispatch", named)


def task_of(case: Any, kind: str) -> Any:
    return next(t for t in case["tasks"] if t["kind"] == kind and t["state"] not in _OVER)


def move(caller: Caller, case: Any, kind: str, command: str, **said: Any) -> Any:
    task = task_of(case, kind)
    body = {"command": command, "seen_revision": task["revision"], **said}
    status, case = caller.post(f"tasks/{task['id']}/moves", body)
    assert status == 200, case
    return case


def closed(desk: Caller, roads: Caller, told: Any, lead: int) -> Any:
    _, case = dispatch(desk, registered(desk, told), lead)
    case = move(roads, case, "LEAD", "ACKNOWLEDGE")
    case = move(roads, case, "LEAD", "ANSWER", reply="井盖已换好", closing=SOLVED)
    return move(desk, case, "CHECK", "PASS")


def last_entry() -> Any:
    return json.loads(Entry.objects.order_by("pk").last().body)  # type: ignore[union-attr]


_OVER = ("DONE", "CANCELLED")


def test_a_demand_goes_from_the_hotline_to_a_closed_and_rated_case(
    machine: Caller, desk: Caller, person: Appoint, district: District
) -> None:
    roads = person(district.roads, Role.HANDLER)
    told = reported(machine, channel="HOTLINE", source_number="12345-7")
    assert told.items() >= {"step": "REPORTED"}.items()

    case = registered(desk, told)
    assert (case["step"], case["matter"], case["urgency"]) == ("REGISTERED", MANHOLE, "ORDINARY")
    _, case = dispatch(desk, case, district.roads, district.water)
    assert case["step"] == "DISPATCHED"
    assert [(t["kind"], t["unit_id"]) for t in case["tasks"] if t["state"] == "OPEN"] == [
        ("LEAD", district.roads),
        ("CO_HANDLE", district.water),
    ]
    (deadline,) = task_of(case, "LEAD")["deadlines"]
    assert (deadline["amount"], deadline["unit"]) == (2, "WORKING_DAY")
    listed = roads.get(f"workorders?unit_id={district.roads}")[1]
    assert [row["number"] for row in listed] == [told["number"]]

    case = move(roads, case, "LEAD", "ACKNOWLEDGE")
    case = move(
        roads, case, "LEAD", "ANSWER", reply="井盖已换好", reason="协办不需要了", closing=SOLVED
    )
    assert case["step"] == "HANDLING"
    case = move(person(district.roads, Role.UNIT_LEADER), case, "SIGN_OFF", "SIGN")
    case = move(desk, case, "CHECK", "PASS")
    assert case["step"] == "CLOSED"

    status, rated = desk.post(f"reports/{told['id']}/rating", RATING)
    assert (status, rated["step"]) == (200, "EVALUATED")


class TestWhoIsAsking:
    def test_a_machine_by_its_key(self, machine: Caller) -> None:
        reported(machine)

        who = last_entry()
        assert (who["actor"], who["user_id"]) == ("MACHINE", Token.objects.get().user_id)

    def test_a_person_by_the_session(self, desk: Caller) -> None:
        reported(desk)

        assert last_entry()["actor"] == "PERSON"

    def test_a_session_without_the_page_s_token_is_refused(self, desk: Caller) -> None:
        status, body = Caller(desk.client).post("reports", REPORT)

        assert (status, body["code"]) == (403, "not_allowed")
        assert not Report.objects.exists()

    def test_a_citizen_without_a_name(self, district: District) -> None:
        told = reported(anyone())

        who = last_entry()
        assert (told["step"], who["actor"], who["user_id"]) == ("REPORTED", "CITIZEN", None)
        assert told["link"] in [f"/r/{part}/" for part in told["link"].split("/")]
        assert "井盖破损" in anyone().client.get(told["link"]).content.decode()

    def test_an_address_without_a_name_only_so_often(
        self, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: AT)  # within one window
        most = WINDOWS[0][1]
        for number in range(most):
            reported(anyone(), client_key=f"k-{number}")

        answer = anyone().client.post(
            "/api/v1/reports",
            REPORT | {"client_key": "one-more"},
            content_type="application/json",
        )

        told = (answer.status_code, answer.json()["code"], Report.objects.count())
        assert told == (429, "too_many_requests", most)
        window = WINDOWS[0][0]
        assert answer["Retry-After"] == str(
            int((window_start(AT, window) + window - AT).total_seconds())
        )

    @pytest.mark.parametrize("key", ["false", "", "x" * 5000, "钥匙"])
    def test_a_false_key_is_refused_even_where_no_key_is_needed(
        self, district: District, key: str
    ) -> None:
        status, body = with_key(key).post("reports", REPORT)

        assert (status, body["code"], Report.objects.exists()) == (401, "not_signed_in", False)

    def test_an_expired_key_is_refused_and_says_so(self, machine: Caller) -> None:
        Token.objects.update(expires_at=AT - timedelta(days=1))

        status, body = machine.post("reports", REPORT)

        assert (status, body["code"], Report.objects.exists()) == (401, "token_expired", False)

    def test_a_key_lets_do_no_more_than_its_scope_names(self, machine: Caller) -> None:
        fixed = {"client_key": "k", "matter": MANHOLE, "words": "井盖歪了", "reply": "扶正了"}
        Token.objects.update(powers=["SEE"])

        answers = [machine.post("reports", REPORT), machine.post("reports/fixed", fixed)]

        told = [(status, body["code"]) for status, body in answers]
        assert told == [(403, "workorder_power_missing")] * 2
        assert not Report.objects.exists()


class TestTheSameAgain:
    def test_gives_the_same_report(self, machine: Caller) -> None:
        first, second = reported(machine), reported(machine)

        assert (first.pop("created"), second.pop("created")) == (True, False)
        assert (first, Report.objects.count()) == (second, 1)

    def test_with_other_words_is_refused(self, machine: Caller) -> None:
        reported(machine)

        status, body = machine.post("reports", REPORT | {"words": "路灯不亮"})

        assert (status, body["code"]) == (409, "report_client_key_reused")
        assert Report.objects.get().words == "井盖破损"

    def test_of_another_caller_is_another_report(self, machine: Caller, desk: Caller) -> None:
        assert reported(machine)["number"] != reported(desk)["number"]


@pytest.fixture
def mapped(district: District) -> None:
    """Give the district an outline and one grid, of Qingbomen."""
    grid = feature(polygon(box(0, 0, 1, 1)), 网格编码=f"{QINGBOMEN}001")
    outline = feature(polygon(box(0, 0, 1, 1)))
    places.import_outlines(content=geojson([outline]), valid_from=SINCE, actor=LOADER, at=AT)
    places.import_grids(content=geojson([grid]), valid_from=SINCE, actor=LOADER, at=AT)


class TestWhere:
    def test_a_phone_s_point_is_converted_and_placed(self, machine: Caller, mapped: None) -> None:
        lng, lat = from_wgs84(*point(0.5, 0.5), Crs.GCJ02)

        reported(machine, point={"lng": lng, "lat": lat, "crs": "GCJ02"})

        case = WorkOrder.objects.get()
        assert (case.grid, case.territory) == (f"{QINGBOMEN}001", QINGBOMEN)
        assert (case.lng, case.lat) == pytest.approx(point(0.5, 0.5), abs=1e-6)

    def test_a_point_outside_is_refused(self, machine: Caller, mapped: None) -> None:
        status, body = machine.post("reports", REPORT | {"point": {"lng": 116.4, "lat": 39.9}})

        assert (status, body["code"], Report.objects.exists()) == (422, "point_outside", False)
        assert body["message"] == "位置（116.40000，39.90000）不在上城区范围内"

    def test_words_without_a_point_are_enough(self, machine: Caller) -> None:
        assert reported(machine, place="")["step"] == "REPORTED"

    def test_the_sub_district_of_the_point_sees_the_case(
        self, machine: Caller, mapped: None, person: Appoint, district: District
    ) -> None:
        lng, lat = point(0.5, 0.5)
        told = reported(machine, point={"lng": lng, "lat": lat})

        seen = {
            unit_id: person(unit_id, Role.COLLECTOR).get(f"workorders/{told['number']}")[0]
            for unit_id in (district.qingbo, district.hubin)
        }
        assert seen == {district.qingbo: 200, district.hubin: 404}
        assert WorkOrder.objects.get().territory.startswith(QINGBO[:9])


class TestOutOfSight:
    def test_a_stranger_gets_404(
        self, machine: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine)
        parks = person(district.parks, Role.REGISTRAR)
        end = {"command": "DECLINE", "reply": "好奇", "ground": "UNLAWFUL", "seen_revision": 1}

        seen = parks.get(f"workorders/{told['number']}")
        tried = parks.post(f"workorders/{told['number']}/moves", end)
        withdrawn = parks.post(f"reports/{told['id']}/withdraw", {})

        assert [(s, b["code"]) for s, b in (seen, tried, withdrawn)] == [
            (404, "workorder_not_found"),
            (404, "workorder_not_found"),
            (404, "report_not_found"),
        ]
        assert WorkOrder.objects.get().step == "REPORTED"

    def test_the_unit_complained_about_sees_nothing_and_gets_no_task(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine, complained_about_unit_id=district.roads)
        roads = person(district.roads, Role.HANDLER)

        status, body = dispatch(desk, registered(desk, told), district.roads)

        assert (status, body["code"]) == (409, "workorder_unit_complained_about")
        assert roads.get(f"workorders/{told['number']}")[0] == 404
        assert roads.get(f"workorders?unit_id={district.roads}") == (200, [])

    def test_a_complaint_about_the_centre_goes_above_it(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine, complained_about_unit_id=district.centre)
        office = person(district.office, Role.REGISTRAR)

        assert desk.get(f"workorders/{told['number']}")[0] == 404
        assert [t["unit_id"] for t in case_of(office, told)["tasks"]] == [district.office]

    def test_a_confidential_case_is_for_its_circle_alone(
        self, machine: Caller, mapped: None, desk: Caller, person: Appoint, district: District
    ) -> None:
        lng, lat = point(0.5, 0.5)
        told = reported(machine, confidential=True, point={"lng": lng, "lat": lat})
        qingbo = person(district.qingbo, Role.COLLECTOR)

        looking_on = person(district.centre, Role.ASSESSOR)

        assert qingbo.get(f"workorders/{told['number']}")[0] == 404
        assert looking_on.get(f"workorders/{told['number']}")[0] == 404
        assert desk.get(f"workorders/{told['number']}")[0] == 200

    def test_no_answer_tells_who_reported_unasked(self, machine: Caller, desk: Caller) -> None:
        told = reported(machine, contact_name="诸葛市民", contact_phone="13800138000")

        everything = json.dumps([told, case_of(desk, told)], ensure_ascii=False)

        tells = ("诸葛市民", "葛市民", "13800138000")
        assert not {word for word in tells if word in everything.replace(told["link"], "")}


class TestTheCitizensWill:
    def test_an_operator_withdraws_for_the_citizen(self, machine: Caller, desk: Caller) -> None:
        told = reported(machine)

        status, told = desk.post(f"reports/{told['id']}/withdraw", {"reason": "来电"})

        assert (status, told["step"]) == (200, "WITHDRAWN")
        again = desk.post(f"reports/{told['id']}/withdraw", {"reason": "来电"})
        assert (again[0], again[1]["code"]) == (409, "workorder_wrong_state")

    def test_a_report_that_joins_keeps_the_case_until_the_last_is_withdrawn(
        self, machine: Caller, desk: Caller
    ) -> None:
        first = reported(machine)
        second = reported(desk, client_key="k-2", joins=first["number"])
        assert second["number"] == first["number"]

        said = {"reason": "来电"}
        one = desk.post(f"reports/{first['id']}/withdraw", said)[1]
        other = desk.post(f"reports/{second['id']}/withdraw", said)[1]

        assert (one["step"], other["step"]) == ("REPORTED", "WITHDRAWN")

    def test_an_open_case_can_t_be_rated(self, machine: Caller, desk: Caller) -> None:
        told = reported(machine)

        status, body = desk.post(f"reports/{told['id']}/rating", RATING)

        assert (status, body["code"]) == (409, "workorder_wrong_state")

    def test_it_is_rated_once(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        told = reported(machine)
        closed(desk, person(district.roads, Role.UNIT_LEADER), told, district.roads)
        desk.post(f"reports/{told['id']}/rating", RATING)

        status, body = desk.post(
            f"reports/{told['id']}/rating", RATING | {"satisfaction": "DISSATISFIED"}
        )

        assert (status, body["code"]) == (409, "workorder_wrong_state")
        assert Rating.objects.get().satisfaction == "SATISFIED"


class TestWhatIsAttached:
    def handed_in(self, machine: Caller, desk: Caller, parks: Caller, lead: int) -> Any:
        """Take a tree's case as far as its evidence and return the answer to the upload."""
        _, case = dispatch(desk, registered(desk, reported(machine), TREE), lead)
        case = move(parks, case, "LEAD", "ACKNOWLEDGE")
        task = task_of(case, "LEAD")["id"]
        return parks.upload(
            f"tasks/{task}/evidence", photo(), "古树<b>.jpg", evidence_kind="PHOTO_AFTER"
        )

    def test_comes_back_as_an_attachment_without_its_sender_s_place(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        parks = person(district.parks, Role.HANDLER)
        status, added = self.handed_in(machine, desk, parks, district.parks)
        assert (status, added["evidence_kind"]) == (200, "PHOTO_AFTER")

        answer = parks.client.get(f"/api/v1/attachments/{added['id']}")

        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("attachment;")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "image/jpeg"
        assert PLACE_WORDS not in answer.getvalue()

    def test_is_not_there_for_a_stranger(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        parks = person(district.parks, Role.HANDLER)
        _, added = self.handed_in(machine, desk, parks, district.parks)

        status, body = person(district.roads, Role.HANDLER).get(f"attachments/{added['id']}")

        assert (status, body["code"]) == (404, "attachment_not_found")

    def test_is_only_what_the_matter_asks(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        _, case = dispatch(desk, registered(desk, reported(machine)), district.roads)
        roads = person(district.roads, Role.HANDLER)
        task = task_of(case, "LEAD")["id"]

        status, body = roads.upload(
            f"tasks/{task}/evidence", photo(), "p.jpg", evidence_kind="PHOTO_AFTER"
        )

        assert (status, body["code"]) == (422, "workorder_evidence_not_asked")

    def test_is_what_it_says_or_refused(
        self, machine: Caller, desk: Caller, person: Appoint, district: District
    ) -> None:
        parks = person(district.parks, Role.HANDLER)
        _, case = dispatch(desk, registered(desk, reported(machine), TREE), district.parks)
        task = task_of(case, "LEAD")["id"]
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

        status, body = parks.upload(
            f"tasks/{task}/evidence", svg, "photo.jpg", evidence_kind="PHOTO_AFTER"
        )

        assert (status, set(body)) == (422, {"code", "message"})
        assert not WorkOrder.objects.get().attachments.exists()


class TestRefusals:
    def test_have_a_code_and_words_in_the_reader_s_language(
        self, machine: Caller, desk: Caller
    ) -> None:
        case = case_of(desk, reported(machine))
        (task,) = case["tasks"]
        early = {"command": "PASS", "seen_revision": task["revision"]}

        chinese = desk.post(f"tasks/{task['id']}/moves", early)
        english = desk.post(f"tasks/{task['id']}/moves", early, **{"Accept-Language": "en"})

        assert (chinese[0], chinese[1]["code"]) == (409, "workorder_wrong_state")
        assert "核查通过" in chinese[1]["message"]
        assert english[1]["message"] not in ("", "workorder_wrong_state")

    def test_of_a_page_that_is_too_old_change_nothing(self, machine: Caller, desk: Caller) -> None:
        case = case_of(desk, reported(machine))
        stale = {"matter": MANHOLE, "seen_revision": case["revision"] - 1}

        status, body = desk.post(f"workorders/{case['number']}/register", stale)

        assert (status, body["code"]) == (409, "workorder_changed_meanwhile")
        assert case_of(desk, case) == case

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"words": ""}, "words"),
            ({"words": "a\x00b"}, "words"),
            ({"words": "长" * 4001}, "words"),
            ({"client_key": "有空 格"}, "client_key"),
            ({"channel": "CARRIER_PIGEON"}, "channel"),
            ({"point": {"lng": 181, "lat": 0}}, "point.lng"),
            ({"point": {"lng": 120, "lat": 30, "crs": "MARS"}}, "point.crs"),
            ({"source_at": "2026-03-02T09:00:00"}, "source_at"),
            ({"complained_about_unit_id": 2**63}, "complained_about_unit_id"),
            ({"urgent": True}, "urgent"),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_of_a_request_name_the_field(
        self, machine: Caller, wrong: dict[str, Any], field: str
    ) -> None:
        status, body = machine.post("reports", REPORT | wrong)

        assert (status, body["code"]) == (422, "invalid_request")
        assert f"“{field}”" in body["message"]
        assert not Report.objects.exists()

    def test_of_a_word_that_is_none_of_ours_list_ours(self, machine: Caller) -> None:
        status, body = machine.post("reports", REPORT | {"channel": "CARRIER_PIGEON"})

        assert (status, body["code"]) == (422, "invalid_request")
        assert body["message"] == f"“channel”只能是以下之一：{'、'.join(Channel)}"

    def test_of_a_query_name_the_field_too(self, desk: Caller) -> None:
        status, body = desk.get("places/locate?lng=120&lat=30&crs=MARS")

        assert (status, body["message"]) == (422, f"“crs”只能是以下之一：{'、'.join(Crs)}")

    def test_say_what_is_missing_and_what_is_too_much(self, machine: Caller) -> None:
        wordless = {name: said for name, said in REPORT.items() if name != "words"}

        assert machine.post("reports", wordless)[1]["message"] == "缺少“words”"
        assert machine.post("reports", REPORT | {"urgent": 1})[1]["message"] == (
            "没有“urgent”这个字段"
        )

    @pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"\xff", b'"words"', b"null"])
    def test_of_what_is_no_request_at_all(self, machine: Caller, sent: bytes) -> None:
        answer = machine.client.post("/api/v1/reports", sent, content_type="application/json")

        assert answer.status_code in (400, 422)
        assert set(answer.json()) == {"code", "message"}

    def test_of_a_table_name_row_and_column(self, person: Appoint) -> None:
        keeper = person(None, Role.SYSTEM_ADMINISTRATOR)
        table = "单位代码,单位名称,类型,层级,启用日期\nlamps,路灯所,灯具,区级,2026-01-01\n"

        answer = keeper.client.post(
            "/people/tables/units",
            {"file": _csv(table), "csrfmiddlewaretoken": keeper.csrf},
        )

        assert answer.status_code == 422
        assert re.search(r"2\D+类型\D+", answer.content.decode())


def _csv(table: str) -> Any:
    return SimpleUploadedFile("t.csv", table.encode())
