"""
What every clock and threshold of a case rests on: the calendar, the limits, the parameters.

They are a few hundred rows that change a few times a year and are asked for by every move, so a
process keeps them; one statement tells whether they are still the same.
"""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from chengshao.catalog.models import ANY, Dated, Parameter, TaskLimit
from chengshao.catalog.queries._common import KEPT
from chengshao.catalog.queries.calendar import CalendarMissing, newest_calendar
from chengshao.catalog.queries.matters import MatterNotFound, limits_of_matter
from chengshao.catalog.queries.settled import limits_among, parameters_among
from chengshao.catalog.rules.limits import LimitsOfMatter
from chengshao.catalog.rules.parameters import Parameters
from chengshao.kernel.clock import Limit, WorkCalendar
from chengshao.web.kept import kept

EDITION = 1
_MOST_MATTERS = 2000  # whose limits are kept


@dataclass(frozen=True)
class Ground:
    """All of it as it stands now; each question names the day it is asked for."""

    calendar: WorkCalendar
    _limits: tuple[TaskLimit, ...]
    _parameters: tuple[Parameter, ...]
    _ask_limits: Callable[[str, str, date], LimitsOfMatter] = limits_of_matter
    _by_day: dict[date, Parameters] = field(default_factory=dict, compare=False)
    _of_matters: dict[tuple[str, str, date], LimitsOfMatter] = field(
        default_factory=dict, compare=False
    )

    def calendar_for(self, start: date) -> WorkCalendar:
        """
        Return the calendar by which a clock that starts that day runs.

        :raises CalendarMissing: if no office hours are in force on that day
        """
        if not any(hours.holds_on(start) for hours in self.calendar.office_hours):
            raise CalendarMissing(day=start.isoformat())
        return self.calendar

    def parameters(self, on: date) -> Parameters:
        """Return what the district has settled for that day."""
        if on not in self._by_day:
            if len(self._by_day) > 100:
                self._by_day.clear()
            self._by_day[on] = parameters_among(row for row in self._parameters if _holds(row, on))
        return self._by_day[on]

    def limits_of_tasks(
        self, kinds: AbstractSet[str], source: str, urgency: str, on: date
    ) -> dict[str, Limit]:
        """
        Return how long tasks of these kinds may take: the nearest row, urgency before source.

        :raises TaskLimitMissing: if the catalogue has no row for one of them
        """
        rows = (row for row in self._limits if row.kind in kinds and _holds(row, on))
        return limits_among(rows, kinds, source, urgency)

    def limits_naming(
        self, kinds: AbstractSet[str], source: str, urgency: str, on: date
    ) -> dict[str, Limit]:
        """Return the nearest limit of these kinds that is set for this very urgency, if any is."""
        rows = [
            row
            for row in self._limits
            if row.kind in kinds
            and row.urgency == urgency
            and row.source in (source, ANY)
            and _holds(row, on)
        ]
        return limits_among(rows, {row.kind for row in rows}, source, urgency)

    def limits_of_matter(self, code: str, urgency: str, on: date) -> LimitsOfMatter:
        """
        Return how long handling the matter may take: nothing where the catalogue sets nothing, or
        has it no more. Two statements the first time, then none.
        """
        asked = (code, urgency, on)
        if asked not in self._of_matters:
            if len(self._of_matters) >= _MOST_MATTERS:
                self._of_matters.clear()
            try:
                self._of_matters[asked] = self._ask_limits(code, urgency, on)
            except MatterNotFound:
                self._of_matters[asked] = LimitsOfMatter()
        return self._of_matters[asked]

    def drafted(
        self,
        *,
        limits: Iterable[TaskLimit] | None = None,
        parameters: Iterable[Parameter] | None = None,
        ask_limits: Callable[[str, str, date], LimitsOfMatter],
    ) -> "Ground":
        """
        Return the ground as it would be with other rows, which may be drafted and not stored.

        :param ask_limits: of a matter, as `queries.limits_of_matter` does
        """
        return Ground(
            self.calendar,
            self._limits if limits is None else tuple(limits),
            self._parameters if parameters is None else tuple(parameters),
            ask_limits,
        )

    @property
    def task_limits(self) -> tuple[TaskLimit, ...]:
        """All rows of all times."""
        return self._limits

    @property
    def parameter_rows(self) -> tuple[Parameter, ...]:
        """All rows of all times."""
        return self._parameters


def ground() -> Ground:
    """
    Return what the catalogue rests on now. One statement where nothing has changed, none where a
    page was told so already.

    :raises CalendarMissing: before there is a calendar
    """
    return kept(KEPT, "ground", _read)


def _read() -> Ground:
    calendar = newest_calendar()
    if calendar is None:
        raise CalendarMissing(day="")
    return Ground(
        calendar,
        tuple(TaskLimit.objects.order_by("pk")),
        tuple(Parameter.objects.order_by("pk")),
    )


def _holds(row: Dated, on: date) -> bool:
    return row.valid_from <= on and (row.valid_until is None or on < row.valid_until)
