"""What a text says: whether anything at all, since what nobody can see is no word; a number."""

import unicodedata

_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # fillers: letters and signs by name only
_NO_SIGN = ("C", "Z", "M")  # controls and formats, spaces, marks with nothing to stand on


def is_blank(text: str) -> bool:
    """Tell whether there is nothing to read: only spaces, invisible characters, lone marks."""
    return all(char in _UNSEEN or unicodedata.category(char).startswith(_NO_SIGN) for char in text)


def letters_in(text: str) -> int:
    """Return how many letters or characters of a script there are; digits and signs are none."""
    return sum(char.isalpha() and char not in _UNSEEN for char in text)


def whole_number(text: str) -> int | None:
    """Return the number that ASCII digits say, if it is no longer than an id can be; else None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
