"""Writes to the work calendar. Each change makes a version that names the days it touches."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chinese_calendar import constants as published
from django.db import transaction

from chengshao.catalog.actions._common import check_keeper, one_at_a_time
from chengshao.catalog.models import CalendarDay, CalendarVersion, CalendarYear, OfficeHours
from chengshao.catalog.rules.timeline import Version, place, put
from chengshao.catalog.terms import CalendarDayKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import FIRST_YEAR, LAST_YEAR, format_hours, parse_hours
from chengshao.kernel.errors import Invalid, Refused

_CITY = (CalendarDayKind.CITY_REST, CalendarDayKind.CITY_WORK)


class YearNotKnown(Refused):
    code = "year_not_known"


class YearOutOfRange(Invalid):
    code = "year_out_of_range"


class OfficeHoursGap(Refused):
    code = "office_hours_gap"


@dataclass(frozen=True, slots=True)
class DayDraft:
    kind: CalendarDayKind
    name: str
    source: str


def published_years() -> tuple[int, ...]:
    """Return the years whose holidays came with the program."""
    years = {day.year for day in published.holidays}
    return tuple(sorted(year for year in years if year >= FIRST_YEAR))


@transaction.atomic
def load_statutory_days(
    *, years: Collection[int] | None = None, actor: Actor, at: datetime
) -> int | None:
    """
    Take over the State Council's holidays that came with the program, all years or some.

    :return: the calendar's new version, or None if it knew them all
    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises YearNotKnown: if the program came before that year was announced
    """
    check_keeper(actor)
    known = published_years()
    asked = sorted(set(known if years is None else years))
    if missing := [year for year in asked if year not in known]:
        raise YearNotKnown(year=missing[0])
    days: dict[tuple[date, bool], DayDraft | None] = {}
    chinese = {holiday.value: holiday.chinese for holiday in published.Holiday}
    for kind, found in (
        (CalendarDayKind.STATUTORY_HOLIDAY, published.holidays),
        (CalendarDayKind.MAKE_UP_WORKDAY, published.workdays),
    ):
        for day, name in found.items():
            if day.year in asked:
                days[day, False] = DayDraft(kind, chinese.get(name, name), _notice(day.year))
    announced = {year: _notice(year) for year in asked}
    return change_days(
        days, announced=announced, reason="国务院办公厅节假日安排", actor=actor, at=at
    )


@transaction.atomic
def set_day(
    *, day: date, kind: CalendarDayKind, name: str, source: str, actor: Actor, at: datetime
) -> int | None:
    """
    Say what a day is; the city's own (CITY_REST, CITY_WORK) stands above the statutory.

    :return: the calendar's new version, or None if it was so already
    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises YearOutOfRange: outside 2000 to 2199
    """
    check_keeper(actor)
    _check_year(day.year)
    draft = DayDraft(kind, name, source)
    return change_days({(day, kind in _CITY): draft}, reason=source, actor=actor, at=at)


@transaction.atomic
def clear_day(*, day: date, city: bool, reason: str, actor: Actor, at: datetime) -> int | None:
    """
    Take back what was said of a day, the city's own word or the statutory one.

    :return: the calendar's new version, or None if nothing was said
    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    """
    check_keeper(actor)
    return change_days({(day, city): None}, reason=reason, actor=actor, at=at)


@transaction.atomic
def announce_year(*, year: int, source: str, actor: Actor, at: datetime) -> int | None:
    """
    Say that all holidays of a year stand in the calendar: it is no longer provisional.

    :return: the calendar's new version, or None if it was announced already
    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises YearOutOfRange: outside 2000 to 2199
    """
    check_keeper(actor)
    _check_year(year)
    return change_days({}, announced={year: source}, reason=source, actor=actor, at=at)


@transaction.atomic
def set_office_hours(
    *,
    spans: str,
    valid_from: date,
    source: str,
    actor: Actor,
    at: datetime,
) -> int | None:
    """
    Set the office hours from a day on until the next that are known, e.g. 08:00-12:00 14:00-18:00.

    :return: the calendar's new version, or None if they were so already
    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises OfficeHoursUnreadable: see kernel.clock.parse_hours
    :raises VersionExists: if others begin on the same day
    """
    check_keeper(actor)
    content = (format_hours(parse_hours(spans)), source)
    return place_hours([Version(valid_from, None, content)], reason=source, actor=actor, at=at)


def change_days(
    days: Mapping[tuple[date, bool], DayDraft | None],
    *,
    announced: Mapping[int, str] | None = None,
    reason: str,
    actor: Actor,
    at: datetime,
) -> int | None:
    """Put days (None: take them out) and announced years; inside the caller's transaction."""
    one_at_a_time()
    current = {(row.day, row.is_city): row for row in CalendarDay.objects.filter(until=None)}
    changed = {
        key: draft
        for key, draft in days.items()
        if draft != (_draft(current[key]) if key in current else None)
    }
    known_years = set(CalendarYear.objects.values_list("year", flat=True))
    new_years = {y: source for y, source in (announced or {}).items() if y not in known_years}
    if not changed and not new_years:
        return None
    touched = [day for day, _ in changed]
    touched += [date(year, 1, 1) for year in new_years]
    touched += [date(year, 12, 31) for year in new_years]
    version = _new_version(min(touched), max(touched), reason, actor, at)
    CalendarDay.objects.filter(
        pk__in=[current[key].pk for key in changed if key in current]
    ).update(until=version)
    CalendarDay.objects.bulk_create(
        CalendarDay(
            day=day, is_city=city, kind=draft.kind, name=draft.name, source=draft.source,
            since=version,
        )
        for (day, city), draft in changed.items()
        if draft is not None
    )  # fmt: skip
    CalendarYear.objects.bulk_create(
        CalendarYear(year=year, source=source, since=version) for year, source in new_years.items()
    )
    return version.version


def place_hours(
    rows: Sequence[Version[tuple[str, str]]], *, reason: str, actor: Actor, at: datetime
) -> int | None:
    """
    Put office hours (spans, source) into their periods; inside the caller's transaction.

    :raises VersionExists: if others begin on the same day
    :raises PeriodsOverlap: if they last into others that follow
    :raises OfficeHoursGap: if a time after the first would be without office hours
    """
    one_at_a_time()
    stored = {row.valid_from: row for row in OfficeHours.objects.all()}
    known = tuple(
        Version(row.valid_from, row.valid_until, (row.spans, row.source))
        for row in sorted(stored.values(), key=lambda row: row.valid_from)
    )
    before = known
    for new in sorted(rows, key=lambda version: version.valid_from):
        known = put(known, place(known, new))
    if known == before:
        return None
    ends = [*(version.valid_until for version in known)]
    starts: list[date | None] = [*(version.valid_from for version in known[1:]), None]
    for end, start in zip(ends, starts, strict=True):
        if end != start and end is not None:
            raise OfficeHoursGap(day=end.isoformat())
    touched = [v.valid_from for v in known if v not in before]
    version = _new_version(min(touched), None, reason, actor, at)
    added = []
    for hours in known:
        row = stored.get(hours.valid_from)
        if row is None:
            spans, source = hours.content
            added.append(
                OfficeHours(
                    valid_from=hours.valid_from, valid_until=hours.valid_until, spans=spans,
                    source=source, recorded_at=at, recorded_by_id=actor.user_id,
                )
            )  # fmt: skip
        elif row.valid_until != hours.valid_until:
            OfficeHours.objects.filter(pk=row.pk).update(valid_until=hours.valid_until)
    OfficeHours.objects.bulk_create(added)
    return version.version


def _new_version(
    first_day: date, last_day: date | None, reason: str, actor: Actor, at: datetime
) -> CalendarVersion:
    newest = CalendarVersion.objects.order_by("-version").first()
    return CalendarVersion.objects.create(
        version=newest.version + 1 if newest else 1,
        token=secrets.token_hex(16),
        reason=reason[:200],
        first_day=first_day,
        last_day=last_day,
        at=at,
        by_id=actor.user_id,
    )


def _draft(row: CalendarDay) -> DayDraft:
    return DayDraft(CalendarDayKind(row.kind), row.name, row.source)


def _notice(year: int) -> str:
    return f"国务院办公厅关于{year}年部分节假日安排的通知"


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRange(first=FIRST_YEAR, last=LAST_YEAR)
