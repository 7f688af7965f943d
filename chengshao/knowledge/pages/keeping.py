"""What the owner of items does: write, change, withdraw, put right what is asked."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.kernel.errors import DomainError, Invalid, NotAllowed, NotFound
from chengshao.kernel.words import whole_number
from chengshao.knowledge import actions, queries
from chengshao.knowledge.forms import AssignForm, ItemForm, initial_of
from chengshao.knowledge.queries import ItemLine
from chengshao.knowledge.rules.tables import field_of
from chengshao.knowledge.terms import Power
from chengshao.web.http import status_of
from chengshao.web.pages import actor_of, needs
from chengshao.web.texts import text


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_KNOWLEDGE)
def new(request: HttpRequest) -> HttpResponse:
    """Write an item that there is not yet."""
    units = queries.units_kept_by(actor_of(request), timezone.localdate())
    if request.method == "POST":
        return _publish(request, ItemForm(units, request.POST), None)
    initial = {"seen_number": 0, "valid_from": timezone.localtime(), "kind": "ANSWER"}
    wanted = request.GET.get("title", "").replace("\x00", "")[:60]
    return _show(request, ItemForm(units, initial=initial | {"title": wanted}), None)


@require_http_methods(["GET", "POST"])
@needs(Power.KEEP_KNOWLEDGE)
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Write what an item says from now on; what it said stays to be looked up."""
    actor, code = actor_of(request), code.replace("\x00", "")
    page = queries.item_page(code, actor=actor, at=timezone.now())
    if not page.may_keep:
        raise actions.KnowledgePowerMissing(power=Power.KEEP_KNOWLEDGE)
    units = queries.units_kept_by(actor, timezone.localdate())
    if request.method == "POST":
        return _publish(request, ItemForm(units, request.POST), page.line)
    return _show(request, ItemForm(units, initial=initial_of(page.line)), page.line)


@require_POST
@needs(Power.KEEP_KNOWLEDGE)
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take an item out of use."""
    code = code.replace("\x00", "")
    number = whole_number(request.POST.get("seen_number", "")) or 0
    _do(
        request,
        lambda: actions.withdraw(
            code=code, seen_number=number, actor=actor_of(request), at=timezone.now()
        ),
        _("已停用，念过的版本还查得到"),
    )
    return redirect("knowledge:item", code)


@require_GET
@needs(Power.KEEP_KNOWLEDGE)
def waiting(request: HttpRequest) -> HttpResponse:
    """What is expired, said to be wrong, or missing, of the units whose items I keep."""
    now = timezone.now()
    units = queries.units_kept_by(actor_of(request), timezone.localdate())
    lines = queries.corrections_waiting({unit.id for unit in units}, at=now)
    return render(request, "knowledge/waiting.html", {"lines": lines})


@require_POST
@needs(Power.KEEP_KNOWLEDGE)
def answer(request: HttpRequest, correction_id: int) -> HttpResponse:
    """End a correction in words."""
    _do(
        request,
        lambda: actions.answer_correction(
            correction_id=correction_id,
            reply=request.POST.get("words", ""),
            actor=actor_of(request),
            at=timezone.now(),
        ),
        _("已办结"),
    )
    return redirect("knowledge:waiting")


@require_POST
@needs(Power.KEEP_KNOWLEDGE)
def assign(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Let another unit write what is missing."""
    form = AssignForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for error in form.errors["unit"]))
        return redirect("knowledge:waiting")
    _do(
        request,
        lambda: actions.assign_missing(
            correction_id=correction_id,
            unit_id=form.cleaned_data["unit"],
            actor=actor_of(request),
            at=timezone.now(),
        ),
        _("已交给单位"),
    )
    return redirect("knowledge:waiting")


def _publish(request: HttpRequest, form: ItemForm, line: ItemLine | None) -> HttpResponse:
    if not form.is_valid():
        return _show(request, form, line, status=422)
    try:
        version = actions.publish(
            code=line.code if line else "",
            seen_number=form.cleaned_data["seen_number"],
            draft=form.draft(),
            actor=actor_of(request),
            at=timezone.now(),
        )
    except NotAllowed:
        raise
    except DomainError as error:
        field = field_of(error).lower() if isinstance(error, Invalid | NotFound) else None
        form.add_error(field if field in form.fields else None, text(error.code, error.params))
        return _show(request, form, line, status=status_of(error))
    messages.success(request, str(_("已发布")))
    return redirect("knowledge:item", version.item.code)


def _show(
    request: HttpRequest, form: ItemForm, line: ItemLine | None, status: int = 200
) -> HttpResponse:
    said = queries.corrections_on(line.code, at=timezone.now()) if line else []
    still_open = [each for each in said if each.ended_at is None]
    context = {"form": form, "line": line, "corrections": still_open}
    return render(request, "knowledge/form.html", context, status=status)


def _do(request: HttpRequest, deed: Callable[[], object], said: "str | Promise") -> None:
    """Do what a button asks for and say so, or say why not."""
    try:
        deed()
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        messages.error(request, text(error.code, error.params))
    else:
        messages.success(request, str(said))
