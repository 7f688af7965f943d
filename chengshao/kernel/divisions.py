"""Division codes (GB/T 2260 and the statistical codes below it): 2+2+2+3+3 digits (C8)."""

import re
from enum import StrEnum

from chengshao.kernel.errors import Invalid

_CODE = re.compile(r"[0-9]{12}")
_ENDS = (2, 4, 6, 9, 12)


class DivisionLevel(StrEnum):
    PROVINCE = "PROVINCE"  # 省
    CITY = "CITY"  # 市
    DISTRICT = "DISTRICT"  # 区县
    SUBDISTRICT = "SUBDISTRICT"  # 街道、镇
    COMMUNITY = "COMMUNITY"  # 社区、村


class DivisionCodeInvalid(Invalid):
    code = "division_code_invalid"


def division_level(code: str) -> DivisionLevel:
    """
    Return the level that a 12-digit code names: zeros to the right are "all of it".

    :raises DivisionCodeInvalid: if it is not 12 digits or begins with 00
    """
    if not _CODE.fullmatch(code) or code.startswith("00"):
        raise DivisionCodeInvalid(division=code)
    for level, end in zip(DivisionLevel, _ENDS, strict=True):
        if set(code[end:]) <= {"0"}:
            return level
    raise DivisionCodeInvalid(division=code)


def within_subdistrict(code: str) -> bool:
    """
    Tell whether a code names a sub-district or town, or what lies in one; "" names no place.

    :raises DivisionCodeInvalid: as division_level
    """
    inside = (DivisionLevel.SUBDISTRICT, DivisionLevel.COMMUNITY)
    return bool(code) and division_level(code) in inside


def division_prefix(code: str) -> str:
    """
    Return the digits that all codes inside this division begin with; "" for the code "".

    :raises DivisionCodeInvalid: as division_level
    """
    if not code:
        return ""
    level = division_level(code)
    return code[: _ENDS[list(DivisionLevel).index(level)]]


def division_line(code: str) -> tuple[str, ...]:
    """
    Return the code and those above it, the nearest first; () for the code "".

    :raises DivisionCodeInvalid: as division_level
    """
    if not code:
        return ()
    own = list(DivisionLevel).index(division_level(code))
    return tuple(code[:end].ljust(12, "0") for end in reversed(_ENDS[: own + 1]))


def is_within(code: str, outer: str) -> bool:
    """Tell whether a division lies in another; "" is everywhere and lies only in ""."""
    return code.startswith(division_prefix(outer))
