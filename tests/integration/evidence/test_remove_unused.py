import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from django.db import IntegrityError, connections, models, transaction
from procrastinate.contrib.django import app

from chengshao.evidence import actions, queries
from chengshao.evidence.actions import KEPT_UNUSED, Removed
from chengshao.evidence.models import Blob
from chengshao.kernel.actor import Actor, ActorKind
from tests.unit.evidence.files import pdf, photo

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = AT + KEPT_UNUSED + timedelta(minutes=1)
CITIZEN, SYSTEM = Actor(ActorKind.CITIZEN), Actor(ActorKind.SYSTEM)


def store(content: bytes, at: datetime = AT) -> Blob:
    """Store a file as if at this time, on the disk too."""
    blob_id = actions.store_upload(content=content, name="a", actor=CITIZEN, at=at)
    stored = queries.blob(blob_id)
    written(stored.digest, at)
    return stored


def written(digest: str, at: datetime) -> None:
    for path in queries.path_of(digest).parent.glob(f"{digest}*"):
        os.utime(path, (at.timestamp(), at.timestamp()))


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_what_nobody_refers_to_goes_after_a_day(folder: Path) -> None:
    store(photo())

    removed = actions.remove_unused(actor=SYSTEM, at=LATER)

    assert removed == Removed(rows=1, files=2)
    assert not Blob.objects.exists()
    assert files_in(folder) == []


def test_what_somebody_may_still_refer_to_stays(folder: Path) -> None:
    stored = store(pdf())

    removed = actions.remove_unused(actor=SYSTEM, at=AT + KEPT_UNUSED)

    assert removed == Removed(rows=0, files=0)
    assert files_in(folder) == [stored.digest]


def test_what_a_row_of_another_room_refers_to_stays(
    attachments: type[models.Model], folder: Path
) -> None:
    stored = store(pdf())
    attachments._base_manager.create(blob=stored)

    assert actions.remove_unused(actor=SYSTEM, at=LATER) == Removed(rows=0, files=0)
    assert files_in(folder) == [stored.digest]


def test_a_file_stays_as_long_as_one_of_its_rows(
    attachments: type[models.Model], folder: Path
) -> None:
    used, unused = store(pdf()), store(pdf())
    attachments._base_manager.create(blob=used)

    assert actions.remove_unused(actor=SYSTEM, at=LATER) == Removed(rows=1, files=0)
    assert list(Blob.objects.all()) == [used]
    assert files_in(folder) == [unused.digest]


def test_what_a_crash_left_behind_is_found(folder: Path) -> None:
    stored = store(pdf())
    Blob.objects.all().delete()
    half = folder / stored.digest[:2] / ".new-x1y2"
    half.write_bytes(b"%PDF")
    os.utime(half, (AT.timestamp(), AT.timestamp()))

    assert actions.remove_unused(actor=SYSTEM, at=LATER) == Removed(rows=0, files=2)
    assert files_in(folder) == []


def test_a_file_that_is_just_being_written_stays(folder: Path) -> None:
    stored = store(pdf(), at=LATER)
    Blob.objects.all().delete()

    assert actions.remove_unused(actor=SYSTEM, at=LATER) == Removed(rows=0, files=0)
    assert files_in(folder) == [stored.digest]


def test_it_goes_on_beyond_one_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_ROWS_AT_ONCE", 2)
    monkeypatch.setattr(actions, "_FILES_AT_ONCE", 1)
    for number in range(5):
        store(pdf() + b"\n" * number)

    assert actions.remove_unused(actor=SYSTEM, at=LATER) == Removed(rows=5, files=5)


def test_nothing_stored_yet_is_nothing_to_do() -> None:
    assert actions.remove_unused(actor=SYSTEM, at=LATER) == Removed(rows=0, files=0)


def test_a_person_may_not_clear_away(folder: Path) -> None:
    stored = store(pdf())

    with pytest.raises(actions.SystemOnly):
        actions.remove_unused(actor=CITIZEN, at=LATER)

    assert files_in(folder) == [stored.digest]


@pytest.mark.django_db(transaction=True)
def test_content_that_is_stored_again_meanwhile_keeps_its_file(folder: Path) -> None:
    old = store(pdf())
    Blob.objects.all().delete()
    stored_again, may_commit = Event(), Event()

    def store_again() -> None:
        try:
            with transaction.atomic():
                actions.store_upload(content=pdf(), name="a", actor=CITIZEN, at=LATER)
                stored_again.set()
                assert may_commit.wait(20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        storing = pool.submit(store_again)
        assert stored_again.wait(20)
        removed = actions.remove_unused(actor=SYSTEM, at=LATER)
        may_commit.set()
        storing.result()

    assert removed == Removed(rows=0, files=0)
    assert Blob.objects.count() == 1
    assert files_in(folder) == [old.digest]


def test_a_reference_to_what_is_removed_just_now_fails_as_a_whole(
    attachments: type[models.Model],
) -> None:
    stored = store(pdf())
    attached, may_commit = Event(), Event()

    def attach() -> None:
        try:
            with transaction.atomic():
                attachments._base_manager.create(blob=stored)
                attached.set()
                assert may_commit.wait(20)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        attaching = pool.submit(attach)
        assert attached.wait(20)
        removed = actions.remove_unused(actor=SYSTEM, at=LATER)
        may_commit.set()
        with pytest.raises(IntegrityError):
            attaching.result()

    assert removed == Removed(rows=1, files=1)
    assert not attachments._base_manager.exists()


def test_it_is_done_every_night() -> None:
    store(pdf())
    rows = app.periodic_registry.periodic_tasks.values()
    nightly = {row.task.name: row.task for row in rows}

    nightly["evidence.remove_unused"](timestamp=0)

    assert not Blob.objects.exists()


def test_what_was_let_go_of_goes_at_once(attachments: type[models.Model], folder: Path) -> None:
    stored, other = store(photo()), store(pdf())

    assert actions.remove_released(blob_ids=[stored.pk]) == 1
    assert list(Blob.objects.all()) == [other]
    assert files_in(folder) == [other.digest]


def test_what_something_else_refers_to_is_not_let_go_of(
    attachments: type[models.Model], folder: Path
) -> None:
    stored = store(pdf())
    attachments._base_manager.create(blob=stored)

    assert actions.remove_released(blob_ids=[stored.pk]) == 0
    assert files_in(folder) == [stored.digest]


def test_content_that_another_blob_has_too_keeps_its_file(
    attachments: type[models.Model], folder: Path
) -> None:
    one, other = store(pdf()), store(pdf())
    attachments._base_manager.create(blob=other)

    assert actions.remove_released(blob_ids=[one.pk]) == 1
    assert files_in(folder) == [other.digest]


def test_a_file_stays_when_letting_go_is_taken_back(
    attachments: type[models.Model], folder: Path
) -> None:
    stored = store(pdf())

    with transaction.atomic():
        actions.remove_released(blob_ids=[stored.pk])
        transaction.set_rollback(True)
    assert list(Blob.objects.all()) == [stored]
    assert files_in(folder) == [stored.digest]
