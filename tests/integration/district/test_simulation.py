"""The simulated district lives by the rules: same seed, same life; every case is whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from chengshao.workorders.models import Report, Task, WorkOrder
from chengshao.workorders.queries import broken_cases
from chengshao.workorders.terms import Outcome
from config.demo import set_up_demo
from config.simulation.habits import Delay, Habits, hours_of_reports
from config.simulation.town import Tally, Town

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAYS = timedelta(days=3)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        assert set_up_demo(at=AT - timedelta(days=30))
        yield
        transaction.set_rollback(True)


def lived(seed: int, habits: Habits) -> Tally:
    town = Town(seed=seed, at=AT, habits=habits)
    for _moment in town.live_until(AT + DAYS):
        pass
    return town.tally


@pytest.fixture
def few() -> Habits:
    return Habits(reports_a_day=4)


def of_the_town() -> list[int]:
    reports = Report.objects.filter(client_key__startswith="sim-")
    return sorted(set(reports.values_list("work_order_id", flat=True)))


class TestALife:
    def test_is_the_same_for_the_same_seed(self, few: Habits) -> None:
        with transaction.atomic():
            once = lived(7, few)
            transaction.set_rollback(True)

        assert lived(7, few) == once

    def test_is_another_for_another(self, few: Habits) -> None:
        with transaction.atomic():
            once = lived(7, few)
            transaction.set_rollback(True)

        assert lived(8, few) != once

    def test_leaves_every_case_whole_and_owed_by_somebody(self, few: Habits) -> None:
        tally = lived(7, few)
        cases = of_the_town()

        assert len(cases) == tally.reports > 0
        assert broken_cases(cases) == []
        open_cases = WorkOrder.objects.filter(pk__in=cases, outcome="")
        for case in open_cases:
            assert any(task.facts().holds_case for task in case.tasks.filter(ended_at=None))

    def test_goes_all_the_way(self, few: Habits) -> None:
        tally = lived(7, few)

        assert {"REGISTER", "DISPATCH", "ACKNOWLEDGE", "ANSWER", "SIGN"} <= tally.moves.keys()
        assert WorkOrder.objects.filter(pk__in=of_the_town(), outcome=Outcome.CLOSED).exists()

    def test_is_hardly_ever_refused(self, few: Habits) -> None:
        tally = lived(7, few)

        assert tally.refused.total() <= tally.moves.total() * 0.02


class TestHabits:
    def test_who_is_silent_does_nothing(self) -> None:
        silent = Habits(reports_a_day=4, silent=1.0, chases=0.0, withdraws=0.0)

        tally = lived(7, silent)

        assert "ACKNOWLEDGE" not in tally.moves
        waiting = Task.objects.filter(work_order__in=of_the_town(), kind="LEAD", state="OPEN")
        assert waiting.exists()

    def test_nobody_reports_where_nothing_happens(self) -> None:
        assert lived(7, Habits(reports_a_day=0)).reports == 0


def test_a_delay_is_never_less_than_a_minute() -> None:
    delay = Delay(timedelta(seconds=1))
    assert {delay.draw(Random(n)) for n in range(50)} == {timedelta(minutes=1)}


def test_reports_come_by_day_and_in_order() -> None:
    hours = hours_of_reports(Habits(reports_a_day=200), Random(1))
    by_night = [at for at in hours if at < timedelta(hours=5)]
    assert hours == sorted(hours)
    assert len(by_night) < len(hours) / 8
