"""Commands on the case as a whole: what is a person's to do, and when it may be filed away."""

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.rules.book import CaseMove
from chengshao.workorders.rules.facts import CaseFacts, Given
from chengshao.workorders.rules.refusals import (
    AskThePlatform,
    ComesByItself,
    StillAwaited,
    StillHeld,
    WrongState,
)
from chengshao.workorders.terms import Awaited, Need, OuterWhat, Step, TaskKind


def is_for(move: CaseMove, case: CaseFacts, actor: Actor) -> bool:
    """Tell whether the command is this actor's on such a case; the power is another question."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return not move.by_itself and case.track in (move.by_hand_on or (case.track,))


def check_is_for(move: CaseMove, case: CaseFacts, actor: Actor) -> None:
    """
    Pass if the command is this actor's on such a case.

    :raises ComesByItself: if it comes on its day and is nobody's to press
    :raises WrongState: if no person asks for it on such a track
    """
    if is_for(move, case, actor):
        return
    if move.by_itself:
        raise ComesByItself(command=move.command)
    raise WrongState(command=move.command, state=case.step)


def check_whose_order(move: CaseMove, case: CaseFacts) -> None:
    """
    Pass if the command is for cases like this one: another platform's order, or none.

    :raises AskThePlatform: if an order of another platform would end without its word
    :raises WrongState: if it is no order, and only of one this is asked
    """
    if move.outer is False and case.outer:
        raise AskThePlatform
    if move.outer is True and not case.outer:
        raise WrongState(command=move.command, state=case.step)


def asked_back(case: CaseFacts) -> bool:
    """Tell whether its platform was asked to take the order back and has not answered."""
    waiting = case.open_of(TaskKind.OUTER_REQUEST)
    return any(request.asked.what is OuterWhat.RETURN for request in waiting)


def needs_of(move: CaseMove, actor: Actor) -> tuple[Need, ...]:
    """Return what the command asks; what comes by itself has no reason but the rule."""
    if actor.kind is ActorKind.SYSTEM:
        return tuple(need for need in move.needs if need is not Need.REASON)
    return move.needs


def check_may_archive(case: CaseFacts, given: Given) -> None:
    """
    Pass if nothing is owed on an ended case and nothing can come of it any more (归档).

    :raises StillHeld: with the kind of a task that is open
    :raises StillAwaited: with what else is waited for
    """
    for task in case.tasks:
        if task.is_open:
            raise StillHeld(task_kind=task.kind)
    awaited = set(given.awaited)
    if case.step is Step.CLOSED and any(r.asked and not r.rated for r in case.reports):
        awaited.add(Awaited.RATING)
    for each in Awaited:
        if each in awaited:
            raise StillAwaited(awaited=each)
