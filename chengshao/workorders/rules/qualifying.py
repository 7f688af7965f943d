"""What a registrar says of a report that its citizen couldn't: its kind, and about whom it is."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from chengshao.kernel.actor import Actor
from chengshao.workorders.rules.facts import NOTHING, CaseFacts, Decision, TaskFacts, Turn
from chengshao.workorders.rules.joining import works_on
from chengshao.workorders.rules.refusals import (
    NothingToNote,
    PowerMissing,
    SaidAlready,
    UnitComplainedAbout,
    WrongState,
)
from chengshao.workorders.rules.steps import step_of
from chengshao.workorders.terms import Power, ReportCommand, ReportKind, Step

NOT_SENT = (Step.REPORTED, Step.REGISTERED)


@dataclass(frozen=True, slots=True)
class Said:
    """What a report is: a complaint, an informant's, about whom."""

    kind: str = ""
    unit_id: int | None = None  # complained about
    words: str = ""  # whom its citizen means

    @property
    def about_somebody(self) -> bool:
        """Tell whether it complains, and nobody has named the unit yet: it may be any."""
        complains = self.kind == ReportKind.COMPLAINT or bool(self.words.strip())
        return complains and self.unit_id is None


def check_may_qualify(case: CaseFacts, command: ReportCommand, power: Power, actor: Actor) -> None:
    """
    Pass if the actor may say so of a report on a case that no unit has yet.

    :raises PowerMissing: if the actor lacks the power over the desk
    :raises WrongState: if the case is dispatched, or has ended
    """
    if not actor.may(power, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=power)
    if case.step not in NOT_SENT:
        raise WrongState(command=command, state=case.step)


def newly_said(before: Said, asked: Said) -> Said:
    """
    Return what is new in it. Nothing opens up again: an informant's report stays one, and what was
    said of whom it is about is not said otherwise.

    :raises SaidAlready: with the field that says otherwise already
    :raises NothingToNote: if nothing is new
    """
    new = Said(
        kind=asked.kind if asked.kind != before.kind else "",
        unit_id=asked.unit_id if asked.unit_id != before.unit_id else None,
        words=asked.words if asked.words != before.words else "",
    )
    if new.kind and before.kind == ReportKind.INFORMANT:
        raise SaidAlready(field="kind")
    if new.unit_id and before.unit_id:
        raise SaidAlready(field="about_unit")
    if new.words and before.words:
        raise SaidAlready(field="about")
    if new == Said():
        raise NothingToNote
    return new


def check_may_be_about(case: CaseFacts, unit_ids: AbstractSet[int]) -> None:
    """
    Pass if the case may turn out to be kept from these units; the desk itself hands it on.

    :raises UnitComplainedAbout: if one of them works or worked on it
    """
    if works_on(case, unit_ids - {case.desk_unit_id}):
        raise UnitComplainedAbout


def handed_to(
    case: CaseFacts, desk_unit_id: int, *, complained_about: AbstractSet[int], actor: Actor
) -> Decision:
    """
    Return how the case comes to another desk: what its desk owed, that one owes from now on.

    :raises UnitComplainedAbout: if the case is about that desk, too
    """
    if desk_unit_id in complained_about:
        raise UnitComplainedAbout
    after = replace(case, desk_unit_id=desk_unit_id, complained_about=frozenset(complained_about))
    turn = Turn(after, TaskFacts("", 0), NOTHING, actor)
    for task in case.tasks:
        if task.is_open and task.unit_id == case.desk_unit_id:
            turn.end(task)
            turn.open(task.kind, desk_unit_id, parent=task.parent_id, asked=task.asked)
    tasks = [turn.moved.get(task.id, task) for task in case.tasks] + turn.opened
    return Decision(
        tuple(turn.moved.values()),
        tuple(turn.opened),
        case.outcome,
        step_of(tasks, case.outcome, case.reports),
        hidden_from=after.complained_about,
    )
