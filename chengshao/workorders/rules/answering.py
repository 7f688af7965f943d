"""What a unit answers: the same is asked of who answers and of who signs it, and nobody checks it
who had a hand in it."""

from dataclasses import replace

from chengshao.kernel.errors import Refused
from chengshao.kernel.words import is_blank
from chengshao.workorders.rules.closings import check_closing
from chengshao.workorders.rules.facts import Answer, CaseFacts, Closing, TaskFacts, Turn
from chengshao.workorders.rules.refusals import (
    CitizenReached,
    ContactOwed,
    DoubleAwaited,
    NeedMissing,
    PartNotSolved,
)
from chengshao.workorders.terms import ClosingKind, Need, TaskKind, TaskState

_K = TaskKind
_BESIDE_THE_LEAD = frozenset({_K.DOUBLE, _K.CO_HANDLE})
_LOOKED_AT_BY = frozenset({_K.CHECK, _K.SAMPLE, _K.LEDGER_APPROVAL})


def check_answer(turn: Turn, task: TaskFacts, closing: Closing | None) -> None:
    """
    Pass if a unit may answer its task so.

    :raises DoubleAwaited: if who was dispatched beside the lead hasn't answered
    :raises NeedMissing: if a part is not in hand, the closing, or the evidence that it asks
    :raises ClosingIncomplete: if the closing lacks what its kind asks
    :raises DateOutOfReach: if a date that it names has come meanwhile
    :raises PartNotSolved: if who was dispatched beside the lead says otherwise
    :raises ContactOwed: if it says unreachable of a citizen who was not tried by the rule
    :raises CitizenReached: if it says so of one who talked
    """
    if task.kind == _K.LEAD:
        _check_parts(turn, task)
    if task.kind == _K.CO_HANDLE:
        return
    if closing is None:
        raise NeedMissing(need=Need.CLOSING)
    given = turn.given
    check_closing(closing, today=given.today, most_review_days=given.most_review_days)
    if closing.kind is ClosingKind.SOLVED and not turn.case.evidence_asked <= turn.given.evidence:
        raise NeedMissing(need=Need.EVIDENCE_AS_ASKED)
    barred = barred_closings(
        turn.case,
        task,
        contact_met=turn.given.contact_met,
        tried_in_vain=turn.given.tried_in_vain,
    )
    if refusal := barred.get(closing.kind):
        raise refusal


def awaits_double(case: CaseFacts, task: TaskFacts) -> bool:
    """Tell whether a lead can't answer yet, as one dispatched beside it has still to (双派)."""
    return task.kind == _K.LEAD and bool(case.open_of(_K.DOUBLE))


def barred_closings(
    case: CaseFacts, task: TaskFacts, *, contact_met: bool, tried_in_vain: bool
) -> dict[ClosingKind, type[Refused]]:
    """Return how the task can't be answered as things stand, each with why not."""
    barred: dict[ClosingKind, type[Refused]] = {}
    if task.kind == _K.LEAD and _is_part_unsolved(case, task):
        barred[ClosingKind.SOLVED] = PartNotSolved
    if not tried_in_vain:
        barred[ClosingKind.UNREACHABLE] = CitizenReached if contact_met else ContactOwed
    return barred


def answered(turn: Turn, task: TaskFacts, closing: Closing | None) -> TaskFacts:
    """Return the task as answered by whoever moves now and by those who drafted it."""
    drafts = (t for t in turn.case.tasks if t.kind == _K.SIGN_OFF and t.parent_id == task.id)
    persons = {draft.opened_by for draft in drafts} | {turn.actor.user_id}
    by = tuple(sorted(person for person in persons if person is not None))
    answer = Answer(closing.kind if closing else None, by)
    return replace(task, state=TaskState.DONE, answer=answer)


def had_a_hand(case: CaseFacts, task: TaskFacts, user_id: int | None) -> bool:
    """
    Tell whether this person opened the task, drafted, answered or signed what it looks at, or
    asked for what the unit's leader has passed on to the centre.

    Of the same round only; a promise that came back is of the round in which it was made.
    """
    if user_id is None:
        return False
    hands = {task.opened_by}
    if task.kind == _K.CENTRE_APPROVAL:
        before = (t for t in case.tasks if t.kind == _K.LEADER_APPROVAL and t.id < task.id)
        asked = [t.opened_by for t in before if t.parent_id == task.parent_id]
        hands |= set(asked[-1:])
    if task.kind in _LOOKED_AT_BY:
        hands |= {person for answer in _answers_before(case, task) for person in answer.by}
    return user_id in hands


def parts_of(case: CaseFacts, lead: TaskFacts) -> list[TaskFacts]:
    """Return what was asked of other units together with this lead, in the order of opening."""
    return [t for t in case.tasks if t.kind in _BESIDE_THE_LEAD and t.id > lead.id]


def _answers_before(case: CaseFacts, task: TaskFacts) -> list[Answer]:
    leads = [t for t in case.tasks if t.kind == _K.LEAD]
    lead = max(leads, key=lambda lead: lead.round, default=None)
    if lead is None:
        return [t.answer for t in case.tasks if t.kind == _K.REGISTER]
    return [t.answer for t in (lead, *parts_of(case, lead))]


def _check_parts(turn: Turn, task: TaskFacts) -> None:
    """Every part is done, or it is said why not: of those called in after the draft, anew."""
    drafted = turn.task.id if turn.task.kind == _K.SIGN_OFF else 0
    waiting = [part for part in turn.case.open_of(_K.CO_HANDLE) if part.id > drafted]
    if awaits_double(turn.case, task):
        raise DoubleAwaited
    if waiting and is_blank(turn.given.reason):
        raise NeedMissing(need=Need.PARTS_OR_REASON)


def _is_part_unsolved(case: CaseFacts, lead: TaskFacts) -> bool:
    said = {part.answer.kind for part in parts_of(case, lead) if part.kind == _K.DOUBLE}
    return bool(said - {None, ClosingKind.SOLVED})
