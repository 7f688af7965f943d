"""How urgent it is, as who took it down heard it: from the first minute on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.actions.reports import JudgementNotYours
from chengshao.workorders.models import Report, WorkOrder
from tests.district import AT, MANHOLE, registered, reported, said


def test_what_presses_waits_a_shorter_time_to_be_registered(centre: Actor) -> None:
    report = reported(centre, said(urgency=Urgency.EMERGENCY))

    case = report.work_order
    assert case.urgency == Urgency.EMERGENCY
    assert case.tasks.get().deadlines.get().due_at == AT + timedelta(hours=1)
    assert queries.broken_cases([case.pk]) == []


@pytest.mark.parametrize(
    ("named", "stays"),
    [(None, Urgency.URGENT), (Urgency.ORDINARY, Urgency.ORDINARY)],
)
def test_it_stays_unless_the_registrar_names_another(
    centre: Actor, named: Urgency | None, stays: Urgency
) -> None:
    report = reported(centre, said(urgency=Urgency.URGENT))
    case = actions.register(
        number=report.work_order.number,
        seen_revision=report.work_order.revision,
        matter=MANHOLE,
        urgency=named,
        actor=centre,
        at=AT,
    )

    assert case.urgency == stays
    assert queries.broken_cases([case.pk]) == []


def test_a_matter_that_presses_more_goes_first(centre: Actor) -> None:
    case = registered(centre, said("k-1"))
    again = registered(centre, said("k-2", urgency=Urgency.ORDINARY))

    assert again.urgency == case.urgency


def test_who_joins_a_case_may_make_it_press_more_never_less(centre: Actor) -> None:
    case = registered(centre, said("k-1"))
    reported(centre, said("k-2", joins=case.number, urgency=Urgency.EMERGENCY))
    reported(centre, said("k-3", joins=case.number, urgency=Urgency.URGENT))

    case.refresh_from_db()
    assert case.urgency == Urgency.EMERGENCY
    assert queries.broken_cases([case.pk]) == []


@pytest.mark.parametrize("judged", [{"urgency": Urgency.EMERGENCY}, {"matter": MANHOLE}])
def test_a_citizen_judges_neither_urgency_nor_matter(centre: Actor, judged: dict[str, Any]) -> None:
    with pytest.raises(JudgementNotYours):
        reported(Actor(ActorKind.CITIZEN), replace(said(), **judged))

    assert (Report.objects.count(), WorkOrder.objects.count()) == (0, 0)
