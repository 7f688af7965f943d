import wave
from io import BytesIO

import pytest

from chengshao.evidence.rules.reading import read_upload
from chengshao.evidence.rules.refusals import UploadTypeNotAllowed, UploadUnreadable
from tests.unit.evidence.files import (
    MP3_FRAME,
    PLACE_WORDS,
    box,
    element,
    m4a,
    mp3,
    track,
    wav,
    webm,
)


@pytest.mark.parametrize(
    ("sent", "media_type", "extension"),
    [
        (m4a(), "audio/mp4", ".m4a"),
        (m4a(brand=b"iso5"), "audio/mp4", ".m4a"),
        (wav(), "audio/wav", ".wav"),
        (webm(), "audio/webm", ".webm"),
        (webm(live=False), "audio/webm", ".webm"),
        (mp3(), "audio/mpeg", ".mp3"),
        (mp3(between=bytes(200)), "audio/mpeg", ".mp3"),
        (MP3_FRAME * 4, "audio/mpeg", ".mp3"),
    ],
)
def test_a_voice_note_is_taken_and_loses_its_tags(
    sent: bytes, media_type: str, extension: str
) -> None:
    kept, name = read_upload(sent, "新录音 3.amr")

    assert (kept.media_type, name) == (media_type, f"新录音 3{extension}")
    assert PLACE_WORDS not in kept.content


def test_the_sound_itself_stays() -> None:
    assert b"\x21\x10\x04" * 40 in read_upload(m4a(), "a")[0].content
    assert b"opus" in read_upload(webm(), "a")[0].content
    assert read_upload(mp3(frames=6), "a")[0].content == MP3_FRAME * 6
    with wave.open(BytesIO(read_upload(wav(), "a")[0].content)) as heard:
        assert heard.readframes(1000) == b"\x00\x7f" * 50


def test_blanked_tags_move_nothing_else() -> None:
    for sent in (m4a(), webm(), webm(live=False)):
        kept, _ = read_upload(sent, "a")

        assert len(kept.content) == len(sent)
        assert read_upload(kept.content, "a")[0] == kept


def test_the_tags_of_a_track_go_too() -> None:
    tagged = track(b"soun", box(b"udta", PLACE_WORDS))

    kept, _ = read_upload(m4a(tagged), "a.m4a")

    assert PLACE_WORDS not in kept.content


def test_a_wav_of_a_recorder_that_did_not_know_its_length_is_taken() -> None:
    kept, _ = read_upload(wav(stated=0xFFFFFFFF), "a.wav")

    with wave.open(BytesIO(kept.content)) as heard:
        assert heard.getnframes() == 100


@pytest.mark.parametrize(
    "film",
    [m4a(track(b"soun"), track(b"vide")), m4a(track(b"vide")), webm(2, 1), webm(1)],
)
def test_a_film_is_refused(film: bytes) -> None:
    with pytest.raises(UploadTypeNotAllowed):
        read_upload(film, "a.webm")


def test_a_track_with_places_beside_the_sound_is_refused() -> None:
    with pytest.raises(UploadTypeNotAllowed):
        read_upload(m4a(track(b"soun"), track(b"meta")), "a.m4a")


def test_another_kind_of_matroska_file_is_refused() -> None:
    with pytest.raises(UploadTypeNotAllowed):
        read_upload(webm(doc_type=b"matroska"), "a.webm")


@pytest.mark.parametrize(
    "sent",
    [
        m4a()[:-1],
        box(b"ftyp", b"M4A "),
        m4a() + b"\x00\x00",
        m4a() + b"\x00\x00\x00\x01mdat",
        wav()[:40],
        webm(live=False)[:-1],
        webm() + b"\x00",
        element(0x1A45DFA3, element(0x4282, b"webm")),
        element(0x1A45DFA3, element(0x4282, b"webm"), open_end=True),
        mp3(frames=2),
        mp3(between=bytes(5000)),
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f",
        b"ID3\x04\x00\x00\x00\x00\x00\x00APETAGEX",
        b"\xff\xfb",
    ],
)
def test_a_recording_that_is_broken_is_refused(sent: bytes) -> None:
    with pytest.raises(UploadUnreadable):
        read_upload(sent, "a.m4a")
