"""A fresh demo lives its first weeks once, in a job, while what goes by the real clock waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoDbBlocker

from chengshao.workorders.models import Entry, Report
from config.demo import set_up_demo
from config.simulation.habits import Habits
from config.simulation.running import Interrupted, TownLives, live_demo, only_one
from config.simulation.town import Town
from config.tasks import hold_clock, live_demo_weeks

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
PAST = timedelta(days=1)
FEW = Habits(reports_a_day=8)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    settings = override_settings(DEMO=True, DEMO_LIFE=True)
    with django_db_blocker.unblock(), settings, transaction.atomic():
        assert set_up_demo(at=NOW - timedelta(days=30))
        yield
        transaction.set_rollback(True)


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name=live_demo_weeks.name).count()


def live(*, moves: int | None = None) -> Town:
    """Let the demo live, at most so many happenings."""
    happened = count(1)
    return live_demo(
        now=NOW,
        past=PAST,
        habits=FEW,
        stopping=lambda: moves is not None and next(happened) > moves,
    )


def of_the_town() -> list[str]:
    made = Report.objects.filter(client_key__startswith="sim-").order_by("pk")
    return list(made.values_list("client_key", flat=True))


class TestTheJob:
    def test_is_put_by_with_the_district_and_never_again(self) -> None:
        assert waiting() == 1
        with override_settings(DEMO=True, DEMO_LIFE=True):
            assert not set_up_demo(at=NOW)
        assert waiting() == 1

    def test_holds_up_what_goes_by_the_real_clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clocked = [task for name, task in app.tasks.items() if ".workorders.tasks." in name]
        for task in clocked:
            monkeypatch.setattr(task, "lock", None)

        hold_clock(app)

        assert clocked
        assert {task.lock for task in clocked} == {live_demo_weeks.lock}


class TestTheFirstWeeks:
    def test_bring_the_demo_up_to_now(self) -> None:
        town = live()

        assert town.now == NOW
        assert len(of_the_town()) == town.tally.reports > 0

    def test_go_on_where_they_were_interrupted(self) -> None:
        with pytest.raises(Interrupted):
            live(moves=30)
        before = of_the_town()
        stood_at = Entry.objects.order_by("-at").values_list("at", flat=True)[0]
        assert NOW - PAST < stood_at < NOW

        live()

        assert of_the_town()[: len(before)] == before
        assert len(of_the_town()) > len(before)
        later = Entry.objects.filter(work_order__reports__client_key__startswith="sim-")
        assert later.filter(at__gt=stood_at).exists()

    def test_done_again_live_only_what_is_left(self) -> None:
        live()
        once = of_the_town()
        stood_at = Entry.objects.order_by("-at").values_list("at", flat=True)[0]

        live()

        assert of_the_town()[: len(once)] == once
        added = Report.objects.filter(client_key__in=set(of_the_town()) - set(once))
        assert all(report.reported_at > stood_at for report in added)

    def test_wait_for_another_simulation_to_end(self) -> None:
        with only_one(), pytest.raises(TownLives):
            live()
        assert of_the_town() == []


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def in_a_demo(self) -> Iterator[None]:
        with override_settings(DEMO=True):
            yield

    def test_tells_what_became_of_the_cases(self) -> None:
        out = StringIO()

        call_command("simulate", "--days=0.3", "--a-day=20", stdout=out)

        assert "主办超期" in out.getvalue()
        assert "接诉即答" in out.getvalue()

    def test_does_not_live_beside_another(self) -> None:
        with only_one(), pytest.raises(CommandError, match="已有一个模拟"):
            call_command("simulate", "--days=0")

    def test_lives_no_past_beside_a_worker(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(  # the module's transaction began long ago, and now() with it
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (clock_timestamp())"
            )
        with pytest.raises(CommandError, match="正在运行"):
            call_command("simulate", "--days=1")

    def test_takes_no_nonsense(self) -> None:
        for words in ("--days=-1", "--a-day=-1", "--speed=0"):
            with pytest.raises(CommandError):
                call_command("simulate", words)
        assert of_the_town() == []
