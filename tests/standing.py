"""A case that stands before any move of the tables: some unit owes a task of a kind in a state."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    CaseCommand,
    Channel,
    ClosingKind,
    LedgerLevel,
    Power,
    Principle,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)
from tests.district import AT, MANHOLE, District, move, shown, staff

_K, _C = TaskKind, TaskCommand
_OPEN, _ACKNOWLEDGED = TaskState.OPEN, TaskState.ACKNOWLEDGED
REVIEW_ON = date(2026, 4, 1)
ON_THE_LEDGER = Closing(ClosingKind.LEDGER, ledger_level=LedgerLevel.DISTRICT, review_on=REVIEW_ON)
BY_THE_DESK = frozenset(  # all others are owed by who handles
    {
        _K.VERIFY,
        _K.REGISTER,
        _K.DISPATCH,
        _K.CENTRE_APPROVAL,
        _K.ADJUDICATE,
        _K.CHECK,
        _K.LEDGER_APPROVAL,
        _K.OUTER_REQUEST,
        _K.OUTER_CLOSING,
        _K.SAMPLE,
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """
    Who takes the case as far as it is asked.

    :param owner: the unit that is to owe what units owe
    :param other: the unit that leads where the owner only helps, or is asked
    """

    district: District
    actor: Actor  # who may do anything
    owner: int
    other: int

    def before(self, kind: str, state: TaskState, report: NewReport) -> WorkOrder:
        """Return a case with an open task of this kind in this state."""
        return _WAYS[TaskKind(kind), state](self, report)

    def before_move(self, row: TaskMove, report: NewReport) -> WorkOrder:
        """Return a case on which this move can be done: clocks run on only where they rest."""
        if row.command == _C.RESUME:
            return self.suspended(report)
        return self.before(row.kind, row.source, report)

    def reported(self, report: NewReport) -> WorkOrder:
        return actions.receive_report(report=report, actor=self.actor, at=AT).work_order

    def registered(self, report: NewReport, matter: str = MANHOLE) -> WorkOrder:
        case = self.reported(report)
        return actions.register(
            number=case.number,
            seen_revision=case.revision,
            matter=matter,
            actor=self.actor,
            at=AT,
        )

    def dispatched(
        self,
        report: NewReport,
        lead: int = 0,
        *,
        double: int = 0,
        helping: int = 0,
        matter: str = MANHOLE,
    ) -> WorkOrder:
        case = self.registered(report, matter)
        return actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=lead or self.owner,
            double_unit_ids=frozenset({double} - {0}),
            co_handle_unit_ids=frozenset({helping} - {0}),
            principle=Principle.BY_AGREEMENT,
            basis="联席会议纪要（示意）",
            actor=self.actor,
            at=AT,
        )

    def handling(self, report: NewReport, lead: int = 0, *, matter: str = MANHOLE) -> WorkOrder:
        case = self.dispatched(report, lead, matter=matter)
        return move(case, _K.LEAD, _C.ACKNOWLEDGE, self.actor)

    def answered(self, report: NewReport, closing: Closing | None = None) -> WorkOrder:
        case = self.handling(report)
        return move(case, _K.LEAD, _C.ANSWER, self.actor, reply="已修好", closing=closing)

    def suspended(self, report: NewReport) -> WorkOrder:
        case = self.handling(report)
        move(case, _K.LEAD, _C.ASK_SUSPENSION, self.actor, reason="等汛期过去", until=REVIEW_ON)
        return move(case, _K.CENTRE_APPROVAL, _C.GRANT, self.actor)

    def closed(self, report: NewReport) -> WorkOrder:
        return move(self.answered(report), _K.CHECK, _C.PASS, self.actor)

    def by_handler(self, case: WorkOrder, command: str, **given: object) -> WorkOrder:
        """Let somebody of the lead do it who may not sign."""
        handler = replace(staff(self.owner, Power.SEE, Power.HANDLE), kind=self.actor.kind)
        return move(case, _K.LEAD, command, handler, **given)  # type: ignore[arg-type]


_Way = Callable[[Standing, NewReport], WorkOrder]


def _doubled(by: Standing, report: NewReport) -> WorkOrder:
    return by.dispatched(report, by.other, double=by.owner)


def _helping(by: Standing, report: NewReport) -> WorkOrder:
    return by.dispatched(report, by.other, helping=by.owner)


def _asked(command: str) -> _Way:
    """The other unit leads and asks the owner for something."""
    return lambda by, report: move(
        by.handling(report, by.other), _K.LEAD, command, by.actor, reason="请查", asked=[by.owner]
    )


def _assigned(by: Standing, report: NewReport) -> WorkOrder:
    """Who stands above the owner leads and assigns to it."""
    case = by.handling(report, by.district.office)
    return move(case, _K.LEAD, _C.SUBASSIGN, by.actor, reason="请办", asked=[by.owner])


def _consulted(by: Standing, report: NewReport) -> WorkOrder:
    case = by.registered(report)
    return move(case, _K.DISPATCH, _C.CONSULT, by.actor, reason="谁办", asked=[by.owner])


def _acknowledged(way: _Way, kind: str) -> _Way:
    return lambda by, report: move(way(by, report), kind, _C.ACKNOWLEDGE, by.actor)


def outer(report: NewReport) -> NewReport:
    """Return the same as an order of another platform."""
    return replace(report, channel=Channel.TRANSFER, outer_due_at=AT + timedelta(days=9))


def _outer_return_asked(by: Standing, report: NewReport) -> WorkOrder:
    case = by.registered(outer(report))
    return actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.ASK_OUTER_RETURN,
        reason="不在本区",
        actor=by.actor,
        at=AT,
    )


def _on_the_ledger(by: Standing, report: NewReport) -> WorkOrder:
    case = by.answered(report, ON_THE_LEDGER)
    case = move(case, _K.LEDGER_APPROVAL, _C.GRANT, by.actor)
    if report.outer_due_at:
        case = move(case, _K.OUTER_CLOSING, _C.GRANT, by.actor, reason="平台同意")
    actions.review_ledger(case_id=case.pk, actor=JOB, at=AT + timedelta(days=31))
    shown(case, _K.LEDGER_REVIEW, actor_kind=by.actor.kind)
    return case


def _sampled(by: Standing, report: NewReport) -> WorkOrder:
    case = by.closed(report)
    actions.take_sample(case_id=case.pk, actor=JOB, at=AT)
    return case


_LED: _Way = Standing.dispatched
_WAYS: dict[tuple[TaskKind, TaskState], _Way] = {
    (_K.VERIFY, _OPEN): lambda by, report: by.reported(replace(report, channel=Channel.SENSOR)),
    (_K.REGISTER, _OPEN): lambda by, report: by.reported(report),
    (_K.DISPATCH, _OPEN): Standing.registered,
    (_K.CONSULT, _OPEN): _consulted,
    (_K.LEAD, _OPEN): _LED,
    (_K.LEAD, _ACKNOWLEDGED): Standing.handling,
    (_K.DOUBLE, _OPEN): _doubled,
    (_K.DOUBLE, _ACKNOWLEDGED): _acknowledged(_doubled, _K.DOUBLE),
    (_K.CO_HANDLE, _OPEN): _helping,
    (_K.CO_HANDLE, _ACKNOWLEDGED): _acknowledged(_helping, _K.CO_HANDLE),
    (_K.SUBASSIGNED, _OPEN): _assigned,
    (_K.SUBASSIGNED, _ACKNOWLEDGED): _acknowledged(_assigned, _K.SUBASSIGNED),
    (_K.CONTACT, _OPEN): _LED,
    (_K.INQUIRY, _OPEN): _asked(_C.INQUIRE),
    (_K.SIGN_OFF, _OPEN): lambda by, report: by.by_handler(
        by.handling(report), _C.ANSWER, reply="已修好"
    ),
    (_K.LEADER_APPROVAL, _OPEN): lambda by, report: by.by_handler(
        by.handling(report), _C.ASK_EXTENSION, reason="等配件"
    ),
    (_K.CENTRE_APPROVAL, _OPEN): lambda by, report: move(
        by.handling(report), _K.LEAD, _C.ASK_EXTENSION, by.actor, reason="等配件"
    ),
    (_K.ADJUDICATE, _OPEN): lambda by, report: move(
        by.dispatched(report), _K.LEAD, _C.ASK_RETURN, by.actor, reason="不归我们管"
    ),
    (_K.CHECK, _OPEN): Standing.answered,
    (_K.LEDGER_APPROVAL, _OPEN): lambda by, report: by.answered(report, ON_THE_LEDGER),
    (_K.OUTER_REQUEST, _OPEN): _outer_return_asked,
    (_K.OUTER_CLOSING, _OPEN): lambda by, report: by.closed(outer(report)),
    (_K.TELL, _OPEN): Standing.closed,
    (_K.LEDGER_REVIEW, _OPEN): _on_the_ledger,
    (_K.SAMPLE, _OPEN): _sampled,
}
STANDS = tuple(_WAYS)  # every task that can wait, in every state that it waits in
