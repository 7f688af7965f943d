"""Where a case stands: derived from the tasks that wait and how it ended, never set."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from chengshao.workorders.rules.book import STEP_WHILE
from chengshao.workorders.terms import Outcome, Step, TaskState

_STEPS = list(Step)


class _Waits(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> TaskState: ...
    @property
    def holds_case(self) -> bool: ...


class _Asked(Protocol):
    @property
    def asked(self) -> bool: ...
    @property
    def rated(self) -> bool: ...


def step_of(
    tasks: Iterable[_Waits], outcome: Outcome | None, reports: Sequence[_Asked] = ()
) -> Step:
    """Return where the case stands: the earliest step that a task waits in. Knows every kind."""
    if outcome is Outcome.CLOSED:
        asked = [report for report in reports if report.asked]
        return Step.EVALUATED if asked and all(r.rated for r in asked) else Step.CLOSED
    if outcome is not None:
        return Step(outcome)
    waits = (STEP_WHILE.get((t.kind, t.state), Step.HANDLING) for t in tasks if t.holds_case)
    return min(waits, key=_STEPS.index, default=Step.HANDLING)
