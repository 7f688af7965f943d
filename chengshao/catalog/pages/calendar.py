"""The work calendar: a year at a glance for all staff; its keeper changes days and hours."""

from calendar import Calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from chengshao.catalog import actions, queries
from chengshao.catalog.forms import ClearDayForm, DayForm, HoursForm, YearForm
from chengshao.catalog.models import CalendarDay
from chengshao.catalog.terms import CalendarDayKind, Power
from chengshao.kernel.clock import FIRST_YEAR, LAST_YEAR
from chengshao.kernel.errors import DomainError
from chengshao.kernel.words import whole_number
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.web.texts import text


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    works: bool
    special: CalendarDay | None  # the row that makes it so, if any


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row that are unlike the week for one reason."""

    first: CalendarDay
    last: date


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: list[list[Day | None]]  # None: of another month


@require_GET
@signed_in
def calendar(request: HttpRequest) -> HttpResponse:
    """A year: which days work, and whether that is announced or provisional."""
    year = whole_number(request.GET.get("year", "")) or 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        year = timezone.localdate().year
    return _show(request, year)


@require_POST
@needs(Power.KEEP_CATALOG)
def set_day(request: HttpRequest) -> HttpResponse:
    """Say what a day is."""
    form = DayForm(request.POST)
    return _done(
        request,
        form,
        lambda: actions.set_day(
            day=form.cleaned_data["day"],
            kind=CalendarDayKind(form.cleaned_data["kind"]),
            name=form.cleaned_data["name"],
            source=form.cleaned_data["source"],
            actor=actor_of(request),
            at=timezone.now(),
        ),
        said=_("日历已更新"),
        shown="day_form",
    )


@require_POST
@needs(Power.KEEP_CATALOG)
def clear_day(request: HttpRequest) -> HttpResponse:
    """Take back what was said of a day."""
    form = ClearDayForm(request.POST)
    return _done(
        request,
        form,
        lambda: actions.clear_day(
            day=form.cleaned_data["day"],
            city=form.cleaned_data["city"],
            reason="撤销",
            actor=actor_of(request),
            at=timezone.now(),
        ),
        said=_("日历已更新"),
        shown="",
    )


@require_POST
@needs(Power.KEEP_CATALOG)
def announce_year(request: HttpRequest) -> HttpResponse:
    """Say that a year's holidays are all in the calendar."""
    form = YearForm(request.POST)
    return _done(
        request,
        form,
        lambda: actions.announce_year(
            year=form.cleaned_data["year"],
            source=form.cleaned_data["source"],
            actor=actor_of(request),
            at=timezone.now(),
        ),
        said=_("已确认这一年的节假日"),
        shown="year_form",
    )


@require_POST
@needs(Power.KEEP_CATALOG)
def set_hours(request: HttpRequest) -> HttpResponse:
    """Set the office hours from a day on."""
    form = HoursForm(request.POST)
    return _done(
        request,
        form,
        lambda: actions.set_office_hours(
            spans=form.cleaned_data["spans"],
            valid_from=form.cleaned_data["valid_from"],
            source=form.cleaned_data["source"],
            actor=actor_of(request),
            at=timezone.now(),
        ),
        said=_("办公时间已更新"),
        shown="hours_form",
    )


def _done(
    request: HttpRequest,
    form: Form,
    deed: Callable[[], int | None],
    *,
    said: "str | Promise",
    shown: str,
) -> HttpResponse:
    """Do the deed and go back to its year; else show the form with the reason."""
    year = timezone.localdate().year
    if form.is_valid():
        chosen = form.cleaned_data.get("day") or form.cleaned_data.get("valid_from")
        year = chosen.year if chosen else form.cleaned_data.get("year", year)
        try:
            version = deed()
        except DomainError as error:
            form.add_error(None, text(error.code, error.params))
        else:
            messages.success(request, str(said if version else _("原来就是这样，没有变化")))
            return redirect(f"{reverse('catalog:calendar')}?year={year}")
    return _show(request, year, {shown: form} if shown else {}, status=422)


def _show(
    request: HttpRequest, year: int, forms: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    special = {row.day: row for row in queries.special_days(year)}  # the city's own come last
    known = queries.newest_calendar()

    def day_of(on: date) -> Day:
        works = known.is_workday(on) if known else on.weekday() < 5
        return Day(on, works, special.get(on))

    months = [
        Month(
            date(year, month, 1),
            [
                [day_of(on) if on.month == month else None for on in week]
                for week in Calendar().monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]
    announced = queries.announced_years()
    context = {
        "year": year,
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < LAST_YEAR else None,
        "months": months,
        "weekdays": [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")],
        "stretches": _stretches(sorted(special.values(), key=lambda row: row.day)),
        "announced": announced.get(year),
        "hours": queries.office_hours(),
        "versions": queries.calendar_versions()[:10],
        "today": timezone.localdate(),
        "may_keep": actor_of(request).holds(Power.KEEP_CATALOG),
        "day_form": DayForm(auto_id="day_%s"),
        "hours_form": HoursForm(auto_id="hours_%s"),
        "year_form": YearForm(auto_id="year_%s", initial={"year": year}),
    } | (forms or {})
    return render(request, "catalog/calendar.html", context, status=status)


def _stretches(rows: list[CalendarDay]) -> list[Stretch]:
    found: list[Stretch] = []
    for row in rows:
        before = found[-1] if found else None
        goes_on = (
            before is not None
            and not row.is_city  # each of the city's own can be taken back by itself
            and row.day == before.last + timedelta(days=1)
            and (row.kind, row.name) == (before.first.kind, before.first.name)
        )
        if before is not None and goes_on:
            found[-1] = Stretch(before.first, row.day)
        else:
            found.append(Stretch(row, row.day))
    return found
