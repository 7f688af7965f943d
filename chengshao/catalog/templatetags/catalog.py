"""What templates may say of the catalogue."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chengshao.kernel.clock import ClockUnit, Limit

register = template.Library()


@register.filter
def limit_words(limit: Limit | None) -> str:
    """Return a limit in words: 2紧急工作时."""
    if limit is None:
        return ""
    n = limit.amount
    match limit.unit:
        case ClockUnit.URGENT_HOUR:
            said = ngettext("{n}紧急工作时", "{n}紧急工作时", n)
        case ClockUnit.WORKING_HOUR:
            said = ngettext("{n}工作时", "{n}工作时", n)
        case ClockUnit.WORKING_DAY:
            said = ngettext("{n}工作日", "{n}工作日", n)
        case ClockUnit.NATURAL_DAY:
            said = ngettext("{n}自然日", "{n}自然日", n)
    return f"{said.format(n=n)}{limit.note}"


@register.filter
def value_words(value: bool | int | Limit) -> str:
    """Return what a parameter says in words: yes or no, a number, a limit."""
    match value:
        case Limit():
            return limit_words(value)
        case bool():
            return _("是") if value else _("否")
    return str(value)


@register.filter
def called(names: dict[str, str], code: str) -> str:
    """Return the name for a code of a matter, condition or division, or the code itself."""
    return names.get(code, code)
