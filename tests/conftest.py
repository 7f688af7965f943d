"""Fixtures for all tests; builders of a district are in tests.district."""

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

# No test is timed: on a loaded machine drawing examples is slow, too.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# Where the tables that only grow may be emptied, after a test that commits.
os.environ["PGOPTIONS"] = "-c chengshao.test=on"

pytest_plugins = ["tests.books", "tests.clerks", "tests.district", "tests.staffed"]


@pytest.fixture(autouse=True, scope="session")
def files_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests upload and seal out of the data folder."""
    seals = tmp_path_factory.mktemp("seals") / "seals.jsonl"
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"), SEALS_FILE=seals):
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_looked_for_when_asked() -> Iterator[None]:
    """Spare each new client the reading of the whole static folder."""
    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def no_jobs_left_over(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Empty procrastinate's tables after a test that commits: Django doesn't flush them."""
    yield
    mark = request.node.get_closest_marker("django_db")
    commits = mark is not None and mark.kwargs.get("transaction")
    if commits or "transactional_db" in request.fixturenames:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE procrastinate_jobs, procrastinate_events, procrastinate_workers,"
                " procrastinate_periodic_defers CASCADE"
            )
