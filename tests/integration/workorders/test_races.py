"""Two at a time, on real PostgreSQL: one lock for all; nothing is lost, doubled or deadlocked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Alert, Entry, WorkOrder
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import AlertKind, Principle, Step, TaskCommand, TaskKind
from tests.district import (
    AT,
    District,
    dispatched,
    everyone,
    load_district,
    move,
    owed,
    registered,
    reported,
    said,
)

pytestmark = pytest.mark.django_db(transaction=True)
_K, _C = TaskKind, TaskCommand


@pytest.fixture
def ground() -> tuple[District, Actor]:
    district = load_district()
    return district, everyone(district)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all of them at the same time; return "done" or the code of the refusal, for each."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        start.wait(timeout=20)
        try:
            act()
        except DomainError as refused:
            return refused.code
        else:
            return "done"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def whole(*cases: WorkOrder) -> None:
    """Each case's history is unbroken, and its step is what its tasks say."""
    for case in cases:
        case.refresh_from_db()
        assert queries.first_broken_entry(case) is None
        assert case.step == case.facts().step
        assert case.entries.count() == case.history_seq


def test_two_dispatchers_send_one_case_once(ground: tuple[District, Actor]) -> None:
    district, centre = ground
    case = registered(centre)

    def to(unit_id: int) -> Callable[[], object]:
        return lambda: actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=unit_id,
            principle=Principle.BY_AGREEMENT,
            basis="清单",
            actor=centre,
            at=AT,
        )

    outcomes = at_once(to(district.roads), to(district.water))

    assert sorted(outcomes) == ["done", "workorder_changed_meanwhile"]
    assert case.tasks.filter(kind=_K.LEAD).count() == 1
    whole(case)


def test_a_recall_and_an_acknowledgement_never_both_win(ground: tuple[District, Actor]) -> None:
    district, centre = ground
    case = dispatched(centre, district.roads)
    task = owed(case, _K.LEAD)

    def do(command: str, reason: str = "") -> Callable[[], object]:
        return lambda: actions.move_task(
            task_id=task.pk, seen_revision=task.revision, command=command, reason=reason,
            actor=centre, at=AT,
        )  # fmt: skip

    outcomes = at_once(do(_C.RECALL, "派错了"), do(_C.ACKNOWLEDGE))

    assert sorted(outcomes) == ["done", "workorder_changed_meanwhile"]
    whole(case)
    assert case.step in (Step.REGISTERED, Step.HANDLING)


def test_the_sweep_leaves_a_handler_s_answer_alone(ground: tuple[District, Actor]) -> None:
    district, centre = ground
    case = dispatched(centre, district.roads)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    late = AT + timedelta(days=9)

    outcomes = at_once(
        lambda: move(case, _K.LEAD, _C.ANSWER, centre, reply="好了", at=late),
        *(lambda: actions.say_what_is_due(case_id=case.pk, actor=JOB, at=late) for _ in range(2)),
    )

    assert outcomes == ["done"] * 3
    whole(case)
    assert case.step == Step.ANSWERED
    told = Alert.objects.filter(work_order=case).values_list("kind", "for_leader")
    assert len(set(told)) == len(told)


def test_two_sweeps_say_it_once(ground: tuple[District, Actor]) -> None:
    district, centre = ground
    case = dispatched(centre, district.roads)
    late = AT + timedelta(days=9)

    at_once(
        *(lambda: actions.say_what_is_due(case_id=case.pk, actor=JOB, at=late) for _ in range(4))
    )
    actions.say_what_is_due(case_id=case.pk, actor=JOB, at=late)

    told = Alert.objects.filter(work_order=case).values_list("kind", "for_leader")
    assert sorted(told) == [(AlertKind.OVERDUE, False), (AlertKind.OVERDUE, True)]
    whole(case)


def test_a_merge_and_an_answer_follow_one_another(ground: tuple[District, Actor]) -> None:
    district, centre = ground
    kept = dispatched(centre, district.roads)
    move(kept, _K.LEAD, _C.ACKNOWLEDGE, centre)
    double = reported(centre, said("k-2", "同一个井盖")).work_order

    outcomes = at_once(
        lambda: move(kept, _K.LEAD, _C.ANSWER, centre, reply="好了"),
        lambda: actions.merge_cases(
            number=double.number, into=kept.number, seen_revision=double.revision,
            reason="同一处", actor=centre, at=AT,
        ),
    )  # fmt: skip

    assert outcomes == ["done", "done"]
    assert kept.reports.count() == 2
    whole(kept, double)


def test_merging_both_ways_at_once_is_no_deadlock(ground: tuple[District, Actor]) -> None:
    _district, centre = ground
    one = reported(centre).work_order
    other = reported(centre, said("k-2", "同一个井盖")).work_order

    def merge(case: WorkOrder, into: WorkOrder) -> Callable[[], object]:
        return lambda: actions.merge_cases(
            number=case.number, into=into.number, seen_revision=case.revision,
            reason="同一处", actor=centre, at=AT,
        )  # fmt: skip

    outcomes = at_once(merge(one, other), merge(other, one))

    assert outcomes.count("done") == 1
    whole(one, other)
    assert sorted([one.step, other.step]) == [Step.MERGED, Step.REPORTED]


def test_many_voices_on_one_case_are_all_written_down(ground: tuple[District, Actor]) -> None:
    _district, centre = ground
    case = reported(centre).work_order

    outcomes = at_once(
        *(
            lambda n=n: reported(centre, said(f"j-{n}", "我也是", joins=case.number))
            for n in range(6)
        )
    )

    assert outcomes == ["done"] * 6
    whole(case)
    assert case.reports.count() == 7
    assert list(
        Entry.objects.filter(work_order=case).values_list("seq", flat=True).order_by("seq")
    ) == list(range(1, 8))
