"""When demands may hang on one case, and what becomes of either when they part again."""

from dataclasses import replace

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.workorders.rules import refusals
from chengshao.workorders.rules.facts import CaseFacts, Given, ReportFacts, TaskFacts
from chengshao.workorders.rules.joining import (
    Circle,
    check_platform_clock_runs,
    check_same_circle,
    works_on,
)
from chengshao.workorders.rules.lifecycle import decide_merge, decide_undo_merge
from chengshao.workorders.terms import Outcome, Power, Step, TaskKind, TaskState

DESK, ROADS, PARKS = 1, 2, 3
OPEN, CONFIDENTIAL, INFORMANT = Circle(False, False), Circle(True, False), Circle(False, True)
REGISTRAR = Actor(ActorKind.PERSON, 7, frozenset({Grant(Power.REGISTER, DESK)}))
SAID = Given(reason="同一处")


def case(*tasks: TaskFacts, **more: object) -> CaseFacts:
    waiting = tasks or (TaskFacts(TaskKind.REGISTER, DESK, id=1),)
    return replace(
        CaseFacts(DESK, waiting, reports=(ReportFacts(1),)),
        **more,  # type: ignore[arg-type]
    )


class TestOneCircle:
    @pytest.mark.parametrize("circle", [OPEN, CONFIDENTIAL, INFORMANT])
    def test_the_same_goes_together(self, circle: Circle) -> None:
        check_same_circle(circle, replace(circle))

    @pytest.mark.parametrize(
        ("one", "other"),
        [(OPEN, CONFIDENTIAL), (OPEN, INFORMANT), (CONFIDENTIAL, INFORMANT)],
    )
    def test_no_other_does(self, one: Circle, other: Circle) -> None:
        for pair in ((one, other), (other, one)):
            with pytest.raises(refusals.CantMerge):
                check_same_circle(*pair)


class TestWhoWorksOnACase:
    def test_keeps_the_file_owes_or_owed_something(self) -> None:
        done = TaskFacts(TaskKind.CO_HANDLE, ROADS, TaskState.DONE, id=2)

        assert works_on(case(done), {ROADS})
        assert works_on(case(done), {DESK, PARKS})
        assert not works_on(case(done), {PARKS})


class TestThePlatformsClock:
    def test_runs_on_an_open_case(self) -> None:
        check_platform_clock_runs(case())

    @pytest.mark.parametrize("stands", [{"suspended": True}, {"outcome": Outcome.CLOSED}])
    def test_does_not_where_all_clocks_stand(self, stands: dict[str, object]) -> None:
        with pytest.raises(refusals.PlatformClockStops):
            check_platform_clock_runs(case(**stands))

    def test_is_asked_for_where_an_order_is_merged_and_only_there(self) -> None:
        suspended = case(suspended=True)

        with pytest.raises(refusals.PlatformClockStops):
            decide_merge(source=case(outer=True), target=suspended, actor=REGISTRAR, given=SAID)
        merged = decide_merge(source=case(), target=suspended, actor=REGISTRAR, given=SAID)
        assert merged.outcome is Outcome.MERGED


def test_a_complaint_does_not_go_to_a_case_on_which_that_unit_worked() -> None:
    worked = case(TaskFacts(TaskKind.LEAD, ROADS, TaskState.CANCELLED, id=2))

    for about in ({ROADS}, {DESK}):
        told = case(complained_about=frozenset(about))
        with pytest.raises(refusals.CantMerge):
            decide_merge(source=told, target=worked, actor=REGISTRAR, given=SAID)


class TestParting:
    MERGED = case(TaskFacts(TaskKind.REGISTER, DESK, TaskState.CANCELLED, id=1))
    WITHDRAWN = (ReportFacts(1, withdrawn=True),)

    def parted(self, source: CaseFacts, target: CaseFacts) -> tuple[Step, Step]:
        source = replace(source, outcome=Outcome.MERGED)
        apart, left = decide_undo_merge(
            source=source, target=target, registered=True, actor=REGISTRAR, given=SAID
        )
        return apart.step, left.step

    def test_both_go_on_while_somebody_waits(self) -> None:
        assert self.parted(self.MERGED, case()) == (Step.REGISTERED, Step.REPORTED)

    def test_what_nobody_asks_for_any_more_is_withdrawn(self) -> None:
        gone = replace(self.MERGED, reports=self.WITHDRAWN)

        assert self.parted(gone, case()) == (Step.WITHDRAWN, Step.REPORTED)
        assert self.parted(self.MERGED, case(reports=self.WITHDRAWN)) == (
            Step.REGISTERED,
            Step.WITHDRAWN,
        )
        assert self.parted(gone, case(reports=self.WITHDRAWN)) == (Step.WITHDRAWN, Step.WITHDRAWN)

    def test_what_is_left_of_the_other_ends_with_all_that_was_owed(self) -> None:
        source = replace(self.MERGED, outcome=Outcome.MERGED)

        _apart, left = decide_undo_merge(
            source=source,
            target=case(TaskFacts(TaskKind.LEAD, ROADS, id=2), reports=self.WITHDRAWN),
            registered=True,
            actor=REGISTRAR,
            given=SAID,
        )

        assert [(task.id, task.state) for task in left.moved] == [(2, TaskState.CANCELLED)]
