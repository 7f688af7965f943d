"""From bytes that a stranger sent to what is stored: type by content, never by name."""

from collections.abc import Callable
from dataclasses import dataclass

from chengshao.evidence.rules.audio import read_mp3, read_mp4, read_wav, read_webm
from chengshao.evidence.rules.documents import read_office, read_pdf
from chengshao.evidence.rules.images import read_image
from chengshao.evidence.rules.kept import Kept
from chengshao.evidence.rules.names import clean_name
from chengshao.evidence.rules.refusals import (
    UploadEmpty,
    UploadRefused,
    UploadTooLarge,
    UploadTypeNotAllowed,
)
from chengshao.evidence.terms import MAX_BYTES, FileKind


@dataclass(frozen=True, slots=True)
class MediaType:
    kind: FileKind
    extension: str


MEDIA_TYPES = {
    "image/jpeg": MediaType(FileKind.IMAGE, ".jpg"),
    "image/png": MediaType(FileKind.IMAGE, ".png"),
    "image/webp": MediaType(FileKind.IMAGE, ".webp"),
    "application/pdf": MediaType(FileKind.PDF, ".pdf"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": MediaType(
        FileKind.WORD, ".docx"
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": MediaType(
        FileKind.EXCEL, ".xlsx"
    ),
    "audio/mp4": MediaType(FileKind.AUDIO, ".m4a"),
    "audio/mpeg": MediaType(FileKind.AUDIO, ".mp3"),
    "audio/wav": MediaType(FileKind.AUDIO, ".wav"),
    "audio/webm": MediaType(FileKind.AUDIO, ".webm"),
}


def read_upload(content: bytes, name: str) -> tuple[Kept, str]:
    """
    Return what to keep of the file, and the name to keep it under.

    Images are drawn anew, so that place, time and device in EXIF, XMP and IPTC are gone, and
    so is anything hidden behind the picture; sound loses its tags. Documents stay as they are.

    :raises UploadEmpty: if there is nothing in it
    :raises UploadTooLarge: beyond 20 MB
    :raises UploadTypeNotAllowed: unless JPEG, PNG, WebP, PDF, DOCX or XLSX without macros, or
        sound alone in M4A, MP3, WAV or WebM
    :raises UploadUnreadable: if it begins as one of these but can't be read to its end
    :raises UploadTooManyPixels: beyond 50 megapixels
    """
    try:
        if not content:
            raise UploadEmpty
        if len(content) > MAX_BYTES:
            raise UploadTooLarge(limit=MAX_BYTES // 1024**2)
        kept = _reader_of(content)(content)
    except UploadRefused as refusal:
        refusal.params["name"] = clean_name(name, "")  # only here is it known
        raise
    return kept, clean_name(name, MEDIA_TYPES[kept.media_type].extension)


def is_picture(content: bytes) -> bool:
    """Return whether it begins as a picture that we take."""
    try:
        return _reader_of(content) is read_image
    except UploadTypeNotAllowed:
        return False


def _reader_of(content: bytes) -> Callable[[bytes], Kept]:
    match content[:4], content[4:8], content[8:12]:
        case (b"\x89PNG", _, _) | (b"RIFF", _, b"WEBP"):
            return read_image
        case (b"%PDF", _, _):
            return read_pdf
        case (b"PK\x03\x04", _, _):
            return read_office
        case (_, b"ftyp", _):
            return read_mp4
        case (b"RIFF", _, b"WAVE"):
            return read_wav
        case (b"\x1aE\xdf\xa3", _, _):
            return read_webm
    if content.startswith(b"\xff\xd8\xff"):
        return read_image
    if content.startswith((b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")):
        return read_mp3
    raise UploadTypeNotAllowed
