"""One row that somebody handed in, read field by field; every fault with its row and column."""

import re
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from chengshao.kernel.divisions import DivisionCodeInvalid, DivisionLevel, division_level
from chengshao.kernel.errors import DomainError
from chengshao.kernel.geo import Crs, LngLat, to_wgs84
from chengshao.kernel.tables import Faults

T = TypeVar("T")

_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$", re.ASCII)
_CODE = re.compile(r"^[\w.\-/]{1,40}$")
_NUMBER = re.compile(r"^-?\d{1,9}(\.\d{1,20})?$", re.ASCII)
_YES = frozenset({"是", "示意", "true", "True", "1", "Y", "y"})
_NO = frozenset({"", "否", "false", "False", "0", "N", "n"})
# China with its seas: what lies beyond is a slip (longitude and latitude swapped, metres).
CHINA = (73.0, 3.0, 136.0, 54.0)


def shown(value: object) -> str:
    """Return what somebody wrote, short and harmless enough to be shown to them."""
    text = str(value).encode("utf-8", "replace").decode().replace("\x00", "�")
    return text if len(text) <= 40 else f"{text[:40]}…"


class Fields:
    """Reads one row. What is faulty reads as if it were empty, so that reading goes on."""

    def __init__(self, cells: Mapping[str, str], row: int, faults: Faults) -> None:
        self._cells = cells
        self.row = row
        self._faults = faults

    def fault(self, column: str, code: str, **params: str | int) -> None:
        self._faults.add(self.row, column, code, **params)

    def fault_error(self, column: str, error: DomainError) -> None:
        self._faults.add_error(self.row, column, error)

    def text(self, column: str, *, limit: int, required: bool = False) -> str:
        value = self._cells.get(column, "").strip()
        if required and not value:
            self.fault(column, "value_missing")
        if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            self.fault(column, "value_invalid", value=shown(value))
            return ""
        if len(value) > limit:
            self.fault(column, "place_value_too_long", limit=limit)
            return ""
        return value

    def code(self, column: str, *, required: bool = True) -> str:
        """Read a code of the district's own: letters, digits and . - / _"""
        value = self.text(column, limit=40, required=required)
        if value and not _CODE.match(value):
            self.fault(column, "value_invalid", value=shown(value))
            return ""
        return value

    def division(
        self, column: str, *, level: DivisionLevel | None = None, required: bool = True
    ) -> str:
        """Read a 12-digit division code, of this level if one is named."""
        value = self.text(column, limit=40, required=required)
        if not value:
            return ""
        try:
            if level is not None and division_level(value) is not level:
                raise DivisionCodeInvalid(division=value)
            division_level(value)
        except DivisionCodeInvalid:
            self.fault(column, "division_code_invalid", division=shown(value))
            return ""
        return value

    def day(self, column: str) -> date | None:
        value = self.text(column, limit=40)
        if not value:
            return None
        found = _DATE.match(value)
        try:
            return date(*map(int, found.groups())) if found else _no_date()
        except ValueError:
            self.fault(column, "value_not_a_date", value=shown(value))
            return None

    def period(self, default: date) -> tuple[date, date | None]:
        """Read the half-open period 生效日期 – 失效日期; without a start it starts at default."""
        start, end = self.day("生效日期") or default, self.day("失效日期")
        if end is not None and end <= start:
            self.fault("失效日期", "place_period_empty", start=str(start), end=str(end))
            end = None
        return start, end

    def number(self, column: str) -> float | None:
        value = self.text(column, limit=40)
        if not value:
            return None
        if not _NUMBER.match(value):
            self.fault(column, "value_not_a_number", value=shown(value))
            return None
        return float(value)

    def whole(self, column: str, *, least: int, most: int) -> int | None:
        number = self.number(column)
        if number is None:
            return None
        if not (number.is_integer() and least <= number <= most):
            self.fault(column, "place_number_out_of_range", least=least, most=most)
            return None
        return int(number)

    def flag(self, column: str) -> bool:
        value = self.text(column, limit=40)
        if value not in _YES | _NO:
            self.fault(column, "value_invalid", value=shown(value))
        return value in _YES

    def choice(self, column: str, words: Mapping[str, T], default: T) -> T:
        """Read one of these words; the default, with a fault, where it is none of them."""
        value = self.text(column, limit=40, required=True)
        if value and value not in words:
            self.fault(column, "value_unknown", value=shown(value))
        return words.get(value, default)

    def point(self, crs: Crs) -> LngLat | None:
        """Read 经度 and 纬度 as a WGS84 point, to 1 cm; None where both are empty."""
        lng, lat = self.number("经度"), self.number("纬度")
        if lng is None or lat is None:
            given = [bool(self._cells.get(column, "").strip()) for column in ("经度", "纬度")]
            if given[0] != given[1]:
                self.fault("纬度" if given[0] else "经度", "value_missing")
            return None
        if not in_china(lng, lat):
            self.fault("经度", "coordinates_invalid", lng=shown(lng), lat=shown(lat))
            return None
        lng, lat = to_wgs84(lng, lat, crs)
        return round(lng, 7), round(lat, 7)


def in_china(lng: float, lat: float) -> bool:
    west, south, east, north = CHINA
    return west <= lng <= east and south <= lat <= north  # never so for NaN


def _no_date() -> date:
    raise ValueError
