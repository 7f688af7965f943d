"""Fragments that answer while one types: the palette, matters, places, units."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from chengshao.desk import queries
from chengshao.desk.queries import UnitChoice
from chengshao.desk.rules.ways import ways_to
from chengshao.kernel.actor import Actor
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.places import queries as place_queries
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.workorders import queries as workorders
from chengshao.workorders.terms import Power

MOST_WORDS = 100
_UNIT_FIELDS = ("lead", "double", "helping", "copy", "asked", "proposed", "about_unit")
_PICKERS = ("asked", "proposed", "about_unit", "dispatch")


@require_GET
@signed_in
def palette(request: HttpRequest) -> HttpResponse:
    """Cases, units, matters and pages by the same few characters; a page of its own where asked."""
    actor, now, words = actor_of(request), timezone.now(), _words(request)
    pages = [{"href": w.href, "words": w.words, "detail": ""} for w in ways_to(words, actor)]
    groups = [{"words": pgettext("several", "页面"), "lines": pages if not words else pages[:6]}]
    if words:
        cases = [
            {
                "href": reverse("desk:case", args=[line.number]),
                "words": _("已删除") if line.erased else line.words[:60],
                "detail": _("{number}（旧案）").format(number=line.number)
                if line.old
                else line.number,
            }
            for line in queries.cases_called(words, actor, now)
        ]
        units = [
            {"href": reverse("people:unit", args=[u.id]), "words": u.name, "detail": ""}
            for u in people.find_units(words, on=timezone.localdate(now), limit=5)
        ]
        matters = [
            {
                "href": reverse("catalog:matter", args=[m.matter_code]),
                "words": m.name,
                "detail": "",
            }
            for m in queries.find_matters(words, now, limit=5)
        ]
        groups += [
            {"words": pgettext("several", "案卷"), "lines": cases},
            {"words": pgettext("several", "单位"), "lines": units},
            {"words": pgettext("several", "事项"), "lines": matters},
        ]
    fragment = "HX-Request" in request.headers
    return render(
        request,
        "web/components/palette_results.html" if fragment else "desk/palette.html",
        {"groups": [group for group in groups if group["lines"]], "words": words},
    )


@require_GET
@needs(Power.REGISTER, Power.DIRECT_DISPATCH)
def matters(request: HttpRequest) -> HttpResponse:
    """Matters to pick from, by words, class, code or pinyin initials."""
    now = timezone.now()
    channel = request.GET.get("channel", "")[:16]
    found = queries.matter_choices(queries.find_matters(_words(request), now), channel, now)
    return render(request, "desk/do/matters.html", {"matters": found, "searched": True})


@require_GET
@needs(Power.REGISTER, Power.DIRECT_DISPATCH)
def places(request: HttpRequest) -> HttpResponse:
    """Known places to pick from, by words or pinyin initials."""
    found = place_queries.find_places(_words(request), limit=6)
    return render(request, "desk/do/places.html", {"places": found, "searched": True})


@require_GET
@needs(Power.REGISTER, Power.DISPATCH, Power.HANDLE)
def units(request: HttpRequest) -> HttpResponse:
    """Units to pick from; those that are picked already stay."""
    field = request.GET.get("field", "")
    named = {
        name: [n for v in request.GET.getlist(name)[:40] if (n := whole_number(v)) is not None]
        for name in _UNIT_FIELDS
    }
    below = request.GET.get("below", "")
    found = queries.unit_choices(
        _words(request), named, timezone.now(), below=whole_number(below) or 0
    )
    number = request.GET.get("case", "")[:20].replace("\x00", "")
    if field == "dispatch" and number:
        found = _with_obstacles(found, number, actor_of(request))
    context = {"units": found, "searched": True, "field": field if field in _PICKERS else "asked"}
    return render(request, "desk/do/units.html", context)


def _with_obstacles(found: list[UnitChoice], number: str, actor: Actor) -> list[UnitChoice]:
    """:raises WorkOrderNotFound: if the case is not there for this actor"""
    case = workorders.case_of(number=number, actor=actor)
    designates = actor.may(Power.DESIGNATE, case.desk_unit_id, territory=case.territory)
    return queries.with_obstacles(
        found,
        matter=case.matter,
        territory=case.territory,
        on=timezone.localdate(),
        designates=designates,
    )


def _words(request: HttpRequest) -> str:
    names = ("q", "place", "unit", "find_words")  # the fields' own names
    asked = next((request.GET[name] for name in names if request.GET.get(name)), "")
    return asked[:MOST_WORDS].replace("\x00", "").strip()
