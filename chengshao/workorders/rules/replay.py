"""The history goes through once more: what the case must look like by what its lines say."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from chengshao.kernel.canonical import Json
from chengshao.workorders.rules.facts import OPEN_STATES, TaskFacts


@dataclass(frozen=True, slots=True, order=True)
class OpenTask:
    """What somebody owes: no more of a task than a line says when it opens and moves."""

    id: int
    kind: str
    unit_id: int
    round: int
    state: str


@dataclass(frozen=True, slots=True)
class Present:
    """Where a case stands."""

    step: str
    outcome: str
    closing_kind: str
    tasks: tuple[OpenTask, ...]  # the open ones, by id


def changed(
    *,
    opened: Iterable[OpenTask],
    moved: Iterable[TaskFacts],
    outcome: tuple[str, str],
    closing_kind: tuple[str, str],
) -> dict[str, Json]:
    """
    Return what a line says of what a decision changed; nothing where it changed nothing.

    :param outcome: before and after, as `closing_kind`
    """
    said: dict[str, Json] = {}
    begun: list[Json] = [asdict(task) for task in opened]
    left: list[Json] = [{"id": task.id, "state": task.state} for task in moved]
    if begun:
        said["opened"] = begun
    if left:
        said["moved"] = left
    for name, (before, after) in (("outcome", outcome), ("closing_kind", closing_kind)):
        if before != after:
            said[name] = after
    return said


def replayed(bodies: Iterable[Mapping[str, Any]]) -> Present:
    """Return where a case stands by the bodies of its lines, in their order."""
    step = outcome = closing_kind = ""
    tasks: dict[int, OpenTask] = {}
    for body in bodies:
        step = body["step"]
        for told in body.get("changed", ()):
            for new in told.get("opened", ()):
                tasks[new["id"]] = OpenTask(**new)
            for moved in told.get("moved", ()):
                before = tasks[moved["id"]]
                tasks[before.id] = OpenTask(
                    before.id, before.kind, before.unit_id, before.round, moved["state"]
                )
            outcome = told.get("outcome", outcome)
            closing_kind = told.get("closing_kind", closing_kind)
    waiting = sorted(task for task in tasks.values() if task.state in OPEN_STATES)
    return Present(step, outcome, closing_kind, tuple(waiting))
