"""Uploads and backups: what is broken, cut off or a bomb is refused, and leaves nothing."""

import tarfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.evidence.rules.reading import MEDIA_TYPES, read_upload
from ops.backup.archive import DATABASE, KEYS, MANIFEST, SEALS, SUMS, Archive, stored_name
from ops.backup.manifest import read_manifest
from ops.console import Stopped
from tests.hostile.broken import WORDS, as_json, broken, changed, read_or_refused, readable
from tests.hostile.portions import examples
from tests.unit.evidence.files import office
from tests.unit.evidence.test_reading import SENT


def is_kept_or_refused(content: bytes, name: str) -> None:
    with read_or_refused():
        kept, shown = read_upload(content, name)
        readable(shown)
        assert kept.content
        assert kept.media_type in MEDIA_TYPES
        assert (kept.width is None) == (kept.height is None) == (kept.thumbnail is None)


@examples("uploads", among=2)
@given(st.sampled_from(SENT).flatmap(changed), WORDS)
def test_a_file_changed_anywhere_is_kept_or_refused(content: bytes, name: str) -> None:
    is_kept_or_refused(content, name)


@st.composite
def packed(draw: st.DrawFn) -> bytes:
    """A document of office packed anew: in another way, with parts that lie about themselves."""
    source, buffer = ZipFile(BytesIO(office())), BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in source.namelist():
            part = ZipInfo(
                draw(
                    st.just(name)
                    | st.sampled_from(["[Content_Types].xml", "../a", "/a", "a" * 9000])
                )
            )
            part.compress_type = draw(
                st.sampled_from([ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
            )
            body = source.read(name)
            archive.writestr(
                part, draw(st.just(body) | changed(body) | st.just(b"\x00" * 3_000_000))
            )
    content = buffer.getvalue()
    return draw(st.just(content) | changed(content))


@examples("uploads", among=2)
@given(packed())
def test_a_document_packed_otherwise_is_kept_or_refused(content: bytes) -> None:
    is_kept_or_refused(content, "附件.docx")


TELLS: dict[str, Any] = {
    "format": 1,
    "made_at": "2026-11-20T10:00:00Z",
    "program": "0.1.0",
    "postgresql": "18.6",
    "migrations": ["people.0001_initial"],
    "tables": {"people_user": {"rows": 3, "digest": "0" * 64}},
    "files": {"count": 1, "bytes": 7},
    "seals": 1,
    "seals_lacking": 0,
    "keys": {"django": "0" * 16},
}
PICTURE = b"picture"
MEMBERS = {
    SEALS: b'{"day":"2026-11-20"}\n',
    DATABASE: b"PGDMP" * 300,
    stored_name(sha256(PICTURE).hexdigest()): PICTURE,
    MANIFEST: as_json(TELLS),
    KEYS: b"{}",
}
NUMBERS = st.integers(-(2**63), 2**63) | st.sampled_from(
    [0, 1, 511, 512, 2**33, -1, -512, -(2**62)]
)


def _field(number: int, length: int) -> bytes:
    """A number as GNU tar writes one that is too large, or below nothing."""
    lead = 0xFF if number < 0 else 0x80
    digits = number % (1 << 8 * (length - 1))
    return bytes([lead]) + digits.to_bytes(length - 1, "big")


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """A tar of which one header says something else, with the sum that goes with it."""
    members = dict(MEMBERS)
    if draw(st.booleans()):
        members[draw(st.sampled_from(sorted(members)))] = draw(st.binary(max_size=40))
    sums = "".join(f"{sha256(body).hexdigest()}  {name}\n" for name, body in members.items())
    members[SUMS] = sums.encode()
    wrong = draw(st.sampled_from([None, *members]))
    content = b""
    for name, body in members.items():
        told = tarfile.TarInfo(name)
        told.size = len(body)
        header = told.tobuf(tarfile.GNU_FORMAT)
        if name == wrong:
            header = draw(_headers(header))
        content += header + body + bytes(-len(body) % 512)
    return content + bytes(1024)


@st.composite
def _headers(draw: st.DrawFn, right: bytes) -> bytes:
    header = bytearray(right)
    match draw(st.sampled_from(["size", "kind", "name", "any"])):
        case "size":
            header[124:136] = _field(draw(NUMBERS), 12)
        case "kind":
            header[156:157] = draw(
                st.sampled_from([b"0", b"1", b"2", b"5", b"L", b"K", b"S", b"x", b"g", b"V"])
            )
        case "name":
            header[:100] = draw(st.binary(min_size=100, max_size=100))
        case _:
            place = draw(st.integers(0, 500))
            header[place : place + 12] = draw(st.binary(min_size=12, max_size=12))
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\x00 " % sum(header)
    return bytes(header)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backups") / "a.tar"


@examples("backups", among=2)
@given(archives() | archives().flatmap(changed))
def test_a_backup_that_is_not_one_is_refused(place: Path, content: bytes) -> None:
    place.write_bytes(content)
    try:
        with Archive(place) as archive:
            small = archive.examine()
            assert sum(map(len, archive.database())) <= len(content)
        read_manifest(small[MANIFEST])
    except Stopped as refusal:
        readable(refusal.zh + refusal.en)


@examples("backups", among=2)
@given(broken(TELLS).map(as_json) | changed(as_json(TELLS)))
def test_what_a_backup_says_of_itself_is_understood_or_refused(content: bytes) -> None:
    try:
        assert read_manifest(content).format == 1
    except Stopped as refusal:
        readable(refusal.zh + refusal.en)
