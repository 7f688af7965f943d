"""Moments as one says them: 今天07:36, 昨天18:00, 11月16日."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext


def moment(at: datetime, now: datetime) -> str:
    """Return an aware time in local words; the hour stands only from yesterday to tomorrow."""
    local, today = localtime(at), localtime(now).date()
    clock = local.strftime("%H:%M")
    match (local.date() - today).days:
        case 0:
            return gettext("今天{time}").format(time=clock)
        case -1:
            return gettext("昨天{time}").format(time=clock)
        case 1:
            return gettext("明天{time}").format(time=clock)
        case _:
            return day(local.date(), today)


def day(on: date, today: date) -> str:
    """Return a date, without the year where it is this one: 11月16日, 2025年11月16日."""
    return date_format(on, gettext("n月j日") if on.year == today.year else gettext("Y年n月j日"))


def full(at: datetime) -> str:
    """Return an aware time in full: 2026年11月23日 07:36."""
    return date_format(localtime(at), gettext("Y年n月j日 H:i"))
