"""What becomes of a demand, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengshao.web.moments import day
from chengshao.web.texts import term


def closing_words(closing: Mapping[str, Any], today: date) -> str:
    """Return what becomes of the demand, with what its kind names (F17)."""
    if not closing:
        return ""
    words = [term("closing_kind", closing["kind"])]
    if closing.get("promised_on"):
        words.append(_("{day}前").format(day=day_of(closing["promised_on"], today)))
    if closing.get("procedure_on"):
        words.append(closing.get("organ") or _("已删除"))
        words += [closing["procedure_number"]] if closing.get("procedure_number") else []
        words.append(day_of(closing["procedure_on"], today))
    if closing.get("ledger_level"):
        words.append(term("ledger_level", closing["ledger_level"]))
        words.append(_("{day}复核").format(day=day_of(closing["review_on"], today)))
    return pgettext("between parts", "，").join(words)


def day_of(on: str, today: date) -> str:
    return day(date.fromisoformat(on), today)
