"""Search and list, and one item with what it said before."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengshao.kernel.errors import DomainError, Invalid
from chengshao.kernel.words import whole_number
from chengshao.knowledge import actions, queries
from chengshao.knowledge.forms import WordsForm
from chengshao.knowledge.queries import ItemNotFound, ItemPage
from chengshao.knowledge.terms import ItemKind, Power
from chengshao.people import queries as people
from chengshao.web.pages import actor_of, signed_in
from chengshao.web.texts import text


@require_GET
@signed_in
def items(request: HttpRequest) -> HttpResponse:
    """What is known, by words, kind and owner; the chosen item beside the list."""
    actor, now = actor_of(request), timezone.now()
    words = request.GET.get("words", "").replace("\x00", "").strip()[:400]
    kind = request.GET.get("kind", "")
    kind = kind if kind in set(ItemKind) else ""
    unit_id, before = (whole_number(request.GET.get(name, "")) for name in ("unit", "before"))
    if before is None or words:
        lines = queries.find_items(words, kind=kind, unit_id=unit_id, at=now)
    else:
        lines = queries.older_items(before, kind=kind, unit_id=unit_id, at=now)
    full = len(lines) == queries.MOST_SHOWN
    asked = request.GET.get("item", "").replace("\x00", "")[:20]
    named = people.unit_lines([unit_id], timezone.localdate()) if unit_id else {}
    context: dict[str, Any] = {
        "lines": lines,
        "words": words,
        "kind": kind,
        "kinds": list(ItemKind),
        "unit": next(iter(named.values()), None),
        "most": full and bool(words),
        "older": lines[-1].id if full and not words else None,
        "asked": asked,
        "keeps": actor.holds(Power.KEEP_KNOWLEDGE),
    }
    if asked:
        context["page"] = _page_or_none(request, asked)
    return render(request, "knowledge/items.html", context)


@require_GET
@signed_in
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item: what is read aloud, on what it stands, who owns it until when."""
    page = queries.item_page(code.replace("\x00", ""), actor=actor_of(request), at=timezone.now())
    return _show(request, page)


@require_POST
@signed_in
def wrong(request: HttpRequest, code: str) -> HttpResponse:
    """Say that an item is wrong or lacks something."""
    code = code.replace("\x00", "")
    form = WordsForm(request.POST)
    try:
        words = form.data.get("words", "") if not form.is_valid() else form.cleaned_data["words"]
        actions.report_wrong(code=code, words=words, actor=actor_of(request), at=timezone.now())
    except Invalid as error:
        page = queries.item_page(code, actor=actor_of(request), at=timezone.now())
        said = {"wrong_words": form.data.get("words", ""), "wrong_refused": _told(error)}
        return _show(request, page, said, status=422)
    messages.success(request, _("已告诉归口单位"))
    return redirect("knowledge:item", code)


@require_POST
@signed_in
def missing(request: HttpRequest) -> HttpResponse:
    """Say that there is nothing on what callers ask."""
    words = request.POST.get("words", "")
    try:
        actions.report_missing(words=words, actor=actor_of(request), at=timezone.now())
    except Invalid as error:
        messages.error(request, _told(error))
    else:
        messages.success(request, _("已告诉派单台，由它交给单位来写"))
    return redirect("knowledge:items")


def _show(
    request: HttpRequest, page: ItemPage, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    corrections = queries.corrections_on(page.line.code, at=timezone.now())
    context = {"page": page, "corrections": corrections, **(more or {})}
    return render(request, "knowledge/item.html", context, status=status)


def _page_or_none(request: HttpRequest, code: str) -> ItemPage | None:
    try:
        return queries.item_page(code, actor=actor_of(request), at=timezone.now())
    except ItemNotFound:
        return None


def _told(error: DomainError) -> str:
    return text(error.code, error.params)
