"""Units: the tree, one unit through time, and what the keeper of units does with them."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.people import actions, queries
from chengshao.people.forms import (
    CloseForm,
    EndForm,
    MergeForm,
    MoveForm,
    NewUnitForm,
    RenameForm,
    ShiftForm,
    SplitForm,
    UnitRoleForm,
)
from chengshao.people.pages._forms import done, status_of_form
from chengshao.people.terms import ParentRelation, Power
from chengshao.web.pages import actor_of, needs, signed_in

_FORMS: dict[str, tuple[Any, type[Form]]] = {
    "rename": (_("更名"), RenameForm),
    "move": (_("调整隶属"), MoveForm),
    "role": (_("增加单位角色"), UnitRoleForm),
    "shift": (_("增加班次"), ShiftForm),
    "merge": (_("并入其他单位"), MergeForm),
    "split": (_("拆分"), SplitForm),
    "close": (_("停用"), CloseForm),
}


@require_GET
@signed_in
def units(request: HttpRequest) -> HttpResponse:
    """All units as a tree, or those found by words or pinyin initials."""
    words = request.GET.get("words", "").strip()[:80]
    today = timezone.localdate()
    found = queries.find_units(words, on=today, limit=100) if words else []
    context = {
        "words": words,
        "found": found,
        "tree": () if words else queries.unit_tree(today),
        "may_keep": actor_of(request).may(Power.KEEP_UNITS),
    }
    return render(request, "people/units.html", context)


@require_GET
@signed_in
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One unit: what it is, its names and parents through time, who is on duty."""
    return _show(request, unit_id)


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_UNITS)
def new_unit(request: HttpRequest) -> HttpResponse:
    """Open a unit."""
    form = NewUnitForm(request.POST or None)
    opened: list[int] = []

    def open_it() -> None:
        opened.append(
            actions.open_unit(
                unit=form.unit(),
                document=form.cleaned_data["document"],
                actor=actor_of(request),
                at=timezone.now(),
            )
        )

    if request.method == "POST" and done(request, form, open_it, _("单位已设立")):
        return redirect("people:unit", opened[0])
    return render(request, "people/new_unit.html", {"form": form}, status=status_of_form(form))


@require_POST
@needs(Power.KEEP_UNITS)
def change_unit(request: HttpRequest, unit_id: int, command: str) -> HttpResponse:
    """Rename, move, merge, split or close a unit, give it a role or a shift, from a day on."""
    if command not in _FORMS:
        raise Http404
    form = _FORMS[command][1](request.POST, auto_id=f"{command}_%s")
    if done(request, form, _deed(request, unit_id, command, form), _("已办好")):
        return redirect("people:unit", unit_id)
    return _show(request, unit_id, {command: form}, status_of_form(form))


@require_POST
@needs(Power.KEEP_UNITS)
def end_unit_role(request: HttpRequest, unit_id: int, unit_role_id: int) -> HttpResponse:
    """End a role of a unit from today."""
    form = EndForm(request.POST)
    if form.is_valid():
        actions.end_unit_role(
            unit_role_id=unit_role_id, on=form.day(), actor=actor_of(request), at=timezone.now()
        )
    return redirect("people:unit", unit_id)


@require_POST
@needs(Power.KEEP_UNITS)
def end_shift(request: HttpRequest, unit_id: int, duty_id: int) -> HttpResponse:
    """Take a shift off a unit's roster from today."""
    form = EndForm(request.POST)
    if form.is_valid():
        actions.end_duty_shift(
            duty_id=duty_id, on=form.day(), actor=actor_of(request), at=timezone.now()
        )
    return redirect("people:unit", unit_id)


def _deed(request: HttpRequest, unit_id: int, command: str, form: Form) -> Callable[[], object]:
    def do() -> None:
        said = form.cleaned_data
        by: dict[str, Any] = {"actor": actor_of(request), "at": timezone.now()}
        common = by | {"on": said["on"], "document": said.get("document", "")}
        match command:
            case "shift":
                assert isinstance(form, ShiftForm)
                actions.keep_duty_shift(unit_id=unit_id, shift=form.shift(), **by)
            case "rename":
                names = {key: said[key] for key in ("name", "short_name", "face")}
                actions.rename_unit(unit_id=unit_id, **names, **common)
            case "move":
                relation = ParentRelation(said["relation"])
                actions.move_unit(
                    unit_id=unit_id, parent_id=said["parent"], relation=relation, **common
                )
            case "role":
                place = {key: said[key] for key in ("role", "territory")}
                actions.give_unit_role(unit_id=unit_id, **place, **common)
            case "merge":
                actions.merge_units(unit_ids={unit_id}, into_id=said["into"], **common)
            case "split":
                actions.split_unit(
                    unit_id=unit_id,
                    into_ids=said["into"],
                    open_work_to=said["open_work_to"],
                    **common,
                )
            case _:
                actions.close_unit(unit_id=unit_id, successor_id=said["successor"], **common)

    return do


def _show(
    request: HttpRequest, unit_id: int, bound: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    actor, refused = actor_of(request), bound or {}
    page = queries.unit_page(unit_id, timezone.localdate(), actor)
    forms = (
        [
            (command, words, refused.get(command) or _blank(command), command in refused)
            for command, (words, _kind) in _FORMS.items()
        ]
        if actor.may(Power.KEEP_UNITS, unit_id) and not page.unit.valid_until
        else []
    )
    return render(request, "people/unit.html", {"page": page, "forms": forms}, status=status)


def _blank(command: str) -> Form:
    return _FORMS[command][1](auto_id=f"{command}_%s")  # several forms stand on one page
