"""
Voice notes. Each container is walked to its end: sound alone is taken, no film. Tags (title,
place, cover picture) go; in MPEG-4 and WebM they are blanked in place, so nothing else moves.
"""

import struct
from collections.abc import Iterator

from chengshao.evidence.rules.kept import Kept
from chengshao.evidence.rules.refusals import UploadTypeNotAllowed, UploadUnreadable

_MAX_ELEMENTS = 500_000  # an hour and a half in blocks of 20 ms has 270,000

_BOXES_IN = {b"moov", b"trak", b"mdia", b"moof", b"traf"}
_BOXES_OF_TAGS = {b"udta", b"meta", b"uuid"}
_HANDLER = (b"moov", b"trak", b"mdia", b"hdlr")

_EBML, _SEGMENT, _CLUSTER, _VOID = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0xEC
_TRACKS, _TRACK, _TRACK_TYPE, _DOC_TYPE = 0x1654AE6B, 0xAE, 0x83, 0x4282
_ELEMENTS_OF_TAGS = {0x1254C367, 0x1941A469, 0x1043A770}  # Tags, Attachments, Chapters

# Layer III: kbit/s by index, for MPEG-1 and for MPEG-2 and 2.5; samples a second by version.
_BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = {
    3: (44_100, 48_000, 32_000),
    2: (22_050, 24_000, 16_000),
    0: (11_025, 12_000, 8_000),
}
_SEARCHED = 4096  # bytes between a tag and the first frame
_FRAMES_ASKED = 3


def read_mp4(content: bytes) -> Kept:
    """
    Return an MPEG-4 file (M4A, or what Safari records) without its tags.

    :raises UploadTypeNotAllowed: if one of its tracks is not sound
    :raises UploadUnreadable: if its boxes don't fit together or there is no sound
    """
    blanked = bytearray(content)
    handlers: set[bytes] = set()
    has_samples = False
    for count, (path, start, body, end) in enumerate(_boxes(content, 0, len(content), ())):
        if count > _MAX_ELEMENTS:
            raise UploadUnreadable
        if path[-1] in _BOXES_OF_TAGS:
            blanked[start + 4 : start + 8] = b"free"
            blanked[body:end] = bytes(end - body)
        elif path == _HANDLER:
            handlers.add(content[body + 8 : min(body + 12, end)])
        has_samples |= path == (b"mdat",)
    if handlers - {b"soun"}:
        raise UploadTypeNotAllowed
    if not handlers or not has_samples:
        raise UploadUnreadable
    return Kept(bytes(blanked), "audio/mp4")


def read_wav(content: bytes) -> Kept:
    """
    Return a WAV file of its format and its sound only.

    :raises UploadUnreadable: if one of the two is missing
    """
    parts: dict[bytes, bytes] = {}
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        if name in (b"fmt ", b"data"):
            # A recorder that streams doesn't know the length yet: what is there is the sound.
            parts.setdefault(name, content[place + 8 : place + 8 + size])
        place += 8 + size + size % 2
    form, sound = parts.get(b"fmt ", b""), parts.get(b"data", b"")
    if len(form) not in (16, 18, 40) or not sound:
        raise UploadUnreadable
    body = b"WAVE" + _wav_part(b"fmt ", form) + _wav_part(b"data", sound)
    return Kept(b"RIFF" + struct.pack("<I", len(body)) + body, "audio/wav")


def read_webm(content: bytes) -> Kept:
    """
    Return a WebM file (what Chrome and Firefox record) without tags and attachments.

    :raises UploadTypeNotAllowed: if it is another Matroska file or a track is not sound
    :raises UploadUnreadable: if its elements don't fit together or there is no sound
    """
    blanked = bytearray(content)
    doc_types: list[bytes] = []
    track_types: set[int] = set()
    has_samples = False
    for count, (element, start, body, end) in enumerate(_elements(content)):
        if count > _MAX_ELEMENTS:
            raise UploadUnreadable
        if element in _ELEMENTS_OF_TAGS:
            blanked[start:end] = _void(end - start)
        elif element == _DOC_TYPE:
            doc_types.append(content[body:end].rstrip(b"\x00"))
        elif element == _TRACK_TYPE:
            track_types.add(int.from_bytes(content[body:end], "big"))
        has_samples |= element == _CLUSTER
    if doc_types != [b"webm"] or track_types - {2}:
        raise UploadTypeNotAllowed
    if not track_types or not has_samples:
        raise UploadUnreadable
    return Kept(bytes(blanked), "audio/webm")


def read_mp3(content: bytes) -> Kept:
    """
    Return an MP3 file without its ID3 and APE tags.

    :raises UploadUnreadable: if no three frames follow each other where the sound should begin
    """
    start = _after_id3v2(content)
    sound = content[start : _before_end_tags(content)]
    for first in range(min(_SEARCHED, len(sound))):
        if _frames_follow(sound, first):
            return Kept(sound[first:], "audio/mpeg")
    raise UploadUnreadable


def _boxes(
    content: bytes, start: int, end: int, path: tuple[bytes, ...]
) -> Iterator[tuple[tuple[bytes, ...], int, int, int]]:
    """Yield (kinds from the outermost in, start, start of the body, end) of each box."""
    while start < end:
        if end - start < 8:
            raise UploadUnreadable
        size, kind = struct.unpack_from(">I4s", content, start)
        body = start + 8
        if size == 1:
            if end - start < 16:
                raise UploadUnreadable
            (size,) = struct.unpack_from(">Q", content, body)
            body += 8
        box_end = end if size == 0 else start + size
        if not body <= box_end <= end:
            raise UploadUnreadable
        yield (*path, kind), start, body, box_end
        if kind in _BOXES_IN and len(path) < len(_HANDLER) - 1:
            yield from _boxes(content, body, box_end, (*path, kind))
        start = box_end


def _wav_part(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)


def _elements(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    """
    Yield (id, start, start of the body, end) of each element down to the tracks.

    A live recording leaves the size of its segment and clusters open; what is in them then
    simply follows, so they are walked through like the others that hold elements.
    """
    place = 0
    while place < len(content):
        element, id_length = _number(content, place, 4, keep_marker=True)
        size, size_length = _number(content, place + id_length, 8, keep_marker=False)
        body = place + id_length + size_length
        is_open = size == (1 << 7 * size_length) - 1
        if is_open and element not in (_SEGMENT, _CLUSTER):
            raise UploadUnreadable
        end = len(content) if is_open else body + size
        if end > len(content):
            raise UploadUnreadable
        yield element, place, body, end
        goes_in = is_open or element in (_EBML, _SEGMENT, _TRACKS, _TRACK)
        place = body if goes_in else end


def _number(content: bytes, place: int, longest: int, *, keep_marker: bool) -> tuple[int, int]:
    """Return one of EBML's numbers of variable length, and its length in bytes."""
    if place >= len(content):
        raise UploadUnreadable
    length = 9 - content[place].bit_length()
    if length > longest or place + length > len(content):
        raise UploadUnreadable
    number = int.from_bytes(content[place : place + length], "big")
    return number if keep_marker else number - (1 << 7 * length), length


def _void(length: int) -> bytes:
    """Return an element of this length (5 at least) that says nothing."""
    if length < 9:
        return bytes([_VOID, 0x80 | length - 2]) + bytes(length - 2)
    return bytes([_VOID, 1]) + (length - 9).to_bytes(7, "big") + bytes(length - 9)


def _after_id3v2(content: bytes) -> int:
    place = 0
    while content[place : place + 3] == b"ID3" and place + 10 <= len(content):
        size = 0
        for part in content[place + 6 : place + 10]:
            size = size << 7 | part & 0x7F
        has_footer = content[place + 5] & 0x10
        place += size + (20 if has_footer else 10)
    return place


def _before_end_tags(content: bytes) -> int:
    end = len(content)
    if content[end - 128 : end - 125] == b"TAG":
        end -= 128
    footer = content[max(0, end - 32) : end]
    if len(footer) == 32 and footer.startswith(b"APETAGEX"):
        size, _, flags = struct.unpack_from("<III", footer, 12)
        end = max(0, end - size - (32 if flags & 0x8000_0000 else 0))
    return end


def _frames_follow(content: bytes, place: int) -> bool:
    for _ in range(_FRAMES_ASKED):
        length = _frame_length(content[place : place + 4])
        if length is None or place + length > len(content):
            return False
        place += length
    return True


def _frame_length(header: bytes) -> int | None:
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:  # sync, layer III
        return None
    version, bitrate, sample_rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version not in _SAMPLE_RATES or bitrate in (0, 15) or sample_rate == 3:
        return None
    bits = (_BITRATES_1 if version == 3 else _BITRATES_2)[bitrate] * 1000
    samples = 144 if version == 3 else 72
    return samples * bits // _SAMPLE_RATES[version][sample_rate] + (header[2] >> 1 & 1)
