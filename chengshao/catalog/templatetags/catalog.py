"""What templates may say of the catalogue."""

from datetime import date
from typing import Any

from django import template
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chengshao.catalog.rules.tables import Column, Holds
from chengshao.kernel.clock import ClockUnit, Limit, parse_limit
from chengshao.web.texts import term

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


@register.filter
def is_to_come(day: date) -> bool:
    """Tell whether something begins on a later day than today."""
    return day > localdate()


@register.filter
def cell_words(column: Column, value: Any) -> str:
    """Return what stands in a cell in the reader's words; values may come as kept in JSON."""
    if value is None or value == "" or value == [] or value == ():
        return _("空")
    match column.holds:
        case Holds.WORD:
            return term(column.vocabulary, value)
        case Holds.WORDS:
            return _("、").join(term(column.vocabulary, each) for each in value)
        case Holds.TEXTS:
            return _("、").join(value)
        case Holds.YES_NO:
            return _("是") if value else _("否")
        case Holds.LIMIT | Holds.NUMBER_OR_LIMIT if isinstance(value, str):
            return limit_words(parse_limit(value))
        case Holds.LIMIT | Holds.NUMBER_OR_LIMIT:
            return value_words(value)
    return str(value)
