"""How minutes and hours a year are said."""

from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()
_HOUR = 60


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
    whole = int((n / _HOUR).quantize(Decimal(1), ROUND_HALF_UP))
    return ngettext("{n}小时", "{n}小时", abs(whole)).format(n=f"{whole:+,}")
