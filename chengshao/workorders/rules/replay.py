"""The history goes through once more: what the case must look like by what its lines say."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from chengshao.kernel.canonical import Json
from chengshao.workorders.rules.facts import OPEN_STATES, TaskFacts
from chengshao.workorders.terms import ReportCommand


@dataclass(frozen=True, slots=True, order=True)
class OpenTask:
    """What somebody owes: no more of a task than a line says when it opens and moves."""

    id: int
    kind: str
    unit_id: int
    round: int
    state: str
    designated: bool = False


@dataclass(frozen=True, slots=True, order=True)
class ToldTask:
    """A task as the lines tell it, whether it is still owed or not."""

    id: int
    kind: str
    unit_id: int
    round: int
    state: str
    opened_at: datetime
    ended_at: datetime | None = None
    designated: bool = False
    extensions: int = 0


@dataclass(frozen=True, slots=True)
class ToldRating:
    """What a citizen said of the result: the rates count these."""

    report_id: int
    at: datetime
    resolution: str
    satisfaction: str
    voided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """Where a case stands, and who held it since when: what is counted of it."""

    step: str
    outcome: str = ""
    closing_kind: str = ""
    matter: str = ""
    urgency: str = ""
    tasks: tuple[ToldTask, ...] = ()  # by id


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
    begun: list[Json] = [_begun(task) for task in opened]
    left: list[Json] = [_left(task) for task in moved]
    if begun:
        said["opened"] = begun
    if left:
        said["moved"] = left
    for name, (before, after) in (("outcome", outcome), ("closing_kind", closing_kind)):
        if before != after:
            said[name] = after
    return said


def _begun(task: OpenTask) -> dict[str, Json]:
    said: dict[str, Json] = asdict(task)
    if not task.designated:
        del said["designated"]
    return said


def _left(task: TaskFacts) -> dict[str, Json]:
    said: dict[str, Json] = {"id": task.id, "state": task.state}
    if task.designated:
        said["designated"] = True
    if task.extensions:
        said["extensions"] = task.extensions
    return said


def replayed(bodies: Iterable[Mapping[str, Any]]) -> Present:
    """Return where a case stands by the bodies of its lines, in their order."""
    stands = Present("")
    tasks: dict[int, ToldTask] = {}
    for body in bodies:
        stands = replace(
            stands,
            step=body["step"],
            matter=body.get("matter", stands.matter),
            urgency=body.get("urgency", stands.urgency),
        )
        for told in body.get("changed", ()):
            stands = replace(
                stands,
                outcome=told.get("outcome", stands.outcome),
                closing_kind=told.get("closing_kind", stands.closing_kind),
            )
            _move(tasks, told, datetime.fromisoformat(body["at"]))
    return replace(stands, tasks=tuple(sorted(tasks.values())))


def ratings_told(bodies: Iterable[Mapping[str, Any]]) -> set[ToldRating]:
    """Return what citizens said of the result by these lines, and what of it was voided."""
    last: dict[int, ToldRating] = {}
    told: set[ToldRating] = set()
    for body in bodies:
        at, command = datetime.fromisoformat(body["at"]), body["command"]
        if command == ReportCommand.RATE:
            told |= {_of_line(body, at)}
            last[body["report_id"]] = _of_line(body, at)
        elif command == ReportCommand.VOID_RATING:
            voided = last.pop(body["report_id"])
            told = told - {voided} | {replace(voided, voided_at=at)}
    return told


def _of_line(body: Mapping[str, Any], at: datetime) -> ToldRating:
    return ToldRating(body["report_id"], at, body["resolution"], body["satisfaction"])


def _move(tasks: dict[int, ToldTask], told: Mapping[str, Any], at: datetime) -> None:
    def over(state: str) -> datetime | None:
        return None if state in OPEN_STATES else at

    for new in told.get("opened", ()):
        tasks[new["id"]] = ToldTask(**new, opened_at=at, ended_at=over(new["state"]))
    for moved in told.get("moved", ()):
        state = moved["state"]
        tasks[moved["id"]] = replace(
            tasks[moved["id"]],
            state=state,
            ended_at=over(state),
            designated=moved.get("designated", False),
            extensions=moved.get("extensions", 0),
        )
