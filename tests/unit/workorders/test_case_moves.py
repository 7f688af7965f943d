"""What comes on its day is no person's to press; what still waits is not filed away."""

from dataclasses import replace

import pytest

from chengshao.catalog.terms import Track
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.workorders.rules.facts import CaseFacts, Given, ReportFacts, TaskFacts
from chengshao.workorders.rules.lifecycle import decide_case
from chengshao.workorders.rules.refusals import (
    ComesByItself,
    NeedMissing,
    PowerMissing,
    StillAwaited,
    StillHeld,
    WrongState,
)
from chengshao.workorders.rules.trying import case_commands_for
from chengshao.workorders.terms import Awaited, CaseCommand, Outcome, Power, TaskKind, TaskState

DESK, ROADS = 1, 7
CHECKER = Actor(ActorKind.PERSON, 5, frozenset({Grant(Power.CHECK, DESK)}))
MACHINE = replace(CHECKER, kind=ActorKind.MACHINE)
JOB = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.CHECK, None)}))
WHY = Given(reason="群众反映又不亮了")
LED = TaskFacts(TaskKind.LEAD, ROADS, TaskState.DONE, id=1)
RATED = ReportFacts(1, rated=True)
ENDED = CaseFacts(DESK, tasks=(LED,), reports=(RATED,), outcome=Outcome.CLOSED)
BY_ITSELF = [CaseCommand.COME_BACK, CaseCommand.REVIEW_LEDGER, CaseCommand.ARCHIVE]
AT_ONCE = [Track.ON_THE_SPOT, Track.DIRECT_ANSWER]


class TestWhatComesByItself:
    @pytest.mark.parametrize("command", BY_ITSELF)
    @pytest.mark.parametrize("actor", [CHECKER, MACHINE], ids=["person", "machine"])
    def test_is_nobody_s_to_press(self, command: CaseCommand, actor: Actor) -> None:
        with pytest.raises(ComesByItself) as refused:
            decide_case(case=ENDED, command=command, actor=actor, given=WHY)

        assert refused.value.params == {"command": command}
        assert command not in case_commands_for(ENDED, actor)

    @pytest.mark.parametrize("command", BY_ITSELF)
    def test_is_done_by_the_clock(self, command: CaseCommand) -> None:
        assert decide_case(case=ENDED, command=command, actor=JOB, given=Given())

    def test_and_says_nothing_to_who_may_not_check_at_all(self) -> None:
        stranger = Actor(ActorKind.PERSON, 6, frozenset({Grant(Power.CHECK, ROADS)}))
        with pytest.raises(PowerMissing):
            decide_case(case=ENDED, command=CaseCommand.ARCHIVE, actor=stranger, given=WHY)


class TestASample:
    @pytest.mark.parametrize("track", AT_ONCE)
    def test_is_taken_by_hand_of_what_was_done_at_once(self, track: Track) -> None:
        case = replace(ENDED, track=track)
        assert CaseCommand.TAKE_SAMPLE in case_commands_for(case, CHECKER)

        decision = decide_case(case=case, command=CaseCommand.TAKE_SAMPLE, actor=CHECKER, given=WHY)

        assert [task.kind for task in decision.opened] == [TaskKind.SAMPLE]

    def test_takes_a_reason_then(self) -> None:
        case = replace(ENDED, track=Track.ON_THE_SPOT)
        with pytest.raises(NeedMissing):
            decide_case(case=case, command=CaseCommand.TAKE_SAMPLE, actor=CHECKER, given=Given())

    @pytest.mark.parametrize("track", sorted(set(Track) - set(AT_ONCE)))
    def test_of_anything_else_is_the_lot_s(self, track: Track) -> None:
        case = replace(ENDED, track=track)
        assert CaseCommand.TAKE_SAMPLE not in case_commands_for(case, CHECKER)
        with pytest.raises(WrongState):
            decide_case(case=case, command=CaseCommand.TAKE_SAMPLE, actor=CHECKER, given=WHY)

        drawn = decide_case(case=case, command=CaseCommand.TAKE_SAMPLE, actor=JOB, given=Given())

        assert [task.kind for task in drawn.opened] == [TaskKind.SAMPLE]


def archive(case: CaseFacts, *awaited: Awaited) -> DomainError | None:
    given = Given(awaited=frozenset(awaited))
    try:
        decide_case(case=case, command=CaseCommand.ARCHIVE, actor=JOB, given=given)
    except DomainError as error:
        return error
    return None


class TestFilingAway:
    @pytest.mark.parametrize("kind", [TaskKind.TELL, TaskKind.SAMPLE, TaskKind.LEDGER_REVIEW])
    def test_not_while_somebody_owes_something(self, kind: TaskKind) -> None:
        refused = archive(replace(ENDED, tasks=(LED, TaskFacts(kind, ROADS, id=2))))

        assert isinstance(refused, StillHeld)
        assert refused.params == {"task_kind": kind}

    @pytest.mark.parametrize("awaited", sorted(set(Awaited) - {Awaited.RATING}))
    def test_not_while_something_may_come_of_it(self, awaited: Awaited) -> None:
        refused = archive(ENDED, awaited)

        assert isinstance(refused, StillAwaited)
        assert refused.params == {"awaited": awaited}

    def test_not_while_a_citizen_is_asked(self) -> None:
        refused = archive(replace(ENDED, reports=(RATED, ReportFacts(2))))

        assert isinstance(refused, StillAwaited)
        assert refused.params == {"awaited": Awaited.RATING}

    @pytest.mark.parametrize(
        "report", [ReportFacts(2, withdrawn=True), ReportFacts(2, nuisance=True)]
    )
    def test_who_is_not_asked_holds_nothing_up(self, report: ReportFacts) -> None:
        assert archive(replace(ENDED, reports=(RATED, report))) is None

    @pytest.mark.parametrize("outcome", [Outcome.DECLINED, Outcome.WITHDRAWN, Outcome.RETURNED])
    def test_of_what_ended_otherwise_nobody_is_asked(self, outcome: Outcome) -> None:
        assert archive(replace(ENDED, outcome=outcome, reports=(ReportFacts(1),))) is None
