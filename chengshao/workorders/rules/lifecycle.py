"""
The lifecycle of a case (七步闭环): who may move which task when, and what follows from it.

A case waits only in tasks. BOOK (this room's rows in the registry) and CASE_MOVES say all that
can happen; the step is derived from the tasks and is never set. No Django, no clock, no database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import Invalid, NotAllowed, Refused
from chengshao.workorders.rules import registry
from chengshao.workorders.terms import (
    Book,
    CaseCommand,
    Kind,
    Need,
    OnLead,
    Outcome,
    Power,
    ReportCommand,
    Step,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)


class WrongState(Refused):
    code = "workorder_wrong_state"


class NeedMissing(Refused):
    code = "workorder_need_missing"


class AlreadyWaiting(Refused):
    code = "workorder_already_waiting"


class LeadDesignated(Refused):
    code = "workorder_lead_designated"


class StillHeld(Refused):
    code = "workorder_still_held"


class UnitComplainedAbout(Refused):
    code = "workorder_unit_complained_about"


class PowerMissing(NotAllowed):
    code = "workorder_power_missing"


class LeadAmongCoHandlers(Invalid):
    code = "workorder_lead_among_co_handlers"


@dataclass(frozen=True, slots=True)
class CaseMove:
    command: str
    source: Step
    outcome: Outcome
    power: str  # over the desk
    needs: tuple[Need, ...] = ()


_C, _K, _S, _P, _N = TaskCommand, TaskKind, TaskState, Power, Need
# fmt: off
BOOK = Book(
    kinds=(
        Kind(_K.REGISTER),
        Kind(_K.DISPATCH),
        Kind(_K.LEAD),
        Kind(_K.CO_HANDLE),
        Kind(_K.ADJUDICATE, holds_case=False),  # the lead holds it meanwhile
        Kind(_K.CHECK),
    ),
    moves=(
        TaskMove(_C.REGISTER, _K.REGISTER, _S.OPEN, _S.DONE, _P.REGISTER, (_N.MATTER,),
                 opens=_K.DISPATCH),
        TaskMove(_C.DISPATCH, _K.DISPATCH, _S.OPEN, _S.DONE, _P.DISPATCH, 
                 (_N.UNITS, _N.BASIS), opens=_K.LEAD),

        TaskMove(_C.ACKNOWLEDGE, _K.LEAD, _S.OPEN, _S.ACKNOWLEDGED, _P.HANDLE),
        TaskMove(_C.ASK_RETURN, _K.LEAD, _S.OPEN, _S.OPEN, _P.HANDLE, (_N.REASON,),
                 opens=_K.ADJUDICATE, not_if_designated=True),
        TaskMove(_C.ASK_RETURN, _K.LEAD, _S.ACKNOWLEDGED, _S.ACKNOWLEDGED, _P.HANDLE, (_N.REASON,),
                 opens=_K.ADJUDICATE, not_if_designated=True),
        TaskMove(_C.ANSWER, _K.LEAD, _S.ACKNOWLEDGED, _S.DONE, _P.HANDLE,
                 (_N.REPLY, _N.EVIDENCE_AS_ASKED, _N.PARTS_OR_REASON), opens=_K.CHECK),

        TaskMove(_C.ACKNOWLEDGE, _K.CO_HANDLE, _S.OPEN, _S.ACKNOWLEDGED, _P.HANDLE),
        TaskMove(_C.ANSWER, _K.CO_HANDLE, _S.ACKNOWLEDGED, _S.DONE, _P.HANDLE, (_N.REASON,)),

        TaskMove(_C.GRANT, _K.ADJUDICATE, _S.OPEN, _S.DONE, _P.DISPATCH,
                 opens=_K.DISPATCH, on_lead=OnLead.CANCEL),
        TaskMove(_C.DENY, _K.ADJUDICATE, _S.OPEN, _S.DONE, _P.DISPATCH, (_N.REASON,),
                 on_lead=OnLead.DESIGNATE),

        TaskMove(_C.PASS, _K.CHECK, _S.OPEN, _S.DONE, _P.CHECK, outcome=Outcome.CLOSED),
        TaskMove(_C.FAIL, _K.CHECK, _S.OPEN, _S.DONE, _P.CHECK, (_N.REASON,), opens=_K.LEAD),
    ),
)
CASE_MOVES: tuple[CaseMove, ...] = (
    CaseMove(CaseCommand.DECLINE, Step.REPORTED, Outcome.DECLINED, _P.REGISTER, (_N.REASON,)),
)
# fmt: on

OPEN_STATES = frozenset({_S.OPEN, _S.ACKNOWLEDGED})
_CASE_MOVE = {(row.source, row.command): row for row in CASE_MOVES}
_STEPS = list(Step)
_STEP_WHILE: dict[tuple[str, TaskState], Step] = {
    (_K.REGISTER, _S.OPEN): Step.REPORTED,
    (_K.DISPATCH, _S.OPEN): Step.REGISTERED,
    (_K.LEAD, _S.OPEN): Step.DISPATCHED,
    (_K.CHECK, _S.OPEN): Step.ANSWERED,
}  # all that is not named here, of whatever room: HANDLING
_GO_WITH_LEAD = frozenset({_K.CO_HANDLE, _K.ADJUDICATE})


@dataclass(frozen=True, slots=True)
class TaskFacts:
    kind: str
    unit_id: int
    state: TaskState = TaskState.OPEN
    round: int = 1
    designated: bool = False
    id: int = 0  # 0 until stored

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def holds_case(self) -> bool:
        return self.is_open and registry.kind_of(self.kind).holds_case


@dataclass(frozen=True, slots=True)
class ReportFacts:
    id: int
    withdrawn: bool = False
    rated: bool = False  # given or lapsed


@dataclass(frozen=True, slots=True)
class CaseFacts:
    desk_unit_id: int  # the desk that keeps the file: registers, dispatches, adjudicates, checks
    tasks: tuple[TaskFacts, ...] = ()
    reports: tuple[ReportFacts, ...] = ()
    outcome: Outcome | None = None
    evidence_asked: frozenset[str] = frozenset()
    complained_about: frozenset[int] = frozenset()
    territory: str = ""  # of the place of the matter: grants may end at a border

    @property
    def step(self) -> Step:
        return step_of(self.tasks, self.outcome, self.reports)


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a command."""

    reason: str = ""
    reply: str = ""
    basis: str = ""
    evidence: frozenset[str] = frozenset()
    matter: str = ""
    lead_unit_id: int | None = None
    co_handle_unit_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    moved: tuple[TaskFacts, ...]
    opened: tuple[TaskFacts, ...]
    outcome: Outcome | None
    step: Step


def open_case(*, desk_unit_id: int, actor: Actor, territory: str = "") -> Decision:
    """
    Return the first task of a new case. Citizens may always report.

    Staff report wherever they stand, so a grant's territory does not matter here.

    :raises PowerMissing: if the actor may not report at all
    """
    if actor.kind is not ActorKind.CITIZEN and not actor.holds(Power.REPORT):
        raise PowerMissing(power=Power.REPORT)
    case = CaseFacts(desk_unit_id, territory=territory)
    return _settle(case, [], (TaskFacts(TaskKind.REGISTER, desk_unit_id),), None)


def open_task(*, case: CaseFacts, kind: str, unit_id: int, actor: Actor) -> Decision:
    """
    Return the task that another room asks for.

    :raises WrongState: if the case has ended or no hand opens this kind
    :raises PowerMissing: if the actor lacks the kind's power over the desk
    :raises AlreadyWaiting: if the unit owes such a task already
    :raises UnitComplainedAbout: if the case is about this unit
    """
    power = registry.kind_of(kind).opened_by
    if power is None or case.outcome is not None:
        raise WrongState(command=kind, state=case.step)
    if not actor.may(power, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=power)
    if any(t.is_open and (t.kind, t.unit_id) == (kind, unit_id) for t in case.tasks):
        raise AlreadyWaiting(task_kind=kind)
    opened = TaskFacts(kind, unit_id, round=_next_round(kind, case.tasks))
    return _settle(case, [], (opened,), None)


def decide_task(
    *, case: CaseFacts, task: TaskFacts, command: str, actor: Actor, given: Given
) -> Decision:
    """
    Return what the command changes: this task, what ends with it, what opens after it.

    :raises WrongState: if the command does not fit the task's state
    :raises PowerMissing: if the actor lacks the power over the task's unit
    :raises LeadDesignated: if the return was denied before
    :raises NeedMissing: if something required is not in hand
    :raises AlreadyWaiting: if what it would open is open
    :raises LeadAmongCoHandlers: if one unit is named twice
    :raises UnitComplainedAbout: if the case is about a unit that would owe a task
    :raises StillHeld: if the case would end while a task holds it
    """
    move = registry.move_for(task.kind, task.state, command)
    if move is None:
        raise WrongState(command=command, state=task.state)
    if not actor.may(move.power, task.unit_id, territory=case.territory):
        raise PowerMissing(power=move.power)
    if move.not_if_designated and task.designated:
        raise LeadDesignated
    _check_needs(move.needs, case=case, given=given)

    moved = [replace(task, state=move.target)] if move.target is not move.source else []
    if move.on_lead:
        moved += [_judged(t, move.on_lead) for t in case.tasks if _is_open_of(t, TaskKind.LEAD)]
    if any(t.kind == TaskKind.LEAD and not t.is_open for t in moved):
        ids = {t.id for t in moved}
        moved += [
            replace(t, state=TaskState.CANCELLED)
            for t in case.tasks
            if t.is_open and t.kind in _GO_WITH_LEAD and t.id not in ids
        ]
    opened = _open(move.opens, case=case, given=given) if move.opens else ()
    return _settle(case, moved, opened, move.outcome or case.outcome)


def decide_case(*, case: CaseFacts, command: str, actor: Actor, given: Given) -> Decision:
    """
    Return how the case ends: its outcome, and every open task cancelled.

    :raises WrongState: if the case can't end this way from its present step
    :raises PowerMissing: if the actor lacks the power over the desk
    :raises NeedMissing: if something required is not in hand
    """
    move = _CASE_MOVE.get((case.step, command))
    if move is None:
        raise WrongState(command=command, state=case.step)
    if not actor.may(move.power, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=move.power)
    _check_needs(move.needs, case=case, given=given)
    return _end(case, move.outcome)


def decide_withdrawal(*, case: CaseFacts, report: ReportFacts, actor: Actor) -> Decision:
    """
    Return what follows when a report is taken back: with the last one the case ends.

    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises WrongState: if the report is withdrawn already or the case has ended
    """
    check_speaks_for(report, Power.REPORT, case=case, actor=actor)
    if report.withdrawn or case.outcome is not None:
        state = Outcome.WITHDRAWN if report.withdrawn else case.step
        raise WrongState(command=ReportCommand.WITHDRAW, state=state)
    if any(not other.withdrawn for other in case.reports if other.id != report.id):
        return _settle(case, [], (), None)
    return _end(case, Outcome.WITHDRAWN)


def decide_rating(*, case: CaseFacts, report: ReportFacts, actor: Actor) -> Decision:
    """
    Return the step after this report is rated or its rating has lapsed.

    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises WrongState: if the case is not closed, or the report is withdrawn or rated
    """
    check_speaks_for(report, Power.EVALUATE, case=case, actor=actor)
    if case.step is not Step.CLOSED or report.withdrawn or report.rated:
        raise WrongState(command=ReportCommand.RATE, state=case.step)
    rated = tuple(replace(r, rated=r.rated or r.id == report.id) for r in case.reports)
    return _settle(replace(case, reports=rated), [], (), case.outcome)


def step_of(
    tasks: Iterable[TaskFacts], outcome: Outcome | None, reports: Sequence[ReportFacts] = ()
) -> Step:
    """Return where the case stands: the earliest step that a task waits in. Knows every kind."""
    if outcome is Outcome.CLOSED:
        asked = [report for report in reports if not report.withdrawn]
        return Step.EVALUATED if asked and all(r.rated for r in asked) else Step.CLOSED
    if outcome is not None:
        return Step(outcome)
    waits = (_STEP_WHILE.get((t.kind, t.state), Step.HANDLING) for t in tasks if t.holds_case)
    return min(waits, key=_STEPS.index, default=Step.HANDLING)


def commands_for(task: TaskFacts, actor: Actor, *, territory: str = "") -> tuple[str, ...]:
    """Return what this actor may try on this task (the page's buttons)."""
    return tuple(
        row.command
        for row in registry.all_moves()
        if (row.kind, row.source) == (task.kind, task.state)
        and actor.may(row.power, task.unit_id, territory=territory)
        and not (row.not_if_designated and task.designated)
    )


def check_not_complained_about(case: CaseFacts, unit_ids: Iterable[int]) -> None:
    """
    Pass if the case is about none of these units.

    :raises UnitComplainedAbout: if it is about one
    """
    if case.complained_about & set(unit_ids):
        raise UnitComplainedAbout


def _is_open_of(task: TaskFacts, kind: TaskKind) -> bool:
    return task.kind == kind and task.is_open


def _judged(lead: TaskFacts, verdict: OnLead) -> TaskFacts:
    if verdict is OnLead.CANCEL:
        return replace(lead, state=TaskState.CANCELLED)
    return replace(lead, designated=True)


def _check_needs(needs: tuple[Need, ...], *, case: CaseFacts, given: Given) -> None:
    in_hand = {
        Need.REASON: bool(given.reason.strip()),
        Need.MATTER: bool(given.matter),
        Need.UNITS: given.lead_unit_id is not None,
        Need.BASIS: bool(given.basis.strip()),
        Need.REPLY: bool(given.reply.strip()),
        Need.EVIDENCE_AS_ASKED: case.evidence_asked <= given.evidence,
        Need.PARTS_OR_REASON: bool(given.reason.strip())
        or not any(_is_open_of(task, TaskKind.CO_HANDLE) for task in case.tasks),
    }
    for need in needs:
        if not in_hand[need]:
            raise NeedMissing(need=need)


def check_speaks_for(report: ReportFacts, power: str, *, case: CaseFacts, actor: Actor) -> None:
    """:raises PowerMissing: unless it is the citizen's own report, or the actor holds the power"""
    its_citizen = actor.kind is ActorKind.CITIZEN and actor.report_id == report.id
    if not its_citizen and not actor.may(power, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=power)


def _next_round(kind: str, tasks: Iterable[TaskFacts]) -> int:
    return 1 + max((task.round for task in tasks if task.kind == kind), default=0)


def _open(kind: str, *, case: CaseFacts, given: Given) -> tuple[TaskFacts, ...]:
    if kind != TaskKind.LEAD and any(t.is_open and t.kind == kind for t in case.tasks):
        raise AlreadyWaiting(task_kind=kind)
    round_ = _next_round(kind, case.tasks)
    if kind != TaskKind.LEAD:
        return (TaskFacts(kind, case.desk_unit_id, round=round_),)
    if given.lead_unit_id is None:  # the check failed: the same lead, one round later
        last = max((t for t in case.tasks if t.kind == kind), key=lambda t: t.round)
        return (replace(last, state=TaskState.OPEN, round=round_, id=0),)
    if given.lead_unit_id in given.co_handle_unit_ids:
        raise LeadAmongCoHandlers
    parts = [TaskFacts(_K.CO_HANDLE, u, round=round_) for u in sorted(given.co_handle_unit_ids)]
    return (TaskFacts(kind, given.lead_unit_id, round=round_), *parts)


def _end(case: CaseFacts, outcome: Outcome) -> Decision:
    moved = [replace(task, state=TaskState.CANCELLED) for task in case.tasks if task.is_open]
    return _settle(case, moved, (), outcome)


def _settle(
    case: CaseFacts,
    moved: list[TaskFacts],
    opened: tuple[TaskFacts, ...],
    outcome: Outcome | None,
) -> Decision:
    check_not_complained_about(case, (task.unit_id for task in opened))
    ids = {task.id for task in moved}
    tasks = [*(task for task in case.tasks if task.id not in ids), *moved, *opened]
    if outcome is not None:
        for task in tasks:
            if task.holds_case:
                raise StillHeld(task_kind=task.kind)
    return Decision(tuple(moved), opened, outcome, step_of(tasks, outcome, case.reports))
