"""A case that stands elsewhere than its history leads to is named, whoever moved it there."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Rating, Task, WorkOrder
from chengshao.workorders.queries import Broken
from chengshao.workorders.terms import (
    BrokenPart,
    Resolution,
    Satisfaction,
    TaskKind,
    TaskState,
)
from tests.district import AT, District, closed, dispatched


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


def _of_done_tasks(**changed: object) -> Callable[[WorkOrder], None]:
    def meddle(case: WorkOrder) -> None:
        Task.objects.filter(work_order=case, kind=TaskKind.LEAD).update(**changed)

    return meddle


def _of_the_case(**changed: object) -> Callable[[WorkOrder], None]:
    def meddle(case: WorkOrder) -> None:
        WorkOrder.objects.filter(pk=case.pk).update(**changed)

    return meddle


def _be_satisfied(case: WorkOrder) -> None:
    Rating.objects.filter(report__work_order=case).update(satisfaction=Satisfaction.SATISFIED)


@pytest.mark.parametrize(
    "meddle",
    [
        _of_done_tasks(opened_at=AT - timedelta(days=3)),
        _of_done_tasks(ended_at=AT - timedelta(days=1)),
        _of_done_tasks(round=2),
        _of_the_case(matter="C0137"),
        _of_the_case(urgency="EMERGENCY"),
        _be_satisfied,
    ],
)
def test_what_is_counted_can_t_be_changed_behind_the_history(
    district: District, centre: Actor, meddle: Callable[[WorkOrder], None]
) -> None:
    case = closed(centre, district.roads)
    actions.rate_report(
        report_id=case.reports.get().pk,
        resolution=Resolution.UNRESOLVED,
        satisfaction=Satisfaction.DISSATISFIED,
        actor=centre,
        at=AT,
    )
    assert queries.broken_cases([case.pk]) == []

    meddle(case)

    assert [found.part for found in queries.broken_cases([case.pk])] == [BrokenPart.PRESENT]


def test_a_done_task_is_not_given_to_another_unit_afterwards(
    district: District, centre: Actor
) -> None:
    case = closed(centre, district.roads)

    _give_to_another(case)

    assert [found.part for found in queries.broken_cases([case.pk])] == [BrokenPart.PRESENT]
