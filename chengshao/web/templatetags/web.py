"""What all templates may say: terms, moments, icons, form controls."""

import json
from collections.abc import Callable
from datetime import date, datetime

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from chengshao.web import moments, texts
from chengshao.web.client_words import CLIENT_WORDS
from chengshao.web.icons import drawings

register = template.Library()

_BARE = frozenset({"checkbox", "checkboxselectmultiple", "radioselect", "hidden"})


@register.filter
def term(value: object, vocabulary: str) -> str:
    """Return the word for a term: {{ case.step|term:"step" }}."""
    return texts.term(vocabulary, value) if value else ""


@register.simple_tag
def map_key() -> str:
    """Return the key of the national map (天地图), "" where there is none."""
    key: str = settings.TIANDITU_KEY
    return key


@register.filter
def local_time(at: datetime | None) -> str:
    """Return an aware time as one says it, in full on hovering: 今天07:36, 11月16日."""
    return _time(at, moments.moment)


@register.filter
def due_time(at: datetime | None) -> str:
    """Return when something is due, always with its hour: 明天12:00, 11月27日12:00."""
    return _time(at, moments.deadline)


@register.filter
def full_time(at: datetime | None) -> str:
    """Return an aware time in full, for paper: 2026年11月16日 07:36."""
    return _time(at, lambda at, now: moments.full(at))


def _time(at: datetime | None, words: Callable[[datetime, datetime], str]) -> str:
    if at is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        moments.full(at),
        words(at, timezone.now()),
    )


@register.filter
def local_date(on: date | None) -> str:
    """Return a date as one says it: 11月16日, with the year where it isn't this one."""
    if on is None:
        return ""
    said = moments.day(on, timezone.localdate())
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), said)


@register.filter
def number(n: int) -> str:
    """Return a number of things with commas: 1,260. Never for ids and codes."""
    return f"{n:,}"


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is decoration beside words."""
    drawn = mark_safe(drawings()[name])
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            label,
            drawn,
        )
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', drawn)


@register.filter
def control(field: BoundField) -> SafeString:
    """Return the field's widget in our look; ARIA comes from Django."""
    widget = field.field.widget
    own = widget.attrs.get("class", "")
    css = own if field.widget_type in _BARE else f"input {own}".strip()
    return field.as_widget(attrs={"class": css} if css else None)


@register.simple_tag
def page_language() -> str:
    """Return the language of this page for <html lang>."""
    return "zh-CN" if get_language() == settings.LANGUAGE_CODE else (get_language() or "zh-CN")


@register.simple_tag
def client_words() -> str:
    """Return the words that scripts need, as JSON for an attribute."""
    return json.dumps(
        {name: str(words) for name, words in CLIENT_WORDS.items()}, ensure_ascii=False
    )
