from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of an upload. Width, height and thumbnail (a JPEG) are those of images."""

    content: bytes
    media_type: str
    width: int | None = None
    height: int | None = None
    thumbnail: bytes | None = None
