"""
All that can happen to a case of itself (七步闭环): this room's rows in the registry of tasks, and
the commands on the case as a whole. Buttons, doors, tests and docs/lifecycle.md come from here.
"""

from dataclasses import dataclass

from chengshao.catalog.terms import Track
from chengshao.workorders.terms import (
    Book,
    CaseCommand,
    Kind,
    Need,
    Outcome,
    Power,
    Side,
    Step,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
    Then,
)


@dataclass(frozen=True, slots=True)
class CaseMove:
    command: str
    sources: tuple[Step, ...]
    power: str  # over the desk
    needs: tuple[Need, ...] = ()
    may: tuple[Need, ...] = ()  # what else may be said with it; anything beyond is refused
    outcome: Outcome | None = None
    reopens: str | None = None  # the kind of task by which an ended case goes on
    by_itself: bool = False  # no person does it: it comes on its day
    by_hand_on: tuple[Track, ...] = ()  # a person only on these tracks; none named: on any
    outer: bool | None = None  # only an order of another platform, or never one; None: any


_C, _K, _P, _N, _T = TaskCommand, TaskKind, Power, Need, Then
_OPEN, _ACK, _DONE, _OFF = TaskState
_DESK, _ASKER = Side.DESK, Side.ASKER
_M = TaskMove


def _handling(kind: TaskKind) -> tuple[TaskMove, ...]:
    """What every unit may do that handles: the lead, who was dispatched beside it, who helps."""
    needs: tuple[Need, ...] = (_N.REASON,)
    if kind is not _K.CO_HANDLE:
        needs = (_N.REPLY, _N.CLOSING, _N.EVIDENCE_AS_ASKED)
    if kind is _K.LEAD:
        needs = (*needs, _N.PARTS_OR_REASON)
    asks = tuple(
        _M(
            _C.ASK_RETURN,
            kind,
            state,
            state,
            _P.HANDLE,
            (_N.REASON,),
            (_N.PROPOSED_UNIT,),
            opens=_K.ADJUDICATE,
            not_if_designated=True,
        )
        for state in (_OPEN, _ACK)
    )
    recalls = tuple(
        _M(
            _C.RECALL,
            kind,
            state,
            TaskState.CANCELLED,
            _P.DISPATCH,
            (_N.REASON,),
            then=_T.RECALLED,
            side=_DESK,
            by_opener=_P.DIRECT_DISPATCH if state is _OPEN else None,
            if_complained_about=state is _ACK,
        )
        for state in (_OPEN, _ACK)
    )
    return (
        _M(_C.ACKNOWLEDGE, kind, _OPEN, _ACK, _P.HANDLE),
        *asks,
        *recalls,
        _M(_C.ASK_EXTENSION, kind, _ACK, _ACK, _P.HANDLE, (_N.REASON,), then=_T.ASKED_EXTENSION),
        _M(
            _C.SUBASSIGN,
            kind,
            _ACK,
            _ACK,
            _P.HANDLE,
            (_N.REASON, _N.ASKED_UNITS),
            then=_T.SUBASSIGNED,
        ),
        _M(_C.INQUIRE, kind, _ACK, _ACK, _P.HANDLE, (_N.REASON, _N.ASKED_UNITS), then=_T.INQUIRED),
        _M(_C.ANSWER, kind, _ACK, _ACK, _P.HANDLE, needs, then=_T.ANSWERED),
    )


def _verdict(
    kind: TaskKind,
    power: Power,
    granted: Then,
    denied: Then | None = None,
) -> tuple[TaskMove, ...]:
    """Nobody grants the own; what a denial sends back, who sent it may take back."""
    other = denied is not _T.REWORK
    return (
        _M(_C.GRANT, kind, _OPEN, _DONE, power, (), (_N.REASON,), then=granted, by_another=True),
        _M(_C.DENY, kind, _OPEN, _DONE, power, (_N.REASON,), then=denied, by_another=other),
    )


def _platform_says(
    kind: TaskKind, granted: Then, denied: Then | None = None, *, may: tuple[Need, ...] = ()
) -> tuple[TaskMove, ...]:
    """What the platform of an outer order decides: the reason is its own words or number."""
    return (
        _M(_C.GRANT, kind, _OPEN, _DONE, _P.DISPATCH, (_N.REASON,), may, then=granted),
        _M(_C.DENY, kind, _OPEN, _DONE, _P.DISPATCH, (_N.REASON,), then=denied),
    )


# fmt: off
BOOK = Book(
    kinds=(
        Kind(_K.VERIFY), Kind(_K.REGISTER), Kind(_K.DISPATCH), Kind(_K.LEAD), Kind(_K.DOUBLE),
        Kind(_K.CO_HANDLE), Kind(_K.CHECK), Kind(_K.LEDGER_APPROVAL), Kind(_K.OUTER_CLOSING),
        # beside what holds the case meanwhile
        *(Kind(kind, holds_case=False) for kind in (
            _K.CONSULT, _K.SUBASSIGNED, _K.CONTACT, _K.INQUIRY, _K.SIGN_OFF, _K.LEADER_APPROVAL,
            _K.CENTRE_APPROVAL, _K.ADJUDICATE, _K.OUTER_REQUEST, _K.TELL, _K.LEDGER_REVIEW,
            _K.SAMPLE,
        )),
    ),
    moves=(
        _M(_C.CONFIRM, _K.VERIFY, _OPEN, _DONE, _P.VERIFY, (), (_N.REASON,), opens=_K.REGISTER),
        _M(_C.REFUTE, _K.VERIFY, _OPEN, _DONE, _P.VERIFY, (_N.REASON,), opens=_K.REGISTER),

        _M(_C.REGISTER, _K.REGISTER, _OPEN, _DONE, _P.REGISTER, (_N.MATTER,), opens=_K.DISPATCH,
           directly=_P.DIRECT_DISPATCH),
        _M(_C.ANSWER_DIRECTLY, _K.REGISTER, _OPEN, _DONE, _P.ANSWER,
           (_N.MATTER, _N.REPLY, _N.CLOSING, _N.EVIDENCE_AS_ASKED), then=_T.CHECKED),

        _M(_C.DISPATCH, _K.DISPATCH, _OPEN, _DONE, _P.DISPATCH, (_N.UNITS, _N.BASIS),
           (_N.TASK_WORDS,), then=_T.DISPATCHED, directly=_P.DIRECT_DISPATCH),
        _M(_C.CONSULT, _K.DISPATCH, _OPEN, _OPEN, _P.DISPATCH, (_N.REASON, _N.ASKED_UNITS),
           then=_T.CONSULTED),
        _M(_C.OPINE, _K.CONSULT, _OPEN, _DONE, _P.HANDLE, (_N.REASON,)),

        *_handling(_K.LEAD), *_handling(_K.DOUBLE), *_handling(_K.CO_HANDLE),
        _M(_C.CALL_IN, _K.LEAD, _ACK, _ACK, _P.HANDLE, (_N.REASON, _N.ASKED_UNITS),
           then=_T.CALLED_IN),
        _M(_C.ASK_SUSPENSION, _K.LEAD, _ACK, _ACK, _P.HANDLE, (_N.REASON, _N.DATE),
           then=_T.ASKED_SUSPENSION),
        _M(_C.RESUME, _K.LEAD, _ACK, _ACK, _P.HANDLE, then=_T.RESUMED),

        _M(_C.CONTACT, _K.CONTACT, _OPEN, _DONE, _P.HANDLE, (_N.ATTEMPT,), (_N.REASON,),
           ends_when_met=True),
        _M(_C.TELL, _K.TELL, _OPEN, _DONE, _P.HANDLE, (_N.ATTEMPT,), (_N.REASON,),
           ends_when_met=True),
        _M(_C.READ, _K.TELL, _OPEN, _DONE, _P.SEE, ends_when_met=True, side=Side.CITIZEN),
        _M(_C.ACKNOWLEDGE, _K.SUBASSIGNED, _OPEN, _ACK, _P.HANDLE),
        _M(_C.HAND_UP, _K.SUBASSIGNED, _ACK, _DONE, _P.HANDLE, (_N.REASON,)),
        _M(_C.RECALL, _K.SUBASSIGNED, _OPEN, TaskState.CANCELLED, _P.HANDLE, (_N.REASON,),
           side=_ASKER),
        _M(_C.REPLY, _K.INQUIRY, _OPEN, _DONE, _P.HANDLE, (_N.REASON,)),

        _M(_C.SIGN, _K.SIGN_OFF, _OPEN, _DONE, _P.SIGN_OFF, (),
           (_N.REPLY, _N.CLOSING, _N.REASON), then=_T.SIGNED, by_another=True),
        _M(_C.SEND_BACK, _K.SIGN_OFF, _OPEN, _DONE, _P.SIGN_OFF, (_N.REASON,)),
        _M(_C.RECALL, _K.SIGN_OFF, _OPEN, TaskState.CANCELLED, _P.HANDLE, side=_ASKER),
        *_verdict(_K.LEADER_APPROVAL, _P.SIGN_OFF, _T.ASKED_CENTRE),
        *_verdict(_K.CENTRE_APPROVAL, _P.DESIGNATE, _T.ALLOWED),
        _M(_C.GRANT, _K.ADJUDICATE, _OPEN, _DONE, _P.DISPATCH, (_N.REASON,),
           (_N.PROPOSED_UNIT,), then=_T.RETURN_GRANTED, by_another=True),
        _M(_C.DENY, _K.ADJUDICATE, _OPEN, _DONE, _P.DISPATCH, (_N.REASON,),
           then=_T.RETURN_DENIED, by_another=True),
        *_verdict(_K.LEDGER_APPROVAL, _P.SIGN_OFF, _T.CHECKED, _T.REWORK),

        _M(_C.PASS, _K.CHECK, _OPEN, _DONE, _P.CHECK, (), (_N.REASON,), then=_T.CHECKED,
           by_another=True),
        _M(_C.CANNOT_CHECK, _K.CHECK, _OPEN, _DONE, _P.CHECK, (_N.REASON,), then=_T.NOT_SEEN,
           by_another=True),
        _M(_C.FAIL, _K.CHECK, _OPEN, _DONE, _P.CHECK, (_N.REASON,), then=_T.REWORK,
           by_another=True),

        *_platform_says(_K.OUTER_REQUEST, _T.OUTER_GRANTED, may=(_N.DATE, _N.OUTER_DUE)),
        _M(_C.UNANSWERED, _K.OUTER_REQUEST, _OPEN, _DONE, _P.DISPATCH, (), (_N.REASON,)),
        *_platform_says(_K.OUTER_CLOSING, _T.OUTER_CLOSED, _T.OUTER_CLOSING_REFUSED),
        _M(_C.UNANSWERED, _K.OUTER_CLOSING, _OPEN, _OPEN, _P.DISPATCH, (_N.REASON,),
           then=_T.STILL_ASKED),

        _M(_C.KEEP, _K.LEDGER_REVIEW, _OPEN, _DONE, _P.HANDLE, (_N.REASON, _N.DATE),
           then=_T.KEPT_ON_LEDGER),
        _M(_C.STRIKE_OFF, _K.LEDGER_REVIEW, _OPEN, _DONE, _P.HANDLE, (_N.REASON, _N.EVIDENCE),
           then=_T.STRUCK_OFF),
        _M(_C.PASS, _K.SAMPLE, _OPEN, _DONE, _P.CHECK, (), (_N.REASON,), by_another=True),
        _M(_C.CANNOT_CHECK, _K.SAMPLE, _OPEN, _DONE, _P.CHECK, (_N.REASON,), by_another=True),
        _M(_C.FAIL, _K.SAMPLE, _OPEN, _DONE, _P.CHECK, (_N.REASON,), then=_T.REWORK,
           by_another=True),
    ),
)
_ENDED_WELL = (Step.CLOSED, Step.EVALUATED)
CASE_MOVES: tuple[CaseMove, ...] = (
    CaseMove(CaseCommand.DECLINE, (Step.REPORTED,), _P.REGISTER, (_N.GROUND, _N.REPLY),
             (_N.REASON,), outcome=Outcome.DECLINED, outer=False),
    CaseMove(CaseCommand.ASK_OUTER_RETURN, (Step.REPORTED, Step.REGISTERED), _P.DISPATCH,
             (_N.REASON,), outer=True),
    CaseMove(CaseCommand.REOPEN, _ENDED_WELL, _P.REGISTER, (_N.REASON,), reopens=_K.DISPATCH),
    CaseMove(CaseCommand.COME_BACK, _ENDED_WELL, _P.CHECK, reopens=_K.CHECK, by_itself=True),
    CaseMove(CaseCommand.REVIEW_LEDGER, _ENDED_WELL, _P.CHECK, by_itself=True),
    CaseMove(CaseCommand.TAKE_SAMPLE, _ENDED_WELL, _P.CHECK, (_N.REASON,),
             by_hand_on=(Track.ON_THE_SPOT, Track.DIRECT_ANSWER)),
    CaseMove(CaseCommand.ARCHIVE, (*_ENDED_WELL, Step.DECLINED, Step.WITHDRAWN, Step.RETURNED),
             _P.CHECK, by_itself=True),
)
# fmt: on

STEP_WHILE: dict[tuple[str, TaskState], Step] = {
    (_K.VERIFY, _OPEN): Step.REPORTED,
    (_K.REGISTER, _OPEN): Step.REPORTED,
    (_K.DISPATCH, _OPEN): Step.REGISTERED,
    (_K.LEAD, _OPEN): Step.DISPATCHED,
    (_K.CHECK, _OPEN): Step.ANSWERED,
    (_K.LEDGER_APPROVAL, _OPEN): Step.ANSWERED,
    (_K.OUTER_CLOSING, _OPEN): Step.ANSWERED,
}  # all that is not named here, of whatever room: HANDLING
HANDLING_KINDS = frozenset({_K.LEAD, _K.DOUBLE, _K.CO_HANDLE})
GO_WITH_LEAD = frozenset(
    {
        _K.DOUBLE,
        _K.CO_HANDLE,
        _K.CONTACT,
        _K.ADJUDICATE,
        _K.SIGN_OFF,
        _K.LEADER_APPROVAL,
        _K.CENTRE_APPROVAL,
        _K.SUBASSIGNED,
        _K.INQUIRY,
    }
)
# What is owed to the citizen or of the citizen's: whoever owes it may need the number.
NEED_THE_NUMBER = frozenset(
    {_K.VERIFY, _K.LEAD, _K.DOUBLE, _K.CO_HANDLE, _K.CONTACT, _K.CHECK, _K.TELL}
)
STAY_AFTER_THE_END = frozenset({_K.TELL, _K.LEDGER_REVIEW, _K.SAMPLE})
