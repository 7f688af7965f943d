"""Reads. Who may see a file is decided by the room whose case or report it belongs to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models import Exists, ManyToOneRel, OuterRef, QuerySet
from django.http import FileResponse
from django.utils.http import content_disposition_header

from chengshao.evidence.models import Blob
from chengshao.evidence.rules.reading import MEDIA_TYPES
from chengshao.evidence.terms import FileKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotFound
from chengshao.web.gather import Asked

THUMBNAIL = "-thumbnail"  # behind the digest in the name of the file


class BlobNotFound(NotFound):
    code = "blob_not_found"


class BlobFileMissing(NotFound):
    """The row is there, its file is not: a restore without the files, or a broken disk."""

    code = "blob_file_missing"


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """What an HTTP answer with a stored file says of it."""

    content_type: str
    headers: dict[str, str]


def blob(blob_id: int) -> Blob:
    """:raises BlobNotFound: if there is none"""
    found = Blob.objects.filter(pk=blob_id).first()
    if found is None:
        raise BlobNotFound
    return found


def blobs(blob_ids: Iterable[int]) -> dict[int, Blob]:
    """Return those that exist, by id, in one statement."""
    return Blob.objects.in_bulk(list(blob_ids))


def blobs_asked(ids: QuerySet[Any, Any]) -> Asked:
    """Return what to ask, with other things, for the files whose ids a query names."""
    return Asked(Blob.objects.filter(pk__in=ids))


def check_own(blob_ids: Iterable[int], *, actor: Actor) -> None:
    """
    Check ids that came from outside, before they are attached to anything: who attaches an id
    of somebody else's file would get to see it. A citizen has no ids, only files.

    :raises BlobNotFound: unless the actor's user uploaded each of them
    """
    asked = set(blob_ids)
    if not asked:
        return
    own = Blob.objects.filter(pk__in=asked, uploaded_by=actor.user_id)
    if actor.user_id is None or own.count() != len(asked):
        raise BlobNotFound


def kind_of(stored: Blob) -> FileKind:
    """Return what the file is to a reader (icon, word)."""
    return MEDIA_TYPES[stored.media_type].kind


def open_file(stored: Blob, *, thumbnail: bool = False) -> BinaryIO:
    """
    Open the stored bytes for reading, or those of the thumbnail.

    :raises BlobNotFound: if a thumbnail is asked of what has none
    :raises BlobFileMissing: if the row's file is gone
    """
    if thumbnail and not stored.has_thumbnail:
        raise BlobNotFound
    try:
        return path_of(stored.digest, thumbnail=thumbnail).open("rb")
    except FileNotFoundError as error:
        raise BlobFileMissing from error


def path_of(digest: str, *, thumbnail: bool = False) -> Path:
    """Return where bytes of this digest lie, or the thumbnail drawn from them."""
    name = digest + THUMBNAIL if thumbnail else digest
    return Path(settings.MEDIA_ROOT) / digest[:2] / name


def unused_before(moment: datetime) -> QuerySet[Blob]:
    """Return the blobs stored before this moment that no row of any room refers to."""
    return unused(Blob.objects.filter(stored_at__lt=moment))


def unused(blobs: QuerySet[Blob]) -> QuerySet[Blob]:
    """Return those of the blobs that no row of any room refers to."""
    for relation in Blob._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            column = relation.field.attname
            rows = relation.related_model._base_manager.filter(**{column: OuterRef("pk")})
            blobs = blobs.filter(~Exists(rows))
    return blobs


def known_digests(digests: Collection[str]) -> set[str]:
    """Return those of the digests that a blob has."""
    return set(Blob.objects.filter(digest__in=digests).values_list("digest", flat=True))


def response_facts(
    stored: Blob, *, inline_image: bool = False, thumbnail: bool = False
) -> ResponseFacts:
    """
    Return the headers under which a stranger's file can do no harm in a browser: saved, not
    shown, never guessed at, without scripts or an origin. Only an image (which we drew anew)
    is shown in the page, and only when asked.
    """
    is_image = kind_of(stored) is FileKind.IMAGE
    disposition = content_disposition_header(not (is_image and inline_image), stored.name)
    return ResponseFacts(
        "image/jpeg" if thumbnail else stored.media_type,
        {
            "Content-Disposition": str(disposition),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-cache",  # who lost access doesn't keep the picture
        },
    )


def as_attachment(
    stored: Blob, *, inline_image: bool = False, thumbnail: bool = False
) -> FileResponse:
    """
    Return the answer that serves the file, after the owning room decided that it may be seen.

    :raises BlobNotFound: if a thumbnail is asked of what has none
    :raises BlobFileMissing: if the row's file is gone
    """
    facts = response_facts(stored, inline_image=inline_image, thumbnail=thumbnail)
    file = open_file(stored, thumbnail=thumbnail)
    answer = FileResponse(file, content_type=facts.content_type)
    for name, value in facts.headers.items():  # only now: it has set a disposition of its own
        answer[name] = value
    return answer
