"""
The chip that tells how much of a limit is left: shape, word, amount. Colour is for exceptions.

`frontend/src/behaviours/due.ts` counts on with the same arithmetic; the server's text is the truth.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext, npgettext, pgettext

from chengshao.web.moments import deadline

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE


class DueState(StrEnum):
    OK = "ok"
    SOON = "soon"  # less than a quarter of the limit is left
    LATE = "late"
    HOLD = "hold"  # the clock is paused
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueChip:
    state: DueState
    words: str
    title: str = ""
    # To count on in the browser; None and "" where the clock stands.
    left: int | None = None  # seconds of the limit's own clock, at `at`
    amount: int = 0  # of the whole limit, same seconds
    day: int = 86_400  # seconds of that clock in a day: 28,800 for working time
    label: str = ""
    at: str = ""  # ISO 8601
    runs_until: str = ""  # ISO 8601: when the clock stops next (office closes); "" is never


def running(
    *,
    left: int,
    amount: int,
    due_at: datetime,
    now: datetime,
    day: int = 86_400,
    label: str = "",
    runs_until: datetime | None = None,
) -> DueChip:
    """
    Return the chip of a clock that runs, e.g. ▲派单剩12分.

    `left` and `amount` are seconds of the limit's own clock, `left` negative when overdue; `day` is
    how many of them make a day (28,800 for working hours). `runs_until` is when that clock stops
    next, None for one that runs through; equal to `now` where it stands already.
    """
    said = _words(left, day)
    if label:
        said = pgettext("amount", "{label}{left}").format(label=label, left=said)
    return DueChip(
        state=_state(left, amount),
        words=said,
        title=_title(left, day, due_at, now),
        left=left,
        amount=amount,
        day=day,
        label=label,
        at=now.isoformat(timespec="seconds"),
        runs_until=runs_until.isoformat(timespec="seconds") if runs_until else "",
    )


def paused(words: str = "", *, title: str = "") -> DueChip:
    """Return the chip of a paused clock; `title` says why and when it goes on."""
    return DueChip(state=DueState.HOLD, words=words or gettext("暂停计时"), title=title)


def finished(words: str = "", *, title: str = "") -> DueChip:
    """Return the chip of what is done: no clock any more."""
    return DueChip(state=DueState.DONE, words=words or gettext("已办结"), title=title)


def ended(*, left: int, due_at: datetime | None, now: datetime, day: int = 86_400) -> DueChip:
    """
    Return the chip of a clock that was stopped: 按时, or how late: 超2小时.

    `left` are the seconds that were left then, negative where it was late; a clock that rested
    just then had no end.
    """
    title = gettext("应于{moment}前").format(moment=deadline(due_at, now)) if due_at else ""
    if left < 0:
        return DueChip(state=DueState.LATE, words=_words(left, day), title=title)
    return finished(gettext("按时"), title=title)


def amount_words(seconds: int, day: int = 86_400, *, formal: bool = False) -> str:
    """
    Return an amount in at most two units, rounded down: 3天, 1天4小时, 3小时20分, 12分.

    `formal` says of a working day that it is one: 3个工作日.

    From 3 days on without hours, from 10 hours on without minutes.
    """
    days, rest = divmod(max(seconds, 0), day)
    hours, minutes = rest // _HOUR, rest % _HOUR // _MINUTE
    if days:
        working = formal and day < 86_400
        word = pgettext("amount", "{n}天")
        if working:
            word = npgettext("amount", "{n}个工作日", "{n}个工作日", days)
        parts = [(days, word)]
        if days < 3 and hours:
            parts.append((hours, pgettext("amount", "{n}小时")))
    elif hours:
        parts = [(hours, pgettext("amount", "{n}小时"))]
        if hours < 10 and minutes:
            parts.append((minutes, pgettext("amount", "{n}分")))
    elif minutes:
        parts = [(minutes, pgettext("amount", "{n}分"))]
    else:
        return gettext("不到1分")
    said = [pattern.format(n=n) for n, pattern in parts]
    if len(said) == 1:
        return said[0]
    return pgettext("amount", "{larger}{smaller}").format(larger=said[0], smaller=said[1])


def _state(left: int, amount: int) -> DueState:
    if left < 0:
        return DueState.LATE
    return DueState.SOON if left * 4 < amount else DueState.OK


def _words(left: int, day: int) -> str:
    if left < 0:
        return gettext("超{amount}").format(amount=amount_words(max(-left, _MINUTE), day))
    return gettext("剩{amount}").format(amount=amount_words(left, day))


def _title(left: int, day: int, due_at: datetime, now: datetime) -> str:
    late = left < 0
    pattern = (
        gettext("已超期{amount}（应于{moment}前）")
        if late
        else gettext("剩余{amount}（{moment}前）")
    )
    amount = amount_words(max(-left, _MINUTE) if late else left, day, formal=True)
    return pattern.format(amount=amount, moment=deadline(due_at, now))
