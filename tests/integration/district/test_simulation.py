"""The simulated district lives by the rules: same seed, same life; every case is whole."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from random import Random
from typing import TypeVar

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from chengshao.workorders.models import Entry, Report, Seal, Task, WorkOrder
from chengshao.workorders.queries import broken_cases
from chengshao.workorders.tasks import seal_at
from chengshao.workorders.terms import Outcome
from config.demo import set_up_demo
from config.simulation.habits import Delay, Habits, hours_of_reports, reports_in
from config.simulation.outcome import shares_of
from config.simulation.town import Tally, Town

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAYS = timedelta(days=2)
T = TypeVar("T")
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        assert set_up_demo(at=AT - timedelta(days=30))
        yield
        transaction.set_rollback(True)


def lived(seed: int, habits: Habits, *, days: timedelta = DAYS) -> Tally:
    return town_that_lived(seed, habits, days=days).tally


def town_that_lived(seed: int, habits: Habits, *, days: timedelta = DAYS) -> Town:
    town = Town(seed=seed, at=AT, habits=habits)
    for _moment in town.live_until(AT + days):
        pass
    return town


def forgotten(lived: Callable[[], T]) -> T:
    """Return what came of a life, and leave nothing of it behind."""
    with transaction.atomic():
        found = lived()
        transaction.set_rollback(True)
    return found


@pytest.fixture
def few() -> Habits:
    return Habits(reports_a_day=4)


def of_the_town() -> list[int]:
    reports = Report.objects.filter(client_key__startswith="sim-")
    return sorted(set(reports.values_list("work_order_id", flat=True)))


def history_of_the_town() -> list[tuple[datetime, str, str]]:
    """Return when who did what, without the ids that the ground gave."""
    entries = Entry.objects.filter(work_order__in=of_the_town()).order_by("work_order", "seq")
    bodies = [(entry.at, json.loads(entry.body)) for entry in entries]
    return [(at, body["actor"], body["command"]) for at, body in bodies]


def open_cases() -> list[int]:
    return list(
        WorkOrder.objects.filter(pk__in=of_the_town(), outcome="").values_list("pk", flat=True)
    )


def share(town: Town, name: str) -> float:
    (found,) = [one for one in shares_of(town) if one.name == name]
    return found.part / found.whole


class TestALife:
    def test_is_the_same_for_the_same_seed(self, few: Habits) -> None:
        def life() -> tuple[Tally, list[tuple[datetime, str, str]]]:
            return lived(7, few), history_of_the_town()

        once = forgotten(life)

        assert once[1]
        assert life() == once

    def test_is_another_for_another(self, few: Habits) -> None:
        once = forgotten(lambda: lived(7, few))

        assert lived(8, few) != once

    def test_comes_again_beside_the_first_with_the_same_seed(self, few: Habits) -> None:
        first = lived(7, few)
        later = Town(seed=7, at=AT + timedelta(seconds=1), habits=few)
        for _moment in later.live_until(AT + DAYS):
            pass

        made = Report.objects.filter(client_key__startswith="sim-").count()
        assert made == first.reports + later.tally.reports

    def test_leaves_every_case_whole_and_owed_by_somebody(self, few: Habits) -> None:
        tally = lived(7, few)
        cases = of_the_town()

        assert len(cases) == tally.reports > 0
        assert broken_cases(cases) == []
        open_cases = WorkOrder.objects.filter(pk__in=cases, outcome="")
        for case in open_cases:
            assert any(task.facts().holds_case for task in case.tasks.filter(ended_at=None))

    def test_goes_all_the_way(self, few: Habits) -> None:
        town = town_that_lived(7, few)
        tally = town.tally

        of = {one.name: one for one in shares_of(town)}
        assert of["接诉即答"].part == tally.moves["ANSWER_DIRECTLY"] > 0
        assert of["已结束"].whole == len(town.citizens.cases())
        assert {"REGISTER", "DISPATCH", "ACKNOWLEDGE", "ANSWER", "SIGN"} <= tally.moves.keys()
        assert WorkOrder.objects.filter(pk__in=of_the_town(), outcome=Outcome.CLOSED).exists()

    def test_leaves_a_history_that_holds_under_its_seals(self, few: Habits) -> None:
        lived(7, few)
        seal_at(AT + DAYS + timedelta(days=1))
        out = StringIO()

        call_command("verify_history", stdout=out)

        assert Seal.objects.filter(day__gte=AT.date(), cases__gt=0).exists()
        assert "没有发现与当初的记录不符之处" in out.getvalue()

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

    def test_who_is_late_is_overdue(self, few: Habits) -> None:
        prompt = replace(few, late=0.0, silent=0.0, asks_suspension=0.0)
        late = replace(prompt, late=1.0, lateness=3.0)

        in_time = forgotten(lambda: share(town_that_lived(7, prompt), "主办超期"))

        assert in_time < share(town_that_lived(7, late), "主办超期")

    def test_what_goes_to_the_wrong_unit_comes_back(self, few: Habits) -> None:
        right = replace(few, wrong_unit=0.0)

        returned = forgotten(lambda: lived(7, right).moves["ASK_RETURN"])

        assert returned == 0
        assert lived(7, replace(few, wrong_unit=1.0)).moves["ASK_RETURN"] > 0

    def test_who_is_cross_says_so(self, few: Habits) -> None:
        cross = replace(few, rates=1.0, dissatisfied=1.0, goes_on_with_it=1.0)

        town = town_that_lived(7, cross, days=DAYS * 2)

        assert share(town, "不满意") == 1.0
        assert town.tally.moves["REOPEN"] > 0

    def test_nobody_reports_where_nothing_happens(self) -> None:
        assert lived(7, Habits(reports_a_day=0)).reports == 0


class TestALaterTown:
    def test_goes_on_with_what_an_earlier_one_left(self, few: Habits) -> None:
        lived(7, few)
        waiting = set(open_cases())

        later = Town(seed=8, at=AT + DAYS, habits=Habits(reports_a_day=0))
        for _moment in later.live_until(AT + DAYS * 2):
            pass

        assert later.tally.reports == 0
        assert set(open_cases()) < waiting

    def test_counts_the_shares_of_its_own_cases_alone(self, few: Habits) -> None:
        lived(7, few)

        later = Town(seed=8, at=AT + DAYS, habits=Habits(reports_a_day=0))
        for _moment in later.live_until(AT + DAYS * 2):
            pass

        assert later.tally.moves.total() > 0
        assert {(one.part, one.whole) for one in shares_of(later)} == {(0, 0)}

    def test_leaves_alone_what_visitors_reported(self, few: Habits) -> None:
        lived(7, few, days=timedelta(days=1))

        of_visitors = Entry.objects.exclude(work_order__in=of_the_town()).filter(at__gte=AT)
        assert WorkOrder.objects.exclude(pk__in=of_the_town()).filter(outcome="").exists()
        assert {json.loads(entry.body)["actor"] for entry in of_visitors} <= {"SYSTEM"}

    def test_leaves_alone_what_has_gone_on_by_a_later_clock(self, few: Habits) -> None:
        lived(7, few)

        earlier = Town(seed=8, at=AT + timedelta(hours=1), habits=Habits(reports_a_day=0))

        moved_since = Entry.objects.filter(at__gt=AT + timedelta(hours=1)).values("work_order")
        assert not WorkOrder.objects.filter(pk__in=earlier.citizens.cases()).filter(
            pk__in=moved_since
        )

    def test_is_in_a_hurry_when_told_so(self, few: Habits) -> None:
        usual = forgotten(lambda: lived(7, few, days=timedelta(hours=9)))

        hasty = Town(seed=7, at=AT, habits=few, haste=60)
        for _moment in hasty.live_until(AT + timedelta(hours=9)):
            pass

        assert hasty.tally.moves.total() > usual.moves.total()


def test_a_delay_is_never_less_than_a_minute() -> None:
    delay = Delay(timedelta(seconds=1))
    assert {delay.draw(Random(n)) for n in range(50)} == {timedelta(minutes=1)}


def test_reports_come_by_day_and_in_order() -> None:
    hours = hours_of_reports(Habits(reports_a_day=200), Random(1))
    by_night = [at for at in hours if at < timedelta(hours=5)]
    assert hours == sorted(hours)
    assert len(by_night) < len(hours) / 8


def test_how_many_reports_to_expect_goes_by_the_hour_unless_hurried() -> None:
    habits = Habits(reports_a_day=240)
    assert reports_in(3, habits) < 2 < reports_in(9, habits)
    assert sum(reports_in(hour, habits) for hour in range(24)) == pytest.approx(240)
    assert reports_in(3, habits, sleeps=False) == 10


def test_who_hurries_does_not_sleep() -> None:
    hours = hours_of_reports(Habits(reports_a_day=240), Random(1), sleeps=False)
    by_night = [at for at in hours if at < timedelta(hours=6)]
    assert len(by_night) > len(hours) / 8
