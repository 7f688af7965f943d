"""What lists are asked for, and what a line of each tells."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from chengshao.web.http import Id, In, Out
from chengshao.workorders.schemas.cases import Division
from chengshao.workorders.terms import LedgerLevel, PromiseState, Step

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
