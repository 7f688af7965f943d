"""A book of kinds as another room would hand it to the registry, for tests of the registry."""

from collections.abc import Iterator

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.workorders.rules import registry
from chengshao.workorders.terms import Book, Kind, TaskMove, TaskState
from config.wiring import BOOKS

DESK, WATER = 1, 8
WHISTLES = Book(
    (Kind("WHISTLE", opened_by="BLOW"),),
    (
        TaskMove("ARRIVE", "WHISTLE", TaskState.OPEN, TaskState.ACKNOWLEDGED, "ANSWER_WHISTLE"),
        TaskMove("CLEAR", "WHISTLE", TaskState.ACKNOWLEDGED, TaskState.DONE, "ANSWER_WHISTLE"),
    ),
)


def blower(desk_id: int = DESK, unit_id: int = WATER) -> Actor:
    """Return who may blow at the desk and answer for the unit."""
    grants = {Grant("BLOW", desk_id), Grant("ANSWER_WHISTLE", unit_id), Grant("SEE", desk_id)}
    return Actor(ActorKind.PERSON, None, frozenset(grants))


@pytest.fixture
def whistles() -> Iterator[None]:
    """Register the kind for one test."""
    registry.wire(*BOOKS, WHISTLES)
    yield
    registry.wire(*BOOKS)
