"""What the citizen's page keeps, and what it no longer says once it is not true any more."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import ReportKind, TaskCommand, TaskKind
from tests.district import District, closed, dispatched, move, owed, reported, said
from tests.integration.resident.conftest import Clock, Resident, resident_of, words_of
from tests.turns import sent

K, C = TaskKind, TaskCommand


@pytest.fixture(autouse=True)
def at_this_moment(clock: Clock) -> None:
    """All of this happens at AT, until a test says otherwise."""


def holder(case: WorkOrder) -> Resident:
    return resident_of(case.reports.get())


class TestEarlierAnswers:
    def test_stay_readable_with_their_day(self, centre: Actor, district: District) -> None:
        me = holder(closed(centre, district.roads))

        page = words_of(me.does("reopen", words="第二天又坏了"))

        assert "您不认可的答复" in page
        assert "井盖已换好" in page
        assert "给您的答复" not in page.replace("您不认可的答复", "")

    def test_stand_after_the_present_one(self, centre: Actor, district: District) -> None:
        case = closed(centre, district.roads)
        me = holder(case)
        me.does("reopen", words="第二天又坏了")
        case.refresh_from_db()
        case = sent(case, district.roads, centre)
        move(case, K.LEAD, C.ACKNOWLEDGE, centre)
        move(case, K.LEAD, C.ANSWER, centre, reply="这次换了新的")
        move(case, K.CHECK, C.PASS, centre)

        page = me.looks()

        assert page.index("这次换了新的") < page.index("您不认可的答复") < page.index("井盖已换好")

    def test_of_a_first_answer_there_is_none(self, centre: Actor, district: District) -> None:
        assert "您不认可的答复" not in holder(closed(centre, district.roads)).looks()


class TestAnotherIsToHandleIt:
    def test_the_old_day_is_not_said(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        before = holder(case).looks()

        move(case, K.LEAD, C.ASK_RETURN, centre, reason="不归我们管")
        page = holder(case).looks()

        assert "前给您结果" in before
        assert "前给您结果" not in page
        assert "正在重新确定由哪个单位办" in page
        assert "换不换单位，最迟今天" in page

    def test_nor_a_day_that_is_over(self, centre: Actor, district: District, clock: Clock) -> None:
        case = dispatched(centre, district.roads)
        move(case, K.LEAD, C.ASK_RETURN, centre, reason="不归我们管")
        due = owed(case, K.ADJUDICATE).deadlines.get().due_at
        assert due is not None

        clock(due + timedelta(days=1))

        assert "承办单位说不归它办，我们正在核定。" in holder(case).looks()

    def test_refused_the_day_stands_again(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        move(case, K.LEAD, C.ASK_RETURN, centre, reason="不归我们管")
        move(case, K.ADJUDICATE, C.DENY, centre, reason="就归你们")

        assert "前给您结果" in holder(case).looks()


class TestInConfidence:
    @pytest.mark.parametrize(
        ("kind", "words"),
        [(None, "已按您的要求保密"), (ReportKind.INFORMANT, "您的举报只有指定的几个人看得到")],
    )
    def test_the_page_says_so_and_offers_no_sharing(
        self, centre: Actor, kind: ReportKind | None, words: str
    ) -> None:
        told = replace(said(phone="13800138000"), confidential=True, kind=kind)

        page = resident_of(reported(centre, told)).looks()

        assert words in page
        assert "发给家人" not in page
        assert "不要转给别人" in page

    def test_of_others_nothing_is_said(self, centre: Actor) -> None:
        page = resident_of(reported(centre, said())).looks()

        assert "保密" not in page
        assert "发给家人" in page
