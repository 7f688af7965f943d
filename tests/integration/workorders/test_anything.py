"""Anyone tries anything in any order, through the actions and on the database."""

from datetime import datetime

import pytest

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.workorders import queries
from chengshao.workorders.models import Deadline, WorkOrder
from chengshao.workorders.terms import DeadlineAuthority
from tests.district import AT, LOADER, MANHOLE, District
from tests.standing import STANDS
from tests.town import Town

SEEDS, STEPS = 6, 110
ON_THE_SPOT = f"""事项编码,来源渠道,紧急程度,办理方式,依据,生效日期
{MANHOLE},PATROL,一般,即办,测试,2020-01-01
"""


@pytest.fixture(autouse=True)
def on_the_spot(district: District) -> None:
    """Manholes are recorded at once when somebody finds them."""
    table = TableKind.TRACK_RULES
    catalog.import_table(kind=table, content=ON_THE_SPOT.encode(), actor=LOADER, at=AT)


def check(case: WorkOrder, now: datetime) -> None:
    """What must hold of every case at every moment."""
    facts = case.facts()
    assert case.step == facts.step
    held = [task for task in facts.tasks if task.holds_case]
    assert bool(held) == (case.outcome == ""), (case.number, case.step)
    if held:
        clocks = Deadline.objects.filter(
            task__in=[task.id for task in held],
            authority=DeadlineAuthority.INNER,
            ended_at=None,
        )
        assert clocks.exists()
        runs = clocks.filter(due_at__isnull=False).exists()
        assert runs or case.resumes_at is not None
    if case.resumes_at is not None:
        assert facts.open_of("LEAD"), (case.number, case.step)
    assert len(facts.open_of("LEAD")) <= 1
    assert queries.broken_cases([case.pk]) == []
    assert now >= case.opened_at


def standing() -> dict[int, tuple[int, str]]:
    rows = WorkOrder.objects.values_list("pk", "revision", "history_head")
    return {pk: (revision, head) for pk, revision, head in rows}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_invariants_hold_whatever_is_tried(
    district: District, centre: Actor, seed: int
) -> None:
    town = Town(district, centre, seed, STANDS[seed::SEEDS])
    tries = [
        *[town.move] * 8,
        *[town.go_on] * 8,
        *[town.dispatch] * 3,
        *[town.register] * 2,
        *[town.another] * 2,
        *[town.citizen] * 2,
        *[town.time_passes] * 2,
        town.answer_directly,
        town.calendar_changes,
        town.contact,
        town.erase,
        town.fixed,
        town.qualify,
        *[town.merge] * 2,
        *[town.whole_case] * 2,
    ]
    taken: set[str] = set()
    for _ in range(STEPS):
        act = town.random.choice(tries)
        before = standing()
        try:
            act()
        except DomainError:
            assert standing() == before
            continue
        taken.add(act.__name__)
        moved = [pk for pk, now in standing().items() if before.get(pk) != now]
        for case in WorkOrder.objects.filter(pk__in=moved):
            check(case, town.now)
    for case in WorkOrder.objects.all():
        check(case, town.now)
    assert taken >= {"move", "go_on", "time_passes"}
