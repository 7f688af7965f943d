"""A case that stands elsewhere than its history leads to is named, whoever moved it there."""

from collections.abc import Callable

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import queries
from chengshao.workorders.models import Task, WorkOrder
from chengshao.workorders.queries import Broken
from chengshao.workorders.terms import BrokenPart, TaskKind, TaskState
from tests.district import District, closed, dispatched


def _say_acknowledged(case: WorkOrder) -> None:
    Task.objects.filter(work_order=case, kind=TaskKind.LEAD).update(state=TaskState.ACKNOWLEDGED)


def _give_to_another(case: WorkOrder) -> None:
    Task.objects.filter(work_order=case, kind=TaskKind.LEAD).update(unit=case.desk_unit)


def _take_away(case: WorkOrder) -> None:
    Task.objects.filter(work_order=case, kind=TaskKind.LEAD).update(
        state=TaskState.CANCELLED, ended_at=case.opened_at
    )


def _close(case: WorkOrder) -> None:
    WorkOrder.objects.filter(pk=case.pk).update(outcome="CLOSED", closing_kind="SOLVED")


@pytest.mark.parametrize("meddle", [_say_acknowledged, _give_to_another, _take_away, _close])
def test_what_no_line_tells_shows(
    district: District, centre: Actor, meddle: Callable[[WorkOrder], None]
) -> None:
    case = dispatched(centre, district.roads)

    meddle(case)

    assert queries.broken_cases([case.pk]) == [
        Broken(case.number, case.history_seq, BrokenPart.PRESENT)
    ]


def test_what_was_moved_by_its_moves_is_whole(district: District, centre: Actor) -> None:
    open_one = dispatched(centre, district.roads)
    case = WorkOrder.objects.get(pk=open_one.pk)

    assert queries.broken_cases([case.pk]) == []


def test_a_closing_called_by_another_kind_shows(district: District, centre: Actor) -> None:
    case = closed(centre, district.roads)
    assert queries.broken_cases([case.pk]) == []

    WorkOrder.objects.filter(pk=case.pk).update(closing_kind="EXPLAINED")

    assert [found.part for found in queries.broken_cases([case.pk])] == [BrokenPart.PRESENT]
