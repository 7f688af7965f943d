"""What follows from a move beyond the task itself: one function for each `Then` of the table."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from chengshao.catalog.terms import CheckMode
from chengshao.kernel.words import is_blank
from chengshao.workorders.rules.answering import answered, check_answer
from chengshao.workorders.rules.book import GO_WITH_LEAD, HANDLING_KINDS, STAY_AFTER_THE_END
from chengshao.workorders.rules.closings import check_ahead, how_checked, leader_signs
from chengshao.workorders.rules.facts import (
    Asked,
    ClosedAs,
    Closing,
    GrantedTooLate,
    KeptOnLedger,
    OuterMoved,
    PlatformDone,
    PlatformLeft,
    Resumed,
    TakenAlong,
    TaskFacts,
    Turn,
    Voided,
)
from chengshao.workorders.rules.granting import (
    allowed,
    asked_centre,
    asked_extension,
    asked_suspension,
    check_lasts,
    new_end,
    resumed,
    take_effect,
)
from chengshao.workorders.rules.leading import check_designation, open_again, open_first
from chengshao.workorders.rules.refusals import (
    AlreadyWaiting,
    NeedMissing,
    OwnUnitAsked,
    UnitComplainedAbout,
    UnitNamedTwice,
)
from chengshao.workorders.rules.signing import may_sign, who_signs
from chengshao.workorders.terms import (
    ClosingKind,
    Need,
    Outcome,
    OuterWhat,
    Principle,
    TaskKind,
    TaskState,
    Then,
)

_K = TaskKind
_SOLVED = Closing(ClosingKind.SOLVED)


def _answered(turn: Turn) -> None:
    task, given = turn.task, turn.given
    check_answer(turn, task, given.closing)
    if _waits_for(turn, task, _K.SIGN_OFF):
        raise AlreadyWaiting(task_kind=_K.SIGN_OFF)
    if leader_signs(turn.case) and not may_sign(turn):
        asked = Asked(closing=given.closing)
        turn.open(_K.SIGN_OFF, who_signs(turn), parent=task.id, asked=asked)
        return
    _hand_in(turn, task, given.closing)


def _signed(turn: Turn) -> None:
    closing = turn.given.closing or turn.task.asked.closing
    task = turn.now(turn.task.parent_id)
    check_answer(turn, task, closing)
    _hand_in(turn, task, closing)


def _hand_in(turn: Turn, task: TaskFacts, closing: Closing | None) -> None:
    """The unit has answered: what comes of a lead's answer is checked, approved or the end."""
    end_task(turn, answered(turn, task, closing))
    if task.kind != _K.LEAD:
        return
    if closing is None:
        raise NeedMissing(need=Need.CLOSING)
    if closing.kind is ClosingKind.LEDGER:
        turn.open(_K.LEDGER_APPROVAL, _approver(turn), parent=task.id, asked=Asked(closing=closing))
        return
    mode = how_checked(turn.case, closing.kind, open_ends=turn.given.open_ends)
    if mode is None:
        _close(turn, closing, task)
        return
    asked = Asked(closing=closing, check_mode=mode)
    turn.open(_K.CHECK, turn.case.desk_unit_id, parent=task.id, asked=asked)


def _approver(turn: Turn) -> int:
    """Return who approves by the ledger's level: the desk where the case is kept from that one."""
    unit_id = turn.given.approver_unit_id
    kept = turn.case.about_somebody or unit_id in turn.case.complained_about
    return turn.case.desk_unit_id if unit_id is None or kept else unit_id


def _checked(turn: Turn) -> None:
    closing = turn.task.asked.closing or turn.given.closing
    if closing is None:
        raise NeedMissing(need=Need.CLOSING)
    if turn.task.kind == _K.REGISTER:
        turn.change(answered(turn, turn.task, closing))
    lead = turn.case.task(turn.task.parent_id) if turn.task.parent_id else None
    _close(turn, closing, lead, seen=turn.task.kind == _K.CHECK)


def _not_seen(turn: Turn) -> None:
    """Nobody can look: what came back to be looked at closes as it was, the rest as answered."""
    before = turn.task.asked.before
    closing = before or turn.task.asked.closing or _SOLVED
    lead = turn.case.task(turn.task.parent_id) if turn.task.parent_id else None
    _close(turn, closing, lead, again=before is not None)


def _close(
    turn: Turn,
    closing: Closing,
    lead: TaskFacts | None,
    *,
    seen: bool = False,
    again: bool = False,
) -> None:
    parent = lead.id if lead else 0
    if turn.case.outer:
        asked = Asked(closing=closing, seen=seen, before=closing if again else None)
        turn.open(_K.OUTER_CLOSING, turn.case.desk_unit_id, parent=parent, asked=asked)
        return
    _end_as(turn, closing, lead, seen=seen, again=again)


def _end_as(
    turn: Turn, closing: Closing, lead: TaskFacts | None, *, seen: bool, again: bool
) -> None:
    turn.outcome = Outcome.CLOSED
    turn.end(*(task for task in turn.case.tasks if task.is_open and not task.holds_case))
    turn.effects.append(ClosedAs(closing, lead.unit_id if lead else None, seen, again))
    if turn.case.contactable:
        turn.open(_K.TELL, turn.who_talks(lead.unit_id if lead else None))


def _outer_closed(turn: Turn) -> None:
    turn.effects.append(PlatformDone())
    _end_as_asked(turn, turn.task)


def _end_as_asked(turn: Turn, request: TaskFacts) -> None:
    asked = request.asked
    lead = turn.case.task(request.parent_id) if request.parent_id else None
    _end_as(turn, asked.closing or _SOLVED, lead, seen=asked.seen, again=bool(asked.before))


def _still_asked(turn: Turn) -> None:
    turn.change(turn.task)  # who saw it before the silence was noted has not seen it now


def _rework(turn: Turn) -> None:
    """
    The same lead, or who follows it, one round later, and who was dispatched beside it; where
    there is none, it is dispatched.
    """
    turn.outcome = None
    turn.end(*turn.case.open_of(*STAY_AFTER_THE_END))
    leads = [task for task in turn.case.tasks if task.kind == _K.LEAD]
    last = max(leads, key=lambda task: task.round, default=None)
    again = turn.who_now(last.unit_id) if last else None
    if last is None or again is None or again in turn.case.complained_about:
        turn.open(_K.DISPATCH, turn.case.desk_unit_id)
        return
    open_again(turn, last, again)


def _return_granted(turn: Turn) -> None:
    returned = turn.now(turn.task.parent_id)
    turn.effects.append(Voided(returned.id))
    instead = turn.given.proposed_unit_id
    _take_away(turn, returned, proposed=instead or turn.task.asked.proposed_unit_id)
    if returned.kind != _K.LEAD and instead is not None:
        _open_for(turn, TaskKind(returned.kind), [instead], parent=returned.parent_id)


def _recalled(turn: Turn) -> None:
    _take_away(turn, turn.task)


def _take_away(turn: Turn, task: TaskFacts, *, proposed: int | None = None) -> None:
    end_task(turn, replace(task, state=TaskState.CANCELLED))
    along = {other.unit_id for other in turn.case.tasks if _ends_now(turn, other)}
    along -= {task.unit_id, turn.case.desk_unit_id}
    if along:
        turn.effects.append(TakenAlong(frozenset(along)))
    if task.kind == _K.LEAD:
        asked = Asked(proposed_unit_id=proposed)
        turn.open(_K.DISPATCH, turn.case.desk_unit_id, asked=asked)


def _ends_now(turn: Turn, task: TaskFacts) -> bool:
    return task.is_open and not turn.now(task.id).is_open


def _return_denied(turn: Turn) -> None:
    turn.change(replace(turn.now(turn.task.parent_id), designated=True))


def _outer_granted(turn: Turn) -> None:
    what = turn.task.asked.what
    if what is OuterWhat.RETURN:
        _given_back(turn)
        return
    needed = turn.now(turn.task.parent_id).is_open
    if needed:
        check_lasts(turn)
    if what is OuterWhat.EXTENSION:
        turn.effects.append(OuterMoved(new_end(turn)))
    if needed:
        take_effect(turn)
    else:
        turn.effects.append(GrantedTooLate())


def _given_back(turn: Turn) -> None:
    """The platform has its orders back; where others wait for the case, it goes on for them."""
    others = [r for r in turn.case.reports if r.asked and not r.of_platform]
    if not others:
        turn.outcome = Outcome.RETURNED
        turn.end(*(task for task in turn.case.tasks if task.is_open))
        return
    turn.case = replace(turn.case, outer=False, contactable=any(r.reachable for r in others))
    turn.effects.append(PlatformLeft())
    turn.end(*turn.case.open_of(_K.OUTER_REQUEST))
    for request in turn.case.open_of(_K.OUTER_CLOSING):
        turn.end(request)
        _end_as_asked(turn, request)


def _called_in(turn: Turn) -> None:
    _ask_others(turn, _K.CO_HANDLE)


def _subassigned(turn: Turn) -> None:
    _ask_others(turn, _K.SUBASSIGNED)


def _inquired(turn: Turn) -> None:
    _ask_others(turn, _K.INQUIRY)


def _ask_others(turn: Turn, kind: TaskKind) -> None:
    asked = turn.given.asked_unit_ids
    if turn.task.unit_id in asked:
        raise OwnUnitAsked
    _open_for(turn, kind, asked, parent=turn.task.id)


def _consulted(turn: Turn) -> None:
    """The units are asked; meanwhile the sub-district gets in touch, and only that (B2)."""
    given = turn.given
    _open_for(turn, _K.CONSULT, given.asked_unit_ids, parent=turn.task.id)
    waits = turn.case.contactable and not given.contact_met
    first = given.first_receiver_unit_id
    about = turn.case.complained_about
    open_to_it = first not in about and not turn.case.about_somebody
    if first and open_to_it and waits and not turn.case.open_of(_K.CONTACT):
        turn.open(_K.CONTACT, first, parent=turn.task.id)


def _dispatched(turn: Turn) -> None:
    given = turn.given
    lead = given.lead_unit_id
    if lead is None:
        raise NeedMissing(need=Need.UNITS)
    named = [lead, *given.double_unit_ids, *given.co_handle_unit_ids]
    if len(set(named)) < len(named):
        raise UnitNamedTwice
    if given.to_third_parties and is_blank(given.task_words):
        raise NeedMissing(need=Need.TASK_WORDS)
    if given.principle is Principle.BY_DESIGNATION:
        check_designation(turn)
    if turn.case.complained_about & given.copy_unit_ids:
        raise UnitComplainedAbout
    turn.end(*turn.case.open_of(_K.CONSULT, _K.CONTACT))
    open_first(turn, _K.LEAD, lead)
    for unit_id in sorted(given.double_unit_ids):
        open_first(turn, _K.DOUBLE, unit_id)
    for unit_id in sorted(given.co_handle_unit_ids):
        turn.open(_K.CO_HANDLE, unit_id)
    if turn.case.contactable and not given.contact_met:
        turn.open(_K.CONTACT, turn.who_talks(lead))


def _kept_on_ledger(turn: Turn) -> None:
    if turn.given.until is None:
        raise NeedMissing(need=Need.DATE)
    check_ahead(turn.given.until, today=turn.given.today, most_days=turn.given.most_review_days)
    turn.effects.append(KeptOnLedger(turn.given.until))


def _struck_off(turn: Turn) -> None:
    """What the owner says is over is checked before it leaves the ledger."""
    turn.outcome = None
    case = turn.case
    asked = Asked(closing=_SOLVED, check_mode=_visible(case.check_mode), before=case.closing)
    turn.open(_K.CHECK, turn.case.desk_unit_id, parent=last_lead_id(turn), asked=asked)


def _visible(mode: CheckMode) -> CheckMode:
    return CheckMode.REPLY_REVIEW if mode in (CheckMode.NONE, CheckMode.SAMPLE) else mode


def last_lead_id(turn: Turn) -> int:
    leads = [task for task in turn.case.tasks if task.kind == _K.LEAD]
    return max(leads, key=lambda task: task.round).id if leads else 0


def end_task(turn: Turn, ended: TaskFacts) -> None:
    """
    End a task, and with it what was asked from it; with a lead, all that went with it, and the
    suspension that was granted to it.

    What a platform was asked for waits for its word all the same.
    """
    turn.change(ended)
    under = {ended.id}
    for task in turn.case.tasks:  # in the order of their opening: parents come first
        if task.parent_id in under and task.kind != _K.OUTER_REQUEST:
            under.add(task.id)
            turn.end(task)
    if ended.kind == _K.LEAD:
        _leave_undecided(turn, ended)
        turn.end(*(task for task in turn.case.tasks if task.kind in GO_WITH_LEAD))
        if turn.case.suspended:
            turn.effects.append(Resumed(with_lead=True))


def _leave_undecided(turn: Turn, lead: TaskFacts) -> None:
    """Whose return nobody will rule on any more: the limit doesn't count for it."""
    for verdict in turn.case.open_of(_K.ADJUDICATE):
        if verdict.parent_id != lead.id and turn.now(verdict.parent_id).is_open:
            turn.effects.append(Voided(verdict.parent_id))


def _open_for(turn: Turn, kind: TaskKind, unit_ids: Iterable[int], *, parent: int) -> None:
    owing = {task.unit_id for task in turn.case.open_of(kind)}
    if kind in HANDLING_KINDS:
        owing = {task.unit_id for task in turn.case.open_of(*HANDLING_KINDS)}
    for unit_id in sorted(unit_ids):
        if unit_id in owing:
            raise AlreadyWaiting(task_kind=kind)
        open_first(turn, kind, unit_id, parent=parent)


def _waits_for(turn: Turn, task: TaskFacts, kind: TaskKind) -> bool:
    return any(waiting.parent_id == task.id for waiting in turn.case.open_of(kind))


CONSEQUENCES: dict[Then, Callable[[Turn], None]] = {
    Then.ANSWERED: _answered,
    Then.SIGNED: _signed,
    Then.CHECKED: _checked,
    Then.NOT_SEEN: _not_seen,
    Then.REWORK: _rework,
    Then.RETURN_GRANTED: _return_granted,
    Then.RETURN_DENIED: _return_denied,
    Then.ASKED_EXTENSION: asked_extension,
    Then.ASKED_SUSPENSION: asked_suspension,
    Then.ASKED_CENTRE: asked_centre,
    Then.RESUMED: resumed,
    Then.ALLOWED: allowed,
    Then.OUTER_GRANTED: _outer_granted,
    Then.OUTER_CLOSED: _outer_closed,
    Then.OUTER_CLOSING_REFUSED: _rework,
    Then.STILL_ASKED: _still_asked,
    Then.RECALLED: _recalled,
    Then.CALLED_IN: _called_in,
    Then.SUBASSIGNED: _subassigned,
    Then.INQUIRED: _inquired,
    Then.CONSULTED: _consulted,
    Then.DISPATCHED: _dispatched,
    Then.KEPT_ON_LEDGER: _kept_on_ledger,
    Then.STRUCK_OFF: _struck_off,
}
