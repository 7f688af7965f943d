"""What somebody may try on a task or a case, and why nothing else: buttons and their reasons."""

from dataclasses import dataclass

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.answering import had_a_hand
from chengshao.workorders.rules.book import CASE_MOVES, CaseMove
from chengshao.workorders.rules.case_moves import asked_back, check_is_for, check_whose_order
from chengshao.workorders.rules.facts import CaseFacts, TaskFacts
from chengshao.workorders.rules.offered import why_idle
from chengshao.workorders.rules.refusals import (
    AlreadyWaiting,
    LeadDesignated,
    NotYourOwn,
    PowerMissing,
    ReopeningOver,
    WrongState,
)
from chengshao.workorders.terms import CaseCommand, Side, TaskKind, TaskMove, TaskState

_ORDER = tuple(TaskState)


@dataclass(frozen=True, slots=True)
class NotNow:
    """A command that can't be tried: why not, and over which unit its power is."""

    command: str
    refusal: DomainError
    unit_id: int
    later: bool = False  # it comes only after the next step


def check_may_try(
    case: CaseFacts, task: TaskFacts, command: str, actor: Actor, *, directly: bool = False
) -> TaskMove:
    """
    Return the row of the table by which the actor may try this, whatever is brought along.

    :param directly: the case goes to the one lead that the catalogue names (目录直派)
    :raises WrongState: if the command does not fit the task's state
    :raises PowerMissing: if the actor lacks the power that the row names
    :raises NotYourOwn: if the actor opened what is to be decided, or had a hand in the answer
    :raises LeadDesignated: if the return was denied before
    """
    move = registry.move_for(task.kind, task.state, command)
    if move is None or case.archived:
        raise WrongState(command=command, state=task.state)
    if not _has_power(case, task, move, actor, directly=directly):
        raise PowerMissing(power=_power_of(move, directly=directly))
    if move.if_complained_about and task.unit_id not in case.complained_about:
        raise WrongState(command=command, state=task.state)
    if move.by_another and had_a_hand(case, task, actor.user_id):
        raise NotYourOwn
    if move.not_if_designated and task.designated:
        raise LeadDesignated
    return move


def commands_for(case: CaseFacts, task: TaskFacts, actor: Actor) -> tuple[str, ...]:
    """Return what this actor may try on this task (the page's buttons)."""
    rows = (r for r in registry.all_moves() if (r.kind, r.source) == (task.kind, task.state))
    return tuple(row.command for row in rows if _refusal(case, task, row.command, actor) is None)


def not_now(case: CaseFacts, task: TaskFacts, actor: Actor) -> tuple[NotNow, ...]:
    """
    Return what staff do with an open task, from its state on, and this actor can't now: by the
    very rules that refuse it.
    """
    ahead = _ORDER[_ORDER.index(task.state) :]
    rows = {
        row.command: row
        for row in reversed(registry.all_moves())
        if row.kind == task.kind and row.source in ahead and row.side is not Side.CITIZEN
    }
    found = (
        NotNow(command, refusal, _unit_meant(case, task, row), row.source is not task.state)
        for command, row in reversed(rows.items())
        if (refusal := _refusal(case, task, command, actor)) is not None
    )
    return tuple(found)


def case_commands_for(
    case: CaseFacts, actor: Actor, *, reopening_over: bool = False
) -> tuple[str, ...]:
    """Return what this actor may try on the case as a whole."""
    rows = _rows_at(case)
    return tuple(
        row.command for row in rows if _case_refusal(case, row, actor, reopening_over) is None
    )


def not_now_on_case(
    case: CaseFacts, actor: Actor, *, reopening_over: bool = False
) -> tuple[NotNow, ...]:
    """
    Return what persons do with a case as a whole where it stands, and this actor can't now. What
    is done only with another sort of case is no question here.
    """
    found = (
        NotNow(row.command, refusal, case.desk_unit_id)
        for row in _rows_at(case)
        if not row.by_itself
        and (refusal := _case_refusal(case, row, actor, reopening_over)) is not None
    )
    return tuple(each for each in found if not isinstance(each.refusal, WrongState))


def _refusal(case: CaseFacts, task: TaskFacts, command: str, actor: Actor) -> DomainError | None:
    try:
        move = check_may_try(case, task, command, actor)
    except DomainError as refusal:
        return refusal
    return why_idle(case, task, move)


def _rows_at(case: CaseFacts) -> list[CaseMove]:
    return [row for row in CASE_MOVES if case.step in row.sources and not case.archived]


def _case_refusal(
    case: CaseFacts, move: CaseMove, actor: Actor, reopening_over: bool
) -> DomainError | None:
    try:
        check_is_for(move, case, actor)
        check_whose_order(move, case)
    except DomainError as refusal:
        return refusal
    if not actor.may(move.power, case.desk_unit_id, territory=case.territory):
        return PowerMissing(power=move.power)
    if move.command == CaseCommand.ASK_OUTER_RETURN and asked_back(case):
        return AlreadyWaiting(task_kind=TaskKind.OUTER_REQUEST)
    if move.command == CaseCommand.REOPEN and reopening_over:
        return ReopeningOver()
    return None


def _has_power(
    case: CaseFacts, task: TaskFacts, move: TaskMove, actor: Actor, *, directly: bool
) -> bool:
    if move.side is Side.CITIZEN:
        return actor.kind is ActorKind.CITIZEN and any(
            report.id == actor.report_id and not report.withdrawn for report in case.reports
        )
    powers = [_power_of(move, directly=directly)]
    if move.by_opener and actor.user_id is not None and task.opened_by == actor.user_id:
        powers.append(move.by_opener)
    unit_id = _unit_meant(case, task, move)
    return any(actor.may(power, unit_id, territory=case.territory) for power in powers)


def _unit_meant(case: CaseFacts, task: TaskFacts, move: TaskMove) -> int:
    """Return the unit over which the row takes its power."""
    if move.side is Side.DESK:
        return case.desk_unit_id
    if move.side is Side.ASKER and task.parent_id:
        return case.task(task.parent_id).unit_id
    return task.unit_id


def _power_of(move: TaskMove, *, directly: bool) -> str:
    return move.directly if directly and move.directly else move.power
