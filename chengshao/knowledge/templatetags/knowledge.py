"""How the period of an item is written."""

from datetime import datetime, time

from django import template
from django.utils.timezone import localdate, localtime

from chengshao.web.templatetags.web import full_time, local_date

register = template.Library()


@register.filter
def validity_moment(at: datetime) -> str:
    """Return a moment from or until which something holds: the day alone where it is midnight."""
    return local_date(localdate(at)) if localtime(at).time() == time(0) else full_time(at)
