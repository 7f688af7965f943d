"""Matters and who leads them, for all staff."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chengshao.catalog import queries
from chengshao.catalog.queries import MatterVersion, ResponsibilityLine
from chengshao.catalog.rules.codes import kind_of_code
from chengshao.catalog.terms import DutyListKind, MatterKind, Power, TableKind
from chengshao.kernel.clock import Limit
from chengshao.kernel.finding import MAX_WORDS
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.places import queries as places
from chengshao.places.queries import DivisionLine
from chengshao.web.pages import actor_of, signed_in

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of responsibility with its units."""

    line: ResponsibilityLine
    lead: UnitLine | None
    helpers: list[UnitLine]


@require_GET
@signed_in
def matters(request: HttpRequest) -> HttpResponse:
    """All matters of a class, or those that words, a code or pinyin initials find."""
    today = timezone.localdate()
    words = request.GET.get("words", "").strip()[:MAX_WORDS]
    names = queries.classes(today)
    chosen = request.GET.get("class", "")
    if chosen not in names:
        chosen = "" if words else next(iter(names), "")
    if words:
        found = queries.find_matters(words, on=today, limit=_SHOWN)
        found = [matter for matter in found if matter.code.startswith(chosen)]
    else:
        found = queries.matters_of_class(chosen, on=today) if chosen else []
    context = {
        "words": words,
        "class_code": chosen,
        "kinds": _by_kind(names),
        "rows": [(matter, _strictest(matter)) for matter in found],
        "most": len(found) == _SHOWN,
    }
    return _page(request, "catalog/matters.html", context)


@require_GET
@signed_in
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: its conditions and limits, its tracks, who leads it where, its versions."""
    today = timezone.localdate()
    versions = queries.matter_versions(code)
    current = next((v for v in versions if v.holds_on(today)), None)
    streets = _subdistricts()
    territory = request.GET.get("territory", "")
    if territory not in {street.code for street in streets}:
        territory = ""
    context = {
        "matter": current or versions[0],
        "current": current is not None,
        "versions": queries.versions_of(TableKind.MATTERS, (versions[0].matter_code,), today=today),
        "streets": streets,
        "territory": territory,
        "responsibilities": _shown(versions[0].code, territory, today),
        "rules": queries.track_rules_of(versions[0].code, today),
    }
    return _page(request, "catalog/matter.html", context)


@require_GET
@signed_in
def responsibilities(request: HttpRequest) -> HttpResponse:
    """Who leads what by which document, class by class."""
    today = timezone.localdate()
    names = queries.classes(today)
    chosen = request.GET.get("class", "")
    if chosen not in names:
        chosen = next(iter(names), "")
    rows = list(queries.responsibilities(today, matter_code=chosen)) if chosen else []
    context = {
        "class_code": chosen,
        "kinds": _by_kind(names),
        "rows": rows,
        "names": queries.matter_names({row.matter_code for row in rows}, today) | names,
        "divisions": places.division_names({row.territory for row in rows if row.territory}),
    }
    return _page(request, "catalog/responsibilities.html", context)


@require_GET
@signed_in
def duties(request: HttpRequest) -> HttpResponse:
    """The three lists of a sub-district, or a community's list."""
    today = timezone.localdate()
    territories = queries.territories_with_lists(today)
    labels = places.division_names(territories)
    chosen = request.GET.get("territory", "")
    if chosen not in territories:
        chosen = next(iter(territories), "")
    rows = list(queries.duty_list(chosen, today)) if chosen else []
    context = {
        "territory": chosen,
        "territories": [(code, labels.get(code, code)) for code in territories],
        "lists": [(kind, [r for r in rows if r.list_kind == kind]) for kind in DutyListKind],
        "names": queries.matter_names({row.matter_code for row in rows}, today)
        | queries.classes(today),
    }
    return _page(request, "catalog/duties.html", context)


@require_GET
@signed_in
def limits(request: HttpRequest) -> HttpResponse:
    """How long each step may take, which track a demand takes, what else is settled."""
    today = timezone.localdate()
    rules = list(queries.track_rules(today))
    settled = queries.parameter_rows(today)
    context = {
        "rows": [(row, queries.limit_of_row(row)) for row in queries.task_limits(today)],
        "rules": rules,
        "names": queries.matter_names({rule.matter_code for rule in rules}, today)
        | queries.classes(today),
        "parameters": [(row, queries.value_of_row(row)) for row in settled],
    }
    return _page(request, "catalog/limits.html", context)


@require_GET
@signed_in
def row_versions(request: HttpRequest, name: str) -> HttpResponse:
    """All versions of one row of a table, those to come too, and in what each differs."""
    kind = _kind_called(name)
    key = queries.key_of_row(kind, request.GET.get("row", "")[:20])
    table, today = queries.TABLES[kind], timezone.localdate()
    named = dict(zip(table.key, key, strict=True))
    code, territory = named.get("matter_code", ""), named.get("territory", "")
    context = {
        "kind": kind,
        "columns": [
            (column, named[column.field]) for column in table.columns if column.field in named
        ],
        "names": queries.matter_names({code}, today) | queries.classes(today) if code else {},
        "divisions": places.division_names({territory}) if territory else {},
        "versions": queries.versions_of(kind, key, today=today),
        "row_id": request.GET.get("row", "")[:20],
        "slug": name,
    }
    return _page(request, "catalog/versions.html", context)


@require_GET
@signed_in
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """What a unit may do, with the document behind each power (B4, B5)."""
    today = timezone.localdate()
    page = people.unit_page(unit_id, today, actor_of(request))
    roles = {role.role for role in page.roles}
    leads = queries.responsibilities_of_roles(roles, today)
    context = {
        "unit": page.line,
        "powers": queries.unit_powers(kind=page.line.kind, roles=roles, on=today),
        "rows": leads,
        "names": queries.matter_names({row.matter_code for row in leads}, today)
        | queries.classes(today),
    }
    return _page(request, "catalog/unit.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    may_keep = actor_of(request).holds(Power.KEEP_CATALOG)
    return render(request, template, context | {"may_keep": may_keep})


def _kind_called(name: str) -> TableKind:
    """:raises Http404: if it is no table of dated rows"""
    try:
        kind = TableKind(name.replace("-", "_").upper())
    except ValueError:
        raise Http404 from None
    if kind not in queries.DRAFTED or kind is TableKind.MATTERS:
        raise Http404
    return kind


def _by_kind(names: dict[str, str]) -> list[tuple[MatterKind, list[tuple[str, str]]]]:
    found: dict[MatterKind, list[tuple[str, str]]] = {}
    for code, name in names.items():
        found.setdefault(kind_of_code(code), []).append((code, name))
    return list(found.items())


def _strictest(matter: MatterVersion) -> Limit | None:
    return queries.strictest([limit for c in matter.conditions for _, limit in c.limits])


def _subdistricts() -> list[DivisionLine]:
    try:
        return places.divisions_below(places.district_code())
    except places.DistrictNotFound:
        return []


def _shown(code: str, territory: str, on: date) -> list[Shown]:
    lines = queries.responsibilities_for(code, territory, on)
    units = people.unit_lines(queries.units_named(lines), on)
    return [
        Shown(
            line,
            units.get(line.lead_unit_id) if line.lead_unit_id is not None else None,
            [units[unit_id] for unit_id in line.co_unit_ids],
        )
        for line in lines
    ]
