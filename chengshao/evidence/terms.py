"""Words of this room that others may use."""

from enum import StrEnum

MAX_BYTES = 20 * 1024 * 1024  # of one file as it arrives; doors ask before they read it
# For <input accept>: a hint to the browser. What counts is what the content turns out to be.
ACCEPT = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.m4a,.mp3,.wav,.webm"
ACCEPT_IMAGES = "image/jpeg,image/png,image/webp"  # so iPhones send JPEG instead of HEIC


class FileKind(StrEnum):
    """What a stored file is to a reader."""

    IMAGE = "IMAGE"
    PDF = "PDF"
    WORD = "WORD"
    EXCEL = "EXCEL"
    AUDIO = "AUDIO"
