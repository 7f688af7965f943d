"""The map: where the cases are, and beside it the same as a list."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from chengshao.catalog import queries as catalog
from chengshao.desk import queries
from chengshao.desk.forms import CaseFilterForm
from chengshao.desk.queries import PAGE_SIZE
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.web.maps import shows_map
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import (
    MOST_POINTS,
    Box,
    CasePoint,
    Choice,
    Mapped,
    WorkOrderNotFound,
)
from chengshao.workorders.terms import MapShown, Power

_CHINA = (73.0, 18.0, 135.0, 54.0)  # where nothing is known of the district
_OVERVIEW = 11
_MOST_MATTERS = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, as it goes back into the form."""

    shown: MapShown
    unit_id: int
    matter: str

    @property
    def address(self) -> str:
        """The same as the map's own requests repeat it."""
        said = {"show": self.shown.value, "unit": self.unit_id or "", "matter": self.matter}
        return urlencode({name: value for name, value in said.items() if value})

    def choice(self, today: datetime) -> Choice:
        if not self.matter:
            return Choice(self.shown, self.unit_id)
        found = catalog.find_matters(self.matter, on=localdate(today), limit=_MOST_MATTERS)
        return Choice(self.shown, self.unit_id, {matter.code for matter in found})


@require_GET
@never_cache
@needs(Power.SEE)
@shows_map
def map_page(request: HttpRequest) -> HttpResponse:
    """Cases in sight on the map, those in view as a list beside it; the filters in the address."""
    actor, now, asked = actor_of(request), timezone.now(), _asked(request.GET)
    own = {unit_id for unit_id, _ in actor.reach(Power.SEE)}
    box = _box(request.GET) if "bbox" in request.GET else _whole()
    context = {
        "asked": asked,
        "shown": list(MapShown),
        "units": people.unit_lines(own).values(),
        "bbox": request.GET.get("bbox", "") and _edges(box),
        "rows": queries.mapped_rows(box, asked.choice(now), actor, now),
        "most": PAGE_SIZE,
    }
    return render(request, "desk/map.html", context)


@require_GET
@never_cache
@needs(Power.SEE)
@gzip_page
def map_cases(request: HttpRequest) -> JsonResponse:
    """
    What the map draws: cases in a box, or those of a list by their numbers. Numbers, points and
    states only.

    :raises BoxInvalid: if the box or the zoom is none
    """
    actor, now = actor_of(request), timezone.now()
    if "numbers" in request.GET:
        numbers = request.GET["numbers"].replace("\x00", "").split(",")[: PAGE_SIZE + 1]
        points = workorders.points_of(numbers=numbers, actor=actor, now=now)
        return JsonResponse({"total": len(points), "points": _points(points)})
    asked = _asked(request.GET)
    found = workorders.cases_mapped(
        box=_box(request.GET),
        choice=asked.choice(now),
        counted="density" in request.GET,
        actor=actor,
        now=now,
    )
    return JsonResponse(_drawn(found))


@require_GET
@never_cache
@needs(Power.SEE)
@gzip_page
def map_found(request: HttpRequest) -> HttpResponse:
    """What the map draws of the list of cases: the newest two thousand found."""
    actor, now = actor_of(request), timezone.now()
    units = people.unit_lines({unit_id for unit_id, _ in actor.reach(Power.SEE)})
    form = CaseFilterForm(request.GET, units=list(units.values()))
    if not form.is_valid():
        return HttpResponse(status=422)
    asked = form.asked()
    numbers = workorders.numbers_found(asked, actor=actor, now=now, limit=MOST_POINTS)
    points = workorders.points_of(numbers=numbers, actor=actor, now=now)
    return JsonResponse({"total": len(points), "points": _points(points)})


@require_GET
@never_cache
@needs(Power.SEE)
def map_list(request: HttpRequest) -> HttpResponse:
    """
    The newest cases in a box, as the list beside the map.

    :raises BoxInvalid: if the box or the zoom is none
    """
    actor, now, asked = actor_of(request), timezone.now(), _asked(request.GET)
    rows = queries.mapped_rows(_box(request.GET), asked.choice(now), actor, now)
    return render(request, "desk/map_list.html", {"rows": rows, "most": PAGE_SIZE})


@require_GET
@never_cache
@signed_in
def map_case(request: HttpRequest, number: str) -> HttpResponse:
    """
    The card of a case that was pointed at.

    :raises WorkOrderNotFound: if it is not on the map for this actor
    """
    row = queries.mapped_row(number, actor_of(request), timezone.now())
    if row is None:
        raise WorkOrderNotFound
    return render(request, "desk/map_card.html", {"row": row})


def _asked(query: QueryDict) -> Asked:
    show, unit = query.get("show", ""), query.get("unit", "")
    return Asked(
        MapShown(show) if show in set(MapShown) else MapShown.OPEN,
        whole_number(unit) or 0,
        query.get("matter", "")[:100].replace("\x00", "").strip(),
    )


def _box(query: QueryDict) -> Box:
    return workorders.box_of(query.get("bbox", ""), query.get("zoom", str(_OVERVIEW)))


def _whole() -> Box:
    return Box(*(places.extent() or _CHINA), _OVERVIEW)


def _edges(box: Box) -> str:
    return f"{box.west},{box.south},{box.east},{box.north}"


def _drawn(found: Mapped) -> dict[str, object]:
    cells = [[cell.lng, cell.lat, cell.cases, cell.late] for cell in found.cells]
    return {
        "total": found.total,
        "late": found.late,
        "width": found.lattice.width,
        "height": found.lattice.height,
        "cells": cells,
        "points": _points(found.points),
    }


def _points(points: list[CasePoint]) -> list[list[object]]:
    return [
        [each.number, round(each.lng, 6), round(each.lat, 6), each.mark, int(each.pressing)]
        for each in points
    ]
