"""What a phone sends from outdoors stands once, however often it was sent, or not at all."""

from base64 import b64encode
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.evidence import actions as evidence
from chengshao.field import actions, queries
from chengshao.field.models import Deed
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders.models import Attachment, Entry, Note, Report, Task, WorkOrder
from chengshao.workorders.terms import Channel, NoteName, Step, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, LOADER, MANHOLE, TREE, District, dispatched, move, owed, said
from tests.statements import count_statements
from tests.unit.evidence.files import photo

API = "/api/v1/field"
MOST = 8  # statements of any page
RULES = f"""事项编码,来源渠道,紧急程度,办理方式,依据,生效日期
{MANHOLE},PATROL,一般,即办,测试,2020-01-01
{TREE},PATROL,一般,即办,测试,2020-01-01
"""


@pytest.fixture(autouse=True)
def on_the_spot(district: District) -> None:
    """Manholes and trees are recorded at once when a collector finds them."""
    catalog.import_table(kind=TableKind.TRACK_RULES, content=RULES.encode(), actor=LOADER, at=AT)


@pytest.fixture
def checker(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.CHECKER, district.centre)


@pytest.fixture
def collector(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.COLLECTOR, district.qingbo)


def answered(centre: Actor, district: District, n: int = 1) -> WorkOrder:
    """Return a case that waits to be looked at."""
    case = dispatched(centre, district.roads, report=said(f"k-{n}"))
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    return move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="已换好")


def user_of(client: Client) -> int:
    return int(client.session["_auth_user_id"])


def post(client: Client, path: str, **said: Any) -> Any:
    headers = {"Kept-For": str(said.pop("kept_for", user_of(client)))}
    body = {"client_key": uuid4().hex} | said
    return client.post(f"{API}/{path}", body, content_type="application/json", headers=headers)


def decide(client: Client, case: WorkOrder, command: str = "PASS", **said: Any) -> Any:
    task = owed(case, TaskKind.CHECK)
    seen = {"seen_revision": task.revision, "command": command} | said
    return post(client, f"checks/{task.pk}", **seen)


def send_photo(client: Client, of: str, *, key: str = "", content: bytes = b"") -> Any:
    file = SimpleUploadedFile("现场.jpg", content or photo(), "image/jpeg")
    body = {"client_key": key or uuid4().hex, "of": of, "file": file}
    return client.post(f"{API}/photos", body)


def step_of(case: WorkOrder) -> str:
    return WorkOrder.objects.get(pk=case.pk).step


class TestList:
    def test_a_card_says_what_where_and_when_it_is_good(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)

        (card,) = checker.get(f"{API}/checks").json()

        assert (card["number"], card["matter"], card["close_condition"]) == (
            case.number, "上水井盖", "恢复",
        )  # fmt: skip
        assert "和平路口东侧" in card["place"]
        assert card["revision"] == owed(case, TaskKind.CHECK).revision

    def test_a_card_does_not_say_whose_work_it_was(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        answered(centre, district)

        assert "城市管理局" not in checker.get(f"{API}/checks").content.decode()

    def test_a_card_shows_how_it_was_when_it_was_told(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)
        report = case.reports.get()
        machine = Actor(ActorKind.SYSTEM)
        blob = evidence.store_upload(content=photo(), name="a.jpg", actor=machine, at=AT)
        Attachment.objects.create(work_order=case, report=report, blob_id=blob, added_at=AT)

        (card,) = checker.get(f"{API}/checks").json()

        assert checker.get(card["before"])["Content-Type"] == "image/jpeg"

    def test_other_units_checks_are_not_there(
        self, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        answered(centre, district)

        assert sign_in(Role.CHECKER, district.hubin).get(f"{API}/checks").json() == []

    def test_who_never_checks_has_no_list(self, sign_in: SignIn, district: District) -> None:
        handler = sign_in(Role.HANDLER, district.roads)

        assert handler.get(f"{API}/checks").status_code == 403

    def test_what_is_checked_at_a_desk_is_not_walked_to(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)
        Task.objects.filter(pk=owed(case, TaskKind.CHECK).pk).update(asked={"check_mode": "PHONE"})

        assert checker.get(f"{API}/checks").json() == []

    def test_what_somebody_answered_another_looks_at(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)
        lead = case.tasks.get(kind=TaskKind.LEAD)
        Task.objects.filter(pk=lead.pk).update(answer={"by": [user_of(checker)]})

        assert checker.get(f"{API}/checks").json() == []

    @pytest.mark.parametrize("path", ["checks", "me"])
    def test_it_asks_no_more_for_more_cases(
        self, path: str, checker: Client, centre: Actor, district: District
    ) -> None:
        for n in range(2):
            answered(centre, district, n)
        checker.get(f"{API}/{path}")
        with count_statements() as few:
            checker.get(f"{API}/{path}")
        for n in range(2, 8):
            answered(centre, district, n)
        with count_statements() as many:
            checker.get(f"{API}/{path}")

        assert few.number == many.number <= MOST


class TestCheck:
    def test_a_pass_closes(self, checker: Client, centre: Actor, district: District) -> None:
        case = answered(centre, district)

        answer = decide(checker, case)

        assert (answer.status_code, answer.json()["number"]) == (200, case.number)
        assert step_of(case) == Step.CLOSED

    def test_a_fail_goes_back_with_its_reason(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)

        decide(checker, case, "FAIL", reason="问题还在")

        assert owed(case, TaskKind.LEAD).round == 2
        assert Note.objects.get(name=NoteName.REASON).text == "问题还在"

    def test_that_nobody_can_look_is_an_answer(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)

        assert decide(checker, case, "CANNOT_CHECK", reason="进不去").status_code == 200
        assert step_of(case) == Step.CLOSED

    def test_the_same_again_is_answered_the_same_and_changes_nothing(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)
        task = owed(case, TaskKind.CHECK)
        said = {"client_key": "k", "seen_revision": task.revision, "command": "PASS"}

        first = post(checker, f"checks/{task.pk}", **said)
        lines = Entry.objects.count()
        second = post(checker, f"checks/{task.pk}", **said)

        assert (first.status_code, first.json()) == (200, second.json())
        assert (Entry.objects.count(), Deed.objects.count()) == (lines, 1)

    def test_another_body_under_the_same_key_is_refused(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        first, second = answered(centre, district, 1), answered(centre, district, 2)
        decide(checker, first, client_key="k")

        answer = decide(checker, second, client_key="k")

        assert (answer.status_code, answer.json()["code"]) == (409, "report_client_key_reused")
        assert step_of(second) == Step.ANSWERED

    def test_a_case_that_moved_meanwhile_is_refused_and_nothing_changes(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)
        task = owed(case, TaskKind.CHECK)
        move(case, TaskKind.CHECK, TaskCommand.FAIL, centre, reason="没好")
        lines = Entry.objects.count()

        answer = post(checker, f"checks/{task.pk}", seen_revision=task.revision, command="PASS")

        assert answer.status_code == 409
        assert (Entry.objects.count(), Deed.objects.count()) == (lines, 0)

    def test_a_revision_that_was_not_seen_is_refused_and_nothing_changes(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)

        answer = decide(checker, case, seen_revision=7)

        assert answer.json()["code"] == "workorder_changed_meanwhile"
        assert (step_of(case), Deed.objects.count()) == (Step.ANSWERED, 0)

    def test_what_another_left_on_the_phone_is_not_sent_under_my_name(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)

        answer = decide(checker, case, kept_for=user_of(checker) + 1)

        assert (answer.status_code, answer.json()["code"]) == (409, "field_other_user")
        assert step_of(case) == Step.ANSWERED

    def test_another_units_checker_finds_no_such_case(
        self, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)

        assert decide(sign_in(Role.CHECKER, district.hubin), case).status_code == 404
        assert step_of(case) == Step.ANSWERED


class TestNote:
    def test_who_came_too_late_leaves_what_was_seen(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)
        task = owed(case, TaskKind.CHECK)
        move(case, TaskKind.CHECK, TaskCommand.PASS, centre)

        answer = post(checker, f"checks/{task.pk}/notes", words="现场又坏了")

        assert (answer.status_code, step_of(case)) == (200, Step.CLOSED)
        assert Note.objects.get(name=NoteName.REASON).text == "现场又坏了"

    def test_sent_twice_it_stands_once(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        task = owed(answered(centre, district), TaskKind.CHECK)

        for _time in range(2):
            post(checker, f"checks/{task.pk}/notes", client_key="n", words="现场又坏了")

        assert Note.objects.filter(name=NoteName.REASON).count() == 1

    def test_nobody_else_leaves_any(
        self, collector: Client, centre: Actor, district: District
    ) -> None:
        task = owed(answered(centre, district), TaskKind.CHECK)

        answer = post(collector, f"checks/{task.pk}/notes", words="现场又坏了")

        assert answer.status_code == 403
        assert not Note.objects.filter(name=NoteName.REASON).exists()


class TestFixed:
    def test_two_taps_make_a_closed_case(self, collector: Client, district: District) -> None:
        answer = post(collector, "fixed", matter=MANHOLE)

        case = WorkOrder.objects.get()
        assert (answer.json()["number"], case.step, case.channel) == (
            case.number, Step.CLOSED, Channel.PATROL,
        )  # fmt: skip
        assert case.territory.startswith("330102001")

    def test_sent_twice_it_is_one_case(self, collector: Client) -> None:
        answers = [post(collector, "fixed", matter=MANHOLE, client_key="k") for _time in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert WorkOrder.objects.count() == 1

    def test_another_matter_under_the_same_key_is_refused(self, collector: Client) -> None:
        post(collector, "fixed", matter=MANHOLE, client_key="k", words="歪了")

        answer = post(collector, "fixed", matter=TREE, client_key="k", words="歪了")

        assert (answer.status_code, answer.json()["code"]) == (409, "report_client_key_reused")
        assert WorkOrder.objects.get().matter == MANHOLE

    def test_the_phone_asks_little_however_much_was_recorded(self, collector: Client) -> None:
        post(collector, "fixed", matter=MANHOLE)
        collector.get(f"{API}/me")
        with count_statements() as few:
            collector.get(f"{API}/me")
        for _time in range(5):
            post(collector, "fixed", matter=MANHOLE)
        with count_statements() as many:
            collector.get(f"{API}/me")

        assert few.number == many.number <= MOST

    def test_what_asks_a_picture_comes_with_it_or_not_at_all(self, collector: Client) -> None:
        without = post(collector, "fixed", matter=TREE)
        picture = {"name": "p.jpg", "content": b64encode(photo()).decode()}
        with_it = post(collector, "fixed", matter=TREE, photos=[picture])

        assert (without.status_code, with_it.status_code) == (409, 200)
        assert Attachment.objects.get().evidence_kind == "PHOTO_AFTER"

    def test_what_could_not_be_fixed_is_a_report(self, collector: Client) -> None:
        answer = post(collector, "reports", matter=MANHOLE, place="和平路口")

        assert answer.status_code == 200
        assert Report.objects.get().words == "上水井盖"
        assert WorkOrder.objects.get().step == Step.REPORTED

    def test_the_phone_offers_what_was_recorded_last(self, collector: Client) -> None:
        post(collector, "fixed", matter=TREE, photos=[_picture()])

        offered = collector.get(f"{API}/me").json()["matters"]

        assert [matter["code"] for matter in offered] == [TREE, MANHOLE]

    def test_beyond_the_six_all_others_are_there_to_be_found(self, collector: Client) -> None:
        with patch.object(queries, "MATTERS_OFFERED", 1):
            me = collector.get(f"{API}/me").json()

        usual, others = (
            [matter["code"] for matter in me[name]] for name in ("matters", "more_matters")
        )
        assert (len(usual), sorted([*usual, *others])) == (1, sorted([MANHOLE, TREE]))
        by_code = {matter["code"]: matter for matter in [*me["matters"], *me["more_matters"]]}
        assert "ssjg" in by_code[MANHOLE]["also"].split()

    def test_who_reported_hears_that_others_put_it_right(
        self, collector: Client, centre: Actor, district: District
    ) -> None:
        post(collector, "reports", matter=MANHOLE, words="井盖歪了")
        case = WorkOrder.objects.get()
        WorkOrder.objects.update(
            step=Step.CLOSED, outcome="CLOSED", closing_kind="SOLVED", matter=MANHOLE
        )

        told = collector.get(f"{API}/me").json()["solved"]

        assert told == {"number": case.number, "matter": "上水井盖"}

    def test_a_picture_follows_what_lies_beyond_ones_own_boundary(
        self, collector: Client, district: District
    ) -> None:
        post(collector, "reports", matter=MANHOLE, place="湖滨路", client_key="k")
        WorkOrder.objects.get().audience.exclude(unit=district.centre).delete()

        assert send_photo(collector, "k").status_code == 200


def _picture() -> dict[str, str]:
    return {"name": "p.jpg", "content": b64encode(photo()).decode()}


class TestPhoto:
    def test_it_follows_a_check_that_is_over(
        self, checker: Client, centre: Actor, district: District
    ) -> None:
        case = answered(centre, district)
        decide(checker, case, client_key="k")

        answer = send_photo(checker, "k")

        kept = Attachment.objects.get()
        assert (answer.status_code, kept.evidence_kind) == (200, "PHOTO_AFTER")
        assert kept.task == case.tasks.get(kind=TaskKind.CHECK)

    def test_it_follows_a_record(self, collector: Client) -> None:
        post(collector, "fixed", matter=MANHOLE, client_key="k")

        assert send_photo(collector, "k").status_code == 200
        assert Attachment.objects.get().report == Report.objects.get()

    def test_sent_twice_it_hangs_there_once(self, collector: Client) -> None:
        post(collector, "fixed", matter=MANHOLE, client_key="k")

        answers = [send_photo(collector, "k", key="p") for _time in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert Attachment.objects.count() == 1

    def test_another_picture_under_the_same_key_is_refused(self, collector: Client) -> None:
        post(collector, "fixed", matter=MANHOLE, client_key="k")
        send_photo(collector, "k", key="p")

        answer = send_photo(collector, "k", key="p", content=photo(quality=30))

        assert answer.json()["code"] == "report_client_key_reused"
        assert Attachment.objects.count() == 1

    def test_it_hangs_on_nothing_of_anybody_else(
        self, collector: Client, sign_in: SignIn, district: District
    ) -> None:
        post(collector, "fixed", matter=MANHOLE, client_key="k")

        answer = send_photo(sign_in(Role.COLLECTOR, district.qingbo), "k")

        assert (answer.status_code, answer.json()["code"]) == (404, "field_record_not_found")
        assert not Attachment.objects.exists()


class TestDoors:
    @pytest.mark.parametrize("path", ["checks", "me"])
    def test_who_is_signed_out_is_told_so(self, path: str, district: District) -> None:
        assert Client().get(f"{API}/{path}").status_code == 401

    def test_the_page_is_the_same_for_everybody(
        self, sign_in: SignIn, checker: Client, district: District
    ) -> None:
        pages = [
            client.get("/field/") for client in (checker, sign_in(Role.COLLECTOR, district.qingbo))
        ]

        first, second = (page.content.decode() for page in pages)
        assert first == second
        assert "csrf" not in first
        assert "worker-src 'self'" in pages[0]["Content-Security-Policy"]
        assert "img-src 'self' data: blob:" in pages[0]["Content-Security-Policy"]

    def test_the_worker_and_the_manifest_tell_nobody_anything(self, district: District) -> None:
        assert Client().get("/field/manifest.webmanifest").json()["scope"] == "/field/"
        worker = Client().get("/field/worker.js")
        assert worker["Content-Type"].startswith("text/javascript")

    def test_signing_out_clears_what_the_browser_kept(self, checker: Client) -> None:
        assert checker.post("/sign-out")["Clear-Site-Data"] == '"cache", "storage"'


def test_keys_are_forgotten_after_half_a_year(
    checker: Client, centre: Actor, district: District
) -> None:
    decide(checker, answered(centre, district))
    deed = Deed.objects.get()

    kept = actions.forget_deeds(at=deed.done_at + actions.KEPT)
    forgotten = actions.forget_deeds(at=deed.done_at + 2 * actions.KEPT)

    assert (kept, forgotten, User.objects.filter(pk=deed.user_id).count()) == (0, 1, 1)
