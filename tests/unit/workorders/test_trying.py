"""What is offered and what is refused are one thing: the reasons are those of the rules."""

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import BOOK
from chengshao.workorders.rules.facts import NOTHING, CaseFacts, TaskFacts
from chengshao.workorders.rules.lifecycle import decide_task
from chengshao.workorders.rules.trying import commands_for, not_now
from chengshao.workorders.terms import Power, Side, TaskKind, TaskState

DESK, ROADS = 1, 2
KINDS = [(kind, state) for kind in TaskKind for state in (TaskState.OPEN, TaskState.ACKNOWLEDGED)]


@pytest.fixture(autouse=True)
def book() -> None:
    registry.wire(BOOK)


def actors() -> list[Actor]:
    everything = frozenset(Grant(power, None) for power in Power)
    of_roads = frozenset({Grant(Power.SEE, ROADS), Grant(Power.HANDLE, ROADS)})
    return [
        Actor(ActorKind.PERSON, 7, everything),
        Actor(ActorKind.PERSON, 8, of_roads),
        Actor(ActorKind.PERSON, 9),
    ]


def standing(kind: TaskKind, state: TaskState) -> tuple[CaseFacts, TaskFacts]:
    lead = TaskFacts(TaskKind.LEAD, ROADS, id=1, state=TaskState.ACKNOWLEDGED)
    task = TaskFacts(kind, ROADS, id=2, parent_id=1, state=state, opened_by=7)
    tasks = (task,) if kind is TaskKind.LEAD else (lead, task)
    return CaseFacts(DESK, tasks), task


@pytest.mark.parametrize(("kind", "state"), KINDS)
@pytest.mark.parametrize("actor", actors(), ids=["everything", "handler", "nobody"])
def test_each_command_of_staff_is_offered_or_refused_and_never_both(
    kind: TaskKind, state: TaskState, actor: Actor
) -> None:
    case, task = standing(kind, state)

    offered = set(commands_for(case, task, actor))
    refused = {each.command for each in not_now(case, task, actor)}

    rows = [row for row in registry.all_moves() if row.kind == kind]
    here = {row.command for row in rows if row.source is state and row.side is not Side.CITIZEN}
    assert offered | refused >= here
    assert not offered & refused


@pytest.mark.parametrize(("kind", "state"), KINDS)
@pytest.mark.parametrize("actor", actors(), ids=["everything", "handler", "nobody"])
def test_the_reason_is_that_of_who_tries_it_anyway(
    kind: TaskKind, state: TaskState, actor: Actor
) -> None:
    case, task = standing(kind, state)

    for each in not_now(case, task, actor):
        with pytest.raises(DomainError) as refused:
            decide_task(case=case, task=task, command=each.command, actor=actor, given=NOTHING)
        # What is said with it is asked before what waits already.
        assert refused.value.code in (each.refusal.code, "workorder_need_missing")
