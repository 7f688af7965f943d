"""Reads of this room: what a draft would have done, and how its page shows it."""

from chengshao.administration.queries.checks import DAYS, MOST_CASES, Checked, check
from chengshao.administration.queries.drafts import DraftPage, draft_page, key_words

__all__ = ["DAYS", "MOST_CASES", "Checked", "DraftPage", "check", "draft_page", "key_words"]
