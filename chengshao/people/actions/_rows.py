"""One row of a table that somebody hands in, read cell by cell; every fault with its place."""

import re
from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import TypeVar

from django.utils import translation

from chengshao.kernel.divisions import DivisionCodeInvalid, division_level
from chengshao.kernel.tables import Faults
from chengshao.people.rules.roster import Deputy, deputies_of, parts_of
from chengshao.web.sheets import Row
from chengshao.web.texts import TERMS

E = TypeVar("E", bound=StrEnum)

_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$", re.ASCII)
_TIME = re.compile(r"^(\d{1,2})[:：](\d{2})(?:[:：]00)?$", re.ASCII)
_YES_NO = {"是": True, "1": True, "": False, "否": False, "0": False}


class Cells:
    """Reads one row. A faulty cell reads as if it were empty, so that reading goes on."""

    def __init__(self, row: Row, faults: Faults) -> None:
        self.row = row
        self.faults = faults
        self._before = len(faults.found)

    @property
    def is_sound(self) -> bool:
        return len(self.faults.found) == self._before

    def fault(self, heading: str, code: str, **params: str | int) -> None:
        self.faults.add(self.row.number, heading, code, **params)

    def text(self, heading: str, limit: int, *, needed: bool = False) -> str:
        value = self.row[heading]
        if needed and not value:
            self.fault(heading, "value_missing")
        elif len(value) > limit or "\x00" in value:
            self._invalid(heading)
            return ""
        return value

    def date(self, heading: str, *, needed: bool = False) -> date | None:
        value = self.text(heading, 40, needed=needed)
        if not value:
            return None
        try:
            if match := _DATE.match(value):
                return date(*map(int, match.groups()))
        except ValueError:
            pass
        self.fault(heading, "value_not_a_date", value=value)
        return None

    def time(self, heading: str) -> time | None:
        value = self.text(heading, 40, needed=True)
        match = _TIME.match(value)
        if match and (int(match[1]), int(match[2])) == (24, 0):
            return time(0)
        if match and int(match[1]) < 24 and int(match[2]) < 60:
            return time(int(match[1]), int(match[2]))
        if value:
            self._invalid(heading)
        return None

    def deputies(self, names: str, phones: str) -> tuple[Deputy, ...]:
        """Read who stands by the leader of a shift, from the two cells."""
        said = self.text(names, 2000), self.text(phones, 2000)
        found = deputies_of(*said)
        if found is None:
            count = [len(parts_of(cell)) for cell in said]
            self.fault(phones, "duty_deputies_differ", names=count[0], phones=count[1])
        return found or ()

    def term(self, heading: str, kind: type[E], *, needed: bool = False) -> E | None:
        """Read a word of a vocabulary, in Chinese or as its code."""
        value = self.text(heading, 40, needed=needed)
        if not value:
            return None
        found = values_by_word(kind).get(value)
        if found is None:
            self.fault(heading, "value_unknown", value=value)
        return found

    def flag(self, heading: str) -> bool:
        if self.row[heading] not in _YES_NO:
            self._invalid(heading)
        return _YES_NO.get(self.row[heading], False)

    def number(self, heading: str) -> int | None:
        value = self.text(heading, 9)
        if not value:
            return None
        if value.isascii() and value.isdigit():
            return int(value)
        self.fault(heading, "value_not_a_number", value=value)
        return None

    def division(self, heading: str) -> str:
        value = self.text(heading, 40)
        try:
            if value:
                division_level(value)
        except DivisionCodeInvalid as error:
            self.faults.add_error(self.row.number, heading, error)
            return ""
        return value

    def unit(self, heading: str, known: Mapping[str, int], *, needed: bool = False) -> int | None:
        """Read a unit's code and return its id."""
        code = self.text(heading, 40, needed=needed)
        if code and code not in known:
            self.fault(heading, "value_unknown", value=code)
        return known.get(code)

    def _invalid(self, heading: str) -> None:
        shown = self.row[heading].replace("\x00", "�")
        self.fault(heading, "value_invalid", value=shown if len(shown) <= 40 else shown[:40] + "…")


@cache
def values_by_word(kind: type[E]) -> dict[str, E]:
    """Return the members of a vocabulary by their Chinese word and by their code."""
    return {word_of(member): member for member in kind} | {str(member): member for member in kind}


def word_of(member: StrEnum | None) -> str:
    """Return the Chinese word for a term, whatever language the reader has: tables keep one."""
    if member is None:
        return ""
    vocabulary = re.sub(r"(?<!^)(?=[A-Z])", "_", type(member).__name__).lower()
    with translation.override("zh-hans"):
        return str(TERMS[vocabulary][str(member)])
