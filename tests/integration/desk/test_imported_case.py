"""What the desk sees of a case that another system had: whence it came, and nothing to press."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.web.moments import day
from chengshao.workorders.actions import OldCaseRow, Place, Provenance, import_cases
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import cases_of_unit, progress_of
from chengshao.workorders.terms import ClosingKind, Step
from tests.clerks import SignIn
from tests.district import AT, MANHOLE, QINGBOMEN, District, reported, said
from tests.statements import count_statements

DIGEST, FILE = "d" * 64, "f" * 64
FROM = Provenance("旧热线", FILE, 1)
ANOTHER = Provenance("旧热线", FILE, 2)


def imported(
    actor: Actor,
    unit_id: int | None = None,
    *,
    key: str = "B-7",
    whence: Provenance = FROM,
    **known: object,
) -> WorkOrder:
    row = OldCaseRow(
        key=key,
        row=12,
        digest=DIGEST,
        report=said(phone="13800138000"),
        place=Place("", QINGBOMEN),
        matter=MANHOLE,
        unit_id=unit_id,
        opened_at=AT - timedelta(days=400),
        **{"closed_as": ClosingKind.SOLVED} | known,  # type: ignore[arg-type]
    )
    result = import_cases(rows=[row], whence=whence, actor=actor, at=AT)
    return WorkOrder.objects.get(number=result.numbers[0])


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


def page_of(client: Client, case: WorkOrder) -> str:
    return str(client.get(f"/desk/cases/{case.number}/").content.decode())


def test_its_page_says_whence_it_came_and_who_handled_it_there(
    registrar: Client, centre: Actor, district: District
) -> None:
    case = imported(
        centre, district.roads, in_time=False, ended_at=AT - timedelta(days=398), due_at=AT
    )
    page = page_of(registrar, case)

    assert '<span class="mark">旧案导入</span>' in page
    assert "旧热线" in page
    assert "来源编号B-7" in page
    assert "原表第12行" in page
    assert "办理方式" not in page
    assert "原系统记为超期" in page
    assert "导入旧案：旧热线，编号B-7，由区城市管理局办" in page


def steps_on(page: str) -> list[tuple[str, str]]:
    """Return the line of steps: each with how it shows."""
    (line,) = re.findall(r'<ol class="steps".*?</ol>', page, re.DOTALL)
    return re.findall(r"<li(.*?)>(.*?)</li>", line)


class TestItsSteps:
    DONE, CURRENT, AHEAD = ' class="done"', ' aria-current="step"', ""

    def test_of_a_closed_one_are_what_is_known(self, registrar: Client, centre: Actor) -> None:
        page = page_of(registrar, imported(centre, ended_at=AT - timedelta(days=398)))

        opened, ended = (day((AT - timedelta(days=n)).date(), localdate()) for n in (400, 398))
        assert steps_on(page) == [
            (self.DONE, f"{opened}原系统受理"),
            (self.DONE, f"{ended}原系统办结"),
            (self.CURRENT, f"{day(AT.date(), localdate())}导入"),
        ]

    def test_tell_no_end_that_nobody_knows(self, registrar: Client, centre: Actor) -> None:
        steps = steps_on(page_of(registrar, imported(centre)))

        assert steps[1] == (self.DONE, "原系统已办结")

    def test_of_an_open_one_go_on_from_where_it_stood(
        self, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        case = imported(
            centre, district.roads, is_open=True, closed_as=None, due_at=AT + timedelta(days=3)
        )
        steps = steps_on(page_of(sign_in(Role.HANDLER, district.roads), case))

        assert steps[0][1].endswith("原系统受理")
        assert steps[1][1].endswith("导入")
        assert steps[2:] == [
            (self.CURRENT, "派单"),
            *((self.AHEAD, words) for words in ("处置", "反馈", "核查结案", "评价")),
        ]


def test_the_api_says_whence_it_came(registrar: Client, centre: Actor, district: District) -> None:
    case = imported(centre, district.roads, in_time=False, ended_at=AT - timedelta(days=398))

    told = registrar.get(f"/api/v1/workorders/{case.number}").json()

    assert told["imported"] == {
        "source": "旧热线",
        "number": "B-7",
        "file_sha256": FILE,
        "row": 12,
        "row_sha256": DIGEST,
        "imported_at": "2026-03-02T01:00:00Z",
        "unit_id": district.roads,
        "due_at": None,
        "in_time": False,
    }


def test_a_result_that_its_system_does_not_say_is_told_nowhere(
    registrar: Client, centre: Actor
) -> None:
    case = imported(centre, closed_as=None)
    page = page_of(registrar, case)

    told = registrar.get(f"/api/v1/workorders/{case.number}").json()

    assert "原系统没有说结果" in page
    assert "真解决" not in page
    assert (told["step"], told["closing_kind"], told["closing"]) == ("CLOSED", "", None)


def test_nor_is_its_citizen_told_one(centre: Actor) -> None:
    report = imported(centre, closed_as=None).reports.get()

    progress = progress_of(Actor(centre.kind.CITIZEN, report_id=report.pk), AT)

    assert (progress.step, progress.closing) == (Step.CLOSED, None)


def test_of_a_case_of_our_own_the_api_names_no_other_system(
    registrar: Client, centre: Actor
) -> None:
    case = reported(centre).work_order

    assert registrar.get(f"/api/v1/workorders/{case.number}").json()["imported"] is None


def test_what_its_system_did_not_say_is_not_said(registrar: Client, centre: Actor) -> None:
    page = page_of(registrar, imported(centre))

    assert "原系统没有说是否按时" in page
    assert "办结<span" not in page


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.DISPATCHER, Role.DUTY_LEADER])
def test_a_closed_one_offers_nothing_to_press(
    sign_in: SignIn, centre: Actor, district: District, role: Role
) -> None:
    case = imported(centre, district.roads)
    page = page_of(sign_in(role, district.centre), case)

    assert "没有要办的了" in page
    assert f'action="/desk/cases/{case.number}/moves/' not in page
    assert "/calls/" not in page


def test_an_open_one_is_handled_like_any_other(
    sign_in: SignIn, centre: Actor, district: District
) -> None:
    case = imported(
        centre, district.roads, is_open=True, closed_as=None, due_at=AT + timedelta(days=3)
    )
    page = page_of(sign_in(Role.HANDLER, district.roads), case)

    assert '<span class="mark">旧案导入</span>' in page
    assert "办理方式" in page
    assert "签收" in page


def test_lists_count_it_by_its_own_day(registrar: Client, centre: Actor) -> None:
    case = imported(centre)
    listed = registrar.get("/desk/cases/").content.decode()

    assert case.number in listed
    assert "人行道井盖破损" in listed


class TestInLists:
    def test_it_is_marked_with_the_day_on_which_its_system_received_it(
        self, registrar: Client, centre: Actor
    ) -> None:
        case = imported(centre)
        received = day(localdate(case.opened_at), localdate())

        listed = registrar.get("/desk/cases/").content.decode()
        called = registrar.get("/desk/palette", {"q": case.number}).content.decode()

        (row,) = re.findall(r"<tr>(?:(?!</tr>).)*旧案</span>.*?</tr>", listed, re.DOTALL)
        assert case.number in row
        assert f">{received}</time>" in row
        assert f"{case.number}（旧案）" in called

    def test_one_of_our_own_is_not(self, registrar: Client, centre: Actor) -> None:
        case = reported(centre).work_order

        listed = registrar.get("/desk/cases/").content.decode()

        assert case.number in listed
        assert "旧案</span>" not in listed

    def test_those_of_one_import_are_listed_alone(self, registrar: Client, centre: Actor) -> None:
        case, other = imported(centre), imported(centre, key="B-8", whence=ANOTHER)
        own = reported(centre).work_order

        of_first = registrar.get("/desk/cases/?import=1").content.decode()
        with_words = registrar.get("/desk/cases/?import=2&words=井盖").content.decode()
        all_of_them = registrar.get("/desk/cases/").content.decode()

        assert listed_on(of_first) == {case.number}
        assert listed_on(with_words) == {other.number}
        assert listed_on(all_of_them) == {case.number, other.number, own.number}
        assert 'name="import" value="1"' in of_first
        assert '<a class="btn btn-plain" href="?">列出全部</a>' in of_first
        assert "列出全部" not in all_of_them

    def test_the_cases_of_an_import_are_found_by_its_index(self, centre: Actor) -> None:
        imported(centre)
        unit_id = min(unit_id for unit_id, _territory in centre.reach("SEE"))
        with count_statements() as counted:
            cases_of_unit(unit_id=unit_id, actor=centre, limit=51, batch=1)

        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {counted.statements[0]}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "old_case_batch" in plan
        assert "InitPlan" in plan


def listed_on(page: str) -> set[str]:
    return set(re.findall(r'<a href="/desk/cases/([^/]+)/" data-row', page))


def test_of_its_past_the_citizen_is_told_no_time_that_nobody_knows(centre: Actor) -> None:
    report = imported(centre).reports.get()
    citizen = Actor(centre.kind.CITIZEN, report_id=report.pk)

    progress = progress_of(citizen, AT)

    assert progress.milestones == ()
    assert progress.number == report.work_order.number
