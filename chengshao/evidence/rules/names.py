"""A file's name as people may see it again. It never becomes part of a path."""

import re
import unicodedata

MAX_NAME = 120
NAMELESS = "附件"
_SEPARATORS = re.compile(r"[/\\]")
_UNSAFE = re.compile(r'[:*?"<>|]')
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def clean_name(name: str, extension: str) -> str:
    """
    Return at most 120 characters without folders, control and direction characters (which can
    make "gpj.exe" read "exe.jpg"), ending in the extension that the content has. With no
    extension given the name keeps its own.
    """
    last = _SEPARATORS.split(name)[-1][-4 * MAX_NAME :]
    shown = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", last)
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    stem = " ".join(_UNSAFE.sub("_", shown).split()).strip(". ")
    if extension:
        stem = _EXTENSION.sub("", stem)
    stem = stem.strip(". ")[: MAX_NAME - len(extension)].rstrip(". ")
    return (stem or NAMELESS) + extension
