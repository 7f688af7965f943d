import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Never

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections, transaction

from chengshao.evidence import actions, queries
from chengshao.evidence.models import Blob
from chengshao.evidence.rules.refusals import (
    UploadRefused,
    UploadTooLarge,
    UploadTypeNotAllowed,
)
from chengshao.evidence.terms import MAX_BYTES
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.models import User
from tests.unit.evidence.files import PLACE_WORDS, m4a, pdf, photo

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CITIZEN = Actor(ActorKind.CITIZEN)


def store(content: bytes, name: str = "井盖.jpg", actor: Actor = CITIZEN) -> Blob:
    blob_id = actions.store_upload(content=content, name=name, actor=actor, at=AT)
    return queries.blob(blob_id)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_kept_with_its_facts_and_a_thumbnail(folder: Path) -> None:
    stored = store(photo(orientation=6), "C:\\照片\\井盖.png")

    with queries.open_file(stored) as file:
        content = file.read()
    assert (stored.name, stored.media_type) == ("井盖.jpg", "image/jpeg")
    assert (stored.width, stored.height, stored.has_thumbnail) == (40, 60, True)
    assert (stored.size, stored.digest) == (len(content), sha256(content).hexdigest())
    assert (stored.stored_at, stored.uploaded_by_id) == (AT, None)
    assert files_in(folder) == [stored.digest, f"{stored.digest}-thumbnail"]
    assert (folder / stored.digest[:2] / stored.digest).exists()


class EndlessFile(SimpleUploadedFile):
    """Zeros without end; it knows how many were asked for."""

    asked = 0

    def read(self, num_bytes: int = -1) -> bytes:
        self.asked = num_bytes
        return bytes(num_bytes)


def test_a_file_from_a_form_is_kept_under_its_name() -> None:
    file = SimpleUploadedFile("井盖.jpg", photo())

    stored = queries.blob(actions.store_file(file=file, actor=CITIZEN, at=AT))

    assert stored.name == "井盖.jpg"


def test_no_more_of_a_file_is_read_than_may_be_kept() -> None:
    file = EndlessFile("井盖.jpg", b"")

    with pytest.raises(UploadTooLarge):
        actions.store_file(file=file, actor=CITIZEN, at=AT)

    assert file.asked == MAX_BYTES + 1


def test_nothing_on_the_disk_tells_where_the_photo_was_taken(folder: Path) -> None:
    store(photo())

    for path in folder.rglob("*"):
        assert path.is_dir() or PLACE_WORDS not in path.read_bytes()


def test_a_document_has_no_measures_and_no_thumbnail(folder: Path) -> None:
    stored = store(pdf(), "答复.pdf")

    assert (stored.width, stored.height, stored.has_thumbnail) == (None, None, False)
    assert files_in(folder) == [stored.digest]


def test_files_are_for_the_service_alone(folder: Path) -> None:
    stored = store(pdf(), "答复.pdf")

    path = queries.path_of(stored.digest)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_staff_are_named_as_uploader() -> None:
    user = User.objects.create(username="handler")

    assert store(pdf(), actor=Actor(ActorKind.PERSON, user.pk)).uploaded_by == user


def test_the_same_content_is_two_rows_and_one_file(folder: Path) -> None:
    one, other = store(pdf(), "一.pdf"), store(pdf(), "二.pdf")

    assert (one.pk != other.pk, one.digest == other.digest) == (True, True)
    assert [one.name, other.name] == ["一.pdf", "二.pdf"]
    assert files_in(folder) == [one.digest]


def test_a_file_that_a_broken_disk_cut_off_is_written_again() -> None:
    stored = store(pdf())
    queries.path_of(stored.digest).write_bytes(b"%PDF")

    store(pdf())

    assert queries.path_of(stored.digest).read_bytes() == pdf()


def test_a_refused_file_leaves_nothing(folder: Path) -> None:
    with pytest.raises(UploadTypeNotAllowed):
        store(b"<svg onload='alert(1)'/>", "井盖.jpg")

    assert not Blob.objects.exists()
    assert not folder.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff", b"%PDF-1.7", m4a()[:-1]])
def test_no_hostile_file_leaves_anything(folder: Path, content: bytes) -> None:
    with pytest.raises(UploadRefused):
        store(content)

    assert not Blob.objects.exists()
    assert files_in(folder) == []


def test_a_full_disk_leaves_no_half_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> Never:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store(pdf())

    assert not Blob.objects.exists()
    assert files_in(folder) == []


def test_a_caller_that_turns_back_afterwards_leaves_at_most_a_file(folder: Path) -> None:
    with transaction.atomic():
        stored = store(pdf())
        transaction.set_rollback(True)

    assert not Blob.objects.exists()
    assert files_in(folder) == [stored.digest]


@pytest.mark.django_db(transaction=True)
def test_the_same_content_at_once_is_stored_once(folder: Path) -> None:
    def upload(_: int) -> str:
        try:
            return store(photo()).digest
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        digests = set(pool.map(upload, range(8)))

    (digest,) = digests
    assert Blob.objects.filter(digest=digest).count() == 8
    assert files_in(folder) == [digest, f"{digest}-thumbnail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": "x" * 64},
        {"size": 0},
        {"name": ""},
        {"width": None},
        {"height": 0},
        {"media_type": "application/pdf"},
    ],
)
def test_the_database_takes_no_row_that_contradicts_itself(wrong: dict[str, object]) -> None:
    stored = store(photo())

    with pytest.raises(IntegrityError), transaction.atomic():
        Blob.objects.filter(pk=stored.pk).update(**wrong)
