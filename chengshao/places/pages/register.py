"""The register of places: divisions down to grids and objects, its map, files in and out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import etag, require_GET, require_http_methods

from chengshao.kernel.divisions import DivisionCodeInvalid, DivisionLevel, division_level
from chengshao.kernel.errors import DomainError
from chengshao.kernel.words import whole_number
from chengshao.places import actions, queries
from chengshao.places.actions import Imported
from chengshao.places.forms import ImportForm, slug_of
from chengshao.places.rules import tables
from chengshao.places.rules.boundaries import scale_of, short_name
from chengshao.places.terms import ImportKind, Power
from chengshao.web.downloads import handed_out
from chengshao.web.http import error_body, status_of
from chengshao.web.pages import actor_of, needs, signed_in

OBJECTS_A_PAGE = 50
FAULTS_SHOWN = 200
_GEOJSON = "application/geo+json"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A sort of file: how it comes in, what its columns or properties are called."""

    take_in: Callable[..., Imported]
    headings: tuple[str, ...]
    geojson: bool


_DATES = tables.DATES
FILES = {
    ImportKind.DIVISIONS: FileKind(actions.import_divisions, tables.DIVISION_HEADINGS, False),
    ImportKind.OUTLINES: FileKind(actions.import_outlines, ("区划代码", "名称", *_DATES), True),
    ImportKind.GRIDS: FileKind(
        actions.import_grids,
        ("网格编码", "名称", "用地类型", "管理等级", "责任单位", "来源", "示意"),
        True,
    ),
    ImportKind.ZONES: FileKind(
        actions.import_zones,
        ("编码", "名称", "类型", "区划代码", "责任单位", "缓冲米", *_DATES),
        True,
    ),
    ImportKind.OBJECTS: FileKind(actions.import_objects, tables.OBJECT_HEADINGS, False),
    ImportKind.KNOWN_PLACES: FileKind(actions.import_known_places, tables.PLACE_HEADINGS, False),
}


@require_GET
@signed_in
def register(request: HttpRequest, code: str = "") -> HttpResponse:
    """One division: its map, what lies below it, and in a community its grids and objects."""
    words = request.GET.get("words", "")[:100].replace("\x00", "")
    context: dict[str, Any] = {
        "words": words,
        "found": queries.find_places(words, limit=queries.MAX_FOUND) if words else [],
        "objects_found": queries.find_objects(words, limit=20) if words else [],
        "may_keep": actor_of(request).holds(Power.KEEP_PLACES),
    }
    try:
        here = code or queries.district_code()
    except queries.DistrictNotFound:
        return render(request, "places/register.html", context)
    context |= _division(here, request.GET.get("page"))
    return render(request, "places/register.html", context)


@require_GET
@needs(Power.KEEP_PLACES)
def files(request: HttpRequest) -> HttpResponse:
    """All sorts of files that can be handed in and taken away."""
    forms = [(kind, FILES[kind], ImportForm(kind)) for kind in ImportKind]
    context = {"files": forms, "imports": queries.latest_imports()}
    return render(request, "places/files.html", context)


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_PLACES)
def file(request: HttpRequest, name: str) -> HttpResponse:
    """Take a file away (GET) or in (POST); a refused one is told fault by fault."""
    kind = next((each for each in ImportKind if slug_of(each) == name), None)
    if kind is None:
        raise Http404
    asked = FILES[kind]
    if request.method == "GET":
        ending = "geojson" if asked.geojson else "xlsx"
        shown = f"{name}-{timezone.localdate()}.{ending}"
        return handed_out(queries.export_table(kind), shown)
    form = ImportForm(kind, request.POST, request.FILES)
    error: dict[str, Any] | None = None
    status = 422
    if form.is_valid():
        try:
            told = asked.take_in(**form.facts(), actor=actor_of(request), at=timezone.now())
        except DomainError as refusal:
            error, status = error_body(refusal), status_of(refusal)
            error["more"] = max(0, len(error.get("faults", ())) - FAULTS_SHOWN)
            error["faults"] = error.get("faults", [])[:FAULTS_SHOWN]
        else:
            messages.success(request, _said(told))
            return redirect("places:files")
    context = {"files": [(kind, asked, form)], "error": error}
    return render(request, "places/files.html", context, status=status)


def _zoom(request: HttpRequest) -> int:
    asked = whole_number(request.GET.get("zoom", "")) or 0
    return asked if asked < 100 else 0


def _edition(request: HttpRequest) -> str:
    """Name what the borders are made from: they hold for a day, and change with each import."""
    return f'"{queries.edition()}-{timezone.localdate()}-{scale_of(_zoom(request))}"'


# Borders are the same for everybody, and no secret: citizens point on them.
@require_GET
@gzip_page
@cache_control(public=True, no_cache=True)
@etag(_edition)
def divisions_on_map(request: HttpRequest) -> HttpResponse:
    """The borders of the district, its sub-districts and communities as GeoJSON."""
    return HttpResponse(queries.borders(zoom=_zoom(request)), content_type=_GEOJSON)


@require_GET
@signed_in
@gzip_page
@cache_control(private=True, no_cache=True)
@etag(_edition)
def grids_on_map(request: HttpRequest) -> HttpResponse:
    """The unit grids as GeoJSON."""
    content = queries.borders(zoom=_zoom(request), grids=True)
    return HttpResponse(content, content_type=_GEOJSON)


def _said(told: Imported) -> str:
    if not told.changed:
        return _("没有变化，%(count)d条都已在库中") % {"count": told.unchanged}
    return _("已导入：新增%(added)d条，更正%(corrected)d条，终止%(ended)d条") % {
        "added": told.added,
        "corrected": told.corrected,
        "ended": told.ended,
    }


def _division(code: str, page: str | None) -> dict[str, Any]:
    try:
        level = division_level(code)
        queries.check_division(code)
    except DivisionCodeInvalid as error:
        raise queries.DivisionNotFound(division=code) from error
    line = queries.ancestors(code)
    drawing = queries.district_on(timezone.localdate()).drawing(code)
    is_community = level is DivisionLevel.COMMUNITY
    grids = queries.grids_of(code) if is_community else []
    below = [] if is_community else queries.divisions_below(code)
    names = {each.code: short_name(each.name) for each in below}
    names |= {grid.code: grid.code[-3:] for grid in grids}
    objects = Paginator(queries.objects_of(code), OBJECTS_A_PAGE).get_page(page)
    zones = queries.zones_of(code) if is_community else []
    unit_ids = {g.responsible_unit_id for g in grids} | {z.responsible_unit_id for z in zones}
    units = queries.unit_names(unit_ids)
    return {
        "code": code,
        "line": line[:-1],
        "name": line[-1][1],
        "level": level,
        "drawing": drawing,
        "areas": [(area, names.get(area.code, "")) for area in drawing.areas],
        "linked": not is_community,
        "below": below,
        "grids": [(grid, units.get(grid.responsible_unit_id or 0, "")) for grid in grids],
        "zones": [(zone, units.get(zone.responsible_unit_id or 0, "")) for zone in zones],
        "objects": objects,
    }
