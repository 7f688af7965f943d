"""What the people of a town know of it: its clock, its dice, and what they may set going."""

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Protocol

from chengshao.kernel.actor import Actor
from config.simulation.habits import Habits


class Stage(Protocol):
    """The town as its people see it."""

    now: datetime
    dice: Random
    habits: Habits
    person: Callable[[str], Actor]  # of the demo, by the name with which they sign in

    def plan(self, at: datetime, happening: Callable[[], None]) -> None:
        """Let somebody do something then, or at once where that is past."""

    def chance(self, share: float) -> bool:
        """Throw the dice for what so many in a hundred do."""

    def did(self, what: str) -> None:
        """Count a move."""

    def look_at(self, case_id: int) -> None:
        """Let whoever owes something new on a case begin with it in their own time."""
