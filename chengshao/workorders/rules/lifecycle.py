"""
The lifecycle of a case (七步闭环): who may move which task when, and what follows from it.

A case waits only in tasks. `book` says all that can happen; the step is derived from the tasks and
is never set. No Django, no clock, no database.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from chengshao.catalog.terms import CheckMode, Track
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.answering import answered
from chengshao.workorders.rules.book import CASE_MOVES, STAY_AFTER_THE_END
from chengshao.workorders.rules.case_moves import (
    asked_back,
    check_is_for,
    check_may_archive,
    check_whose_order,
    needs_of,
)
from chengshao.workorders.rules.closings import may_close_directly
from chengshao.workorders.rules.consequences import CONSEQUENCES, end_task, last_lead_id
from chengshao.workorders.rules.facts import (
    NOTHING,
    Asked,
    CaseFacts,
    ClosedAs,
    Closing,
    Decision,
    Given,
    ReportFacts,
    Resumed,
    TaskFacts,
    Turn,
)
from chengshao.workorders.rules.joining import check_platform_clock_runs, works_on
from chengshao.workorders.rules.offered import in_the_way
from chengshao.workorders.rules.refusals import (
    AlreadyWaiting,
    AskThePlatform,
    CantMerge,
    NeedMissing,
    NotDirectly,
    NotOnTheSpot,
    NotRefuted,
    PowerMissing,
    ReopeningOver,
    StillHeld,
    UnitComplainedAbout,
    WrongState,
)
from chengshao.workorders.rules.steps import step_of
from chengshao.workorders.rules.taking import check_needs, check_takes, takes_of_case_move, takes_on
from chengshao.workorders.rules.trying import check_may_try
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    DeclineGround,
    Need,
    Outcome,
    OuterWhat,
    Power,
    ReportCommand,
    Step,
    TaskCommand,
    TaskKind,
    TaskState,
)

_CASE_MOVE = {(source, row.command): row for row in CASE_MOVES for source in row.sources}
_FIRST = TaskFacts("", 0)
_OF_FIXED = (Need.MATTER, Need.REPLY, Need.EVIDENCE_AS_ASKED)


def open_case(
    *,
    desk_unit_id: int,
    actor: Actor,
    territory: str = "",
    complained_about: frozenset[int] = frozenset(),
    verify: bool = False,
) -> Decision:
    """
    Return the first task of a new case. Citizens may always report.

    Staff report wherever they stand, so a grant's territory does not matter here. Where the
    source asks for it, the demand is verified before it is registered.

    :raises PowerMissing: if the actor may not report at all
    """
    if actor.kind is not ActorKind.CITIZEN and not actor.holds(Power.REPORT):
        raise PowerMissing(power=Power.REPORT)
    case = CaseFacts(desk_unit_id, territory=territory, complained_about=complained_about)
    turn = _turn(case, actor=actor)
    turn.open(TaskKind.VERIFY if verify else TaskKind.REGISTER, desk_unit_id)
    return _settle(turn)


def open_fixed_case(
    *,
    desk_unit_id: int,
    unit_id: int,
    track: Track,
    territory: str,
    evidence_asked: frozenset[str] = frozenset(),
    given: Given,
    actor: Actor,
) -> Decision:
    """
    Return a case that one person found and fixed: one record, one save (F16, 巡办一体).

    :raises PowerMissing: if the actor may not handle for the unit there
    :raises NotOnTheSpot: if such a matter takes more than that
    :raises NeedMissing: if the evidence that the matter asks is not there
    """
    case = CaseFacts(desk_unit_id, territory=territory, track=track, evidence_asked=evidence_asked)
    if not actor.may(Power.HANDLE, unit_id, territory=territory):
        raise PowerMissing(power=Power.HANDLE)
    if track is not Track.ON_THE_SPOT:
        raise NotOnTheSpot
    check_needs(_OF_FIXED, case=case, given=given)
    turn = _turn(case, actor=actor, given=given)
    turn.open(TaskKind.LEAD, unit_id)
    closing = Closing(ClosingKind.SOLVED)
    turn.opened[0] = answered(turn, turn.opened[0], closing)
    turn.outcome = Outcome.CLOSED
    turn.effects.append(ClosedAs(closing, unit_id))
    return _settle(turn)


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
    turn = _turn(case, actor=actor)
    turn.open(kind, unit_id)
    return _settle(turn)


def decide_task(
    *, case: CaseFacts, task: TaskFacts, command: str, actor: Actor, given: Given
) -> Decision:
    """
    Return what the command changes: this task, what ends with it, what opens after it.

    While the clocks are suspended work goes on: what opens meanwhile waits with its whole time.

    :raises WrongState: if the command does not fit the task's state
    :raises PowerMissing: if the actor lacks the power that the row names
    :raises NotYourOwn: if the actor opened what is to be decided, or had a hand in the answer
    :raises LeadDesignated: if the return was denied before
    :raises TakesNo: if something is said that the move does not take
    :raises NeedMissing: if something required is not in hand
    :raises ClosingIncomplete: if the closing lacks what its kind asks
    :raises NotDirectly: if the desk says of a matter what only a unit can say
    :raises AlreadyWaiting: if what it would open is open
    :raises UnitNamedTwice: if one unit is named twice
    :raises UnitComplainedAbout: if the case is about a unit that would owe a task
    :raises StillHeld: if the case would end while a task holds it
    :raises DomainError: see rules.consequences
    """
    move = check_may_try(case, task, command, actor, directly=given.by_catalogue)
    check_takes(takes_on(move, task, case), given)
    check_needs(move.needs, case=case, given=given)
    if command == TaskCommand.ANSWER_DIRECTLY and not may_close_directly(given.closing, case.track):
        raise NotDirectly

    turn = _turn(case, task=task, actor=actor, given=given)
    if move.target is not move.source and (given.met or not move.ends_when_met):
        moved = replace(task, state=move.target)
        if moved.is_open:
            turn.change(moved)
        else:
            end_task(turn, moved)
    if move.then is not None:
        CONSEQUENCES[move.then](turn)
    if move.opens:
        if waiting := in_the_way(case, task, move):
            raise AlreadyWaiting(task_kind=waiting)
        asked = Asked(proposed_unit_id=given.proposed_unit_id)
        turn.open(move.opens, case.desk_unit_id, parent=task.id, asked=asked)
    if move.outcome:
        turn.outcome = move.outcome
    return _settle(turn)


def decide_case(
    *,
    case: CaseFacts,
    command: str,
    actor: Actor,
    given: Given,
    report: ReportFacts | None = None,
) -> Decision:
    """
    Return what a command on the case as a whole changes: it ends, goes on, or is filed away.

    :param report: whose citizen asks for it, by the own right: then it takes who may speak for it
    :raises WrongState: if it does not fit the present step
    :raises PowerMissing: if the actor lacks the power over the desk
    :raises AskThePlatform: if an order of another platform would end without its word
    :raises TakesNo: if something is said that the command does not take
    :raises NeedMissing: if something required is not in hand
    :raises NotRefuted: if it is declined as not found, and nobody who verified it said so
    :raises ReopeningOver: if the time in which it may be reopened is over
    :raises ComesByItself: if it comes on its day and is nobody's to press
    :raises StillHeld: if it would be filed away while somebody owes something
    :raises StillAwaited: if it would be filed away while something else is waited for
    """
    move = _CASE_MOVE.get((case.step, command))
    reopens = command == CaseCommand.REOPEN
    if move is None or (case.archived and not reopens):
        raise WrongState(command=command, state=case.step)
    if report is not None and command == CaseCommand.REOPEN:
        check_speaks_for(report, Power.REPORT, case=case, actor=actor)
    elif not actor.may(move.power, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=move.power)
    check_is_for(move, case, actor)
    check_whose_order(move, case)
    check_takes(takes_of_case_move(move), given)
    check_needs(needs_of(move, actor), case=case, given=given)
    if given.ground is DeclineGround.NOT_FOUND and not given.refuted:
        raise NotRefuted
    if reopens and (given.overdue or case.archived):
        raise ReopeningOver
    turn = _turn(case, actor=actor, given=given)
    if move.outcome is not None:
        _end(turn, move.outcome)
    elif command == CaseCommand.ASK_OUTER_RETURN:
        _ask_outer_return(turn)
    elif command == CaseCommand.REVIEW_LEDGER:
        _open_once(turn, TaskKind.LEDGER_REVIEW, given.owner_unit_id or case.desk_unit_id)
    elif command == CaseCommand.TAKE_SAMPLE:
        _open_once(turn, TaskKind.SAMPLE, case.desk_unit_id)
    elif command == CaseCommand.ARCHIVE:
        check_may_archive(case, given)
    if move.reopens is not None:
        turn.outcome = None
        turn.end(*case.open_of(*STAY_AFTER_THE_END))
        asked = Asked(
            closing=Closing(ClosingKind.SOLVED), check_mode=_mode_of(case), before=case.closing
        )
        back = move.reopens == TaskKind.CHECK
        turn.open(
            move.reopens,
            case.desk_unit_id,
            parent=last_lead_id(turn) if back else 0,
            asked=asked if back else Asked(),
        )
    return _settle(turn)


def decide_merge(*, source: CaseFacts, target: CaseFacts, actor: Actor, given: Given) -> Decision:
    """
    Return how the emptied case ends when its reports go to another.

    To one on the ledger repeats attach though it has ended (F17).

    :raises WrongState: if one of them has ended
    :raises PowerMissing: if the actor may not register at both desks
    :raises CantMerge: if a unit that this one complains about works or worked on the other
    :raises PlatformClockStops: if a platform's order would come to a case that is suspended
    :raises NeedMissing: without a reason
    """
    for case in (source, target):
        if case.outcome is not None and not (case is target and case.on_ledger):
            raise WrongState(command=CaseCommand.MERGE, state=case.step)
        if not actor.may(Power.REGISTER, case.desk_unit_id, territory=case.territory):
            raise PowerMissing(power=Power.REGISTER)
    check_needs((Need.REASON,), case=source, given=given)
    if works_on(target, source.complained_about):
        raise CantMerge
    if source.outer:
        check_platform_clock_runs(target)
    turn = _turn(source, actor=actor, given=given)
    _end(turn, Outcome.MERGED, tell=False)
    return _settle(turn)


def decide_undo_merge(
    *, source: CaseFacts, target: CaseFacts, registered: bool, actor: Actor, given: Given
) -> tuple[Decision, Decision]:
    """
    Return how a merged case goes on by itself again, with a new task, as nothing moves back; and
    what becomes of the one that took it in. Whichever nobody asks for any more is withdrawn.

    :param source: with its reports hanging on it again
    :param target: with those that are left to it
    :raises WrongState: if it is not merged, or the case that took it in has ended
    :raises PowerMissing: if the actor may not register at the desk
    :raises NeedMissing: without a reason
    """
    ended = target.outcome is not None and not target.on_ledger
    if source.outcome is not Outcome.MERGED or ended:
        raise WrongState(command=CaseCommand.UNDO_MERGE, state=source.step)
    if not actor.may(Power.REGISTER, source.desk_unit_id, territory=source.territory):
        raise PowerMissing(power=Power.REGISTER)
    check_needs((Need.REASON,), case=source, given=given)
    apart = _turn(source, actor=actor, given=given)
    left = _turn(target, actor=actor, given=given)
    if _all_withdrawn(source):
        apart.outcome = Outcome.WITHDRAWN
    else:
        apart.outcome = None
        apart.open(TaskKind.DISPATCH if registered else TaskKind.REGISTER, source.desk_unit_id)
    if _all_withdrawn(target):
        _end(left, Outcome.WITHDRAWN, tell=False)
    return _settle(apart), _settle(left)


def _all_withdrawn(case: CaseFacts) -> bool:
    return all(report.withdrawn for report in case.reports)


def decide_withdrawal(
    *, case: CaseFacts, report: ReportFacts, actor: Actor, given: Given
) -> Decision:
    """
    Return what follows when a report is taken back: with the last one the case ends.

    Only its citizen takes it back; who does it on the phone writes down the citizen's words. What
    another platform ordered is taken back there.

    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises NeedMissing: if somebody speaks for the citizen and doesn't say what was said
    :raises AskThePlatform: if it is an order of another platform, which isn't the one that asks
    :raises WrongState: if the report is withdrawn already or the case has ended
    """
    check_speaks_for(report, Power.SPEAK_FOR, case=case, actor=actor)
    if actor.kind is not ActorKind.CITIZEN:
        check_needs((Need.REASON,), case=case, given=given)
    if report.withdrawn or case.outcome is not None:
        state = Outcome.WITHDRAWN if report.withdrawn else case.step
        raise WrongState(command=ReportCommand.WITHDRAW, state=state)
    if report.of_platform and not _brought(report, actor):
        raise AskThePlatform
    turn = _turn(case, actor=actor)
    if all(other.withdrawn for other in case.reports if other.id != report.id):
        _end(turn, Outcome.WITHDRAWN, tell=False)
    return _settle(turn)


def decide_rating(*, case: CaseFacts, report: ReportFacts, actor: Actor) -> Decision:
    """
    Return the step after this report is rated or its rating has lapsed.

    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises WrongState: if the case is not closed, or the report is rated or not to be
    """
    check_speaks_for(report, Power.SPEAK_FOR, case=case, actor=actor)
    if case.step is not Step.CLOSED or not report.asked or report.rated:
        raise WrongState(command=ReportCommand.RATE, state=case.step)
    rated = tuple(replace(r, rated=r.rated or r.id == report.id) for r in case.reports)
    return _settle(_turn(replace(case, reports=rated), actor=actor))


def decide_voiding(
    *, case: CaseFacts, report: ReportFacts, said: bool, actor: Actor, given: Given
) -> Decision:
    """
    Return the step after what a citizen said of the result is voided, because somebody urged it:
    the citizen is asked anew.

    :param said: whether the citizen said anything that could be voided
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises NeedMissing: if somebody speaks for the citizen and doesn't say what was said
    :raises WrongState: if the case is not closed or filed away, or nothing was said
    """
    check_speaks_for(report, Power.SPEAK_FOR, case=case, actor=actor)
    if actor.kind is not ActorKind.CITIZEN:
        check_needs((Need.REASON,), case=case, given=given)
    over = case.outcome is not Outcome.CLOSED or case.archived
    if over or not said or not report.asked:
        raise WrongState(command=ReportCommand.VOID_RATING, state=case.step)
    asked = tuple(replace(r, rated=r.rated and r.id != report.id) for r in case.reports)
    return _settle(_turn(replace(case, reports=asked), actor=actor))


def decide_resumption(*, case: CaseFacts, actor: Actor) -> Decision:
    """
    Return how a suspended case goes on.

    :raises WrongState: if it is not suspended
    """
    if not case.suspended or case.outcome is not None:
        raise WrongState(command=CaseCommand.RESUME, state=case.step)
    turn = _turn(case, actor=actor)
    turn.effects.append(Resumed())
    return _settle(turn)


def decide_contacts_over(*, case: CaseFacts, met: Collection[int]) -> Decision | None:
    """
    Return which calls are owed no more (先行联系、告知), or None where all of them still are.

    :param met: tasks on which everybody who still waits was reached, or tried by the rule
    """
    turn = _turn(case, actor=Actor(ActorKind.SYSTEM))
    for task in case.open_of(TaskKind.CONTACT, TaskKind.TELL):
        if not case.contactable:
            turn.end(task)
        elif task.id in met:
            turn.change(replace(task, state=TaskState.DONE))
    return _settle(turn) if turn.moved else None


def check_not_complained_about(case: CaseFacts, unit_ids: Iterable[int]) -> None:
    """
    Pass if the case is about none of these units.

    :raises UnitComplainedAbout: if it is about one
    """
    if case.complained_about & set(unit_ids):
        raise UnitComplainedAbout


def check_may_copy(case: CaseFacts, unit_ids: frozenset[int], actor: Actor) -> None:
    """
    Pass if the actor may tell these units of the case.

    :raises WrongState: if it is filed away
    :raises PowerMissing: if the actor may not dispatch at the desk
    :raises NeedMissing: if no unit is named
    :raises UnitComplainedAbout: if it is about one of them
    """
    if case.archived:
        raise WrongState(command=CaseCommand.COPY, state=case.step)
    if not actor.may(Power.DISPATCH, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=Power.DISPATCH)
    if not unit_ids:
        raise NeedMissing(need=Need.UNITS)
    check_not_complained_about(case, unit_ids)


def check_speaks_for(report: ReportFacts, power: str, *, case: CaseFacts, actor: Actor) -> None:
    """
    Pass if it is the citizen's own report, or the actor's power reaches the desk; and the system
    that brought a report, by which its citizen goes on talking.

    :raises PowerMissing: otherwise
    """
    its_citizen = actor.kind is ActorKind.CITIZEN and actor.report_id == report.id
    if its_citizen or _brought(report, actor):
        return
    if not actor.may(power, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=power)


def _brought(report: ReportFacts, actor: Actor) -> bool:
    own = report.caller_id is not None and report.caller_id == actor.user_id
    return actor.kind is ActorKind.MACHINE and own and actor.holds(Power.REPORT)


def _turn(
    case: CaseFacts, *, actor: Actor, task: TaskFacts = _FIRST, given: Given = NOTHING
) -> Turn:
    return Turn(case, task, given, actor, outcome=case.outcome)


def _ask_outer_return(turn: Turn) -> None:
    if asked_back(turn.case):
        raise AlreadyWaiting(task_kind=TaskKind.OUTER_REQUEST)
    asked = Asked(what=OuterWhat.RETURN)
    turn.open(TaskKind.OUTER_REQUEST, turn.case.desk_unit_id, asked=asked)


def _open_once(turn: Turn, kind: TaskKind, unit_id: int) -> None:
    if turn.case.open_of(kind):
        raise AlreadyWaiting(task_kind=kind)
    turn.open(kind, unit_id)


def _mode_of(case: CaseFacts) -> CheckMode:
    unseen = case.check_mode in (CheckMode.NONE, CheckMode.SAMPLE)
    return CheckMode.REPLY_REVIEW if unseen else case.check_mode


def _end(turn: Turn, outcome: Outcome, *, tell: bool = True) -> None:
    turn.outcome = outcome
    turn.end(*(task for task in turn.case.tasks if task.is_open))
    if tell and turn.case.contactable:
        turn.open(TaskKind.TELL, turn.case.desk_unit_id)


def _settle(turn: Turn) -> Decision:
    check_not_complained_about(turn.case, (task.unit_id for task in turn.opened))
    tasks = [turn.moved.get(task.id, task) for task in turn.case.tasks] + turn.opened
    if turn.outcome is not None:
        for task in tasks:
            if task.holds_case:
                raise StillHeld(task_kind=task.kind)
    return Decision(
        tuple(turn.moved.values()),
        tuple(turn.opened),
        turn.outcome,
        step_of(tasks, turn.outcome, turn.case.reports),
        tuple(turn.effects),
        turn.case.complained_about,
    )
