import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengshao.evidence.rules import reading
from chengshao.evidence.rules.reading import MEDIA_TYPES, read_upload
from chengshao.evidence.rules.refusals import (
    UploadEmpty,
    UploadRefused,
    UploadTooLarge,
    UploadTypeNotAllowed,
)
from chengshao.evidence.terms import ACCEPT
from tests.unit.evidence.files import m4a, mp3, office, pdf, photo, wav, webm

SENT = [
    photo(),
    photo("PNG"),
    photo("WEBP"),
    pdf(),
    office(),
    m4a(),
    mp3(),
    wav(),
    webm(),
    webm(live=False),
]


def test_nothing_is_refused_as_nothing() -> None:
    with pytest.raises(UploadEmpty):
        read_upload(b"", "空.jpg")


def test_what_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", len(photo()) - 1)

    with pytest.raises(UploadTooLarge):
        read_upload(photo(), "大.jpg")


@pytest.mark.parametrize(
    "sent",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"GIF89a" + bytes(50),
        b"BM" + bytes(50),
        b"II*\x00" + bytes(50),
        b"MZ\x90\x00" + bytes(50),
        b"\x7fELF" + bytes(50),
        b"Rar!\x1a\x07" + bytes(50),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50),
        b"RIFF\x00\x00\x00\x00AVI " + bytes(50),
        b"#!/bin/sh\n",
        b"x",
    ],
)
def test_the_name_does_not_make_it_a_photo(sent: bytes) -> None:
    with pytest.raises(UploadTypeNotAllowed) as refused:
        read_upload(sent, "C:\\照片\\井盖.jpg")

    assert refused.value.params == {"name": "井盖.jpg"}


@pytest.mark.parametrize("sent", SENT)
def test_what_is_kept_would_be_taken_again(sent: bytes) -> None:
    kept, name = read_upload(sent, "佐证")

    again, _ = read_upload(kept.content, name)

    assert again.media_type == kept.media_type
    assert name == f"佐证{MEDIA_TYPES[kept.media_type].extension}"


def test_the_file_chooser_offers_what_is_taken() -> None:
    offered = set(ACCEPT.split(","))

    assert offered == {known.extension for known in MEDIA_TYPES.values()} | {".jpeg"}


def only_refused_or_read(content: bytes) -> None:
    try:
        kept, _ = read_upload(content, "敌意.jpg")
    except UploadRefused:
        return
    assert kept.content
    assert kept.media_type in MEDIA_TYPES
    assert (kept.width is None) == (kept.thumbnail is None)


@given(head=st.sampled_from([sent[:16] for sent in SENT]), rest=st.binary(max_size=400))
def test_hostile_bytes_behind_a_known_beginning_are_read_or_refused(
    head: bytes, rest: bytes
) -> None:
    only_refused_or_read(head + rest)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(sent=st.sampled_from(SENT), seed=st.integers(0, 2**32), changes=st.integers(1, 12))
def test_a_file_changed_anywhere_is_read_or_refused(sent: bytes, seed: int, changes: int) -> None:
    chance = random.Random(seed)
    changed = bytearray(sent)
    for _ in range(changes):
        # Structure lies at the beginning of most files and at the end of zips.
        reach = min(len(changed), chance.choice([64, 512, len(changed)]))
        place = chance.choice([1, -1]) * chance.randrange(1, reach)
        changed[place] = chance.randrange(256)
    only_refused_or_read(bytes(changed))


@given(sent=st.sampled_from(SENT), kept_part=st.floats(0, 1))
def test_a_file_cut_anywhere_is_read_or_refused(sent: bytes, kept_part: float) -> None:
    only_refused_or_read(sent[: int(len(sent) * kept_part)])
