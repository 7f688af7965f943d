"""Files as people send them, and as attackers do."""

import struct
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

PLACE_WORDS = b"HOME-OF-THE-SENDER"  # stands in every kind of metadata
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_OFFICE = "application/vnd.openxmlformats-officedocument."
WORD = f"{_OFFICE}wordprocessingml.document"
EXCEL = f"{_OFFICE}spreadsheetml.sheet"


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: device, time, orientation and the place."""
    told = Image.Exif()
    told[0x0110] = PLACE_WORDS.decode()  # model
    told[0x0112] = orientation
    told[0x0132] = "2026:11:23 08:00:00"
    told[0x8825] = {1: "N", 2: (IFDRational(30), IFDRational(15), IFDRational(0))}
    return told


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red on the left, the rest black: its turns can be told apart."""
    image = Image.new("RGB", (width, height))
    image.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    return image.convert(mode)


def photo(
    file_format: str = "JPEG",
    *,
    image: Image.Image | None = None,
    orientation: int = 1,
    **options: Any,
) -> bytes:
    """An image file that tells its place in EXIF and, where the format has it, in XMP."""
    buffer = BytesIO()
    said: Mapping[str, Any] = {"exif": exif(orientation), "icc_profile": SRGB}
    if file_format != "PNG":
        said = {**said, "xmp": b"<x:xmpmeta>" + PLACE_WORDS + b"</x:xmpmeta>"}
    (image or picture()).save(buffer, file_format, **{**said, **options})
    return buffer.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def photo_telling_in_every_way() -> bytes:
    """A JPEG with EXIF, XMP, IPTC, a comment, and a zip behind its end."""
    iptc = segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04" + PLACE_WORDS)
    comment = segment(0xFE, PLACE_WORDS)
    whole = photo()
    return whole[:2] + iptc + comment + whole[2:] + zipped({"place.txt": PLACE_WORDS})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def content_types(*types: str) -> bytes:
    overrides = "".join(
        f'<Override PartName="/x{i}" ContentType="{t}"/>' for i, t in enumerate(types)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Types>{overrides}</Types>'.encode()


def office(
    main: str = f"{WORD}.main+xml", parts: Mapping[str, bytes] | None = None, *types: str
) -> bytes:
    said = {"[Content_Types].xml": content_types(main, *types), "word/document.xml": b"<x/>"}
    return zipped({**said, **(parts or {})})


def pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstartxref\n9\n%%EOF\n"


def box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, *more: bytes) -> bytes:
    told = box(b"hdlr", bytes(8) + handler + bytes(13))
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", told), *more)


def m4a(*tracks: bytes, brand: bytes = b"M4A ", sound: bytes = b"\x21\x10\x04" * 40) -> bytes:
    """A voice memo; its title is the place where it was spoken."""
    title = box(b"udta", box(b"meta", bytes(4), box(b"ilst", box(b"\xa9nam", PLACE_WORDS))))
    moov = box(b"moov", box(b"mvhd", bytes(100)), *(tracks or (track(b"soun"),)), title)
    return box(b"ftyp", brand, bytes(4), b"isom") + moov + box(b"mdat", sound)


def wav(*, more: bytes = b"", stated: int | None = None) -> bytes:
    sound = b"\x00\x7f" * 50
    told = struct.pack("<4sI", b"LIST", len(PLACE_WORDS)) + PLACE_WORDS
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    size = len(sound) if stated is None else stated
    body = b"WAVE" + form + told + struct.pack("<4sI", b"data", size) + sound + more
    return b"RIFF" + struct.pack("<I", len(body)) + body


def element(number: int, *inside: bytes, open_end: bool = False) -> bytes:
    """An EBML element; with an open end it states no size, as a live recording does."""
    body = b"".join(inside)
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    size = b"\x01" + b"\xff" * 7 if open_end else b"\x08" + len(body).to_bytes(4, "big")
    return name + size + body


def webm(*track_types: int, live: bool = True, doc_type: bytes = b"webm") -> bytes:
    """What a browser records."""
    tracks = (element(0xAE, element(0x83, bytes([kind]))) for kind in track_types or (2,))
    cluster = element(0x1F43B675, element(0xE7, b"\x00"), element(0xA3, b"opus"), open_end=live)
    tags = element(0x1254C367, element(0x7373, PLACE_WORDS))
    inside = (element(0x1654AE6B, *tracks), tags, cluster)
    head = element(0x1A45DFA3, element(0x4282, doc_type))
    return head + element(0x18538067, *inside, open_end=live)


MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz


def mp3(*, frames: int = 6, tag: bytes = PLACE_WORDS, between: bytes = b"") -> bytes:
    """Frames between an ID3v2 tag in front, and an APE and an ID3v1 tag behind."""
    size = bytes(len(tag) >> shift & 0x7F for shift in (21, 14, 7, 0))
    id3v2 = b"ID3\x04\x00\x00" + size + tag
    ape = tag + b"APETAGEX" + struct.pack("<IIII", 2000, len(tag) + 32, 1, 0) + bytes(8)
    id3v1 = b"TAG" + tag[:125].ljust(125, b"\x00")
    return id3v2 + between + MP3_FRAME * frames + ape + id3v1
