"""Reads, by what they are about. This is the door: import from here."""

from chengshao.notices.queries.log import LogLine, log_lines
from chengshao.notices.queries.mine import (
    UNREAD,
    UNREAD_SQL,
    NoticeLine,
    NoticeNotFound,
    my_notices,
    notice_for,
    notices_for,
    unread,
)
from chengshao.notices.queries.settled import (
    BudgetMissing,
    Wishes,
    addresses_of,
    budget_on,
    in_force,
    templates_on,
    versions_of,
    wishes_of,
)
from chengshao.notices.queries.words import words_of

__all__ = [
    "UNREAD",
    "UNREAD_SQL",
    "BudgetMissing",
    "LogLine",
    "NoticeLine",
    "NoticeNotFound",
    "Wishes",
    "addresses_of",
    "budget_on",
    "in_force",
    "log_lines",
    "my_notices",
    "notice_for",
    "notices_for",
    "templates_on",
    "unread",
    "versions_of",
    "wishes_of",
    "words_of",
]
