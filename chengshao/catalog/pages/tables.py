"""Tables in and out, for the keeper of the catalogue."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chengshao.catalog import actions, queries
from chengshao.catalog.terms import Power, TableKind
from chengshao.kernel.errors import DomainError, Refused
from chengshao.web.downloads import handed_out
from chengshao.web.forms import TableForm
from chengshao.web.http import error_body, status_of
from chengshao.web.pages import actor_of, needs


class TableByDraft(Refused):
    code = "table_by_draft"


@require_GET
@needs(Power.KEEP_CATALOG)
def tables(request: HttpRequest) -> HttpResponse:
    """All tables, each to take in or away."""
    rows = [_row(kind, TableForm(auto_id=f"{kind}_%s")) for kind in TableKind]
    return render(request, "catalog/tables.html", {"tables": rows})


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_CATALOG)
def table(request: HttpRequest, name: str) -> HttpResponse:
    """
    Take a table away (GET), or one of the calendar's in (POST); a refused one is told fault by
    fault. What decides on cases is drafted first, so that it is seen what it would do.

    :raises TableByDraft: of such a table
    """
    try:
        kind = TableKind(name.replace("-", "_").upper())
    except ValueError:
        raise Http404 from None
    if request.method == "GET":
        return handed_out(queries.export_table(kind), f"{name}-{timezone.localdate()}.xlsx")
    if kind in queries.DRAFTED:
        raise TableByDraft
    form = TableForm(request.POST, request.FILES)
    error: dict[str, Any] | None = None
    status = 422
    if form.is_valid():
        try:
            done = actions.import_table(
                kind=kind,
                content=form.cleaned_data["file"].read(),
                actor=actor_of(request),
                at=timezone.now(),
            )
        except DomainError as refusal:
            error, status = error_body(refusal), status_of(refusal)
        else:
            said = _("读了{rows}行，新增{added}条，终止{ended}条，其余原来就有")
            messages.success(
                request, said.format(rows=done.rows, added=done.added, ended=done.ended)
            )
            return redirect("catalog:tables")
    context = {"tables": [_row(kind, form)], "error": error, "status": status}
    return render(request, "catalog/tables.html", context, status=status)


def _row(kind: TableKind, form: TableForm) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": kind.value.lower().replace("_", "-"),
        "headings": queries.TABLES[kind].headings,
        "form": form,
        "drafted": kind in queries.DRAFTED,
    }
