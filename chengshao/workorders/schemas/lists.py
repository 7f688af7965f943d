"""What lists are asked for, and what a line of each tells."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from chengshao.kernel.clock import ClockUnit
from chengshao.web.http import Id, In, Out
from chengshao.workorders.schemas.cases import Division
from chengshao.workorders.terms import AlertKind, LedgerLevel, PromiseState, Step, TaskState

Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
Opening = Annotated[
    str, Field(description="How it begins: 80 characters at most; the whole is on the case.")
]
Offset = Annotated[int, Field(ge=0, le=10_000)]


class CasesIn(In):
    """Which cases of a unit's list."""

    unit_id: Id
    step: Step | None = None
    words: Words = ""
    offset: Offset = 0


class PageIn(In):
    offset: Offset = 0


class CallerIn(In):
    """A number that somebody calls from: in the body, so that no log of addresses keeps it."""

    phone: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]


class LedgerIn(In):
    """Which cases on the ledger."""

    unit_id: Id | None = None
    level: LedgerLevel | None = None
    struck_off: bool = False
    offset: Offset = 0


class PromisesIn(In):
    """Which promises."""

    state: PromiseState = PromiseState.DUE
    unit_id: Id | None = None
    offset: Offset = 0


class WorkOrderRowOut(Out):
    number: str
    words: Opening
    erased: bool  # what was said is gone: words are empty
    place: str
    matter: str
    step: Step
    reports: int
    opened_at: datetime
    due_at: datetime | None


class LedgerRowOut(Out):
    number: str
    words: Opening
    place: str
    matter: str
    level: LedgerLevel
    owner_id: int
    approved_by_id: int | None
    entered_at: datetime
    review_on: date
    struck_off_at: datetime | None
    repeats: int
    under_review: bool


class PromiseRowOut(Out):
    number: str
    words: Opening
    place: str
    matter: str
    unit_id: int
    made_at: datetime
    promised_on: date
    came_back_at: datetime | None
    settled_at: datetime | None
    kept: bool | None


class QueueIn(In):
    """What of a queue."""

    kind: Annotated[str, Field(max_length=24, pattern=r"^\w*$")] = ""
    words: Words = ""
    territory: Division = ""
    offset: Offset = 0


class QueueOut(Out):
    """One kind of work that the caller may do, and on how many cases it waits."""

    name: str
    kinds: list[str]
    waiting: int


class QueueRowOut(WorkOrderRowOut):
    """A case with the own task that is due first."""

    task_id: int | None
    waits_for: str
    waits_state: str
    waits_unit_id: int | None
    owed: list[str]
    outer_due_at: datetime | None
    suspended_until: datetime | None
    chases: int


class AlertOut(Out):
    """What a unit was told of a case and nobody of it has opened since."""

    kind: AlertKind
    number: str
    matter: str
    place: str
    unit_id: int
    for_leader: bool
    at: datetime


class CallOut(Out):
    """A report of somebody who calls again: where it stands, and what may be said of it."""

    report_id: int
    number: str
    words: Opening
    place: str
    reported_at: datetime
    withdrawn: bool
    nuisance: bool
    step: Step
    lead_unit_id: int | None  # who is on it now
    due_at: datetime | None  # of what holds the case; our own limit
    suspended_until: datetime | None
    chases: int  # since the last answer
    ended_at: datetime | None
    closing_kind: str
    comes_back_on: date | None  # promised by, or reviewed on the ledger
    reply: str  # the last words to the citizen, once it has ended
    may_be_rated: bool


class TimeHeldOut(Out):
    """The time of one task, booked to the unit that held it, in seconds of the task's clock."""

    task_id: int
    unit_id: int
    kind: str
    state: TaskState
    clock: ClockUnit
    seconds: int
    late_by: int  # past our own limit; 0 in time
    returned: bool  # a return was granted: counted for nobody


class SimilarOut(Out):
    """An open case that another may have to be merged into."""

    number: str
    words: Opening
    place: str
    step: Step
    reports: int
    opened_at: datetime
    same_matter: bool
    percent: int


class ViewerOut(Out):
    """Who saw a case, printed it or read a number in it; `times` counts spells of ten minutes."""

    user_id: int
    kind: str
    first_at: datetime
    last_at: datetime
    times: int
