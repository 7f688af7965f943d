"""A call that was no demand (骚扰来电): who says so, and what its citizen has back otherwise."""

from chengshao.kernel.actor import Actor
from chengshao.workorders.rules.facts import CaseFacts, Decision, Given, TaskFacts, Turn
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.rules.steps import step_of
from chengshao.workorders.terms import Outcome, Power, TaskKind

_MARKING = (Power.REGISTER, Power.DISPATCH)  # a judgement of the desk, not of who took the call
_TELLS = (Outcome.CLOSED, Outcome.DECLINED)


def may_mark(case: CaseFacts, actor: Actor) -> bool:
    """Tell whether the actor judges of calls at the desk: who registers there, or dispatches."""
    return any(actor.may(p, case.desk_unit_id, territory=case.territory) for p in _MARKING)


def check_may_mark(case: CaseFacts, actor: Actor) -> None:
    """:raises PowerMissing: if the actor neither registers nor dispatches at the desk"""
    if not may_mark(case, actor):
        raise PowerMissing(power=Power.REGISTER)


def decide_unmark(*, case: CaseFacts, led_by: int | None, actor: Actor, given: Given) -> Decision:
    """
    Return what is owed again to a citizen whose call is a demand after all: to be called while a
    lead has the case, to be told once it is closed or declined.

    :param case: with the report no longer marked
    :param led_by: the unit whose answer a closed case is
    """
    turn = Turn(case, TaskFacts("", 0), given, actor, outcome=case.outcome)
    if case.contactable and case.outcome in _TELLS and not case.open_of(TaskKind.TELL):
        turn.open(TaskKind.TELL, turn.who_talks(led_by))
    for lead in case.open_of(TaskKind.LEAD):
        owed = case.contactable and not given.contact_met
        if owed and not case.open_of(TaskKind.CONTACT):
            turn.open(TaskKind.CONTACT, turn.who_talks(lead.unit_id))
    step = step_of([*case.tasks, *turn.opened], case.outcome, case.reports)
    hidden_from = case.complained_about
    return Decision((), tuple(turn.opened), case.outcome, step, hidden_from=hidden_from)
