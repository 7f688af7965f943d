"""The tables of moves as pages need them: what may be done from here, and what it takes."""

from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import CASE_MOVES
from chengshao.workorders.rules.taking import takes_of
from chengshao.workorders.terms import Need, OuterWhat, Side, TaskMove


def moves_of(kind: str, state: str) -> tuple[TaskMove, ...]:
    """
    Return what staff may do with a task of this kind in this state, in the order of the table.
    """
    return tuple(
        row
        for row in registry.all_moves()
        if (row.kind, row.source) == (kind, state) and row.side is not Side.CITIZEN
    )


def taken_by(row: TaskMove, what: str = "") -> frozenset[Need]:
    """
    Return what may be said with a move, needed or not.

    :param what: a platform was asked for, "" where none was
    """
    return takes_of(row, OuterWhat(what) if what else None)


def takes_sometimes(command: str, need: Need) -> bool:
    """Tell whether a command takes this on any kind of task: forms are shared by commands."""
    rows = (row for row in registry.all_moves() if row.command == command)
    return any(need in (*row.needs, *row.may) for row in rows)


def noted_as_calls() -> frozenset[str]:
    """Return the commands that are attempts to get in touch: those have a door of their own."""
    return frozenset(row.command for row in registry.all_moves() if Need.ATTEMPT in row.needs)


def needs_of_case_move(command: str) -> tuple[Need, ...]:
    """Return what a command on the case as a whole asks; nothing where the table has none."""
    return next((row.needs for row in CASE_MOVES if row.command == command), ())
