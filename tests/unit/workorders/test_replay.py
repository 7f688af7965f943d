"""The lines of a case lead to where it stands: outcome, step, closing, and who owes what."""

from typing import Any

from chengshao.workorders.rules.facts import TaskFacts
from chengshao.workorders.rules.replay import OpenTask, Present, changed, replayed
from chengshao.workorders.terms import TaskState

DESK, ROADS = 1, 2
NO_CHANGE = ("", "")


def line(step: str, *told: Any) -> dict[str, Any]:
    return {"step": step, "command": "ANY", **({"changed": list(told)} if told else {})}


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
    lines = [line("REPORTED", opened(REGISTER)), line("REPORTED")]

    assert replayed(lines) == Present("REPORTED", "", "", (REGISTER,))
    assert replayed([*lines, line("CLOSED", moved(REGISTER, TaskState.DONE))]).tasks == ()


def test_what_moved_stands_where_it_moved_to() -> None:
    lines = [
        line("DISPATCHED", opened(LEAD)),
        line("HANDLING", moved(LEAD, TaskState.ACKNOWLEDGED)),
    ]

    assert replayed(lines).tasks == (OpenTask(8, "LEAD", ROADS, 1, "ACKNOWLEDGED"),)


def test_an_end_and_a_reopening_are_told() -> None:
    ended = moved(LEAD, TaskState.DONE, outcome=("", "CLOSED"), closing_kind=("", "SOLVED"))
    again = opened(
        OpenTask(9, "DISPATCH", DESK, 2, "OPEN"),
        outcome=("CLOSED", ""),
        closing_kind=("SOLVED", ""),
    )
    lines = [line("DISPATCHED", opened(LEAD)), line("CLOSED", ended)]

    assert replayed(lines) == Present("CLOSED", "CLOSED", "SOLVED", ())
    assert replayed([*lines, line("REGISTERED", again)]) == Present(
        "REGISTERED", "", "", (OpenTask(9, "DISPATCH", DESK, 2, "OPEN"),)
    )


def test_a_line_without_changes_says_none() -> None:
    assert changed(opened=(), moved=(), outcome=NO_CHANGE, closing_kind=("SOLVED", "SOLVED")) == {}
