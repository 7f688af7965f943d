"""Tables in and out: what is taken away is what can be handed in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from chengshao.kernel.errors import DomainError
from chengshao.people import actions
from chengshao.people.terms import Power
from chengshao.web.downloads import handed_out
from chengshao.web.forms import TableForm
from chengshao.web.http import error_body, status_of
from chengshao.web.pages import PageNotAllowed, actor_of, signed_in


@dataclass(frozen=True, slots=True)
class Table:
    words: Any
    power: Power
    headings: Sequence[str]
    take_in: Callable[..., int]
    take_away: Callable[[date], bytes]


TABLES = {
    "units": Table(
        pgettext_lazy("several", "单位"),
        Power.KEEP_UNITS,
        actions.UNITS,
        actions.import_units,
        actions.export_units,
    ),
    "unit-roles": Table(
        pgettext_lazy("several", "单位角色"),
        Power.KEEP_UNITS,
        actions.UNIT_ROLES,
        actions.import_unit_roles,
        actions.export_unit_roles,
    ),
    "roster": Table(
        gettext_lazy("值班表"),
        Power.KEEP_UNITS,
        actions.ROSTER,
        actions.import_roster,
        actions.export_roster,
    ),
    "staff": Table(
        gettext_lazy("人员与任职"),
        Power.APPOINT,
        actions.STAFF,
        actions.import_staff,
        actions.export_staff,
    ),
    "role-powers": Table(
        gettext_lazy("岗位权限"),
        Power.APPOINT,
        actions.ROLE_POWERS,
        actions.import_role_powers,
        actions.export_role_powers,
    ),
}


@require_GET
@signed_in
def tables(request: HttpRequest) -> HttpResponse:
    """The tables that I may take in or away."""
    mine = [
        (name, table, TableForm(auto_id=f"{name}_%s"))
        for name, table in TABLES.items()
        if _may(request, table)
    ]
    if not mine:
        raise PageNotAllowed
    return render(request, "people/tables.html", {"tables": mine})


@require_http_methods(["GET", "POST"])
@signed_in
def table(request: HttpRequest, name: str) -> HttpResponse:
    """Take a table away (GET) or in (POST); a refused one is told fault by fault."""
    if name not in TABLES:
        raise Http404
    asked = TABLES[name]
    if not _may(request, asked):
        raise PageNotAllowed
    if request.method == "GET":
        today = timezone.localdate()
        return handed_out(asked.take_away(today), f"{name}-{today}.xlsx")
    form = TableForm(request.POST, request.FILES)
    error: dict[str, Any] | None = None
    status = 422
    if form.is_valid():
        try:
            changed = asked.take_in(
                content=form.cleaned_data["file"].read(),
                actor=actor_of(request),
                at=timezone.now(),
            )
        except DomainError as refusal:
            error, status = error_body(refusal), status_of(refusal)
        else:
            messages.success(request, _("已导入，%(count)d行有变化") % {"count": changed})
            return redirect("people:tables")
    context = {"tables": [(name, asked, form)], "error": error}
    return render(request, "people/tables.html", context, status=status)


def _may(request: HttpRequest, asked: Table) -> bool:
    return actor_of(request).may(asked.power)
