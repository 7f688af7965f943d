"""Who leads, and who answers beside the lead: by what principle, and whether it may be returned."""

from dataclasses import replace

from chengshao.catalog.terms import Urgency
from chengshao.workorders.rules.answering import parts_of
from chengshao.workorders.rules.facts import CaseFacts, TaskFacts, Turn
from chengshao.workorders.rules.refusals import CentreDesignates, PowerMissing
from chengshao.workorders.terms import Power, Principle, TaskKind, TaskState

_K = TaskKind
_LEADING = frozenset({_K.LEAD, _K.DOUBLE})


def open_first(turn: Turn, kind: TaskKind, unit_id: int, *, parent: int = 0) -> None:
    """Open a task that a unit gets by dispatch; who leads by designation can't return it."""
    turn.open(kind, unit_id, parent=parent)
    if kind not in _LEADING:
        return
    principle = turn.given.principle
    turn.opened[-1] = replace(
        turn.opened[-1],
        designated=principle is Principle.BY_DESIGNATION or _designated(turn.case, unit_id),
        principle=principle if kind is _K.LEAD else None,
    )


def open_again(turn: Turn, lead: TaskFacts, unit_id: int) -> None:
    """Open the lead's next round, and that of who was dispatched beside it: all as before."""
    _open_like(turn, lead, unit_id)
    owing = {unit_id, *turn.case.complained_about}
    for part in parts_of(turn.case, lead):
        again = turn.who_now(part.unit_id)
        if _answers_beside(part) and again is not None and again not in owing:
            owing.add(again)
            _open_like(turn, part, again)


def check_designation(turn: Turn) -> None:
    """
    The duty leader designates, and only after the units were heard, unless it burns (B2).

    Heard: every unit that was asked has said its opinion or its time is over; or one has returned
    the case and the desk has ruled on it.

    :raises PowerMissing: if the actor may not designate at this desk
    :raises CentreDesignates: if nobody was asked, or who was asked has time left
    """
    case = turn.case
    if not turn.actor.may(Power.DESIGNATE, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=Power.DESIGNATE)
    if case.urgency is not Urgency.EMERGENCY and not (_ruled(case) or _heard(turn)):
        raise CentreDesignates


def _ruled(case: CaseFacts) -> bool:
    verdicts = (t for t in case.tasks if t.kind == _K.ADJUDICATE and t.state is TaskState.DONE)
    return any(case.task(verdict.parent_id).kind in _LEADING for verdict in verdicts)


def _heard(turn: Turn) -> bool:
    asked = [t for t in turn.case.tasks if t.kind == _K.CONSULT]
    if turn.case.open_of(_K.CONSULT):
        return turn.given.consultation_over
    return any(t.state is TaskState.DONE for t in asked)


def _designated(case: CaseFacts, unit_id: int) -> bool:
    """Once designated stays designated on this case, reopened or not (Weifang's regulation)."""
    return any(t.designated and t.unit_id == unit_id for t in case.tasks if t.kind in _LEADING)


def _answers_beside(part: TaskFacts) -> bool:
    return part.kind == _K.DOUBLE and part.state is TaskState.DONE


def _open_like(turn: Turn, before: TaskFacts, unit_id: int) -> None:
    turn.open(before.kind, unit_id)
    turn.opened[-1] = replace(
        turn.opened[-1], designated=before.designated, principle=before.principle
    )
