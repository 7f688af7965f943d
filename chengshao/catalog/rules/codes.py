"""
Codes of matters: a letter for the kind, two digits for each class, two for the matter, as in
GB/T 30428.2 (`C0101`: component 01 01), and where one condition is meant its serial (`C0101-2`).
"""

import re

from chengshao.catalog.terms import MatterKind
from chengshao.kernel.errors import Invalid

_CODE = re.compile(r"([CED])((?:[0-9]{2}){0,5})(?:-([1-9][0-9]?))?")
_KINDS = {"C": MatterKind.COMPONENT, "E": MatterKind.EVENT, "D": MatterKind.DEMAND}


class MatterCodeInvalid(Invalid):
    code = "matter_code_invalid"


def matter_line(code: str) -> tuple[str, ...]:
    """
    Return the code and those of the matter and classes above it, the nearest first.

    `C0101-2` lies in `C0101`, `C01` and `C`.

    :raises MatterCodeInvalid: if it is no such code
    """
    kind, pairs, serial = _parts(code)
    above = [kind + pairs[:end] for end in range(len(pairs), -1, -2)]
    return (code, *above) if serial else tuple(above)


def split_code(code: str) -> tuple[str, int | None]:
    """
    Return the matter's code and the serial of the condition it names, if any.

    :raises MatterCodeInvalid: if it is no code, or that of a class too high to be a matter
    """
    kind, pairs, serial = _parts(code)
    if len(pairs) < 4:
        raise MatterCodeInvalid(matter=code[:40])
    return kind + pairs, int(serial) if serial else None


def kind_of_code(code: str) -> MatterKind:
    """:raises MatterCodeInvalid: if it is no code"""
    return _KINDS[_parts(code)[0]]


def class_of_matter(code: str) -> str:
    """Return the code of the class right above a matter.

    :raises MatterCodeInvalid: if it is no matter's code
    """
    return matter_line(split_code(code)[0])[1]


def _parts(code: str) -> tuple[str, str, str | None]:
    match = _CODE.fullmatch(code)
    if match is None or (match[3] and len(match[2]) < 4):
        raise MatterCodeInvalid(matter=code[:40])
    return match[1], match[2], match[3]
