"""The line of steps above a case: the seven, or of an old case what is known of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.web.moments import day
from chengshao.web.texts import term
from chengshao.workorders.queries import CaseView, OldCaseView
from chengshao.workorders.terms import Step

_SEVEN = list(Step)[:7]
_State: TypeAlias = Literal["done", "current", ""]


@dataclass(frozen=True, slots=True)
class StepShown:
    words: str | Promise
    state: _State


def steps_of(view: CaseView, today: date) -> list[StepShown]:
    """
    Return the line of steps of a case.

    Of a case that another system had, only what was told of it: nobody here took a step of it
    before it came. An open one goes on from where it stood.
    """
    case = view.case
    if view.old is None:
        return _taken_here(case.step, case.outcome, Step.REPORTED)
    known = [StepShown(words, "done") for words in _known(view, view.old, today)]
    if view.old.step != Step.CLOSED:
        return known + _taken_here(case.step, case.outcome, Step(view.old.step))
    return [*known[:-1], StepShown(known[-1].words, "current")]


def _taken_here(step: str, outcome: str, first: Step) -> list[StepShown]:
    if step not in _SEVEN:
        before = [StepShown(term("step", first), "done")] if first != step else []
        return [*before, StepShown(term("step", step), "current")]
    at = _SEVEN.index(Step(step))
    reached = at + 1 if outcome else at  # CLOSED is behind us, the citizen's word is next
    shown: Sequence[Step] = _SEVEN[_SEVEN.index(first) :]
    return [StepShown(term("step", each), _state(each, reached)) for each in shown]


def _state(step: Step, reached: int) -> _State:
    at = _SEVEN.index(step)
    return "done" if at < reached else "current" if at == reached else ""


def _known(view: CaseView, old: OldCaseView, today: date) -> Iterator[str]:
    def on(moment: datetime) -> str:
        return day(localdate(moment), today)

    yield _("{day}原系统受理").format(day=on(view.case.opened_at))
    if old.step == Step.CLOSED:
        ended_at = view.case.ended_at
        yield _("{day}原系统办结").format(day=on(ended_at)) if ended_at else _("原系统已办结")
    yield _("{day}导入").format(day=on(old.imported_at))
