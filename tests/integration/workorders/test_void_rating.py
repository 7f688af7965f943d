"""Somebody asked the citizen for another rating: the one that was given is void (F13)."""

from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import VoidedOften
from chengshao.workorders.models import Alert, Entry, Rating, Report
from chengshao.workorders.rules.refusals import NeedMissing, PowerMissing, WrongState
from chengshao.workorders.terms import (
    AlertKind,
    NoteName,
    Power,
    Resolution,
    Satisfaction,
    Step,
)
from tests.district import AT, District, closed, staff

HOUR = timedelta(hours=1)
WHO = "街道的人打电话要我改成满意"


@pytest.fixture
def rated(centre: Actor, district: District) -> Report:
    """A report whose citizen has rated the result."""
    report = closed(centre, district.roads).reports.get()
    rate(report, Satisfaction.DISSATISFIED)
    return report


def citizen(report: Report) -> Actor:
    return Actor(ActorKind.CITIZEN, report_id=report.pk)


def rate(report: Report, satisfaction: Satisfaction) -> None:
    actions.rate_report(
        report_id=report.pk,
        resolution=Resolution.RESOLVED,
        satisfaction=satisfaction,
        actor=citizen(report),
        at=AT,
    )


def void(report: Report, actor: Actor, words: str = WHO) -> Step:
    done = actions.void_rating(report_id=report.pk, words=words, actor=actor, at=AT + HOUR)
    return Step(done.work_order.step)


def standing(report: Report) -> tuple[object, ...]:
    return (
        list(Rating.objects.filter(report=report).order_by("round").values_list()),
        Entry.objects.count(),
        Alert.objects.count(),
    )


def test_it_stays_on_record_and_a_new_one_is_asked(rated: Report) -> None:
    assert void(rated, citizen(rated)) is Step.CLOSED

    first, second = Rating.objects.filter(report=rated).order_by("round")
    assert (first.satisfaction, first.voided_at) == (Satisfaction.DISSATISFIED, AT + HOUR)
    assert (second.satisfaction, second.ended_at, second.voided_at) == ("", None, None)


def test_the_citizen_rates_anew_in_freedom(rated: Report) -> None:
    void(rated, citizen(rated))

    rate(rated, Satisfaction.SATISFIED)

    counted = Rating.objects.filter(report=rated, voided_at=None)
    assert [each.satisfaction for each in counted] == [Satisfaction.SATISFIED]
    rated.work_order.refresh_from_db()
    assert rated.work_order.step == Step.EVALUATED


def test_only_the_desk_hears_and_reads_who_it_was(
    centre: Actor, district: District, rated: Report
) -> None:
    void(rated, citizen(rated))

    told = Alert.objects.filter(kind=AlertKind.RATING_URGED)
    assert [alert.unit_id for alert in told] == [district.centre]
    number = rated.work_order.number
    handler = staff(district.roads, Power.SEE, Power.HANDLE)
    read = {
        name: words
        for actor in (centre, handler)
        for name, words in [(actor, queries.case_view(number=number, actor=actor).entries[-1])]
    }
    assert read[centre].notes == {NoteName.URGED: WHO}
    assert read[handler].notes == {}


def test_who_speaks_for_the_citizen_says_what_was_said(
    centre: Actor, district: District, rated: Report
) -> None:
    before = standing(rated)
    with pytest.raises(NeedMissing):
        void(rated, centre, words="")
    with pytest.raises(PowerMissing):
        void(rated, staff(district.roads, Power.SEE, Power.HANDLE))
    assert standing(rated) == before

    assert void(rated, centre) is Step.CLOSED


def test_what_was_not_said_cant_be_voided(centre: Actor, district: District) -> None:
    report = closed(centre, district.roads).reports.get()
    before = standing(report)

    with pytest.raises(WrongState):
        void(report, citizen(report))

    assert standing(report) == before


def test_once_only_for_each_rating(rated: Report) -> None:
    void(rated, citizen(rated))
    before = standing(rated)

    with pytest.raises(WrongState):
        void(rated, citizen(rated))

    assert standing(rated) == before


def test_not_without_end(rated: Report) -> None:
    for _turn in range(5):
        void(rated, citizen(rated))
        rate(rated, Satisfaction.SATISFIED)
    before = standing(rated)

    with pytest.raises(VoidedOften):
        void(rated, citizen(rated))

    assert standing(rated) == before


def test_the_history_proves_what_is_void(rated: Report) -> None:
    void(rated, citizen(rated))
    rate(rated, Satisfaction.SATISFIED)
    case_id = rated.work_order_id
    assert queries.broken_cases([case_id]) == []

    Rating.objects.filter(report=rated, voided_at=None).update(voided_at=AT)

    assert [each.number for each in queries.broken_cases([case_id])] == [rated.work_order.number]


def test_not_where_the_case_goes_on(rated: Report) -> None:
    actions.reopen_by_citizen(report_id=rated.pk, words="没好", actor=citizen(rated), at=AT + HOUR)
    before = standing(rated)

    with pytest.raises(WrongState):
        void(rated, citizen(rated))

    assert standing(rated) == before
