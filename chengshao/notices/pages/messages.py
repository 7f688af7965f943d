"""What messages say, how often one person is written to, and when not: dated rows."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as said
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from chengshao.kernel.errors import DomainError, NotAllowed
from chengshao.notices import actions, queries
from chengshao.notices.forms import BudgetForm, TemplateForm
from chengshao.notices.queries import BudgetMissing
from chengshao.notices.rules.kinds import FOR_CITIZENS, FOR_STAFF, parameters_of
from chengshao.notices.terms import NoticeKind, Power
from chengshao.web.downloads import handed_out
from chengshao.web.forms import TableForm
from chengshao.web.http import error_body, status_of
from chengshao.web.pages import actor_of, needs
from chengshao.web.texts import text


@require_GET
@needs(Power.KEEP_MESSAGES)
def messages(request: HttpRequest) -> HttpResponse:
    """Every message as it is sent today, and the budget."""
    return _all(request, TableForm())


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_MESSAGES)
def table(request: HttpRequest) -> HttpResponse:
    """Take the words of all messages away (GET) or in (POST); faults are told by row and column."""
    if request.method == "GET":
        today = localdate()
        return handed_out(actions.export_templates(on=today), f"messages-{today}.xlsx")
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _all(request, form, status=422)
    try:
        changed = actions.import_templates(
            content=form.cleaned_data["file"].read(), actor=actor_of(request), at=timezone.now()
        )
    except DomainError as refusal:
        return _all(request, form, error_body(refusal), status_of(refusal))
    said.success(request, _("已导入，%(count)d行有变化") % {"count": changed})
    return redirect("notices:messages")


def _all(
    request: HttpRequest,
    form: TableForm,
    error: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = localdate()
    templates = queries.templates_on(today)
    try:
        budget = queries.budget_on(today)
    except BudgetMissing:
        budget = None
    groups = (
        (_("发给诉求人"), [(kind, templates.get(kind)) for kind in FOR_CITIZENS]),
        (_("发给工作人员"), [(kind, templates.get(kind)) for kind in FOR_STAFF]),
    )
    context = {
        "groups": groups,
        "budget": budget,
        "page": "messages",
        "may_keep": True,
        "form": form,
        "error": error,
        "status": status,
    }
    return render(request, "notices/messages.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_MESSAGES)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """One message: its words today and before, and the form for what it says from a day on."""
    if kind not in NoticeKind.__members__:
        raise Http404
    of = NoticeKind(kind)
    versions = list(queries.versions_of(of)[:20])
    form = TemplateForm(
        request.POST or None, initial={"text": versions[0].text} if versions else None
    )

    def settle() -> bool:
        return actions.set_template(
            kind=of, **form.cleaned_data, actor=actor_of(request), at=timezone.now()
        )

    if request.method == "POST" and _done(request, form, settle, _("消息模板已更新")):
        return redirect("notices:messages")
    context = {
        "form": form,
        "kind": of,
        "versions": versions,
        "parameters": [f"{{{name}}}" for name in parameters_of(of)],
    }
    return render(request, "notices/template.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_MESSAGES)
def budget(request: HttpRequest) -> HttpResponse:
    """How often one person is written to at most, and the quiet hours."""
    try:
        row = queries.budget_on(localdate())
        kept = {
            name: getattr(row, name)
            for name in ("per_day", "per_week", "quiet_from", "quiet_until")
        }
    except BudgetMissing:
        kept = {}
    form = BudgetForm(request.POST or None, initial=kept)

    def settle() -> bool:
        return actions.set_budget(**form.cleaned_data, actor=actor_of(request), at=timezone.now())

    if request.method == "POST" and _done(request, form, settle, _("联系上限已更新")):
        return redirect("notices:messages")
    return render(request, "notices/budget.html", {"form": form}, status=_status(form))


def _done(
    request: HttpRequest, form: Form, settle: Callable[[], bool], words: "str | Promise"
) -> bool:
    """Settle what a valid form says; a refusal stays at the form."""
    if not form.is_valid():
        return False
    try:
        new = settle()
    except NotAllowed:
        raise
    except DomainError as error:
        field = _FIELDS.get(error.code)
        form.add_error(field if field in form.fields else None, text(error.code, error.params))
        return False
    said.success(request, str(words if new else _("原来就是这样，没有变化")))
    return True


_FIELDS = {
    "notice_date_past": "valid_from",
    "notice_date_taken": "valid_from",
    "notice_template_missing": "text",
    "notice_template_names_no_case": "text",
    "notice_template_too_long": "text",
    "notice_template_unreadable": "text",
    "notice_template_asks_unknown": "text",
}


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200
