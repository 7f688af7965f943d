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


def deadline(at: datetime, now: datetime) -> str:
    """Return when something is due, always with its hour: 明天12:00, 11月27日12:00."""
    said, local = moment(at, now), localtime(at)
    near = abs((local.date() - localtime(now).date()).days) <= 1
    return said if near else gettext("{day}{time}").format(day=said, time=f"{local:%H:%M}")


def day(on: date, today: date) -> str:
    """Return a date, without the year where it is this one: 11月16日, 2025年11月16日."""
    return date_format(on, gettext("n月j日") if on.year == today.year else gettext("Y年n月j日"))


def full(at: datetime) -> str:
    """Return an aware time in full: 2026年11月23日 07:36."""
    return date_format(localtime(at), gettext("Y年n月j日 H:i"))
