"""What the desk's forms offer, and what they say when they come back."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.timezone import localdate

from chengshao.desk import queries
from chengshao.desk.queries import CasePage
from chengshao.web.pages import actor_of
from chengshao.web.texts import TERMS, term
from chengshao.workorders.terms import (
    DIRECT_CLOSINGS,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    ReportKind,
    Resolution,
    Satisfaction,
)

register = template.Library()

_OFFERED = {
    "contact_result": ContactResult,
    "decline_ground": DeclineGround,
    "ledger_level": LedgerLevel,
    "report_kind": ReportKind,
    "resolution": Resolution,
    "satisfaction": Satisfaction,
}


@register.simple_tag(takes_context=True)
def refusal_of(context: Context, *name: object) -> Any:
    """Return why a form was refused and what was typed, or {}: {% refusal_of "DENY" 7 as x %}"""
    refusal = context.get("refusal")
    return refusal if refusal and refusal.form == "-".join(map(str, name)) else {}


@register.simple_tag
def choices_of(vocabulary: str) -> list[tuple[str, str]]:
    """Return what may be chosen, in words: {% choices_of "decline_ground" as grounds %}"""
    return [(str(value), term(vocabulary, value)) for value in _OFFERED[vocabulary]]


@register.simple_tag
def closing_said(closing: Mapping[str, Any]) -> str:
    """Return what becomes of the demand, in words: {% closing_said draft.closing %}"""
    return queries.closing_words(closing, localdate())


@register.simple_tag
def call_buttons() -> tuple[str, ...]:
    """Return how most calls go: one tap each; the others are folded."""
    return ContactResult.TALKED, ContactResult.NOBODY, ContactResult.WRONG_NUMBER


@register.simple_tag
def closings(directly: bool = False) -> list[tuple[str, str, str]]:
    """Return the kinds of closing with their words and hints, solved first."""
    kinds = DIRECT_CLOSINGS if directly else tuple(ClosingKind)
    hints = TERMS["closing_hint"]
    return [(str(kind), term("closing_kind", kind), str(hints[kind])) for kind in kinds]


@register.simple_tag
def names(refusal: Any, field: str, key: str, otherwise: bool = False) -> bool:
    """Tell whether a form that came back names this unit in a field; else what it offers first."""
    if not refusal:
        return otherwise
    return key in refusal.named.get(field, ())


@register.simple_tag
def error_of(*told: Any) -> str:
    """Return the first error of these: {% error_of no "asked" "proposed" as says %}"""
    refusals = [each for each in told if not isinstance(each, str)]
    fields = [each for each in told if isinstance(each, str)]
    errors = (refusal.errors.get(field) for refusal in refusals if refusal for field in fields)
    return next((error for error in errors if error), "")


@register.simple_tag
def answer_draft(page: CasePage) -> str:
    """Return an answer begun from the facts: {% answer_draft page as drafted %}"""
    return queries.draft_of(page)


@register.simple_tag(takes_context=True)
def words_for_group(context: Context, page: CasePage) -> str:
    """Return what a work group may read of the case, with its address."""
    path = reverse("desk:case", args=[page.view.case.number])
    return queries.group_words(page, context["request"].build_absolute_uri(path))


@register.simple_tag(takes_context=True)
def words_for_platform(context: Context, page: CasePage) -> str:
    """Return the answer as its platform gets it, or ""."""
    return queries.platform_words(page, actor_of(context["request"]))
