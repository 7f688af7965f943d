"""How minutes and hours a year are said."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()
_HOUR = 60
_WHOLE_HOURS = 100 * _HOUR  # from here on a part of an hour says nothing


@register.filter
def signed_minutes(minutes: str) -> str:
    """Return minutes for one case with their sign: +3分钟, -0.5分钟."""
    n = Decimal(minutes).normalize()
    return _("{n}分钟").format(n=f"{n:+f}")


@register.filter
def hours(minutes: str) -> str:
    """Return minutes a year as hours, below one hour as minutes, with their sign."""
    n = Decimal(minutes)
    if abs(n) < _HOUR:
        return signed_minutes(minutes)
    exact = Decimal(1) if abs(n) >= _WHOLE_HOURS else Decimal("0.1")
    said = (n / _HOUR).quantize(exact, ROUND_HALF_UP)
    said = said.to_integral_value() if said == said.to_integral_value() else said
    one = abs(said) == 1
    return ngettext("{n}小时", "{n}小时", 1 if one else 2).format(n=f"{said:+,}")
