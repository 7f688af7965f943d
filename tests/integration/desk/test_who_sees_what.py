"""
What three sorts of onlookers come across of a case, wherever they look: a third party its task
alone, the unit complained about nothing, a unit whose task ended all but the number.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Alert, WorkOrder
from chengshao.workorders.terms import AlertKind, Channel, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, LOADER, District, dispatched, move, reported, said
from tests.pdfs import pdf_words

_K, _C = TaskKind, TaskCommand
PHONE = "13800138000"
WORDS = "王奶奶家门口井盖破损"
_FIXERS = """\
单位代码,单位名称,类型,层级,上级单位代码,启用日期
fixers,演示市政维修公司,作业单位,区级,roads,2020-01-01
"""
Look = Callable[[Client, WorkOrder, int], str]


def page(client: Client, path: str, **query: str) -> str:
    """Return what stands there, without what was typed to find it."""
    answer = client.get(path, query)
    assert answer.status_code == 200
    text = str(answer.content.decode())
    for typed in query.values():
        text = text.replace(f'value="{typed}"', "").replace(f"words={typed}", "")
    return text


def paper(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return pdf_words(answer.content)


def work(client: Client, case: WorkOrder, unit: int) -> str:
    return page(client, "/desk/queue/work/")


LISTS: dict[str, Look] = {
    "home": lambda client, case, unit: page(client, "/desk/"),
    "list": lambda client, case, unit: page(client, "/desk/cases/", unit=str(unit)),
    "search by number": lambda client, case, unit: page(client, "/desk/cases/", words=case.number),
    "palette by number": lambda client, case, unit: page(
        client, "/desk/palette", q=case.number[-4:]
    ),
    "list over the API": lambda client, case, unit: page(
        client, "/api/v1/workorders", unit_id=str(unit)
    ),
}
DETAILS: dict[str, Look] = {
    "case page": lambda client, case, unit: page(client, f"/desk/cases/{case.number}/"),
    "print": lambda client, case, unit: page(client, f"/desk/cases/{case.number}/print"),
    "PDF": lambda client, case, unit: paper(client, f"/desk/cases/{case.number}/case.pdf"),
    "API": lambda client, case, unit: page(client, f"/api/v1/workorders/{case.number}"),
}
SEARCHES: dict[str, Look] = {
    "search by words": lambda client, case, unit: page(client, "/desk/cases/", words="王奶奶"),
    "palette by words": lambda client, case, unit: page(client, "/desk/palette", q="王奶奶"),
    "search over the API": lambda client, case, unit: page(
        client, "/api/v1/workorders", unit_id=str(unit), words="王奶奶"
    ),
}


def chased(case: WorkOrder, centre: Actor) -> None:
    report_id = case.reports.order_by("pk")[0].pk
    actions.chase_report(report_id=report_id, words="快点", actor=centre, at=timezone.now())


class TestAThirdParty:
    HIDDEN = ("王奶奶", "138****", "区城市管理局", "市民催过", "来源平台时限", "外部", "2人反映")

    @pytest.fixture
    def fixers(self, district: District) -> int:
        people.import_units(content=_FIXERS.encode(), actor=LOADER, at=AT)
        return unit_ids_by_code(["fixers"])["fixers"]

    @pytest.fixture
    def contractor(self, sign_in: SignIn, fixers: int) -> Client:
        return sign_in(Role.HANDLER, fixers)

    @pytest.fixture
    def case(self, centre: Actor, district: District, fixers: int) -> WorkOrder:
        """A platform's order, chased, of two people; the contractor is asked to help."""
        order = replace(
            said(words=WORDS, phone=PHONE),
            channel=Channel.TRANSFER,
            outer_due_at=timezone.now() + timedelta(days=9),
        )
        case = dispatched(centre, district.roads, report=order, at=timezone.now())
        reported(centre, said("k-2", joins=case.number), timezone.now())
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre, at=timezone.now())
        move(
            case, _K.LEAD, _C.SUBASSIGN, centre, reason="换一块五百的井盖", asked=[fixers],
            at=timezone.now(),
        )  # fmt: skip
        chased(case, centre)
        return case

    @pytest.mark.parametrize("look", [*LISTS.values(), work], ids=[*LISTS, "queue"])
    def test_finds_the_case_and_nothing_of_others_in_it(
        self, contractor: Client, case: WorkOrder, fixers: int, look: Look
    ) -> None:
        text = look(contractor, case, fixers)
        told = re.sub(r"<select.*?</select>", "", text, flags=re.DOTALL)  # what anybody may choose

        assert case.number in told
        assert [words for words in self.HIDDEN if words in told] == []

    @pytest.mark.parametrize("look", DETAILS.values(), ids=DETAILS)
    def test_reads_its_task_and_nothing_of_others(
        self, contractor: Client, case: WorkOrder, fixers: int, look: Look
    ) -> None:
        text = look(contractor, case, fixers)

        assert case.number in text
        hidden = [*self.HIDDEN, "区城市管理局主办", "看号码", "谁看过"]
        hidden.remove("区城市管理局")  # who asked it, in the line of its task
        assert [words for words in hidden if words in text] == []

    @pytest.mark.parametrize("look", SEARCHES.values(), ids=SEARCHES)
    def test_finds_nothing_by_words_that_it_may_not_read(
        self, contractor: Client, case: WorkOrder, fixers: int, look: Look
    ) -> None:
        assert case.number not in look(contractor, case, fixers)

    def test_learns_nothing_of_how_it_ended(
        self, contractor: Client, case: WorkOrder, centre: Actor, fixers: int
    ) -> None:
        now = timezone.now()
        move(case, _K.SUBASSIGNED, _C.ACKNOWLEDGE, centre, at=now)
        move(case, _K.SUBASSIGNED, _C.HAND_UP, centre, reason="换好了", at=now)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="已给王奶奶换好", at=now)
        move(case, _K.CHECK, _C.PASS, centre, at=now)
        move(case, _K.OUTER_CLOSING, _C.GRANT, centre, reason="平台同意", at=now)

        for look in DETAILS.values():
            text = look(contractor, case, fixers)
            assert [words for words in ("王奶奶", "真解决", "SOLVED") if words in text] == []


class TestTheUnitComplainedAbout:
    @pytest.fixture
    def subdistrict(self, sign_in: SignIn, district: District) -> Client:
        return sign_in(Role.HANDLER, district.qingbo)

    @pytest.fixture
    def case(self, centre: Actor, district: District) -> WorkOrder:
        """A case in the sub-district, which somebody who joins complains about."""
        case = dispatched(centre, district.roads, report=said(words=WORDS), at=timezone.now())
        Alert.objects.create(
            work_order=case, unit_id=district.qingbo, kind=AlertKind.COPIED, at=timezone.now()
        )
        return case

    def test_comes_across_no_trace_from_then_on(
        self, subdistrict: Client, case: WorkOrder, centre: Actor, district: District
    ) -> None:
        looks = {**LISTS, **SEARCHES}

        def traces() -> set[str]:
            return {
                name
                for name, look in looks.items()
                if case.number in look(subdistrict, case, district.qingbo)
            }

        assert traces() == set(looks)
        assert subdistrict.get(f"/desk/cases/{case.number}/print").status_code == 200

        about = said("k-2", "街道没人管", joins=case.number, about=district.qingbo)
        reported(centre, about, timezone.now())

        assert traces() == set()
        for path in (
            f"/desk/cases/{case.number}/",
            f"/desk/cases/{case.number}/print",
            f"/desk/cases/{case.number}/viewings",
            f"/api/v1/workorders/{case.number}",
        ):
            assert subdistrict.get(path).status_code == 404

    def test_is_not_offered_it_as_alike(
        self, sign_in: SignIn, case: WorkOrder, centre: Actor, district: District
    ) -> None:
        registrar = sign_in(Role.REGISTRAR, district.office)
        other = reported(centre, said("k-3", WORDS, about=district.centre), timezone.now())
        path = f"/desk/cases/{other.work_order.number}/"
        assert case.number not in page(registrar, path)

        reported(centre, said("k-2", joins=case.number, about=district.qingbo), timezone.now())

        assert case.number in page(registrar, path)  # its superior sees it now


class TestAUnitWhoseTaskEnded:
    @pytest.fixture
    def helped(self, sign_in: SignIn, district: District) -> Client:
        return sign_in(Role.HANDLER, district.water)

    @pytest.fixture
    def case(self, centre: Actor, district: District) -> WorkOrder:
        now = timezone.now()
        told = said(words=WORDS, phone=PHONE)
        case = dispatched(centre, district.roads, district.water, report=told, at=now)
        move(case, _K.CO_HANDLE, _C.ACKNOWLEDGE, centre, at=now)
        return case

    def test_still_sees_what_it_worked_on_but_not_the_number(
        self, helped: Client, case: WorkOrder, centre: Actor, district: District
    ) -> None:
        path = f"/desk/cases/{case.number}/"
        number = f"{path}contact/{case.reports.get().pk}"
        assert "看号码" in page(helped, path)
        assert helped.post(number, {"purpose": "核实位置"}).status_code == 200

        move(case, _K.CO_HANDLE, _C.ANSWER, centre, reason="阀门已关", at=timezone.now())

        for look in (*DETAILS.values(), LISTS["list"], LISTS["palette by number"]):
            assert case.number in look(helped, case, district.water)
        assert "看号码" not in page(helped, path)
        assert helped.post(number, {"purpose": "核实位置"}).status_code == 403
        assert case.number not in work(helped, case, district.water)
