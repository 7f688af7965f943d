"""An informant's case is for persons named by hand, and nobody else comes across a trace."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.queries import unit_ids_by_code
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Attachment, Audience, WorkOrder
from chengshao.workorders.terms import CaseCommand, Power, Principle, ReportKind, Sight, TaskKind
from tests.clerks import SignIn
from tests.district import (
    AT,
    HUBIN,
    LOADER,
    MANHOLE,
    QINGBOMEN,
    District,
    reported,
    said,
    staff,
)
from tests.statements import count_statements
from tests.unit.evidence.files import photo

PHONE = "13800138000"
WORDS = "有人私接井盖下的水管"


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    """Who may name persons; named by office."""
    return sign_in(Role.DUTY_LEADER, district.centre)


@pytest.fixture
def colleague(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


@pytest.fixture
def case(leader: Client) -> WorkOrder:
    """A case of an informant with a picture, waiting at the desk."""
    told = replace(said(words=WORDS, phone=PHONE), kind=ReportKind.INFORMANT, territory=QINGBOMEN)
    report = reported(Actor(ActorKind.CITIZEN), told, timezone.now())
    citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)
    blob = evidence.store_upload(content=photo(), name="p.jpg", actor=citizen, at=AT)
    actions.attach_to_report(report_id=report.pk, blob_id=blob, actor=citizen, at=AT)
    return report.work_order


def user_of(client: Client) -> int:
    return int(client.session["_auth_user_id"])


def name(
    client: Client,
    case: WorkOrder,
    user_id: int,
    unit_id: int,
    reason: str = "由他办理",
    **more: str,
) -> Any:
    path = f"/desk/cases/{case.number}/"
    form = {"person": f"{user_id}-{unit_id}", "reason": reason, "form": "name-person"}
    return client.post(f"{path}persons", form | {"back": path, "find_person": ""})


def end(client: Client, case: WorkOrder, user_id: int, unit_id: int, reason: str = "调走了") -> Any:
    path, key = f"/desk/cases/{case.number}/", f"{user_id}-{unit_id}"
    form = {"person": key, "reason": reason, "form": f"end-naming-{key}", "back": path}
    return client.post(f"{path}persons/end", form)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def heads(case: WorkOrder) -> tuple[str, int]:
    case.refresh_from_db()
    return case.history_head, Audience.objects.filter(work_order=case).count()


class TestNaming:
    def test_a_person_sees_it_from_then_on(
        self, leader: Client, colleague: Client, case: WorkOrder, district: District
    ) -> None:
        page = f"/desk/cases/{case.number}/"
        assert colleague.get(page).status_code == 404

        answer = name(leader, case, user_of(colleague), district.centre)

        assert answer["Location"] == page
        assert colleague.get(page).status_code == 200
        line = json.loads(case.entries.order_by("-seq")[0].body)
        assert (line["command"], line["named_user_id"]) == (
            CaseCommand.NAME_PERSON, user_of(colleague),
        )  # fmt: skip

    def test_the_page_lists_who_knows_and_who_did(
        self, leader: Client, colleague: Client, case: WorkOrder, district: District
    ) -> None:
        who = User.objects.get(pk=user_of(colleague)).display_name
        name(leader, case, user_of(colleague), district.centre)
        page = text_of(leader.get(f"/desk/cases/{case.number}/"))
        assert f"<b>{who}</b>" in page
        assert f"指定知悉人：{who}" in page
        assert "由他办理" in page

        end(leader, case, user_of(colleague), district.centre)

        page = text_of(leader.get(f"/desk/cases/{case.number}/"))
        assert f"<b>{who}</b>" not in page
        assert f"取消知悉：{who}" in page
        assert colleague.get(f"/desk/cases/{case.number}/").status_code == 404

    def test_people_are_found_by_name_and_by_unit(
        self, leader: Client, sign_in: SignIn, case: WorkOrder, district: District
    ) -> None:
        handler = sign_in(Role.HANDLER, district.roads)
        key = f'value="{user_of(handler)}-{district.roads}"'

        by_unit = text_of(leader.get("/desk/find/people", {"find_person": "城市管理"}))
        by_name = text_of(leader.get("/desk/find/people", {"find_person": "handler-"}))
        without_scripts = leader.post(
            f"/desk/cases/{case.number}/persons",
            {"find": "person", "find_person": "handler-", "form": "name-person"},
        )

        assert key in by_unit
        assert key in by_name
        assert key in text_of(without_scripts)
        assert "没有找到这个人" in text_of(leader.get("/desk/find/people?find_person=谁"))

    @pytest.mark.parametrize("words", ["\x00", "", "x" * 100_000, "'; --"])
    def test_whatever_is_looked_for_is_answered(self, leader: Client, words: str) -> None:
        assert leader.get("/desk/find/people", {"find_person": words}).status_code == 200

    def test_looking_costs_no_more_for_more_people(
        self, leader: Client, sign_in: SignIn, district: District
    ) -> None:
        def asked() -> int:
            with count_statements() as counted:
                leader.get("/desk/find/people", {"find_person": "城市管理"})
            return counted.number

        sign_in(Role.HANDLER, district.roads)
        few = asked()
        for _n in range(6):
            sign_in(Role.HANDLER, district.roads)

        assert asked() == few

    def test_a_third_party_s_person_sees_the_own_task_alone(
        self, leader: Client, sign_in: SignIn, case: WorkOrder, district: District
    ) -> None:
        table = (
            "单位代码,单位名称,类型,层级,上级单位代码,启用日期\n"
            "pipes,管道工程公司,作业单位,区级,roads,2020-01-01\n"
        )
        people.import_units(content=table.encode(), actor=LOADER, at=AT)
        unit_id = unit_ids_by_code(["pipes"])["pipes"]
        worker = sign_in(Role.HANDLER, unit_id)

        name(leader, case, user_of(worker), unit_id)

        assert case.audience.get(unit=unit_id).sight == Sight.TASK
        assert WORDS not in text_of(worker.get(f"/desk/cases/{case.number}/"))


class TestRefused:
    """Who may not, whom one can't, and without a reason: nothing changes."""

    def test_by_who_may_not_name(
        self, leader: Client, sign_in: SignIn, colleague: Client, case: WorkOrder,
        district: District,
    ) -> None:  # fmt: skip
        name(leader, case, user_of(colleague), district.centre)
        before = heads(case)

        other = user_of(sign_in(Role.CHECKER, district.centre))
        tried = [
            name(colleague, case, other, district.centre),
            end(colleague, case, user_of(leader), district.centre),
        ]

        assert [answer.status_code for answer in tried] == [403, 403]
        assert colleague.get("/desk/find/people?find_person=a").status_code == 403
        assert heads(case) == before
        assert "再让一个人知悉" not in text_of(colleague.get(f"/desk/cases/{case.number}/"))

    def test_by_who_does_not_see_it(
        self, sign_in: SignIn, case: WorkOrder, district: District
    ) -> None:
        stranger = sign_in(Role.DUTY_LEADER, district.parks)
        before = heads(case)

        assert name(stranger, case, user_of(stranger), district.centre).status_code == 404
        assert heads(case) == before

    def test_somebody_of_another_unit_or_place(
        self, leader: Client, sign_in: SignIn, case: WorkOrder, district: District
    ) -> None:
        handler = sign_in(Role.HANDLER, district.roads)
        elsewhere = sign_in(Role.HANDLER, district.roads, HUBIN)
        before = heads(case)

        answers = [
            name(leader, case, user_of(handler), district.parks),
            name(leader, case, user_of(elsewhere), district.roads),
            name(leader, case, 999_999, district.roads),
        ]

        assert [answer.status_code for answer in answers] == [422] * 3
        assert all('id="find-person_error"' in text_of(answer) for answer in answers)
        assert heads(case) == before

    @pytest.mark.parametrize("person", ["", "1", "1-", "a-b", "1-2-3", "0-1", "9" * 40 + "-1"])
    def test_nobody(self, leader: Client, case: WorkOrder, person: str) -> None:
        before = heads(case)

        answer = leader.post(
            f"/desk/cases/{case.number}/persons",
            {"person": person, "reason": "由他办理", "form": "name-person", "find_person": ""},
        )

        assert (answer.status_code, "请选一个人" in text_of(answer)) == (422, True)
        assert heads(case) == before

    def test_without_a_reason(
        self, leader: Client, colleague: Client, case: WorkOrder, district: District
    ) -> None:
        before = heads(case)

        answer = name(leader, case, user_of(colleague), district.centre, reason=" ")

        assert (answer.status_code, 'id="name-reason_error"' in text_of(answer)) == (409, True)
        assert heads(case) == before

    def test_on_a_case_that_is_open_to_units(
        self, leader: Client, colleague: Client, centre: Actor, district: District
    ) -> None:
        ordinary = reported(centre, said("k-9"), timezone.now()).work_order
        before = heads(ordinary)

        assert name(leader, ordinary, user_of(colleague), district.centre).status_code == 409
        assert heads(ordinary) == before
        page = leader.get(f"/desk/cases/{ordinary.number}/").content.decode()
        assert f"/desk/cases/{ordinary.number}/persons" not in page

    def test_somebody_of_the_unit_it_is_about(
        self, leader: Client, sign_in: SignIn, district: District
    ) -> None:
        told = replace(said("k-8", about=district.roads), kind=ReportKind.INFORMANT)
        about = reported(Actor(ActorKind.CITIZEN), told, timezone.now()).work_order
        handler = sign_in(Role.HANDLER, district.roads)
        people.appoint(
            user_id=user_of(handler), role=Role.HANDLER, unit_id=district.parks,
            valid_from=AT.date(), actor=LOADER, at=AT,
        )  # fmt: skip
        before = heads(about)

        answers = [
            name(leader, about, user_of(handler), unit_id)
            for unit_id in (district.roads, district.parks)
        ]

        assert [answer.status_code for answer in answers] == [409, 409]
        assert all('id="find-person_error"' in text_of(answer) for answer in answers)
        assert heads(about) == before

    def test_the_last_who_may_name_others_stays(
        self, leader: Client, colleague: Client, sign_in: SignIn, case: WorkOrder,
        district: District,
    ) -> None:  # fmt: skip
        name(leader, case, user_of(colleague), district.centre)  # who names nobody
        before = heads(case)

        answer = end(leader, case, user_of(leader), district.centre)

        assert answer.status_code == 409
        assert heads(case) == before

        deputy = sign_in(Role.DUTY_LEADER, district.centre)
        name(leader, case, user_of(deputy), district.centre)
        assert end(leader, case, user_of(leader), district.centre)["Location"] == "/desk/"
        assert leader.get(f"/desk/cases/{case.number}/").status_code == 404

    def test_nor_does_the_last_of_a_unit_that_owes_something_go(
        self, leader: Client, sign_in: SignIn, case: WorkOrder, district: District
    ) -> None:
        chief = sign_in(Role.UNIT_LEADER, district.roads)
        sent(case, district)
        assert chief.get(f"/desk/cases/{case.number}/").status_code == 200
        before = heads(case)

        assert end(leader, case, user_of(chief), district.roads).status_code == 409
        assert heads(case) == before

        handler = sign_in(Role.HANDLER, district.roads)
        name(leader, case, user_of(handler), district.roads)
        assert end(leader, case, user_of(chief), district.roads).status_code == 302

    def test_who_was_not_named(
        self, leader: Client, colleague: Client, case: WorkOrder, district: District
    ) -> None:
        before = heads(case)

        assert end(leader, case, user_of(colleague), district.centre).status_code == 409
        assert heads(case) == before


def sent(case: WorkOrder, district: District) -> WorkOrder:
    """Dispatch it to roads."""
    everyone = Actor(ActorKind.SYSTEM, grants=staff(None, *Power).grants)
    case.refresh_from_db()
    now = timezone.now()
    actions.register(
        number=case.number, seen_revision=case.revision, matter=MANHOLE, actor=everyone, at=now
    )
    case.refresh_from_db()
    return actions.dispatch(
        number=case.number, seen_revision=case.revision, lead_unit_id=district.roads,
        principle=Principle.BY_AGREEMENT, basis="示意", actor=everyone, at=now,
    )  # fmt: skip


def test_a_unit_that_owes_something_and_knows_nothing_is_said(
    leader: Client, sign_in: SignIn, case: WorkOrder, district: District
) -> None:
    """As cases of old stand: today such a unit gets none."""
    sign_in(Role.UNIT_LEADER, district.roads)
    sent(case, district)
    case.audience.filter(unit=district.roads).delete()

    page = text_of(leader.get(f"/desk/cases/{case.number}/"))

    assert "区城市管理局有任务，但没有知悉人" in page


Look = Callable[[Client, WorkOrder, District], str]
LOOKS: dict[str, Look] = {
    "list": lambda client, case, at: text_of(client.get("/desk/cases/")),
    "search by words": lambda client, case, at: text_of(
        client.get("/desk/cases/?words=水管")
    ).replace('value="水管"', ""),
    "search by number": lambda client, case, at: (
        text_of(client.get("/desk/cases/", {"words": case.number}))
        .replace(f'value="{case.number}"', "")
        .replace(f"words={case.number}", "")
    ),
    "queue": lambda client, case, at: text_of(client.get("/desk/queue/register/")),
    "home": lambda client, case, at: text_of(client.get("/desk/")),
    "palette by words": lambda client, case, at: text_of(client.get("/desk/palette?q=私接井盖")),
    "palette by number": lambda client, case, at: text_of(
        client.get("/desk/palette", {"q": case.number[-4:]})
    ),
    "list over the API": lambda client, case, at: text_of(
        client.get(f"/api/v1/workorders?unit_id={at.centre}")
    ),
    "search over the API": lambda client, case, at: text_of(
        client.get(f"/api/v1/workorders?unit_id={at.centre}&words=水管")
    ),
}
DOORS = (
    "/desk/cases/{number}/",
    "/desk/cases/{number}/print",
    "/desk/cases/{number}/viewings",
    "/desk/queue/register/?case={number}",
    "/desk/attachments/{file}",
    "/desk/attachments/{file}?small=1",
    "/api/v1/workorders/{number}",
    "/api/v1/attachments/{file}",
)


class TestWhoIsNotNamed:
    @pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
    def test_comes_across_no_trace(
        self, colleague: Client, leader: Client, case: WorkOrder, district: District, look: Look
    ) -> None:
        traces = ("水管", case.number)

        assert not [trace for trace in traces if trace in look(colleague, case, district)]

        name(leader, case, user_of(colleague), district.centre)
        assert [trace for trace in traces if trace in look(colleague, case, district)]

    @pytest.mark.parametrize("door", DOORS)
    def test_finds_no_door(
        self, colleague: Client, leader: Client, case: WorkOrder, district: District, door: str
    ) -> None:
        path = door.format(number=case.number, file=Attachment.objects.get().pk)

        assert colleague.get(path).status_code == 404

        name(leader, case, user_of(colleague), district.centre)
        assert colleague.get(path).status_code == 200

    def test_is_counted_nothing(
        self, colleague: Client, leader: Client, case: WorkOrder, district: District
    ) -> None:
        assert "0件" in text_of(colleague.get("/desk/queue/register/"))

        name(leader, case, user_of(colleague), district.centre)

        assert "1件" in text_of(colleague.get("/desk/queue/register/"))

    def test_is_told_nothing_of_it(
        self, colleague: Client, sign_in: SignIn, case: WorkOrder, district: District
    ) -> None:
        """Chased, the unit's alert is for those who know the case."""
        chief = sign_in(Role.UNIT_LEADER, district.roads)
        handler = sign_in(Role.HANDLER, district.roads)
        sent(case, district)
        citizen = Actor(ActorKind.CITIZEN, report_id=case.reports.get().pk)
        actions.chase_report(report_id=case.reports.get().pk, actor=citizen, at=timezone.now())

        assert case.number in text_of(chief.get("/desk/"))
        assert case.number not in text_of(handler.get("/desk/"))
        assert case.number not in text_of(colleague.get("/desk/"))

    def test_is_offered_it_neither_as_alike_nor_as_a_precedent(
        self, colleague: Client, case: WorkOrder, centre: Actor, district: District
    ) -> None:
        alike = reported(centre, said("k-5", WORDS), timezone.now()).work_order

        page = text_of(colleague.get(f"/desk/cases/{alike.number}/"))

        assert case.number not in page

    def test_may_do_nothing_with_it(self, colleague: Client, case: WorkOrder) -> None:
        before, report = heads(case), case.reports.get()
        task = case.tasks.get(kind=TaskKind.REGISTER)

        tried = [
            colleague.post(path, {"seen_revision": case.revision, "matter": MANHOLE} | more)
            for path, more in (
                (f"/desk/cases/{case.number}/register", {}),
                (f"/desk/tasks/{task.pk}/REGISTER", {}),
                (f"/desk/intake/calls/{report.pk}/CHASE", {}),
                (f"/desk/cases/{case.number}/calls/{report.pk}/CHASE", {}),
                (f"/desk/cases/{case.number}/contact/{report.pk}", {"purpose": "想知道"}),
            )
        ]

        assert [answer.status_code for answer in tried] == [404] * len(tried)
        assert heads(case) == before


class TestOverTheApi:
    def sent(
        self, client: Client, case: WorkOrder, user_id: int, unit_id: int, end: str = ""
    ) -> Any:
        return client.post(
            f"/api/v1/workorders/{case.number}/persons{end}",
            {"user_id": user_id, "unit_id": unit_id, "reason": "由他办理"},
            content_type="application/json",
        )

    def test_names_and_ends(
        self, leader: Client, colleague: Client, case: WorkOrder, district: District
    ) -> None:
        who, unit = user_of(colleague), district.centre

        named = self.sent(leader, case, who, unit).json()["named_persons"]
        assert {(each["user_id"], each["unit_id"]) for each in named} == {
            (user_of(leader), unit), (who, unit),
        }  # fmt: skip

        assert self.sent(leader, case, who, unit, "/end").status_code == 204
        assert colleague.get(f"/api/v1/workorders/{case.number}").status_code == 404

    def test_refuses_like_the_page(
        self, leader: Client, colleague: Client, case: WorkOrder, district: District
    ) -> None:
        before = heads(case)

        tried = [
            self.sent(colleague, case, user_of(colleague), district.centre),
            self.sent(leader, case, user_of(colleague), district.parks),
            self.sent(leader, case, user_of(colleague), district.centre, "/end"),
            self.sent(leader, case, user_of(leader), district.centre, "/end"),
        ]

        assert [(a.status_code, a.json()["code"]) for a in tried] == [
            (404, "workorder_not_found"),
            (422, "workorder_person_not_of_unit"),
            (409, "workorder_person_not_named"),
            (409, "workorder_last_named"),
        ]
        assert heads(case) == before


def test_on_a_confidential_case_a_person_who_only_looks_on_may_be_named(
    leader: Client, sign_in: SignIn, centre: Actor, district: District
) -> None:
    case = reported(centre, said("k-7", confidential=True), timezone.now()).work_order
    supervisor = sign_in(Role.SUPERVISOR, district.centre)
    assert supervisor.get(f"/desk/cases/{case.number}/").status_code == 404

    name(leader, case, user_of(supervisor), district.centre)
    assert supervisor.get(f"/desk/cases/{case.number}/").status_code == 200

    assert end(leader, case, user_of(supervisor), district.centre).status_code == 302
    assert supervisor.get(f"/desk/cases/{case.number}/").status_code == 404
