"""All cases that a unit of mine sees: narrowed, in columns one likes, kept as views, as Excel."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengshao.desk import queries
from chengshao.desk.forms import CaseFilterForm, ViewForm
from chengshao.desk.queries import PAGE_SIZE, Row
from chengshao.intake import queries as intake
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.web.downloads import handed_out
from chengshao.web.maps import shows_map
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.web.sheets import write_table
from chengshao.web.texts import text
from chengshao.workorders import actions
from chengshao.workorders.queries import MOST_POINTS, CaseFilter
from chengshao.workorders.terms import Power, ViewingKind

VIEWS: Final = "cases"  # of this page
MOST_IN_A_FILE: Final = 10_000
_AT_ONCE: Final = 500
_OF_PAGES: Final = ("after", "before")


@require_GET
@never_cache
@needs(Power.SEE)
@shows_map
def cases(request: HttpRequest) -> HttpResponse:
    """Every case that a unit of mine sees, the newest first, found by two characters."""
    actor, now = actor_of(request), timezone.now()
    units = _own_units(actor)
    form = CaseFilterForm(request.GET, units=units)
    asked = form.asked() if form.is_valid() else None
    found = queries.RowsFound([], newer=False, older=False)
    if asked is not None:
        after, before = (_number_in(request.GET, name) for name in _OF_PAGES)
        found = queries.case_rows(asked, actor, now, after=after, before=before, limit=PAGE_SIZE)
    batch = asked.batch if asked else 0
    chosen = queries.columns(request.GET.getlist("columns"))
    context = {
        "form": form,
        "units": units,
        "columns": chosen,
        "all_columns": queries.COLUMNS,
        "found": found,
        "table": [(row, [(column, column.text(row)) for column in chosen]) for row in found.rows],
        "narrowed": form.narrowed(),
        "batch": batch,
        "imported": intake.table_named(batch) if batch else None,
        "views": people.views_of(VIEWS, actor),
        "query": _query(request.GET),
        "most": MOST_IN_A_FILE,
        "most_on_map": MOST_POINTS,
    }
    return render(request, "desk/cases.html", context, status=200 if asked is not None else 422)


@require_GET
@never_cache
@needs(Power.SEE)
def cases_file(request: HttpRequest) -> HttpResponse:
    """The same list as Excel, at most ten thousand rows; each case in it counts as taken out."""
    actor, now = actor_of(request), timezone.now()
    form = CaseFilterForm(request.GET, units=_own_units(actor))
    if not form.is_valid():
        return redirect(f"{reverse('desk:cases')}?{_query(request.GET)}")
    chosen = queries.columns(request.GET.getlist("columns"))
    rows = list(_rows(form.asked(), actor, now))
    numbers = [row.line.number for row in rows]
    actions.log_viewings(numbers=numbers, kind=ViewingKind.EXPORT, actor=actor, at=now)
    content = write_table(
        [str(column.words) for column in chosen],
        ([column.text(row) for column in chosen] for row in rows),
    )
    return handed_out(content, f"cases-{timezone.localdate(now)}.xlsx")


@require_POST
@signed_in
def keep_view(request: HttpRequest) -> HttpResponse:
    """Keep the list as it stands under a name, for oneself or for one's unit."""
    form = ViewForm(request.POST)
    query = ""
    if form.is_valid():
        said = form.cleaned_data
        query = _query(QueryDict(said["query"]))
        try:
            people_actions.keep_view(
                page=VIEWS,
                name=said["name"],
                query=query,
                unit_id=said["unit"],
                actor=actor_of(request),
            )
            messages.success(request, _("已存为视图“{name}”").format(name=said["name"]))
        except DomainError as refused:
            messages.error(request, text(refused.code, refused.params))
    else:
        messages.error(request, _("请给视图起个名称，最多40个字"))
    return redirect(f"{reverse('desk:cases')}?{query}")


@require_POST
@signed_in
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Drop a view of one's own."""
    people_actions.drop_view(view_id=view_id, actor=actor_of(request))
    messages.success(request, _("视图已删除"))
    return redirect("desk:cases")


def _rows(asked: CaseFilter, actor: Actor, now: datetime) -> Iterator[Row]:
    after = ""
    for _part in range(MOST_IN_A_FILE // _AT_ONCE):
        found = queries.case_rows(asked, actor, now, after=after, limit=_AT_ONCE)
        yield from found.rows
        if not found.older or not found.rows:
            return
        after = found.rows[-1].line.number


def _own_units(actor: Actor) -> list[Any]:
    return list(people.unit_lines({unit_id for unit_id, _ in actor.reach(Power.SEE)}).values())


def _number_in(query: QueryDict, name: str) -> str:
    return query.get(name, "")[:20].replace("\x00", "")


def _query(query: QueryDict) -> str:
    """Return what narrows the list, as it stands in its address; not where one has paged to."""
    kept = query.copy()
    for name in list(kept):
        values = [value for value in kept.getlist(name) if value and "\x00" not in value]
        if name in _OF_PAGES or name not in CaseFilterForm.NAMES or not values:
            del kept[name]
        else:
            kept.setlist(name, values)
    return kept.urlencode()
