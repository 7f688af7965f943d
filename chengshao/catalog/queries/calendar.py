"""Reads: the work calendar."""

from datetime import date
from threading import Lock

from django.db.models import Q, QuerySet

from chengshao.catalog.models import CalendarDay, CalendarVersion, CalendarYear, OfficeHours
from chengshao.catalog.queries._common import KEPT
from chengshao.catalog.terms import CalendarDayKind
from chengshao.kernel import clock
from chengshao.kernel.clock import WorkCalendar, parse_hours
from chengshao.kernel.errors import Refused
from chengshao.web.kept import kept


class CalendarMissing(Refused):
    code = "calendar_missing"


_calendars: dict[str, WorkCalendar] = {}
_calendars_lock = Lock()


def calendar_for(start: date) -> WorkCalendar:
    """
    Return the calendar by which a clock that starts that day runs. One statement when known.

    :raises CalendarMissing: if no office hours are in force on that day
    """
    calendar = newest_calendar()
    if calendar is None or not any(hours.holds_on(start) for hours in calendar.office_hours):
        raise CalendarMissing(day=start.isoformat())
    return calendar


def newest_calendar() -> WorkCalendar | None:
    """Return the calendar as it now stands, or None before there is one."""
    return kept(KEPT, "calendar", _newest_calendar)


def _newest_calendar() -> WorkCalendar | None:
    newest = CalendarVersion.objects.order_by("-version").values_list("version", "token").first()
    if newest is None:
        return None
    return calendar_as_of(*newest)


def calendar_as_of(version: int, token: str) -> WorkCalendar:
    """Return the calendar of a version, which the process keeps while it is the newest."""
    calendar = _calendars.get(token)
    if calendar is None:
        calendar = _build_calendar(version)
        with _calendars_lock:
            _calendars.clear()  # an older version is never asked for again
            _calendars[token] = calendar
    return calendar


def days_changed_since(version: int) -> tuple[date, date | None] | None:
    """
    Return from which to which day (None: on and on) working time may have moved since a version.

    None where the calendar is still the same: for recomputing open deadlines.
    """
    rows = list(CalendarVersion.objects.filter(version__gt=version))
    if not rows:
        return None
    last_days = [row.last_day for row in rows]
    ends = [day for day in last_days if day is not None]
    last = max(ends) if len(ends) == len(last_days) else None
    return min(row.first_day for row in rows), last


def special_days(year: int) -> QuerySet[CalendarDay]:
    """Return the days of a year unlike the week, as the calendar now stands."""
    return CalendarDay.objects.filter(day__year=year, until=None).order_by("day", "is_city")


def announced_years() -> dict[int, str]:
    """Return the years whose holidays are announced, with the source; others are provisional."""
    return dict(CalendarYear.objects.order_by("year").values_list("year", "source"))


def office_hours() -> QuerySet[OfficeHours]:
    """Return the office hours of all times, the newest first."""
    return OfficeHours.objects.order_by("-valid_from")


def calendar_versions() -> QuerySet[CalendarVersion]:
    """Return every change of the calendar, the newest first."""
    return CalendarVersion.objects.select_related("by").order_by("-version")


def _build_calendar(version: int) -> WorkCalendar:
    # The statutory first, so that the city's own stands above it.
    rows = CalendarDay.objects.filter(
        Q(until=None) | Q(until__gt=version), since__lte=version
    ).order_by("is_city")
    worked = (CalendarDayKind.MAKE_UP_WORKDAY, CalendarDayKind.CITY_WORK)
    days = list(rows.values_list("day", "kind"))
    exceptions = {day: kind in worked for day, kind in days}
    holidays = frozenset(day for day, kind in days if kind == CalendarDayKind.STATUTORY_HOLIDAY)
    years = CalendarYear.objects.filter(since__lte=version).values_list("year", flat=True)
    hours = (
        clock.OfficeHours(row.valid_from, row.valid_until, parse_hours(row.spans))
        for row in OfficeHours.objects.order_by("valid_from")
    )
    return WorkCalendar(version, tuple(hours), exceptions, frozenset(years), holidays)
