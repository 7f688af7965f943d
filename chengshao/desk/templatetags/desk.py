"""What the desk's forms say when they come back."""

from typing import Any

from django import template
from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def refusal_of(context: Context, *name: object) -> Any:
    """Return why a form was refused and what was typed, or {}: {% refusal_of "DENY" 7 as x %}"""
    refusal = context.get("refusal")
    return refusal if refusal and refusal.form == "-".join(map(str, name)) else {}
