"""The tables of moves as pages need them: what may be done from here, and what it takes."""

from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import CASE_MOVES
from chengshao.workorders.terms import Need, Side, TaskMove


def moves_of(kind: str, state: str) -> tuple[TaskMove, ...]:
    """
    Return what staff may do with a task of this kind in this state, in the order of the table.
    """
    return tuple(
        row
        for row in registry.all_moves()
        if (row.kind, row.source) == (kind, state) and row.side is not Side.CITIZEN
    )


def needs_of_case_move(command: str) -> tuple[Need, ...]:
    """Return what a command on the case as a whole asks; nothing where the table has none."""
    return next((row.needs for row in CASE_MOVES if row.command == command), ())
