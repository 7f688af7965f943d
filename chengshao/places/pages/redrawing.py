"""Unit grids of a community on the map: what stands, what is planned, and redrawing them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.kernel.errors import DomainError
from chengshao.places import actions, queries
from chengshao.places.forms import DRAWN, PlotForm, RedrawForm, TakeBackForm, slug_of
from chengshao.places.queries import redrawing
from chengshao.places.queries.redrawing import PlotLine, Preview, Standing
from chengshao.places.rules.following import knotted
from chengshao.places.rules.plots import plot_of
from chengshao.places.rules.redrawing import Ground, Redrawing
from chengshao.places.rules.sketch import drawing, features
from chengshao.places.terms import Power, RedrawKind
from chengshao.web import moments
from chengshao.web.http import error_body, status_of
from chengshao.web.maps import shows_map
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.web.texts import text

KINDS = {slug_of(kind): kind for kind in RedrawKind if kind is not RedrawKind.TAKE_BACK}
_OF_ONE = (RedrawKind.SPLIT, RedrawKind.MOVE_BORDER, RedrawKind.DESCRIBE, RedrawKind.END)


@require_GET
@signed_in
@shows_map
def grids(request: HttpRequest, code: str) -> HttpResponse:
    """The grids of a community, today's and planned ones, what was changed and why."""
    today = timezone.localdate()
    standing = redrawing.standing_grids(code, on=today)
    records = standing.ever_after(today)
    units = queries.unit_names(record.facts["responsible_unit_id"] for record in records)
    now = [plot_of(record) for record in records if record.valid_from <= today]
    planned = [plot_of(record) for record in records if record.valid_from > today]
    context = _place(code) | {
        "rows": [(r, units.get(r.facts["responsible_unit_id"] or 0, "")) for r in records],
        "today": today,
        "shapes": features([("grid", now), ("after", planned)]),
        "drawing": drawing(now),
        "changes": redrawing.changes_of(code),
        "may_keep": _may_keep(request, code),
        "of_one": [(slug_of(kind), kind) for kind in _OF_ONE],
        "has_grids": bool(standing.last),
        "planned": standing.planned(today),
        "form": TakeBackForm(initial={"mark": standing.mark}),
    }
    return render(request, "places/grids.html", context)


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_PLACES)
@shows_map
def redraw(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Draw (GET), and look at what it would change (POST); nothing is stored."""
    kind = _kind(name)
    actions.check_may_keep(actor_of(request), code)
    today = timezone.localdate()
    standing = redrawing.standing_grids(code, on=today)
    if request.method == "GET":
        return _drawing_page(request, kind, standing, _new_form(request, kind, standing, today))
    form = RedrawForm(kind, _choices(standing), request.POST)
    if request.POST.get("mark") != standing.mark:
        meanwhile = actions.GridsChangedMeanwhile()
        return _refused_page(request, kind, standing, form, meanwhile)
    if not form.is_valid():
        return _drawing_page(request, kind, standing, form, status=422)
    if "back" in request.POST:
        return _drawing_page(request, kind, standing, form)
    asked = form.deed(code, kind, {})
    try:
        actions.check_day(standing, asked.valid_from, today=today)
    except DomainError as error:
        return _refused_page(request, kind, standing, form, error)
    ground = redrawing.ground_of(standing, asked)
    seen = redrawing.preview(asked, standing, ground)
    if seen.findings:
        return _drawing_page(request, kind, standing, form, status=422, seen=seen)
    return _preview_page(request, asked, standing, form, seen, ground)


@require_POST
@needs(Power.KEEP_PLACES)
@shows_map
def store(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Store what was looked at, with what was told of the new grids."""
    kind = _kind(name)
    actions.check_may_keep(actor_of(request), code)
    today = timezone.localdate()
    standing = redrawing.standing_grids(code, on=today)
    form = RedrawForm(kind, _choices(standing), request.POST)
    if request.POST.get("mark") != standing.mark:
        meanwhile = actions.GridsChangedMeanwhile()
        return _refused_page(request, kind, standing, form, meanwhile)
    if not form.is_valid():
        return _drawing_page(request, kind, standing, form, status=422)
    asked = form.deed(code, kind, {})
    units = redrawing.unit_choices(standing, on=asked.valid_from)
    after = {key for key in request.POST.getlist("after") if key.isdecimal()}
    told = {key: PlotForm(units, request.POST, prefix=key) for key in sorted(after)}
    if not all(each.is_valid() for each in told.values()):
        ground = redrawing.ground_of(standing, asked)
        seen = redrawing.preview(asked, standing, ground)
        return _preview_page(request, asked, standing, form, seen, ground, told, status=422)
    said = {key: each.cleaned_data for key, each in told.items()}
    try:
        change = actions.redraw_grids(
            asked=form.deed(code, kind, said),
            mark=form.cleaned_data["mark"],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except DomainError as error:
        return _refused_page(request, kind, standing, form, error)
    messages.success(request, _said(change.valid_from, change.after, today))
    return redirect("places:grids", code)


@require_POST
@needs(Power.KEEP_PLACES)
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Take back what was planned for the last day to come."""
    form = TakeBackForm(request.POST)
    if form.is_valid():
        at = timezone.now()
        actions.take_back_planned(
            community=code, **form.cleaned_data, actor=actor_of(request), at=at
        )
        messages.success(request, _("已撤销，到时候不变"))
    else:
        messages.error(request, _("请写明为什么撤销"))
    return redirect("places:grids", code)


def _kind(name: str) -> RedrawKind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _may_keep(request: HttpRequest, code: str) -> bool:
    try:
        actions.check_may_keep(actor_of(request), code)
    except actions.MayNotKeepPlaces:
        return False
    return True


def _place(code: str) -> dict[str, Any]:
    line = queries.ancestors(code)
    return {"code": code, "line": line, "name": line[-1][1] if line else code}


def _choices(standing: Standing) -> list[tuple[str, str]]:
    return [(r.code, f"{r.code[-3:]} {r.facts['name']}".strip()) for r in standing.last]


def _new_form(
    request: HttpRequest, kind: RedrawKind, standing: Standing, today: date
) -> RedrawForm:
    asked = request.GET.get("grid", "")
    initial = {
        "codes": asked if kind in (RedrawKind.SPLIT, RedrawKind.MOVE_BORDER) else [asked],
        "valid_from": standing.changes_until(today),
        "mark": standing.mark,
    }
    return RedrawForm(kind, _choices(standing), initial=initial)


def _drawing_page(
    request: HttpRequest,
    kind: RedrawKind,
    standing: Standing,
    form: RedrawForm,
    *,
    status: int = 200,
    seen: Preview | None = None,
    error: dict[str, Any] | None = None,
) -> HttpResponse:
    plots = [plot_of(record) for record in standing.last]
    shown = knotted(plots) if kind is RedrawKind.MOVE_BORDER else plots
    findings, around = (seen.findings, seen.around) if seen else ((), ())
    context = _place(standing.community) | {
        "kind": kind,
        "slug": slug_of(kind),
        "form": form,
        "draws": kind in DRAWN,
        "shapes": features([("around", around), ("grid", shown)], findings),
        "drawing": drawing(plots),
        "findings": [text(finding.code, finding.params) for finding in findings],
        "error": error,
        "planned": standing.changes_until(timezone.localdate()),
        "today": timezone.localdate(),
    }
    return render(request, "places/redraw.html", context, status=status)


def _refused_page(
    request: HttpRequest, kind: RedrawKind, standing: Standing, form: RedrawForm, error: DomainError
) -> HttpResponse:
    """Show the form again with what was drawn, and with the grids as they are now."""
    now = redrawing.standing_grids(standing.community, on=timezone.localdate())
    data = request.POST.copy()
    data["mark"] = now.mark
    again = RedrawForm(kind, _choices(now), data)
    body = error_body(error)
    return _drawing_page(request, kind, now, again, status=status_of(error), error=body)


def _preview_page(
    request: HttpRequest,
    asked: Redrawing,
    standing: Standing,
    form: RedrawForm,
    seen: Preview,
    ground: Ground,
    told: dict[str, PlotForm] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    forms = told or {}
    changed = {line.plot.code for line in seen.before}
    stay = [plot for plot in ground.plots if plot.code not in changed]
    before, after = ([line.plot for line in lines] for lines in (seen.before, seen.after))
    units = redrawing.unit_choices(standing, on=asked.valid_from)
    context = _place(asked.community) | {
        "kind": asked.kind,
        "slug": slug_of(asked.kind),
        "form": form,
        "asked": asked,
        "before": seen.before,
        "after": [
            (line, forms.get(line.plot.code, _plot_form(line, units))) for line in seen.after
        ],
        "shapes": features(
            [("around", ground.around), ("grid", stay), ("before", before), ("after", after)]
        ),
        "drawing": drawing([*stay, *after]),
        "today": timezone.localdate(),
    }
    return render(request, "places/redrawn.html", context, status=status)


def _plot_form(line: PlotLine, units: Sequence[tuple[int, str]]) -> PlotForm:
    plot = line.plot
    initial = {
        "name": plot.name,
        "unit_id": plot.unit_id,
        "land_use": plot.land_use,
        "management_grade": plot.management_grade,
    }
    return PlotForm(units, initial=initial, prefix=plot.code)


def _said(day: date, codes: Sequence[str], today: date) -> str:
    if day > today:
        return _("已定好，自%(day)s起生效") % {"day": moments.day(day, today)}
    return _("已改好，现在就生效")
