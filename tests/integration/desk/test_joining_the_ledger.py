"""Somebody calls about what stands on the ledger already: the report attaches to it."""

import re
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Alert, Report, WorkOrder
from chengshao.workorders.rules.refusals import CantMerge, WrongState
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    AlertKind,
    ReportKind,
    Resolution,
    Satisfaction,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.clerks import SignIn
from tests.district import (
    AT,
    HUBIN,
    MANHOLE,
    QINGBO,
    QINGBOMEN,
    District,
    dispatched,
    move,
    parted,
    registered,
    reported,
    said,
)
from tests.standing import ON_THE_LEDGER, REVIEW_ON
from tests.statements import count_statements

SCREEN = "/desk/intake/"
WORDS = "和平路口的井盖下沉了，车一过就响，问了几次都没修"
LIKE = "和平路口的井盖下沉，车一过就响"
_K, _C = TaskKind, TaskCommand


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.OPERATOR, district.centre)


def put_on_ledger(actor: Actor, lead: int, **more: Any) -> WorkOrder:
    case = dispatched(actor, lead, report=replace(said(words=WORDS), **more))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)
    move(case, _K.LEAD, _C.ANSWER, actor, reply="要等整条路大修", closing=ON_THE_LEDGER)
    return move(case, _K.LEDGER_APPROVAL, _C.GRANT, actor)


@pytest.fixture
def on_ledger(centre: Actor, district: District) -> WorkOrder:
    return put_on_ledger(centre, district.roads)


def told(**more: str) -> dict[str, str]:
    least = {
        "client_key": uuid4().hex, "channel": "HOTLINE", "words": LIKE, "place": "和平路口",
        "phone": "13800138000",
    }  # fmt: skip
    return least | more


def offered(client: Client, **more: str) -> list[str]:
    answer = client.post(f"{SCREEN}alike", told(**more))
    assert answer.status_code == 200
    return re.findall(r'name="joins" value="(\d[^"]+)"', answer.content.decode())


class TestOffered:
    def test_what_fits_in_place_and_words(self, operator: Client, on_ledger: WorkOrder) -> None:
        assert offered(operator) == [on_ledger.number]

    def test_a_matter_that_is_called_so_needs_fewer_words(
        self, operator: Client, on_ledger: WorkOrder
    ) -> None:
        assert on_ledger.matter == MANHOLE
        assert offered(operator, words="井盖响了，问了也没用") == [on_ledger.number]
        assert offered(operator, words="树枝响了，问了也没用") == []

    @pytest.mark.parametrize(
        "more",
        [
            {"words": "小区门口的路灯不亮"},
            {"place": "湖滨步行街"},
            {"found": f"division:{HUBIN}:湖滨街道"},
            {"confidential": "1"},
            {"kind": "INFORMANT"},
            {"words": "井盖"},
            {"words": "\x00"},
        ],
        ids=str,
    )
    def test_nothing_else(
        self, operator: Client, on_ledger: WorkOrder, more: dict[str, str]
    ) -> None:
        assert offered(operator, **more) == []

    def test_the_place_that_was_picked_counts(self, operator: Client, on_ledger: WorkOrder) -> None:
        picked = {"place": "路口", "found": f"division:{QINGBO}:清波街道"}

        assert offered(operator, **picked) == [on_ledger.number]

    @pytest.mark.parametrize("found", ["point:1", "point:a,b:x", "division:1:x", "x" * 5000])
    def test_a_place_that_can_t_be_read_is_none(
        self, operator: Client, on_ledger: WorkOrder, found: str
    ) -> None:
        assert offered(operator, found=found) == [on_ledger.number]

    def test_what_is_open_right_there(
        self,
        operator: Client,
        centre: Actor,
        district: District,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
        case = dispatched(centre, district.roads, report=said(words=WORDS))
        community = {"place": "门口", "found": f"division:{QINGBOMEN}:清波门社区"}

        assert offered(operator) == [case.number]
        assert offered(operator, **community) == [case.number]
        assert offered(operator, place="湖滨步行街") == []
        assert offered(operator, place="", nowhere="1") == []

    def test_what_is_open_is_joined(
        self,
        operator: Client,
        centre: Actor,
        district: District,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
        case = dispatched(centre, district.roads, report=said(words=WORDS))

        operator.post(SCREEN, told(joins=case.number))

        assert case.reports.count() == 2
        assert WorkOrder.objects.count() == 1

    def test_not_once_it_is_struck_off(
        self, operator: Client, on_ledger: WorkOrder, centre: Actor
    ) -> None:
        on_ledger.ledger.update(struck_off_at=AT)
        WorkOrder.objects.update(closing_kind="SOLVED")

        assert offered(operator) == []

    def test_not_to_who_does_not_see_it(
        self, sign_in: SignIn, district: District, on_ledger: WorkOrder
    ) -> None:
        assert offered(sign_in(Role.OPERATOR, district.parks)) == []

    def test_never_a_confidential_one(
        self, operator: Client, centre: Actor, district: District
    ) -> None:
        put_on_ledger(centre, district.roads, confidential=True)

        assert offered(operator) == []

    def test_without_scripts_it_stands_on_the_page(
        self, operator: Client, on_ledger: WorkOrder
    ) -> None:
        page = operator.post(SCREEN, told(look="1")).content.decode()

        assert f'name="joins" value="{on_ledger.number}"' in page

    def test_more_on_the_ledger_asks_no_more(
        self, operator: Client, on_ledger: WorkOrder, centre: Actor, district: District
    ) -> None:
        def asked() -> int:
            offered(operator)
            with count_statements() as counted:
                offered(operator)
            return counted.number

        few = asked()
        for n in range(5):
            put_on_ledger(centre, district.roads, client_key=f"k-{n}-more")

        assert asked() == few


class TestJoined:
    def test_the_report_attaches_and_the_owner_hears_of_it(
        self, operator: Client, on_ledger: WorkOrder, district: District
    ) -> None:
        answer = operator.post(SCREEN, told(joins=on_ledger.number), follow=True)

        report = Report.objects.order_by("-pk")[0]
        assert (report.work_order, WorkOrder.objects.count()) == (on_ledger, 1)
        assert Alert.objects.get(kind=AlertKind.SUPPLEMENTED).unit_id == district.roads
        page = answer.content.decode()
        assert "已列入疑难问题专门管着，您的话并进去了" in page
        assert "有结果给您打电话" not in page

    def test_it_counts_on_the_ledger(
        self, operator: Client, on_ledger: WorkOrder, district: District
    ) -> None:
        operator.post(SCREEN, told(joins=on_ledger.number))

        assert "反映1次" in operator.get("/desk/ledger/").content.decode()

    def test_only_what_is_on_the_ledger(
        self, operator: Client, on_ledger: WorkOrder, sign_in: SignIn, district: District
    ) -> None:
        refused = [
            operator.post(SCREEN, told(joins="20200101-0001")),
            operator.post(SCREEN, told(joins=on_ledger.number, confidential="1")),
            operator.post(SCREEN, told(joins=on_ledger.number, kind="INFORMANT")),
            sign_in(Role.OPERATOR, district.parks).post(SCREEN, told(joins=on_ledger.number)),
        ]

        assert [answer.status_code for answer in refused] == [404, 409, 409, 404]
        assert all(LIKE in answer.content.decode() for answer in refused)
        assert Report.objects.count() == 1

    def test_who_joined_is_asked_for_a_rating_too(
        self, operator: Client, on_ledger: WorkOrder, centre: Actor
    ) -> None:
        operator.post(SCREEN, told(joins=on_ledger.number))
        joined = Report.objects.order_by("-pk")[0]

        actions.rate_report(
            report_id=joined.pk,
            resolution=Resolution.RESOLVED,
            satisfaction=Satisfaction.SATISFIED,
            actor=centre,
            at=timezone.now(),
        )

        assert joined.ratings.get().satisfaction == Satisfaction.SATISFIED

    def test_a_case_that_was_evaluated_is_not_any_more(
        self, on_ledger: WorkOrder, centre: Actor
    ) -> None:
        first = on_ledger.reports.get()
        actions.rate_report(
            report_id=first.pk, resolution=Resolution.UNRESOLVED,
            satisfaction=Satisfaction.DISSATISFIED, actor=centre, at=AT,
        )  # fmt: skip
        on_ledger.refresh_from_db()
        assert on_ledger.step == Step.EVALUATED

        reported(centre, said("k-2", LIKE, joins=on_ledger.number))

        on_ledger.refresh_from_db()
        assert on_ledger.step == Step.CLOSED


class TestMerged:
    """What came by itself is a case of its own first; the registrar hangs it on the ledger."""

    def test_is_offered_to_the_registrar(
        self, sign_in: SignIn, on_ledger: WorkOrder, centre: Actor, district: District
    ) -> None:
        case = reported(centre, said("k-2", LIKE), timezone.now()).work_order
        registrar = sign_in(Role.REGISTRAR, district.centre)

        page = registrar.get(f"/desk/cases/{case.number}/").content.decode()

        assert f'name="into" value="{on_ledger.number}"' in page
        assert "疑难挂账" in page

    def test_attaches_and_comes_apart_again(
        self, on_ledger: WorkOrder, centre: Actor, district: District
    ) -> None:
        case = registered(centre, said("k-2", LIKE))

        actions.merge_cases(
            number=case.number, into=on_ledger.number, seen_revision=case.revision,
            reason="同一个井盖", actor=centre, at=AT,
        )  # fmt: skip
        assert on_ledger.reports.count() == 2
        assert Alert.objects.get(kind=AlertKind.SUPPLEMENTED).unit_id == district.roads

        parted(case, "不是同一个", centre)
        assert (on_ledger.reports.count(), case.reports.count()) == (1, 1)

    def test_to_what_was_solved_nothing_attaches(
        self, on_ledger: WorkOrder, centre: Actor, district: District
    ) -> None:
        on_ledger.ledger.update(struck_off_at=AT)
        case = registered(centre, said("k-2", LIKE))

        with pytest.raises(WrongState):
            actions.merge_cases(
                number=case.number, into=on_ledger.number, seen_revision=case.revision,
                reason="同一个井盖", actor=centre, at=AT,
            )  # fmt: skip
        assert case.reports.count() == 1

    def test_an_informant_s_words_never_join_an_open_case(
        self, on_ledger: WorkOrder, centre: Actor
    ) -> None:
        told_ = replace(said("k-2", LIKE, joins=on_ledger.number), kind=ReportKind.INFORMANT)

        with pytest.raises(CantMerge):
            reported(centre, told_)
        assert on_ledger.reports.count() == 1


def test_the_next_review_is_the_one_that_was_set_last(
    on_ledger: WorkOrder, centre: Actor, district: District
) -> None:
    day = AT.replace(year=REVIEW_ON.year, month=REVIEW_ON.month, day=REVIEW_ON.day)
    actions.review_ledger(case_id=on_ledger.pk, actor=JOB, at=day)
    move(
        on_ledger,
        _K.LEDGER_REVIEW,
        _C.KEEP,
        centre,
        reason="还在等",
        until=date(2026, 7, 1),
        at=day,
    )

    line = queries.call_line(report_id=on_ledger.reports.get().pk, actor=centre)
    assert line.comes_back_on == date(2026, 7, 1)
