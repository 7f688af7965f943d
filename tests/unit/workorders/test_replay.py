"""The lines of a case lead to where it stands: outcome, step, closing, and who owes what."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from chengshao.workorders.rules.facts import TaskFacts
from chengshao.workorders.rules.replay import (
    OpenTask,
    Present,
    ToldRating,
    ToldTask,
    changed,
    ratings_told,
    replayed,
)
from chengshao.workorders.terms import TaskState

DESK, ROADS = 1, 2
NO_CHANGE = ("", "")


AT = [datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in range(4)]


def line(step: str, *told: Any, hour: int = 0, command: str = "ANY", **more: Any) -> dict[str, Any]:
    body = {"step": step, "command": command, "at": AT[hour].isoformat(), **more}
    return {**body, **({"changed": list(told)} if told else {})}


def told(task: OpenTask, state: str = "OPEN", *, began: int = 0, ended: int | None = None) -> Any:
    given = asdict(task) | {"state": state}
    return ToldTask(**given, opened_at=AT[began], ended_at=None if ended is None else AT[ended])


def opened(*tasks: OpenTask, **more: Any) -> Any:
    given = {"moved": (), "outcome": NO_CHANGE, "closing_kind": NO_CHANGE} | more
    return changed(opened=tasks, **given)


def moved(task: OpenTask, state: TaskState, **more: Any) -> Any:
    facts = TaskFacts(task.kind, task.unit_id, state, task.round, id=task.id)
    given = {"outcome": NO_CHANGE, "closing_kind": NO_CHANGE} | more
    return changed(opened=(), moved=[facts], **given)


REGISTER = OpenTask(7, "REGISTER", DESK, 1, "OPEN")
LEAD = OpenTask(8, "LEAD", ROADS, 1, "OPEN")


def test_what_opened_is_owed_until_it_ends() -> None:
    lines = [line("REPORTED", opened(REGISTER)), line("REPORTED", hour=1)]
    ended = line("CLOSED", moved(REGISTER, TaskState.DONE), hour=2)

    assert replayed(lines) == Present("REPORTED", tasks=(told(REGISTER),))
    assert replayed([*lines, ended]).tasks == (told(REGISTER, "DONE", ended=2),)


def test_what_moved_stands_where_it_moved_to() -> None:
    lines = [
        line("DISPATCHED", opened(LEAD)),
        line("HANDLING", moved(LEAD, TaskState.ACKNOWLEDGED), hour=1),
    ]

    assert replayed(lines).tasks == (told(LEAD, "ACKNOWLEDGED"),)


def test_an_end_and_a_reopening_are_told() -> None:
    ended = moved(LEAD, TaskState.DONE, outcome=("", "CLOSED"), closing_kind=("", "SOLVED"))
    dispatch = OpenTask(9, "DISPATCH", DESK, 2, "OPEN")
    again = opened(dispatch, outcome=("CLOSED", ""), closing_kind=("SOLVED", ""))
    lines = [line("DISPATCHED", opened(LEAD)), line("CLOSED", ended, hour=1)]
    done = told(LEAD, "DONE", ended=1)

    assert replayed(lines) == Present("CLOSED", "CLOSED", "SOLVED", tasks=(done,))
    assert replayed([*lines, line("REGISTERED", again, hour=2)]) == Present(
        "REGISTERED", tasks=(done, told(dispatch, began=2))
    )


def test_the_matter_is_the_one_named_last() -> None:
    lines = [
        line("REGISTERED", matter="C0101", urgency="ORDINARY"),
        line("REGISTERED", matter="C0137", urgency="URGENT"),
        line("DISPATCHED"),
    ]

    assert (replayed(lines).matter, replayed(lines).urgency) == ("C0137", "URGENT")


def test_what_citizens_said_of_the_result_is_told() -> None:
    said = {"report_id": 5, "resolution": "UNRESOLVED", "satisfaction": "DISSATISFIED"}

    found = ratings_told([line("CLOSED"), line("EVALUATED", command="RATE", hour=1, **said)])

    assert found == {ToldRating(5, AT[1], "UNRESOLVED", "DISSATISFIED")}


def test_a_rating_that_was_voided_is_told_with_when() -> None:
    said: Any = {"report_id": 5, "resolution": "RESOLVED", "satisfaction": "SATISFIED"}
    lines = [
        line("EVALUATED", command="RATE", **said),
        line("CLOSED", command="VOID_RATING", hour=1, report_id=5),
        line("EVALUATED", command="RATE", hour=2, **said),
    ]

    found = ratings_told(lines)

    assert found == {
        ToldRating(5, AT[0], "RESOLVED", "SATISFIED", voided_at=AT[1]),
        ToldRating(5, AT[2], "RESOLVED", "SATISFIED"),
    }


def test_a_line_without_changes_says_none() -> None:
    assert changed(opened=(), moved=(), outcome=NO_CHANGE, closing_kind=("SOLVED", "SOLVED")) == {}
