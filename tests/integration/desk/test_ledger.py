"""What is not over yet: the ledger of hard cases, and what was promised by a date."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import ClosingKind, LedgerLevel, TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import District, dispatched, move, reported, said, shown
from tests.statements import count_statements

LEDGER, PROMISES = "/desk/ledger/", "/desk/promises/"


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


def today() -> date:
    return timezone.localdate()


def answered(
    closing: Closing, actor: Actor, unit_id: int, *, key: str, about: int | None, at: datetime
) -> WorkOrder:
    report = said(key, f"井盖破损{key}", about=about)
    case = dispatched(actor, unit_id, report=report, at=at)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, actor, at=at)
    return move(
        case, TaskKind.LEAD, TaskCommand.ANSWER, actor, reply="答复", closing=closing, at=at
    )


def on_the_ledger(
    actor: Actor,
    unit_id: int,
    *,
    key: str = "k-1",
    level: LedgerLevel = LedgerLevel.DISTRICT,
    review_in: int = 90,
    about: int | None = None,
) -> WorkOrder:
    """Return a case that can't be solved yet, looked at again in so many days."""
    at = timezone.now()
    review_on = today() + timedelta(days=review_in)
    closing = Closing(ClosingKind.LEDGER, ledger_level=level, review_on=review_on)
    case = answered(closing, actor, unit_id, key=key, about=about, at=at)
    return move(case, TaskKind.LEDGER_APPROVAL, TaskCommand.GRANT, actor, at=at)


def promised(
    actor: Actor,
    unit_id: int,
    *,
    key: str = "k-1",
    on: date | None = None,
    about: int | None = None,
) -> WorkOrder:
    """Return a case closed with a promise, made a month before its day."""
    on = on or today() + timedelta(days=60)
    at = datetime.combine(on, datetime.min.time(), timezone.get_default_timezone())
    at = min(at - timedelta(days=30), timezone.now())
    closing = Closing(ClosingKind.PROMISED, promised_on=on)
    case = answered(closing, actor, unit_id, key=key, about=about, at=at)
    return move(case, TaskKind.CHECK, TaskCommand.PASS, actor, at=at)


def come_due(case: WorkOrder, actor: Actor, command: str | None) -> None:
    """Let the promise's day come; say what the check found."""
    on = case.promises.get().promised_on
    at = datetime.combine(on, datetime.min.time(), timezone.get_default_timezone())
    actions.bring_back_promise(case_id=case.pk, actor=JOB, at=at)
    if command:
        move(case, TaskKind.CHECK, command, actor, reason="看过了", at=at)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def numbers(page: str) -> list[str]:
    return re.findall(r"<small>(\d{8}-\d{4})", page)


class TestLedger:
    def test_a_line_says_whose_it_is_and_when_it_is_looked_at(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = on_the_ledger(centre, district.roads)
        reported(centre, said("k-2", "还是老样子", joins=case.number), timezone.now())

        page = text_of(leader.get(LEDGER))

        assert numbers(page) == [case.number]
        for words in ("区城市管理局", "区级", "井盖破损k-1", "反映1次", "今天"):
            assert words in page, words

    def test_the_next_review_comes_first(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        later = on_the_ledger(centre, district.roads, review_in=90)
        sooner = on_the_ledger(centre, district.parks, key="k-2", review_in=10)

        assert numbers(text_of(leader.get(LEDGER))) == [sooner.number, later.number]

    def test_by_unit_and_level(self, leader: Client, centre: Actor, district: District) -> None:
        roads = on_the_ledger(centre, district.roads)
        parks = on_the_ledger(
            centre, district.parks, key="k-2", level=LedgerLevel.SUBDISTRICT, review_in=30
        )

        of_unit = leader.get(LEDGER, {"unit": district.roads})
        of_level = leader.get(LEDGER, {"level": "SUBDISTRICT"})

        assert numbers(text_of(of_unit)) == [roads.number]
        assert numbers(text_of(of_level)) == [parks.number]

    def test_what_is_due_is_said(self, leader: Client, centre: Actor, district: District) -> None:
        case = on_the_ledger(centre, district.roads, review_in=1)
        case.ledger.update(review_on=today())
        assert "该复核了" in text_of(leader.get(LEDGER))

        actions.review_ledger(case_id=case.pk, actor=JOB, at=timezone.now())

        page = text_of(leader.get(LEDGER))
        assert "复核中" in page
        assert "1件到期要复核" in page

    def test_what_is_struck_off_stands_apart(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = on_the_ledger(centre, district.roads, review_in=1)
        case.ledger.update(review_on=today())
        now = timezone.now()
        actions.review_ledger(case_id=case.pk, actor=JOB, at=now)
        shown(case, TaskKind.LEDGER_REVIEW, at=now)
        move(case, TaskKind.LEDGER_REVIEW, TaskCommand.STRIKE_OFF, centre, reason="通了", at=now)
        move(case, TaskKind.CHECK, TaskCommand.PASS, centre, at=now)

        assert numbers(text_of(leader.get(LEDGER))) == []
        assert numbers(text_of(leader.get(LEDGER, {"struck": "1"}))) == [case.number]

    def test_only_cases_in_sight(self, sign_in: SignIn, centre: Actor, district: District) -> None:
        case = on_the_ledger(centre, district.roads, about=district.parks)

        seen = {
            unit: numbers(text_of(sign_in(Role.SUPERVISOR, unit).get(LEDGER)))
            for unit in (district.roads, district.parks, district.hubin)
        }

        assert seen == {district.roads: [case.number], district.parks: [], district.hubin: []}

    def test_not_for_third_parties(
        self, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        case = on_the_ledger(centre, district.roads)
        case.audience.filter(unit=district.roads).update(sight="TASK")

        assert numbers(text_of(sign_in(Role.HANDLER, district.roads).get(LEDGER))) == []

    @pytest.mark.parametrize("query", ["unit=x", "unit=9" * 9, "level=HIGH", "offset=-1"])
    def test_a_strange_question_has_a_plain_answer(self, leader: Client, query: str) -> None:
        assert "没有挂账的案卷" in text_of(leader.get(f"{LEDGER}?{query}"))

    def test_more_lines_are_no_more_statements(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        counted = []
        for keys in (range(2), range(2, 9)):
            for n in keys:
                on_the_ledger(centre, (district.roads, district.parks)[n % 2], key=f"k-{n}")
            leader.get(LEDGER)
            with count_statements() as statements:
                assert len(numbers(text_of(leader.get(LEDGER)))) == keys.stop
            counted.append(statements)

        assert counted[0].number == counted[1].number, "\n".join(counted[1].statements)
        assert counted[0].number <= 8


class TestPromises:
    def test_stand_by_their_date(self, leader: Client, centre: Actor, district: District) -> None:
        due = promised(centre, district.roads, key="k-1", on=today() - timedelta(days=2))
        later = promised(centre, district.roads, key="k-2")

        assert numbers(text_of(leader.get(PROMISES, {"state": "DUE"}))) == [due.number]
        assert numbers(text_of(leader.get(PROMISES, {"state": "LATER"}))) == [later.number]
        assert numbers(text_of(leader.get(PROMISES))) == [due.number]
        assert "过了2天" in text_of(leader.get(PROMISES))

    def test_this_week_ends_on_sunday(
        self, leader: Client, centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monday = today() + timedelta(days=7 - today().weekday())
        sunday, next_monday = monday + timedelta(days=6), monday + timedelta(days=7)
        in_week = promised(centre, district.roads, key="k-1", on=sunday)
        after = promised(centre, district.roads, key="k-2", on=next_monday)

        monkeypatch.setattr("django.utils.timezone.localdate", lambda *args: monday)

        assert numbers(text_of(leader.get(PROMISES, {"state": "WEEK"}))) == [in_week.number]
        assert numbers(text_of(leader.get(PROMISES, {"state": "LATER"}))) == [after.number]

    def test_kept_and_broken(self, leader: Client, centre: Actor, district: District) -> None:
        on = today() - timedelta(days=3)
        kept = promised(centre, district.roads, key="k-1", on=on)
        come_due(kept, centre, TaskCommand.PASS)
        broken = promised(centre, district.roads, key="k-2", on=on)
        come_due(broken, centre, TaskCommand.FAIL)
        checked = promised(centre, district.roads, key="k-3", on=on)
        come_due(checked, centre, None)

        assert numbers(text_of(leader.get(PROMISES, {"state": "KEPT"}))) == [kept.number]
        assert numbers(text_of(leader.get(PROMISES, {"state": "BROKEN"}))) == [broken.number]
        page = text_of(leader.get(PROMISES, {"state": "DUE"}))
        assert (numbers(page), "正在回查" in page) == ([checked.number], True)

    def test_by_unit(self, leader: Client, centre: Actor, district: District) -> None:
        roads = promised(centre, district.roads, key="k-1")
        promised(centre, district.parks, key="k-2")

        page = text_of(leader.get(f"{PROMISES}?unit={district.roads}&state=LATER"))

        assert numbers(page) == [roads.number]

    def test_only_cases_in_sight(self, sign_in: SignIn, centre: Actor, district: District) -> None:
        case = promised(centre, district.roads, about=district.parks)
        asked = {"state": "LATER"}

        seen = {
            unit: numbers(text_of(sign_in(Role.SUPERVISOR, unit).get(PROMISES, asked)))
            for unit in (district.roads, district.parks, district.hubin)
        }

        assert seen == {district.roads: [case.number], district.parks: [], district.hubin: []}

    def test_more_lines_are_no_more_statements(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        counted = []
        for keys in (range(2), range(2, 9)):
            for n in keys:
                promised(centre, (district.roads, district.parks)[n % 2], key=f"k-{n}")
            leader.get(PROMISES)
            with count_statements() as statements:
                assert len(numbers(text_of(leader.get(PROMISES)))) == keys.stop
            counted.append(statements)

        assert counted[0].number == counted[1].number, "\n".join(counted[1].statements)
        assert counted[0].number <= 10


class TestOverTheApi:
    def test_both_lists(self, leader: Client, centre: Actor, district: District) -> None:
        hard = on_the_ledger(centre, district.roads)
        soon = promised(centre, district.parks, key="k-2")

        (entry,) = leader.get("/api/v1/ledger?level=DISTRICT").json()
        (promise,) = leader.get(f"/api/v1/promises?state=LATER&unit_id={district.parks}").json()

        assert (entry["number"], entry["owner_id"], entry["repeats"]) == (
            hard.number, district.roads, 0,
        )  # fmt: skip
        assert (promise["number"], promise["unit_id"], promise["kept"]) == (
            soon.number, district.parks, None,
        )  # fmt: skip

    def test_only_what_is_in_sight(
        self, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        on_the_ledger(centre, district.roads)
        promised(centre, district.roads, key="k-2")
        stranger = sign_in(Role.HANDLER, district.hubin)

        lists = [
            stranger.get(f"/api/v1/{path}").json()
            for path in ("ledger", "promises?state=LATER", f"ledger?unit_id={district.roads}")
        ]

        assert lists == [[], [], []]

    @pytest.mark.parametrize("query", ["ledger?level=HIGH", "promises?state=X", "ledger?offset=-1"])
    def test_a_strange_question_is_refused(self, leader: Client, query: str) -> None:
        answer = leader.get(f"/api/v1/{query}")

        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
