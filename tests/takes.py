"""What of all that could be said a move takes, for tests that go from one move to the next."""

from dataclasses import fields, replace

from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import CASE_MOVES
from chengshao.workorders.rules.facts import NOTHING, CaseFacts, Given, TaskFacts
from chengshao.workorders.rules.taking import SAID, takes_of_case_move, takes_on
from chengshao.workorders.terms import Need


def only(given: Given, takes: frozenset[Need]) -> Given:
    """Return what is so, and of what is said only what is taken."""
    beyond = {name for need, names in SAID.items() if need not in takes for name in names}
    unsaid = {f.name: getattr(NOTHING, f.name) for f in fields(Given) if f.name in beyond}
    return replace(given, **unsaid)


def taken_on(case: CaseFacts, task: TaskFacts, command: str, given: Given) -> Given:
    """Return the same for a command on a task; all of it where there is no such move."""
    row = registry.move_for(task.kind, task.state, command)
    return only(given, takes_on(row, task, case)) if row else given


def taken_by_case(command: str, given: Given) -> Given:
    """Return the same for a command on the case as a whole."""
    row = next((row for row in CASE_MOVES if row.command == command), None)
    return only(given, takes_of_case_move(row)) if row else given
