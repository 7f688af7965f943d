"""The lifecycle, in memory: the rows that matter by name, then every walk at random."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chengshao.catalog.terms import CheckMode, Track
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import BOOK
from chengshao.workorders.rules.facts import (
    CaseFacts,
    Closing,
    Decision,
    Given,
    ReportFacts,
    Resumed,
    Suspended,
    TaskFacts,
)
from chengshao.workorders.rules.lifecycle import (
    decide_case,
    decide_rating,
    decide_resumption,
    decide_task,
    decide_withdrawal,
    open_case,
    open_task,
)
from chengshao.workorders.rules.refusals import (
    AlreadyWaiting,
    LeadDesignated,
    NeedMissing,
    PowerMissing,
    StillHeld,
    UnitComplainedAbout,
    UnitNamedTwice,
    WrongState,
)
from chengshao.workorders.rules.trying import commands_for
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    Outcome,
    Power,
    Principle,
    Step,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)
from config.wiring import BOOKS
from tests.books import blower
from tests.takes import taken_by_case, taken_on

DESK, ROADS, WATER, PARKS = 1, 7, 8, 9


def holder(
    *powers: Power, unit_id: int | None = None, territory: str = "", user_id: int | None = 1
) -> Actor:
    grants = frozenset(Grant(power, unit_id, territory) for power in powers)
    return Actor(ActorKind.PERSON, user_id, grants)


ANYONE = holder(*Power, user_id=None)  # as if each move were another person's


def case_after(case: CaseFacts, decision: Decision) -> CaseFacts:
    """Return the case as the decision leaves it, the way the database would store it."""
    moved = {task.id: task for task in decision.moved}
    kept = tuple(moved.get(task.id, task) for task in case.tasks)
    new = (replace(task, id=len(kept) + i) for i, task in enumerate(decision.opened, start=1))
    return replace(case, tasks=(*kept, *new), outcome=decision.outcome)


def waiting(case: CaseFacts, kind: str) -> TaskFacts:
    return next(task for task in case.tasks if task.kind == kind and task.is_open)


def new_case(evidence_asked: frozenset[str] = frozenset(), reports: int = 1) -> CaseFacts:
    told = tuple(ReportFacts(i) for i in range(1, reports + 1))
    case = CaseFacts(DESK, reports=told, evidence_asked=evidence_asked)
    return case_after(case, open_case(desk_unit_id=DESK, actor=ANYONE))


def walk(case: CaseFacts, *moves: tuple[str, str], given: Given) -> CaseFacts:
    for kind, command in moves:
        task = waiting(case, kind)
        said = taken_on(case, task, command, given)
        decision = decide_task(case=case, task=task, command=command, actor=ANYONE, given=said)
        case = case_after(case, decision)
    return case


REGISTERED = ((TaskKind.REGISTER, TaskCommand.REGISTER),)
DISPATCHED = (*REGISTERED, (TaskKind.DISPATCH, TaskCommand.DISPATCH))
HANDLING = (*DISPATCHED, (TaskKind.LEAD, TaskCommand.ACKNOWLEDGE))
ANSWERED = (*HANDLING, (TaskKind.LEAD, TaskCommand.ANSWER))
CLOSED = (*ANSWERED, (TaskKind.CHECK, TaskCommand.PASS))
NOTHING = Given()
ONLY_MATTER = Given(matter="manhole")
SOLVED = Closing(ClosingKind.SOLVED)
TODAY = date(2026, 3, 2)
NEXT_MONTH = datetime(2026, 4, 1, 7, 30, tzinfo=UTC)
REPLY = Given(reply="井盖已换好", closing=SOLVED)
TO_ROADS = Given(
    matter="manhole", lead_unit_id=ROADS, basis="城市道路管理条例", reply="已换好", closing=SOLVED
)
WITH_WATER = replace(TO_ROADS, co_handle_unit_ids=frozenset({WATER}))
NAMES_ROADS = Given(lead_unit_id=ROADS, basis="城市道路管理条例")
NAMES_WATER = replace(NAMES_ROADS, co_handle_unit_ids=frozenset({WATER}))


def try_task(
    case: CaseFacts,
    kind: str,
    command: str,
    actor: Actor = ANYONE,
    given: Given = NOTHING,
) -> CaseFacts:
    task = waiting(case, kind)
    decision = decide_task(case=case, task=task, command=command, actor=actor, given=given)
    return case_after(case, decision)


def test_walks_the_seven_steps_in_order() -> None:
    cases = [walk(new_case(), *CLOSED[:n], given=TO_ROADS) for n in range(6)]
    closed = cases[-1]

    rated = decide_rating(case=closed, report=closed.reports[0], actor=ANYONE)

    assert [*(case.step for case in cases), rated.step] == list(Step)[:7]


@pytest.mark.parametrize("move", BOOK.moves, ids=lambda m: f"{m.command}-{m.kind}-{m.source}")
class TestEveryRow:
    def test_takes_the_power_that_it_names(self, move: TaskMove) -> None:
        task = TaskFacts(move.kind, ROADS, move.source, id=1)
        weak = holder(*(power for power in Power if power != move.power))

        with pytest.raises(PowerMissing):
            decide_task(
                case=CaseFacts(DESK, (task,)),
                task=task,
                command=move.command,
                actor=weak,
                given=NOTHING,
            )
        assert move.command not in commands_for(CaseFacts(DESK, (task,)), task, weak)

    def test_never_moves_a_task_back(self, move: TaskMove) -> None:
        order = list(TaskState)
        assert order.index(move.target) >= order.index(move.source)


def test_a_power_over_another_unit_does_not_reach() -> None:
    case = walk(new_case(), *DISPATCHED, given=TO_ROADS)

    with pytest.raises(PowerMissing):
        try_task(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, holder(Power.HANDLE, unit_id=WATER))


def test_a_power_ends_where_its_territory_ends() -> None:
    qingbomen, hubin = "330102001000", "330102003000"
    case = walk(new_case(), *DISPATCHED, given=TO_ROADS)
    case = replace(case, territory="330102001052")

    with pytest.raises(PowerMissing):
        try_task(
            case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, holder(Power.HANDLE, territory=hubin)
        )

    case = try_task(
        case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, holder(Power.HANDLE, territory=qingbomen)
    )
    assert case.step is Step.HANDLING


class TestDispatch:
    def test_takes_a_lead(self) -> None:
        case = walk(new_case(), *REGISTERED, given=ONLY_MATTER)

        with pytest.raises(NeedMissing, match="UNITS"):
            try_task(case, TaskKind.DISPATCH, TaskCommand.DISPATCH)

    def test_takes_a_basis(self) -> None:
        case = walk(new_case(), *REGISTERED, given=ONLY_MATTER)
        unfounded = replace(NAMES_ROADS, basis=" ")

        with pytest.raises(NeedMissing, match="BASIS"):
            try_task(case, TaskKind.DISPATCH, TaskCommand.DISPATCH, given=unfounded)

    def test_names_no_unit_twice(self) -> None:
        case = walk(new_case(), *REGISTERED, given=ONLY_MATTER)
        twice = replace(NAMES_ROADS, co_handle_unit_ids=frozenset({ROADS}))

        with pytest.raises(UnitNamedTwice):
            try_task(case, TaskKind.DISPATCH, TaskCommand.DISPATCH, given=twice)

    def test_never_names_the_unit_complained_about(self) -> None:
        case = walk(new_case(), *REGISTERED, given=ONLY_MATTER)
        case = replace(case, complained_about=frozenset({WATER}))

        with pytest.raises(UnitComplainedAbout):
            try_task(case, TaskKind.DISPATCH, TaskCommand.DISPATCH, given=NAMES_WATER)


NOT_OURS = Given(reason="the pipe is theirs")


def return_asked(*before: tuple[str, str]) -> CaseFacts:
    case = walk(new_case(), *before, given=WITH_WATER)
    return try_task(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, given=NOT_OURS)


class TestReturn:
    @pytest.mark.parametrize("before", [DISPATCHED, HANDLING])
    def test_leaves_the_lead_as_it_is_and_waits_at_the_desk(
        self, before: tuple[tuple[str, str], ...]
    ) -> None:
        asked = return_asked(*before)

        lead = waiting(walk(new_case(), *before, given=WITH_WATER), TaskKind.LEAD)
        assert waiting(asked, TaskKind.LEAD) == lead
        assert waiting(asked, TaskKind.ADJUDICATE).unit_id == DESK

    def test_survives_the_acknowledgement(self) -> None:
        case = try_task(return_asked(*DISPATCHED), TaskKind.LEAD, TaskCommand.ACKNOWLEDGE)

        assert waiting(case, TaskKind.ADJUDICATE).is_open

    def test_is_asked_once_at_a_time(self) -> None:
        with pytest.raises(AlreadyWaiting):
            try_task(
                return_asked(*DISPATCHED), TaskKind.LEAD, TaskCommand.ASK_RETURN, given=NOT_OURS
            )

    def test_is_not_adjudicated_by_the_unit_that_asks(self) -> None:
        with pytest.raises(PowerMissing):
            try_task(
                return_asked(*DISPATCHED),
                TaskKind.ADJUDICATE,
                TaskCommand.GRANT,
                holder(*Power, unit_id=ROADS),
            )

    def test_when_granted_takes_the_case_back_to_the_desk(self) -> None:
        case = try_task(
            return_asked(*HANDLING),
            TaskKind.ADJUDICATE,
            TaskCommand.GRANT,
            given=Given(reason="the plate says telecom"),
        )

        assert case.step is Step.REGISTERED
        assert [t.kind for t in case.tasks if t.is_open] == [TaskKind.DISPATCH]

    def test_when_denied_is_final(self) -> None:
        case = return_asked(*HANDLING)
        case = try_task(
            case, TaskKind.ADJUDICATE, TaskCommand.DENY, given=Given(reason="it is yours by law")
        )

        assert case.step is Step.HANDLING
        assert TaskCommand.ASK_RETURN not in commands_for(
            case, waiting(case, TaskKind.LEAD), ANYONE
        )
        with pytest.raises(LeadDesignated):
            try_task(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, given=NOT_OURS)

    def test_ends_when_the_lead_answers(self) -> None:
        case = return_asked(*HANDLING)
        answer = replace(REPLY, reason="water has not answered yet")
        case = try_task(case, TaskKind.LEAD, TaskCommand.ANSWER, given=answer)

        assert [t.kind for t in case.tasks if t.is_open] == [TaskKind.CHECK]


class TestReports:
    def test_the_last_withdrawal_ends_the_case(self) -> None:
        case = walk(new_case(reports=2), *HANDLING, given=WITH_WATER)
        first, last = case.reports
        citizen = Actor(ActorKind.CITIZEN, report_id=first.id)

        gone = decide_withdrawal(case=case, report=first, actor=citizen, given=Given())
        assert gone.outcome is None

        case = replace(case, reports=(replace(first, withdrawn=True), last))
        said = Given(reason="it is mended")
        gone = decide_withdrawal(case=case, report=last, actor=ANYONE, given=said)
        case = case_after(case, gone)
        assert case.step is Step.WITHDRAWN
        assert not any(task.is_open for task in case.tasks)

    def test_a_citizen_withdraws_no_other_report(self) -> None:
        case = new_case(reports=2)
        citizen = Actor(ActorKind.CITIZEN, report_id=1)

        with pytest.raises(PowerMissing):
            decide_withdrawal(case=case, report=case.reports[1], actor=citizen, given=Given())

    def test_all_must_be_rated_or_lapsed_but_the_withdrawn(self) -> None:
        case = walk(new_case(reports=3), *CLOSED, given=TO_ROADS)
        one, two, gone = case.reports
        case = replace(case, reports=(one, two, replace(gone, withdrawn=True)))

        assert decide_rating(case=case, report=one, actor=ANYONE).step is Step.CLOSED

        case = replace(case, reports=(replace(one, rated=True), *case.reports[1:]))
        assert decide_rating(case=case, report=two, actor=ANYONE).step is Step.EVALUATED


@pytest.mark.usefixtures("whistles")
class TestAKindOfAnotherRoom:
    def test_holds_the_case_in_handling_until_it_is_done(self) -> None:
        case = walk(new_case(), *HANDLING, given=TO_ROADS)
        opened = open_task(case=case, kind="WHISTLE", unit_id=WATER, actor=blower())
        case = walk(case_after(case, opened), *ANSWERED[-1:], given=TO_ROADS)

        assert case.step is Step.HANDLING
        with pytest.raises(StillHeld):
            try_task(case, TaskKind.CHECK, TaskCommand.PASS)

        case = try_task(case, "WHISTLE", "ARRIVE", blower())
        case = try_task(case, "WHISTLE", "CLEAR", blower())
        assert case.step is Step.ANSWERED
        assert try_task(case, TaskKind.CHECK, TaskCommand.PASS).step is Step.CLOSED

    def test_takes_the_power_that_its_row_names(self) -> None:
        with pytest.raises(PowerMissing):
            open_task(case=new_case(), kind="WHISTLE", unit_id=WATER, actor=ANYONE)


def test_a_kind_of_no_room_holds_the_case_in_handling() -> None:
    case = replace(new_case(), tasks=(TaskFacts("FORGOTTEN", WATER),))

    assert case.step is Step.HANDLING


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        registry.wire(*BOOKS, *BOOKS)


class TestAnswer:
    def test_asks_no_evidence_where_the_matter_asks_none(self) -> None:
        case = walk(new_case(), *HANDLING, given=TO_ROADS)

        answered = try_task(case, TaskKind.LEAD, TaskCommand.ANSWER, given=REPLY)

        assert answered.step is Step.ANSWERED

    def test_takes_words_for_the_citizen(self) -> None:
        case = walk(new_case(), *HANDLING, given=TO_ROADS)

        with pytest.raises(NeedMissing, match="REPLY"):
            try_task(case, TaskKind.LEAD, TaskCommand.ANSWER)

    def test_takes_the_evidence_that_the_matter_asks(self) -> None:
        case = walk(new_case(evidence_asked=frozenset({"PHOTO"})), *HANDLING, given=TO_ROADS)

        with pytest.raises(NeedMissing, match="EVIDENCE_AS_ASKED"):
            try_task(case, TaskKind.LEAD, TaskCommand.ANSWER, given=REPLY)

    def test_waits_for_the_co_handlers(self) -> None:
        case = walk(new_case(), *HANDLING, given=WITH_WATER)

        with pytest.raises(NeedMissing, match="PARTS_OR_REASON"):
            try_task(case, TaskKind.LEAD, TaskCommand.ANSWER, given=REPLY)

    def test_or_says_why_not_and_lets_them_go(self) -> None:
        case = walk(new_case(), *HANDLING, given=WITH_WATER)

        answer = replace(REPLY, reason="no leak found")
        case = try_task(case, TaskKind.LEAD, TaskCommand.ANSWER, given=answer)

        assert [t.state for t in case.tasks if t.unit_id == WATER] == [TaskState.CANCELLED]


def test_a_failed_check_opens_a_new_round_for_the_same_lead() -> None:
    case = walk(new_case(), *ANSWERED, given=TO_ROADS)

    case = try_task(case, TaskKind.CHECK, TaskCommand.FAIL, given=Given(reason="still broken"))

    leads = [(t.unit_id, t.round, t.state) for t in case.tasks if t.kind == TaskKind.LEAD]
    assert leads == [(ROADS, 1, TaskState.DONE), (ROADS, 2, TaskState.OPEN)]
    assert case.step is Step.DISPATCHED


def test_a_declined_case_owes_nothing() -> None:
    case = new_case()
    decision = decide_case(
        case=case,
        command=CaseCommand.DECLINE,
        actor=ANYONE,
        given=Given(ground=DeclineGround.BEYOND_GOVERNMENT, reply="这是民事纠纷"),
    )

    case = case_after(case, decision)

    assert case.step is Step.DECLINED
    assert not any(task.is_open for task in case.tasks)


def test_a_dispatched_case_can_no_longer_be_declined() -> None:
    case = walk(new_case(), *DISPATCHED, given=TO_ROADS)

    with pytest.raises(WrongState):
        decide_case(case=case, command=CaseCommand.DECLINE, actor=ANYONE, given=Given(reason="r"))


class CaseWalk(RuleBasedStateMachine):
    """Anyone tries anything at any time; what must hold is in the invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.case = replace(new_case(evidence_asked=frozenset({"PHOTO"})), contactable=True)
        self.suspended = False

    @initialize(
        track=st.sampled_from(Track),
        check_mode=st.sampled_from(CheckMode),
        outer=st.booleans(),
        waived=st.booleans(),
    )
    def set_out(self, track: Track, check_mode: CheckMode, outer: bool, waived: bool) -> None:
        self.case = replace(
            self.case, track=track, check_mode=check_mode, outer=outer, sign_off_waived=waived
        )

    closing = st.sampled_from(
        [
            None,
            SOLVED,
            Closing(ClosingKind.EXPLAINED),
            Closing(ClosingKind.UNREACHABLE),
            Closing(ClosingKind.PROMISED, promised_on=TODAY + timedelta(30)),
            Closing(ClosingKind.PROMISED),
            Closing(
                ClosingKind.LEDGER,
                ledger_level=LedgerLevel.DISTRICT,
                review_on=TODAY + timedelta(90),
            ),
        ]
    )
    given = st.builds(
        Given,
        reason=st.sampled_from(["not ours", "  "]),
        reply=st.sampled_from(["done", "  "]),
        basis=st.sampled_from(["the list", "  "]),
        matter=st.sampled_from(["manhole", ""]),
        ground=st.sampled_from([DeclineGround.UNLAWFUL, None]),
        evidence=st.sampled_from([frozenset({"PHOTO"}), frozenset[str]()]),
        principle=st.sampled_from(Principle),
        lead_unit_id=st.sampled_from([ROADS, WATER, None]),
        double_unit_ids=st.sampled_from([frozenset({PARKS}), frozenset[int]()]),
        co_handle_unit_ids=st.sampled_from([frozenset({WATER}), frozenset[int]()]),
        asked_unit_ids=st.sampled_from([frozenset({PARKS}), frozenset[int]()]),
        first_receiver_unit_id=st.sampled_from([PARKS, None]),
        closing=closing,
        attempt=st.sampled_from([ContactResult.TALKED, None]),
        until=st.sampled_from([TODAY + timedelta(30), TODAY + timedelta(900), None]),
        outer_due_at=st.sampled_from([NEXT_MONTH, None]),
        today=st.just(TODAY),
        overdue=st.booleans(),
        met=st.booleans(),
        contact_met=st.booleans(),
    )
    clerk = st.builds(
        holder,
        st.sampled_from(Power),
        st.sampled_from(Power),
        unit_id=st.sampled_from([None, DESK, ROADS, WATER]),
        user_id=st.sampled_from([1, 2]),
    )
    actor = st.just(ANYONE) | clerk

    @rule(data=st.data(), given=given, actor=actor)
    def try_task(self, data: st.DataObject, given: Given, actor: Actor) -> None:
        owed = [task for task in self.case.tasks if task.is_open]
        task = data.draw(st.sampled_from(owed or self.case.tasks))
        fitting = [m.command for m in BOOK.moves if (m.kind, m.source) == (task.kind, task.state)]
        command = data.draw(st.sampled_from(fitting or list(TaskCommand)))
        try:
            given = taken_on(self.case, task, command, given)
            decision = decide_task(
                case=self.case, task=task, command=command, actor=actor, given=given
            )
        except DomainError:
            return
        assert command in commands_for(self.case, task, actor)
        self.follow(decision)

    @rule(command=st.sampled_from(CaseCommand), given=given, actor=actor)
    def try_case(self, command: CaseCommand, given: Given, actor: Actor) -> None:
        try:
            given = taken_by_case(command, given)
            decision = decide_case(case=self.case, command=command, actor=actor, given=given)
        except DomainError:
            return
        self.follow(decision)

    @rule()
    def resume(self) -> None:
        try:
            decision = decide_resumption(case=self.case, actor=ANYONE)
        except DomainError:
            return
        self.follow(decision)

    def follow(self, decision: Decision) -> None:
        before = {task.id: task for task in self.case.tasks}
        order = list(TaskState)
        for task in decision.moved:
            assert order.index(task.state) >= order.index(before[task.id].state)
        self.case = case_after(self.case, decision)
        for effect in decision.effects:
            if isinstance(effect, Suspended):
                self.case = replace(self.case, suspended=True, suspended_before=True)
            if isinstance(effect, Resumed):
                self.case = replace(self.case, suspended=False)
        assert self.case.step is decision.step

    @invariant()
    def at_most_one_lead_is_open(self) -> None:
        assert len(self.case.open_of(TaskKind.LEAD)) <= 1

    @invariant()
    def what_goes_with_a_lead_is_open_only_beside_one(self) -> None:
        owed = {task.kind for task in self.case.tasks if task.is_open}
        beside = {TaskKind.CO_HANDLE, TaskKind.DOUBLE, TaskKind.ADJUDICATE, TaskKind.SIGN_OFF}
        assert not owed & beside or TaskKind.LEAD in owed

    @invariant()
    def a_case_is_open_exactly_while_a_task_holds_it(self) -> None:
        held = any(task.holds_case for task in self.case.tasks)
        assert held == (self.case.outcome is None)

    @invariant()
    def nothing_hangs_on_a_task_that_is_over(self) -> None:
        for task in self.case.tasks:
            asked_in_a_task = task.kind in {
                TaskKind.SUBASSIGNED,
                TaskKind.INQUIRY,
                TaskKind.SIGN_OFF,
                TaskKind.ADJUDICATE,
                TaskKind.LEADER_APPROVAL,
                TaskKind.CENTRE_APPROVAL,
            }
            if task.is_open and asked_in_a_task:
                assert self.case.task(task.parent_id).is_open

    @invariant()
    def nobody_extends_more_than_twice(self) -> None:
        assert all(task.extensions <= 2 for task in self.case.tasks)

    @invariant()
    def the_step_is_always_defined(self) -> None:
        ended = self.case.step in {*(Step(outcome) for outcome in Outcome), Step.EVALUATED}
        assert ended == (self.case.outcome is not None)


TestCaseWalk = CaseWalk.TestCase
TestCaseWalk.settings = settings(max_examples=300, stateful_step_count=60, deadline=None)
