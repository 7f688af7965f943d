"""Writes: keep a file; clear away what nobody refers to."""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp
from threading import BoundedSemaphore

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from chengshao.evidence import queries
from chengshao.evidence.models import Blob
from chengshao.evidence.rules.names import clean_name
from chengshao.evidence.rules.reading import is_picture, read_upload
from chengshao.evidence.rules.refusals import UploadNoPicture
from chengshao.evidence.terms import MAX_BYTES
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import NotAllowed

KEPT_UNUSED = timedelta(days=1)  # between an upload and the form that refers to it
_ROWS_AT_ONCE = 500
_FILES_AT_ONCE = 1000
# An image of 50 megapixels takes up to 400 MB while it is drawn anew: two at a time in a process.
_READING = BoundedSemaphore(2)


class SystemOnly(NotAllowed):
    code = "system_only"


@dataclass(frozen=True, slots=True)
class Removed:
    rows: int
    files: int


def store_upload(
    *, content: bytes, name: str, actor: Actor, at: datetime, pictures_only: bool = False
) -> int:
    """
    Keep a file, cleaned of what tells on its sender, and return the id of its blob.

    Anyone may call it: the room that attaches the file decides who may, how many and how often.
    Call it before the transaction that attaches, so that reading holds no lock. If nothing
    refers to the blob within a day, `remove_unused` takes it away.

    :raises UploadRefused: see rules.reading.read_upload; nothing is kept then
    """
    if pictures_only and content and not is_picture(content):
        raise UploadNoPicture(name=clean_name(name, ""))
    with _READING:
        kept, clean = read_upload(content, name)
    digest = sha256(kept.content).hexdigest()
    with transaction.atomic():
        _hold_file(digest)
        # The file first: a row never stands without its file, a crash leaves at most a file.
        _write(queries.path_of(digest), kept.content)
        if kept.thumbnail is not None:
            _write(queries.path_of(digest, thumbnail=True), kept.thumbnail)
        stored = Blob.objects.create(
            digest=digest,
            media_type=kept.media_type,
            size=len(kept.content),
            width=kept.width,
            height=kept.height,
            has_thumbnail=kept.thumbnail is not None,
            name=clean,
            stored_at=at,
            uploaded_by_id=actor.user_id,
        )
    return stored.pk


def store_file(*, file: "UploadedFile[bytes]", actor: Actor, at: datetime) -> int:
    """
    Keep a file as a form brings it, reading no more of it than may be kept.

    :raises UploadRefused: as store_upload
    """
    content = file.read(MAX_BYTES + 1)
    return store_upload(content=content, name=file.name or "", actor=actor, at=at)


def store_picture(*, file: "UploadedFile[bytes]", actor: Actor, at: datetime) -> int:
    """
    Keep a picture as a form brings it.

    :raises UploadNoPicture: if it is another kind of file
    :raises UploadRefused: as store_upload
    """
    content = file.read(MAX_BYTES + 1)
    name = file.name or ""
    return store_upload(content=content, name=name, actor=actor, at=at, pictures_only=True)


def remove_unused(*, actor: Actor, at: datetime) -> Removed:
    """
    Remove blobs that no foreign key points to, and files without a blob, when older than a day.

    May be stopped and started again at any point, and run beside uploads.

    :raises SystemOnly: if a person or machine asks
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise SystemOnly
    before = at - KEPT_UNUSED
    rows = sum(_remove_rows(before))
    files = sum(_remove_file(path) for path in _files_without_blob(before))
    return Removed(rows, files)


@transaction.atomic
def remove_released(*, blob_ids: Collection[int]) -> int:
    """
    Remove now, not in the nightly round, what a room has just let go of; return how many rows.

    Blobs that something still refers to stay; so does a file whose content another blob has. The
    files go when the transaction is committed; what a crash then leaves, the nightly round finds.
    """
    rows = Blob.objects.filter(pk__in=blob_ids).order_by("pk")
    # Asked again under the lock, as in _remove_rows.
    locked = [blob.pk for blob in rows.select_for_update(of=("self",))]
    unused = queries.unused(Blob.objects.filter(pk__in=locked))
    digests = set(unused.values_list("digest", flat=True))
    count, _ = unused.delete()
    transaction.on_commit(lambda: _remove_files(digests))
    return count


def _remove_files(digests: Collection[str]) -> None:
    for digest in sorted(digests):
        for thumbnail in (False, True):
            _remove_file(queries.path_of(digest, thumbnail=thumbnail))


def _remove_rows(before: datetime) -> Iterator[int]:
    while True:
        with transaction.atomic():
            unused = queries.unused_before(before)
            locked = unused.select_for_update(skip_locked=True, of=("self",))
            ids = list(locked.values_list("pk", flat=True)[:_ROWS_AT_ONCE])
            if not ids:
                return
            # Asked again: a reference may have come before the lock. One that comes later waits
            # for us, and then fails on its foreign key.
            count, _ = unused.filter(pk__in=ids).delete()
        yield count


def _files_without_blob(before: datetime) -> Iterator[Path]:
    for folder in sorted(Path(settings.MEDIA_ROOT).glob("[0-9a-f][0-9a-f]")):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < before.timestamp()]
        for start in range(0, len(old), _FILES_AT_ONCE):
            some = old[start : start + _FILES_AT_ONCE]
            known = queries.known_digests({_digest_in(path) for path in some})
            yield from (path for path in some if _digest_in(path) not in known)


def _remove_file(path: Path) -> bool:
    digest = _digest_in(path)
    with transaction.atomic():
        if not _take_file(digest) or queries.known_digests({digest}):
            return False  # somebody is storing the same content just now
        path.unlink(missing_ok=True)
    return True


def _digest_in(path: Path) -> str:
    return path.name.removesuffix(queries.THUMBNAIL)


def _write(path: Path, content: bytes) -> None:
    """Put a file in place whole or not at all; one that is there already stays."""
    with suppress(FileNotFoundError):
        if path.stat().st_size == len(content):
            return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, new = mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        os.unlink(new)
        raise
    for folder in (path.parent, path.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hold_file(digest: str) -> None:
    """Until the transaction ends nobody removes this file; others may store it too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [f"blob:{digest}"]
        )


def _take_file(digest: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"blob:{digest}"]
        )
        (taken,) = cursor.fetchone()
    return bool(taken)
