"""Changes of the catalogue: drafted, looked at with what they would do, put in force or dropped."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.administration import actions, queries
from chengshao.administration.forms import RowForm, TableForm, day_after
from chengshao.catalog import actions as catalog_actions
from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Power, TableKind
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import TableRefused
from chengshao.people import queries as people
from chengshao.web.http import error_body, status_of
from chengshao.web.pages import actor_of, needs, stand_at
from chengshao.web.texts import text

_MOST_DECIDED = 50
_WITH_ROLES = (TableKind.RESPONSIBILITIES, TableKind.DUTY_LISTS, TableKind.UNIT_POWERS)


@require_GET
@never_cache
@needs(Power.KEEP_CATALOG)
def drafts(request: HttpRequest) -> HttpResponse:
    """What is drafted and what became of earlier drafts; and the ways to begin one."""
    asked = request.GET.get("kind", "")
    form = TableForm(initial={"kind": asked.replace("-", "_").upper()})
    return _list(request, form)


@require_POST
@never_cache
@needs(Power.KEEP_CATALOG)
def upload(request: HttpRequest) -> HttpResponse:
    """Draft what a whole table would change."""
    stand_at(request, "/administration/")
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    said = form.cleaned_data
    try:
        draft_id = actions.draft_table(
            kind=TableKind(said["kind"]),
            content=said["file"].read(),
            note=said["note"],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except DomainError as error:
        return _list(request, form, error_body(error), status_of(error))
    messages.success(request, _("已存成草案，目录还没有变；请看过核对结果再决定"))
    return redirect("administration:draft", draft_id)


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Power.KEEP_CATALOG)
def row(request: HttpRequest, name: str) -> HttpResponse:
    """Draft a change of one row, or a new one."""
    kind = _slug_kind(name)
    asked = request.GET.get("row", "")[:20]
    known = catalog.cells_of_row(kind, asked) if asked else []
    tomorrow = day_after(timezone.localdate())
    if request.method != "POST":
        return _form(request, kind, RowForm(kind, known, tomorrow))
    form = RowForm(kind, known, tomorrow, request.POST)
    if not form.is_valid():
        return _form(request, kind, form, 422)
    try:
        draft_id = actions.draft_rows(
            kind=kind,
            cells=form.cells(),
            note=form.cleaned_data["note"],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except TableRefused as error:
        form.tell(error.faults)
        return _form(request, kind, form, 422)
    except DomainError as error:
        form.add_error(None, text(error.code, error.params))
        return _form(request, kind, form, status_of(error))
    messages.success(request, _("已存成草案，目录还没有变；请看过核对结果再决定"))
    return redirect("administration:draft", draft_id)


@require_GET
@never_cache
@needs(Power.KEEP_CATALOG)
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """One draft: what it changes, what it would have done to past cases, what it costs."""
    return _draft(request, draft_id)


@require_POST
@needs(Power.KEEP_CATALOG)
def check(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Check it once more against the cases and the catalogue of now."""
    return _decide(request, draft_id, actions.check_again, _("已重新核对"))


@require_POST
@needs(Power.KEEP_CATALOG)
def put_in_force(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Take it into the catalogue."""
    return _decide(request, draft_id, catalog_actions.put_in_force, _("已写入目录，到日子就生效"))


@require_POST
@needs(Power.KEEP_CATALOG)
def drop(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Give it up."""
    return _decide(request, draft_id, catalog_actions.drop_draft, _("已放弃，目录没有变"))


def _decide(
    request: HttpRequest, draft_id: int, decide: Callable[..., object], done: str
) -> HttpResponse:
    try:
        decide(draft_id=draft_id, actor=actor_of(request), at=timezone.now())
    except catalog.DraftNotFound:
        raise
    except DomainError as error:
        return _draft(request, draft_id, error_body(error), status_of(error))
    messages.success(request, done)
    return redirect("administration:draft", draft_id)


def _draft(
    request: HttpRequest, draft_id: int, error: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    page = queries.draft_page(draft_id, actor=actor_of(request), today=timezone.localdate())
    context = {"page": page, "error": error, "status": status, "most": queries.MOST_CASES}
    return render(request, "administration/draft.html", context, status=status)


def _list(
    request: HttpRequest,
    form: TableForm,
    error: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "waiting": catalog.drafts(waiting=True),
        "decided": catalog.drafts(waiting=False)[:_MOST_DECIDED],
        "kinds": [(kind, _slug(kind)) for kind in catalog.DRAFTED],
        "form": form,
        "error": error,
        "status": status,
    }
    return render(request, "administration/drafts.html", context, status=status)


def _form(request: HttpRequest, kind: TableKind, form: RowForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"kind": kind, "form": form}
    if kind in _WITH_ROLES:
        context["roles"] = sorted(people.holders(timezone.localdate()).by_role)
    return render(request, "administration/row.html", context, status=status)


def _slug(kind: TableKind) -> str:
    return kind.value.lower().replace("_", "-")


def _slug_kind(name: str) -> TableKind:
    try:
        kind = TableKind(name.replace("-", "_").upper())
    except ValueError:
        raise Http404 from None
    if kind not in catalog.DRAFTED:
        raise Http404
    return kind
