"""
An answer to a citizen begun from what is known: who writes it fills the blanks and edits it.

The words are Chinese whatever the page's language: the citizen reads them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

DONE_BLANK = "〔写办了什么、怎么办的〕"
STATE_BLANK = "〔写现在怎样〕"


@dataclass(frozen=True, slots=True)
class Shown:
    """Evidence handed in: what it is and how many."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """
    What an answer starts from. Times are local.

    :param spoke_at: when the citizen was last talked to
    :param tried: how often it was tried in vain
    :param citizens: how many reported it: to more than one it isn't said who was called
    """

    asked_on: date
    where: str
    what: str
    citizens: int
    spoke_at: datetime | None
    tried: int
    shown: Sequence[Shown]
    close_condition: str
    today: date


def answer_draft(facts: AnswerFacts) -> str:
    """Return the draft: what was asked, how one got in touch, blanks, evidence, condition, day."""
    parts = [
        f"您好！您{_day(facts.asked_on)}反映的{_about(facts)}，办理情况如下：",
        _contact(facts),
        DONE_BLANK + "。",
        _condition(facts.close_condition),
        _shown(facts.shown),
        f"（{_day(facts.today)}）",
    ]
    return "".join(parts)


def _about(facts: AnswerFacts) -> str:
    if facts.what:
        return f"{facts.where}“{facts.what}”一事"
    return f"{facts.where}的事" if facts.where else "事"


def _contact(facts: AnswerFacts) -> str:
    whom = "您" if facts.citizens == 1 else "反映人"
    if facts.spoke_at is not None:
        at = f"{_day(facts.spoke_at.date())}{facts.spoke_at:%H:%M}"
        return f"{at}已与{whom}联系。"
    return f"已联系{whom}{facts.tried}次，没有接通。" if facts.tried else ""


def _condition(condition: str) -> str:
    bare = condition.strip().rstrip("。；")
    return f"结案条件是“{bare}”，现在{STATE_BLANK}。" if bare else ""


def _shown(shown: Sequence[Shown]) -> str:
    pieces = "、".join(f"{each.kind}{each.number}份" for each in shown if each.number)
    return f"已留存{pieces}。" if pieces else ""


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
