"""The table of items in and out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from chengshao.kernel.errors import DomainError
from chengshao.knowledge import actions, queries
from chengshao.knowledge.rules.tables import HEADINGS
from chengshao.knowledge.terms import Power
from chengshao.web.downloads import handed_out
from chengshao.web.forms import TableForm
from chengshao.web.http import error_body, status_of
from chengshao.web.pages import actor_of, needs, signed_in


@require_GET
@signed_in
def export(request: HttpRequest) -> HttpResponse:
    """Take the table of current items away: all staff read all of it."""
    return handed_out(queries.export_items(units=None), f"knowledge-{timezone.localdate()}.xlsx")


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_KNOWLEDGE)
def table(request: HttpRequest) -> HttpResponse:
    """Take a table in; a refused one is told fault by fault."""
    if request.method == "GET":
        return _show(request, TableForm())
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        done = actions.import_items(
            content=form.cleaned_data["file"].read(), actor=actor_of(request), at=timezone.now()
        )
    except DomainError as refusal:
        return _show(request, form, error_body(refusal), status_of(refusal))
    said = _("读了{rows}行，发布{published}条，其余原来就是这样")
    messages.success(request, said.format(rows=done.rows, published=done.published))
    return redirect("knowledge:table")


def _show(
    request: HttpRequest, form: TableForm, error: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "error": error, "status": status, "headings": HEADINGS}
    return render(request, "knowledge/table.html", context, status=status)
