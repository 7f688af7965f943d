"""One more voice on a case, joined or merged: it is looked at again, and its citizen is asked."""

from collections.abc import Callable

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.actions import ChangedMeanwhile
from chengshao.workorders.models import Rating, Report, WorkOrder
from chengshao.workorders.terms import (
    Resolution,
    Satisfaction,
    Step,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import AT, District, owed, registered, reported, said
from tests.standing import Standing

_K, _C = TaskKind, TaskCommand


def joined(case: WorkOrder, actor: Actor) -> Report:
    return reported(actor, said("k-2", joins=case.number))


def merged(case: WorkOrder, actor: Actor) -> Report:
    other = registered(actor, said("k-2"))
    actions.merge_cases(
        number=other.number,
        into=case.number,
        seen_revision=other.revision,
        reason="同一处",
        actor=actor,
        at=AT,
    )
    return Report.objects.get(client_key="k-2")


@pytest.fixture
def by(district: District, centre: Actor) -> Standing:
    return Standing(district, centre, owner=district.roads, other=district.water)


@pytest.fixture
def on_the_ledger(by: Standing) -> WorkOrder:
    return by.before(_K.LEDGER_REVIEW, TaskState.OPEN, said())


def rate(report: Report, actor: Actor) -> None:
    actions.rate_report(
        report_id=report.pk,
        resolution=Resolution.RESOLVED,
        satisfaction=Satisfaction.SATISFIED,
        actor=actor,
        at=AT,
    )


class TestWhoSignsOrChecks:
    @pytest.mark.parametrize(
        ("kind", "command"),
        [(_K.CHECK, _C.PASS), (_K.SIGN_OFF, _C.SIGN), (_K.LEDGER_APPROVAL, _C.GRANT)],
    )
    @pytest.mark.parametrize("comes", [joined, merged])
    def test_looks_again(
        self,
        by: Standing,
        kind: TaskKind,
        command: TaskCommand,
        comes: Callable[[WorkOrder, Actor], Report],
    ) -> None:
        case = by.before(kind, TaskState.OPEN, said())
        seen = owed(case, kind)

        comes(case, by.actor)

        with pytest.raises(ChangedMeanwhile):
            actions.move_task(
                task_id=seen.pk,
                seen_revision=seen.revision,
                command=command,
                actor=by.actor,
                at=AT,
            )
        assert owed(case, kind)


class TestAMergeIntoTheLedger:
    def test_asks_whose_report_came(self, on_the_ledger: WorkOrder, by: Standing) -> None:
        first = on_the_ledger.reports.get()
        rate(first, by.actor)
        on_the_ledger.refresh_from_db()
        assert on_the_ledger.step == Step.EVALUATED

        late = merged(on_the_ledger, by.actor)

        on_the_ledger.refresh_from_db()
        assert on_the_ledger.step == Step.CLOSED
        assert Rating.objects.filter(report=late, ended_at=None).count() == 1
        rate(late, by.actor)
        on_the_ledger.refresh_from_db()
        assert on_the_ledger.step == Step.EVALUATED
