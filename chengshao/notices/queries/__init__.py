"""Reads, by what they are about. This is the door: import from here."""

from chengshao.notices.queries.mine import (
    NoticeLine,
    NoticeNotFound,
    my_notices,
    newest,
    notice_for,
    notices_for,
    of_log,
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
    "BudgetMissing",
    "NoticeLine",
    "NoticeNotFound",
    "Wishes",
    "addresses_of",
    "budget_on",
    "in_force",
    "my_notices",
    "newest",
    "notice_for",
    "notices_for",
    "of_log",
    "templates_on",
    "unread",
    "versions_of",
    "wishes_of",
    "words_of",
]
