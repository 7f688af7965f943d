"""A demo district filled for measuring: lives first, then whole copies of those that ended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Count, F
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from bench.population import fill
from chengshao.workorders.models import Deadline, Entry, Note, Rating, Task, WorkOrder
from chengshao.workorders.rules.facts import OPEN_STATES
from config.demo import set_up_demo
from ops.console import Stopped

NOW = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)
LIVES, ALL = 80, 200
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def lives(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), override_settings(DEMO=True), transaction.atomic():
        assert set_up_demo(at=NOW - timedelta(days=60))
        fill(LIVES, now=NOW)
        assert WorkOrder.objects.count() == LIVES
        yield
        transaction.set_rollback(True)


def owed() -> int:
    return Task.objects.filter(state__in=sorted(OPEN_STATES)).count()


def shapes() -> set[tuple[str, int, int, int]]:
    """Return of which outcomes and numbers of rows the cases are."""
    rows = WorkOrder.objects.exclude(outcome="").annotate(
        owed=Count("tasks", distinct=True),
        said=Count("entries", distinct=True),
        seen=Count("audience", distinct=True),
    )
    return set(rows.values_list("outcome", "owed", "said", "seen"))


def test_there_are_as_many_as_asked_for_and_as_many_open_as_before() -> None:
    before, owed_before = WorkOrder.objects.filter(outcome="").count(), owed()
    alike = shapes()
    assert before

    assert fill(ALL, now=NOW) == before

    assert owed() == owed_before

    assert WorkOrder.objects.count() == ALL
    assert shapes() == alike


def test_what_hangs_on_a_copy_is_its_own() -> None:
    before = set(WorkOrder.objects.values_list("pk", flat=True))

    fill(ALL, now=NOW)

    copies = WorkOrder.objects.exclude(pk__in=before)
    assert copies.count() == ALL - len(before)
    assert all(case.reports.exists() and case.entries.exists() for case in copies)
    for rows in (
        Task.objects.exclude(parent=None).exclude(work_order=F("parent__work_order")),
        Task.objects.exclude(follows=None).exclude(work_order=F("follows__work_order")),
        Deadline.objects.filter(task__work_order=None),
        Rating.objects.filter(report__work_order=None),
        Note.objects.filter(entry__work_order=None),
    ):
        assert not rows.exists()
    assert all(case.number[:8] <= f"{NOW:%Y%m%d}" for case in copies)


def test_asked_again_it_adds_nothing() -> None:
    fill(ALL, now=NOW)
    newest = Entry.objects.latest("pk").pk

    fill(ALL, now=NOW)

    assert Entry.objects.latest("pk").pk == newest


def test_fewer_than_there_are_is_refused() -> None:
    before = WorkOrder.objects.count()

    with pytest.raises(Stopped):
        fill(before - 1, now=NOW)

    assert WorkOrder.objects.count() == before
