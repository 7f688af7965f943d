"""The citizen's word: asked of each report when the case closes, given or lapsed, never assumed."""

from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Rating, Report, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.terms import (
    ClosingKind,
    LedgerLevel,
    Power,
    Resolution,
    Satisfaction,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, District, closed, dispatched, move, reported, said, staff


def rate(report: Report, actor: Actor) -> Step:
    rated = actions.rate_report(
        report_id=report.pk,
        resolution=Resolution.RESOLVED,
        satisfaction=Satisfaction.SATISFIED,
        comment="谢谢",
        actor=actor,
        at=AT,
    )
    return Step(rated.work_order.step)


def citizen(report: Report) -> Actor:
    return Actor(ActorKind.CITIZEN, report_id=report.pk)


@pytest.fixture
def with_two_reports(centre: Actor, district: District) -> WorkOrder:
    """A closed case that two people asked for."""
    case = dispatched(centre, district.roads)
    reported(centre, said("k-2", "我也看到了", joins=case.number))
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="换好了")
    return move(case, TaskKind.CHECK, TaskCommand.PASS, centre)


def test_the_case_is_evaluated_when_all_is_said_or_lapsed(with_two_reports: WorkOrder) -> None:
    first, second = with_two_reports.reports.order_by("pk")
    job = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.SPEAK_FOR, None)}))

    said_ = rate(first, citizen(first))
    lapsed = actions.lapse_rating(report_id=second.pk, actor=job, at=AT + timedelta(days=7))

    assert (said_, lapsed.work_order.step) == (Step.CLOSED, Step.EVALUATED)
    second.refresh_from_db()
    assert (rating_of(second).satisfaction, rating_of(second).resolution) == ("", "")


def test_a_report_is_rated_once(centre: Actor, district: District) -> None:
    report = closed(centre, district.roads).reports.get()
    rate(report, citizen(report))

    with pytest.raises(WrongState):
        rate(report, citizen(report))


def test_not_before_the_case_is_closed(centre: Actor, district: District) -> None:
    report = dispatched(centre, district.roads).reports.get()

    with pytest.raises(WrongState):
        rate(report, citizen(report))


def test_nobody_speaks_for_the_citizen_without_the_power(centre: Actor, district: District) -> None:
    report = closed(centre, district.roads).reports.get()

    with pytest.raises(PowerMissing):
        rate(report, staff(district.centre, Power.SEE, Power.HANDLE))
    report.refresh_from_db()
    assert rating_of(report).ended_at is None


def rating_of(report: Report) -> Rating:
    report.refresh_from_db()
    assert report.rating is not None
    return report.rating


class TestWhoJoinsAfterTheClosing:
    """A case on the ledger is closed, and others may still join it."""

    @pytest.fixture
    def on_the_ledger(self, centre: Actor, district: District) -> WorkOrder:
        case = dispatched(centre, district.roads)
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        hard = Closing(
            ClosingKind.LEDGER,
            ledger_level=LedgerLevel.DISTRICT,
            review_on=(AT + timedelta(days=60)).date(),
        )
        move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="暂时不行", closing=hard)
        return move(case, TaskKind.LEDGER_APPROVAL, TaskCommand.GRANT, centre)

    def test_is_asked_too(self, centre: Actor, on_the_ledger: WorkOrder) -> None:
        later = AT + timedelta(days=3)
        joined = reported(centre, said("k-2", joins=on_the_ledger.number), at=later)

        rate(joined, citizen(joined))

        rating = rating_of(joined)
        assert (rating.resolution, rating.satisfaction) == ("RESOLVED", "SATISFIED")
        assert rating.lapses_at == later + timedelta(days=7)

    def test_has_not_said_anything_yet(self, centre: Actor, on_the_ledger: WorkOrder) -> None:
        first = on_the_ledger.reports.get()
        assert rate(first, citizen(first)) == Step.EVALUATED

        joined = reported(centre, said("k-2", joins=on_the_ledger.number))

        on_the_ledger.refresh_from_db()
        assert on_the_ledger.step == on_the_ledger.facts().step == Step.CLOSED
        assert rate(joined, citizen(joined)) == Step.EVALUATED


def test_a_nuisance_call_is_not_asked_and_holds_nothing_up(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    nuisance = reported(centre, said("k-2", joins=case.number))
    actions.mark_nuisance(report_id=nuisance.pk, reason="骂人", actor=centre, at=AT)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="换好了")
    move(case, TaskKind.CHECK, TaskCommand.PASS, centre)

    with pytest.raises(WrongState):
        rate(nuisance, citizen(nuisance))
    first = case.reports.order_by("pk")[0]

    assert rate(first, citizen(first)) == Step.EVALUATED
    assert not nuisance.ratings.exists()


def test_the_time_to_rate_is_seven_days(centre: Actor, district: District) -> None:
    report = closed(centre, district.roads).reports.get()

    assert rating_of(report).lapses_at == AT + timedelta(days=7)
    assert queries.ratings_to_lapse(AT, limit=9) == []
    assert queries.ratings_to_lapse(AT + timedelta(days=7), limit=9) == [report.pk]


def test_the_citizen_reads_the_answer_once_it_is_checked(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads)
    report = case.reports.get()
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    promised = queries.progress_of(citizen(report), AT)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="换好了")
    before = queries.progress_of(citizen(report), AT)
    move(case, TaskKind.CHECK, TaskCommand.PASS, centre)
    after = queries.progress_of(citizen(report), AT)

    assert promised.lead_unit_id == district.roads
    assert promised.promised_by == AT + timedelta(days=2)
    assert (before.reply, after.reply) == ("", "换好了")
    assert (before.may_rate, after.may_rate) == (False, True)


def test_who_doesn_t_speak_for_citizens_rates_nothing(centre: Actor, district: District) -> None:
    report = closed(centre, district.roads).reports.get()
    registrar = staff(district.centre, *(set(Power) - {Power.SPEAK_FOR}))

    with pytest.raises(PowerMissing):
        rate(report, registrar)

    assert rate(report, staff(district.centre, Power.SEE, Power.SPEAK_FOR)) is Step.EVALUATED
