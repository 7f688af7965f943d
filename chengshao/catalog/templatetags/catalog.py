"""What templates may say of the catalogue."""

from django import template
from django.utils.translation import gettext

from chengshao.kernel.clock import Limit
from chengshao.web.texts import term

register = template.Library()


@register.filter
def limit_words(limit: Limit | None) -> str:
    """Return a limit in words: 2紧急工作时."""
    if limit is None:
        return ""
    said = gettext("{amount}{unit}").format(
        amount=limit.amount, unit=term("clock_unit", limit.unit)
    )
    return f"{said}{limit.note}"


@register.filter
def called(names: dict[str, str], code: str) -> str:
    """Return the name for a code of a matter, condition or division, or the code itself."""
    return names.get(code, code)
