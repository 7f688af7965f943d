"""What a district settles by a number or a limit: which is which, how far each may go."""

from collections.abc import Mapping
from dataclasses import dataclass

from chengshao.catalog.rules.nearest import ANY, Row, nearest
from chengshao.catalog.terms import ParameterName
from chengshao.kernel.clock import Limit
from chengshao.kernel.errors import Refused

_YES_NO = (0, 1)
_MINUTES = (0, 600)
# What has no bounds here is a limit on a clock.
_BOUNDS = {
    ParameterName.REMIND_PERCENT: (1, 99),
    ParameterName.EXTENSIONS_MOST: (0, 9),
    ParameterName.SUSPENSION_MOST_DAYS: (1, 365),  # at most a year (domain: GB/T 30428 in use)
    ParameterName.SAMPLE_PERCENT: (0, 100),
    ParameterName.VERIFY_FIRST: _YES_NO,
    ParameterName.LEDGER_REVIEW_MOST_DAYS: (1, 366),
    **{name: _MINUTES for name in ParameterName if name.startswith("MINUTES_")},
}


class ParameterMissing(Refused):
    code = "parameter_missing"


def bounds(name: ParameterName) -> tuple[int, int] | None:
    """Return the least and the most that a number may be; None: it is a limit, not a number."""
    return _BOUNDS.get(name)


def is_yes_no(name: ParameterName) -> bool:
    return bounds(name) == _YES_NO


@dataclass(frozen=True, slots=True)
class Parameters:
    """All that the district has settled for one day; a row for the source goes before any."""

    rows: Mapping[ParameterName, tuple[Row[int | Limit], ...]]

    def number(self, name: ParameterName, source: str = ANY) -> int:
        """
        Return a number, a percentage, or 0 and 1 for no and yes.

        :raises ParameterMissing: if nothing is settled
        """
        value = self._nearest(name, source)
        if isinstance(value, Limit):
            raise TypeError(f"{name} is a limit")
        return int(value)

    def limit(self, name: ParameterName, source: str = ANY) -> Limit:
        """
        Return a limit on its clock.

        :raises ParameterMissing: if nothing is settled
        """
        value = self._nearest(name, source)
        if not isinstance(value, Limit):
            raise TypeError(f"{name} is a number")
        return value

    def _nearest(self, name: ParameterName, source: str) -> int | Limit:
        value = nearest(self.rows.get(name, ()), source=source)
        if value is None:
            raise ParameterMissing(parameter_name=name)
        return value
