"""One number for the many ways in which people write a telephone number in China."""

import re
import unicodedata

from chengshao.kernel.errors import Invalid

_LONGEST = 100  # characters, with all that people put between the digits
_EXTENSION = re.compile(
    r"^(?P<number>.+?)(?:转|分机|ext\.?|x|#)(?P<extension>\d{1,6})$", re.A | re.I
)
_DASHED = re.compile(r"^(?P<number>0(?:10|2\d|[3-9]\d{2})-?\d{7,8})-(?P<extension>\d{1,6})$", re.A)
_GAPS = re.compile(r"[\s()\-‐–—.·]+")
_MOBILE = re.compile(r"^1[3-9]\d{9}$", re.A)
_LANDLINE_WITHOUT_0 = re.compile(r"^(10\d{8}|2\d{9}|[3-9]\d{2}\d{7,8})$", re.A)
_NUMBER = re.compile(r"^\+?\d{3,15}$", re.A)


class PhoneInvalid(Invalid):
    code = "contact_phone_invalid"


def normalise_phone(told: str) -> str:
    """
    Return the number without gaps, width and the prefix of the country: `13800138000`,
    `057187654321`, with an extension `057187654321转802`, abroad `+85291234567`; "" for "".

    :raises PhoneInvalid: if it can't be a telephone number
    """
    text = unicodedata.normalize("NFKC", told[: _LONGEST + 1]).strip().replace(" ", "")
    if not text:
        return ""
    if len(told) > _LONGEST:
        raise PhoneInvalid
    match = _DASHED.match(text) or _EXTENSION.match(text)
    number, extension = (match["number"], match["extension"]) if match else (text, "")
    number = _national(_GAPS.sub("", number))
    if not _NUMBER.match(number):
        raise PhoneInvalid
    return f"{number}转{extension}" if extension else number


def number_to_find(phone: str) -> str:
    """Return the normalised number without its extension: what look-ups compare."""
    return phone.partition("转")[0]


def is_mobile(number: str) -> bool:
    return bool(_MOBILE.match(number))


def _national(number: str) -> str:
    if number.startswith("00"):
        number = "+" + number[2:]
    explicit = number.startswith("+86")
    bare = number[3:] if explicit else number.removeprefix("86")
    if bare != number:
        if is_mobile(bare) or is_mobile(bare.removeprefix("0")):
            number = bare
        elif _LANDLINE_WITHOUT_0.match(bare):
            number = "0" + bare
        elif explicit:
            number = _national(bare)
    return number[1:] if number.startswith("01") and is_mobile(number[1:]) else number
